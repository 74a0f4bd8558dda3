"""What is shown of loans and departures, and of who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from portrea.web.accounts import departures
from portrea.web.accounts.matrix import Scope, matrix
from portrea.web.accounts.models import Membership
from portrea.web.accounts.selectors import HeldRole, held, role_label, where_label

if TYPE_CHECKING:
    from portrea.web.accounts.departures import Made
    from portrea.web.accounts.matrix import Act, Role
    from portrea.web.accounts.models import User


@dataclass(frozen=True, slots=True)
class Departure:
    """What a person who leaves kept: roles to take back, doors to close, what she made."""

    email: str
    roles: list[HeldRole]
    doors: list[Made]
    made: list[Made]


def departure(who: Any, user: User) -> Departure:
    """Return what a departure would do."""
    doors = departures.doors_of(who, user)
    shown = {one.kind for one in doors}
    made = [one for one in departures.made_by(who, user) if one.kind not in shown]
    roles = [held(row) for row in departures.roles_to_take(who, user)]
    return Departure(user.email, roles, doors, made)


def lendable(user: User) -> list[tuple[str, str]]:
    """Return the roles that a person may lend, for a list of choices."""
    rows = user.memberships.current()
    return [
        (str(row.pk), f"{role_label(row.role)} : {where_label(row)}")
        for row in rows
        if departures.may_lend(user, row)
    ]


def loans_of(user: User) -> list[HeldRole]:
    """Return what a person lends now."""
    rows = Membership.objects.current().filter(lent__user=user).select_related("user")
    return [held(row) for row in rows.order_by("until", "pk")]


# -- who may do what -------------------------------------------------------------------------------

FAR = {
    Scope.STRUCTURE: _("sa structure"),
    Scope.TERRITORY: _("son territoire"),
    Scope.EVERYWHERE: _("partout"),
}


def far(role: str, act: Act) -> str:
    """Return how far a role may do an act, in words; empty when it may not."""
    scope = act.scopes.get(role)
    return str(FAR[scope]) if scope else ""


def matrix_rows() -> list[tuple[Act, list[str]]]:
    """Return every act with how far each role may do it, in the order of the file."""
    known = matrix()
    return [(act, [far(name, act) for name in known.roles]) for act in known.acts.values()]


def acts_of(role: Role) -> list[tuple[str, list[Act]]]:
    """Return what a role may do, the widest first: (« partout », acts)."""
    acts = matrix().acts.values()
    found = {scope: [one for one in acts if one.scopes.get(role.name) is scope] for scope in Scope}
    return [(str(FAR[scope]), found[scope]) for scope in reversed(Scope) if found[scope]]
