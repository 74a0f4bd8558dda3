"""Who acts and whether she may: every write of the site asks here.

``may`` answers, ``require`` refuses with a French sentence, ``@act("place.edit")`` marks a view or
a service, asks whether the act is open to this person anywhere, and, with ``where``, on what.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from portrea.web.accounts.matrix import ADMINISTRATOR, ANYONE, BY_LINK, CONNECTED, Scope, matrix
from portrea.web.accounts.scope import FRANCE, contains, name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.territory import Territory
    from portrea.web.accounts.models import User
    from portrea.web.accounts.scope import Key

    Where = Territory | Key | str | None


F = TypeVar("F", bound="Callable[..., Any]")


class RefusedError(PermissionDenied):
    """The matrix says no; the message is a French sentence for the person."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held on a territory, or on one structure; ``lent`` by someone, it cannot be given."""

    role: str
    level: str = FRANCE[0]
    code: str = FRANCE[1]
    structure: str = ""
    lent: bool = False

    @property
    def key(self) -> Key:
        """Territory of the grant."""
        return self.level, self.code


class On(NamedTuple):
    """What an act is about: a territory, and the structure of that territory if it is one's."""

    territory: Any = None
    structure: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, a visitor, the bearer of a link, a source of data, or the system."""

    kind: str
    label: str = ""
    user: User | None = field(default=None, compare=False)
    grants: tuple[Grant, ...] = ()

    @classmethod
    def of(cls, who: Any) -> Actor:
        """Return the actor behind a user (connected or not) or a request; an actor as it is."""
        if isinstance(who, Actor):
            return who
        user = getattr(who, "user", who)
        if user is None or not user.is_authenticated or not user.is_active:
            return VISITOR
        if user.is_superuser:
            return cls("user", "", user, (Grant(CONNECTED), Grant(ADMINISTRATOR)))
        return cls("user", "", user, (Grant(CONNECTED), *_grants(user)))

    @classmethod
    def link(cls, label: str, territory: Where = None, *, structure: str = "") -> Actor:
        """Return the bearer of a contribution link; ``label`` names the link, never a person."""
        from portrea.web.accounts.scope import key_of

        return cls("link", label, None, (Grant(BY_LINK, *key_of(territory), structure),))

    @classmethod
    def source(cls, label: str) -> Actor:
        """Return a source of data, loaded by a person or a command that was allowed to."""
        return cls("source", label)

    @classmethod
    def system(cls, label: str = "système") -> Actor:
        """Return the machine itself: a command of its administrator, a scheduled task."""
        return cls("system", label)


VISITOR = Actor("visitor")
SYSTEM = Actor.system()
UNBOUND = ("source", "system")
"""Actors that are not persons: whoever started them was allowed to (terminal, scheduled task)."""


def may(who: Any, act: str, territory: Where = None, *, structure: str = "") -> bool:
    """Tell whether someone may do an act on a territory, or on a structure of that territory.

    Parameters
    ----------
    who
        A user, a request or an :class:`Actor`.
    act
        A row of ``roles.yaml``; an unknown one raises ``KeyError``.
    territory
        Where the thing is (``None``: all of France).
    structure
        Identifier of the structure whose thing it is, if any.
    """
    actor = Actor.of(who)
    scopes = matrix().acts[act].scopes
    if actor.kind in UNBOUND or scopes.get(ANYONE) is Scope.EVERYWHERE:
        return True
    return any(
        _reaches(grant, scopes.get(grant.role), territory, structure) for grant in actor.grants
    )


def may_somewhere(who: Any, act: str) -> bool:
    """Tell whether someone may do an act on something, somewhere."""
    actor = Actor.of(who)
    scopes = matrix().acts[act].scopes
    if actor.kind in UNBOUND or ANYONE in scopes:
        return True
    return any(grant.role in scopes for grant in actor.grants)


def reach(who: Any, act: str) -> tuple[Grant, ...]:
    """Return the grants that open an act to someone: where a list should stop."""
    scopes = matrix().acts[act].scopes
    return tuple(grant for grant in Actor.of(who).grants if grant.role in scopes)


def require(who: Any, act: str, territory: Where = None, *, structure: str = "") -> None:
    """Raise :class:`RefusedError` unless someone may do an act there."""
    if may(who, act, territory, structure=structure):
        return
    label = matrix().acts[act].label
    if may_somewhere(who, act):
        raise RefusedError(f"« {label} » ne vous est pas permis ici : {name_of(territory)}.")
    raise RefusedError(f"« {label} » ne vous est pas permis : aucun de vos rôles ne le prévoit.")


def act(name: str, where: Callable[..., Where | On] | None = None) -> Callable[[F], F]:
    """Mark a view or a service as an act of the matrix, and ask before running it.

    A view takes the request first; a person who is not connected is led to the log-in page. A
    service is called with the keyword ``actor``. ``where`` receives the same arguments and returns
    the territory, or ``On(territory, structure)``; without it only « may she do this anywhere? » is
    asked and the function must call :func:`require` once it knows on what.
    """
    known = matrix().acts[name]

    def mark(function: F) -> F:
        @wraps(function)
        def asked(*arguments: Any, **named: Any) -> Any:
            who = named.get("actor", arguments[0] if arguments else None)
            if not may_somewhere(who, name):
                if isinstance(who, HttpRequest) and not who.user.is_authenticated:
                    return redirect_to_login(who.get_full_path())
                require(who, name)
            if where is not None:
                require(who, name, **_asked_on(where(*arguments, **named)))
            return function(*arguments, **named)

        asked.portrea_act = known.name  # type: ignore[attr-defined]
        return asked  # type: ignore[return-value]

    return mark


def _asked_on(found: Any) -> dict[str, Any]:
    return found._asdict() if isinstance(found, On) else {"territory": found}


def _grants(user: User) -> tuple[Grant, ...]:
    """Grants of a user, read once for as long as the object lives (a request)."""
    kept = user.__dict__.get("_portrea_grants")
    if kept is None:
        rows = user.memberships.current().values_list("role", "level", "code", "structure", "lent")
        kept = tuple(Grant(*row, lent is not None) for *row, lent in rows.order_by("pk"))
        user.__dict__["_portrea_grants"] = kept
    return kept


def _reaches(grant: Grant, scope: Scope | None, territory: Where, structure: str) -> bool:
    match scope:
        case Scope.EVERYWHERE:
            return True
        case Scope.TERRITORY:
            return contains(grant.key, territory)
        case Scope.STRUCTURE:
            return bool(structure) and grant.structure == structure
    return False
