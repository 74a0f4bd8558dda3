"""Read-only questions about accounts, roles and the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from portrea.base.errors import PortreaError
from portrea.web.accounts.matrix import ADMINISTRATOR, OF_A_STRUCTURE, Scope, matrix
from portrea.web.accounts.models import Invitation, JournalEntry, Membership, SecondFactor, User
from portrea.web.accounts.permissions import Actor, may, reach
from portrea.web.accounts.scope import FRANCE, gazetteer, inside, key_of, name_of
from portrea.web.accounts.structures import name_of_structure

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portrea.web.accounts.matrix import Role
    from portrea.web.accounts.models.account import Given
    from portrea.web.accounts.scope import Key


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role as shown: its French name, on what, its key to give it back."""

    id: int
    label: str
    definition: str
    where: str
    email: str = ""
    name: str = ""
    since: Any = None
    revocable: bool = False
    until: Any = None
    lent: bool = False


def find_user(email: str) -> User | None:
    """Return the account of an address, whatever its case."""
    return User.objects.filter(email__iexact=email.strip()).first()


def accounts() -> list[tuple[str, bool, list[str]]]:
    """Return every account: address, whether it is active, its roles in French."""
    rows = User.objects.prefetch_related("memberships").order_by("email")
    return [(user.email, user.is_active, _roles_of(user)) for user in rows]


def _roles_of(user: User) -> list[str]:
    roles = [f"{role_label(m.role)} ({where_label(m)})" for m in user.memberships.all()]
    return [role_label(ADMINISTRATOR), *roles] if user.is_superuser else roles


def sole_administrator() -> int | None:
    """Return the key of the only active administrator, ``None`` when there are several or none."""
    keys = sorted(set(_administrators().values_list("pk", flat=True)))
    return keys[0] if len(keys) == 1 else None


def has_administrator() -> bool:
    """Tell whether somebody administers the site."""
    return _administrators().exists()


def _administrators() -> QuerySet[User]:
    return User.objects.filter(
        Q(is_superuser=True) | Q(memberships__role=ADMINISTRATOR, memberships__until=None),
        is_active=True,
    )


def role_label(name: str) -> str:
    """Return the French name of a role (its own name when the matrix has lost it)."""
    role = matrix().roles.get(name)
    return role.label if role else name


def where_label(given: Given) -> str:
    """Return on what a role is held: a structure, or a territory."""
    if given.structure:
        return name_of_structure(given.structure)
    return name_of((given.level, given.code))


def held(membership: Membership, who: Any = None) -> HeldRole:
    """Describe a role held; ``who`` looks at it."""
    role = matrix().roles.get(membership.role)
    return HeldRole(
        membership.pk,
        role_label(membership.role),
        role.definition if role else "",
        where_label(membership),
        membership.user.email,
        membership.user.name,
        membership.since,
        who is not None and may_revoke(who, membership),
        membership.until,
        membership.lent_id is not None,
    )


def own_roles(user: User) -> list[HeldRole]:
    """Return the roles of a person."""
    return [held(row) for row in user.memberships.current().select_related("user")]


def reach_condition(who: Any, act: str, *, structures: bool = True) -> Q:
    """Return the condition « within reach of this person's act » on level, code and structure."""
    condition = Q(pk__in=[])
    for grant in reach(who, act):
        scope = matrix().scope(grant.role, act)
        if scope is Scope.EVERYWHERE:
            return Q()
        if scope is Scope.TERRITORY:
            condition |= inside(grant.key)
        elif grant.structure and structures:
            condition |= Q(structure=grant.structure)
    return condition


def people(who: Any) -> list[HeldRole]:
    """Return the roles held within reach of someone, by address."""
    rows = Membership.objects.current().filter(reach_condition(who, "account.read"))
    return [held(row, who) for row in rows.select_related("user").order_by("user__email", "pk")]


def pending(who: Any) -> QuerySet[Invitation]:
    """Return the invitations without answer within reach of someone."""
    rows = Invitation.objects.filter(
        reach_condition(who, "account.invite"), accepted=None, revoked=None
    )
    return rows.filter(expires__gt=timezone.now()).select_related("by").order_by("expires", "pk")


def roles_to_give(who: Any) -> list[Role]:
    """Return the roles that someone may give somewhere, in the order of the matrix."""
    names = {
        name
        for grant in reach(who, "account.invite")
        if not grant.lent
        for name in matrix().roles[grant.role].gives
    }
    return [role for role in matrix().given if role.name in names]


def may_give(who: Any, role: str, territory: Key | str, structure: str = "") -> bool:
    """Tell whether someone may give a role there: the matrix, then the « gives » of her roles."""
    actor = Actor.of(who)
    if actor.kind != "user":
        return may(actor, "account.invite", territory, structure=structure)
    for grant in reach(actor, "account.invite"):
        alone = Actor(actor.kind, user=actor.user, grants=(grant,))
        gives = role in matrix().roles[grant.role].gives and not grant.lent
        if gives and may(alone, "account.invite", territory, structure=structure):
            return True
    return False


def may_revoke(who: Any, membership: Membership) -> bool:
    """Tell whether someone may take a role back: where she may revoke, a role she may give."""
    where = (membership.level, membership.code)
    return may(who, "account.revoke", where, structure=membership.structure) and may_give(
        who, membership.role, where, membership.structure
    )


def territory_written(text: str) -> Key:
    """Return the territory a person wrote (code, « epci:243500618 », or its exact name)."""
    known = gazetteer()
    written = text.strip()
    if known is None:
        return key_of(written or None)
    try:
        return key_of(known.resolve(written).territories[0])
    except PortreaError as error:
        found = known.search(written, limit=2) if written else []
        if len(found) == 1:
            return key_of(found[0])
        raise error from None


def default_territory(who: Any) -> Key:
    """Return the first territory where someone may invite, to propose it."""
    return next((grant.key for grant in reach(who, "account.invite")), FRANCE)


def is_of_a_structure(role: str) -> bool:
    """Tell whether a role is held on a structure."""
    return role == OF_A_STRUCTURE


def role_choices(who: Any) -> list[tuple[str, str]]:
    """Return the roles that someone may give, for a list of choices."""
    return [(role.name, role.label) for role in roles_to_give(who)]


def territory_asked(text: str) -> Key:
    """Return the territory written in a form; empty is France."""
    return territory_written(text) if text.strip() else FRANCE


def after_invitation(who: Any) -> str:
    """Return the page to show once an invitation is sent."""
    return "/compte/personnes/" if reach(who, "account.read") else "/compte/"


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation as shown."""

    id: int
    email: str
    role: str
    definition: str
    where: str
    by: str
    expires: Any
    until: Any = None


def described(invitation: Invitation) -> Offer:
    """Describe an invitation."""
    role = matrix().roles.get(invitation.role)
    return Offer(
        invitation.pk,
        invitation.email,
        role_label(invitation.role),
        role.definition if role else "",
        where_label(invitation),
        str(invitation.by or ""),
        invitation.expires,
        invitation.until,
    )


def newcomer(invitation: Invitation) -> User:
    """Return the account that an invitation would open, not kept."""
    return User(email=invitation.email)


def own_line_count(user: User) -> int:
    """Return how many lines of the journal name a person."""
    return JournalEntry.objects.filter(actor__user=user).count()


def own_data(user: User) -> dict[str, Any]:
    """Return all that is known of a person, JSON-safe."""
    lines = JournalEntry.objects.filter(actor__user=user).order_by("pk")
    received = Invitation.objects.filter(email__iexact=user.email).order_by("pk")
    factor = SecondFactor.objects.filter(user=user, confirmed__isnull=False).first()
    return {
        "compte": {
            "courriel": user.email,
            "nom_affiche": user.name,
            "cree_le": user.joined.isoformat(timespec="seconds"),
            "derniere_connexion": user.last_login and user.last_login.isoformat(timespec="seconds"),
            "mot_de_passe": "gardé chiffré, illisible même par l’administrateur",
            "second_facteur_depuis": factor and factor.confirmed.isoformat(timespec="seconds"),
        },
        "roles": [
            {
                "role": row.role,
                "territoire": f"{row.level}:{row.code}",
                "structure": row.structure,
                "depuis": row.since.isoformat(timespec="seconds"),
                "prete_jusqu_au": row.until and row.until.isoformat(timespec="seconds"),
            }
            for row in user.memberships.all()
        ],
        "invitations_recues": [str(timezone.localdate(row.created)) for row in received],
        "invitations_envoyees": [
            {
                "role": row.role,
                "territoire": f"{row.level}:{row.code}",
                "le": str(timezone.localdate(row.created)),
            }
            for row in user.invitations.order_by("pk")
        ],
        "journal": [
            {
                "quand": line.at.isoformat(timespec="seconds"),
                "acte": line.act,
                "objet": f"{line.target_kind}:{line.target_id}".strip(":"),
            }
            for line in lines
        ],
    }
