"""The queue of a référent: what waits in her territories, each with what it would change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from portrea.base.errors import PortreaError
from portrea.offer.importing.people import personal_email
from portrea.offer.moderation import Kind, Standing, reasons_for, review
from portrea.territory import Level
from portrea.web.accounts.matrix import Scope, matrix
from portrea.web.accounts.permissions import may, reach
from portrea.web.accounts.scope import (
    FRANCE,
    contains,
    find,
    gazetteer,
    inside,
    key_of,
    name_of,
)
from portrea.web.offer.census import places_in
from portrea.web.offer.models import ContributionLink, Place, Proposal, Question
from portrea.web.offer.services.accepting import record_of
from portrea.web.offer.services.alike import Alike, Around
from portrea.web.offer.wording import label_of, say

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portrea.web.accounts.scope import Key

PAGE = 50


# -- where ----------------------------------------------------------------------------------------


def keys_of(who: Any, act: str) -> list[Key]:
    """Return the territories where someone may do an act, the widest written first."""
    found = []
    for grant in reach(who, act):
        scope = matrix().scope(grant.role, act)
        if scope is Scope.EVERYWHERE:
            return [FRANCE]
        if scope is Scope.TERRITORY and grant.key not in found:
            found.append(grant.key)
    return found


def choices_of(who: Any, act: str) -> list[tuple[str, str]]:
    """Return the same territories for a list of choices."""
    return [(f"{level}:{code}", name_of((level, code))) for level, code in keys_of(who, act)]


def choices_within(who: Any, act: str) -> list[tuple[str, str]]:
    """Return the territories where someone may do an act, each with what it is made of."""
    known = gazetteer()
    found: dict[str, str] = {}
    for key in keys_of(who, act):
        found[f"{key[0]}:{key[1]}"] = name_of(key)
        below = BELOW.get(key[0])
        if known is None or below is None:
            continue
        parts = [one for one in known.children(find(key), below) if contains(key, one)]
        names = sorted((one.name, f"{one.level.value}:{one.code}") for one in parts)
        found |= {code: f"{INDENT}{name}" for name, code in names}
    return list(found.items())


BELOW = {"france": Level.DEPARTEMENT, "region": Level.DEPARTEMENT, "departement": Level.EPCI,
         "epci": Level.COMMUNE}  # fmt: skip
INDENT = "\u00a0\u00a0\u00a0"


def narrowed(who: Any, act: str, territory: str) -> list[Key]:
    """Return the territory asked when someone may act there, else all of hers."""
    keys = keys_of(who, act)
    if not territory:
        return keys
    wanted = key_of(territory)
    try:
        allowed = any(contains(key, wanted) for key in keys)
    except (PortreaError, ValueError):
        allowed = False
    return [wanted] if allowed else []


def condition(keys: list[Key]) -> Q:
    """Return « lies in one of these territories » on level and code."""
    found = Q(pk__in=[])
    for key in keys:
        if key == FRANCE:
            return Q()
        found |= inside(key)
    return found


def places_of(keys: list[Key]) -> QuerySet[Place]:
    """Return the places of some territories."""
    if FRANCE in keys:
        return Place.objects.all()
    found = Place.objects.none()
    for rank, key in enumerate(keys):
        found = places_in(key) if rank == 0 else found | places_in(key)
    return found


# -- the queue ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the queue is shown."""

    territory: str = ""
    kind: str = ""
    state: str = "waiting"
    link: str = ""


def proposals(who: Any, asked: Filter) -> QuerySet[Proposal]:
    """Return the proposals someone may read, oldest first; decided ones newest first."""
    rows = Proposal.objects.filter(condition(narrowed(who, "board.read", asked.territory)))
    if asked.kind in set(Kind):
        rows = rows.filter(kind=asked.kind)
    if asked.link.isdigit():
        rows = rows.filter(link=int(asked.link))
    if asked.state == "waiting":
        rows = rows.filter(state=Proposal.State.WAITING).order_by("created", "pk")
    else:
        rows = rows.exclude(state=Proposal.State.WAITING).order_by("-decided", "-pk")
    return rows.select_related("place", "link")


def questions(who: Any, territory: str = "") -> QuerySet[Question]:
    """Return the questions raised by newer lists, oldest first."""
    places = places_of(narrowed(who, "board.read", territory))
    rows = Question.objects.filter(state=Question.State.OPEN, place__in=places)
    return rows.select_related("place").order_by("raised", "pk")


def counts(who: Any, territory: str = "") -> dict[str, int]:
    """Return how many wait, by kind, and « question »."""
    rows = Proposal.objects.filter(condition(narrowed(who, "board.read", territory)))
    rows = rows.filter(state=Proposal.State.WAITING).order_by()
    found = {row["kind"]: row["n"] for row in rows.values("kind").annotate(n=Count("pk"))}
    return found | {"question": questions(who, territory).count()}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a proposal in French: seen by its author, told now, proposed."""

    path: str
    label: str
    seen: list[str]
    now: list[str]
    proposed: list[str]
    standing: str
    critical: bool

    @property
    def done(self) -> bool:
        """Whether the sheet already tells it."""
        return self.standing == Standing.DONE

    @property
    def overtaken(self) -> bool:
        """Whether somebody changed the field since it was proposed."""
        return self.standing == Standing.OVERTAKEN


@dataclass(frozen=True, slots=True)
class Card:
    """A proposal as shown."""

    proposal: Proposal
    changes: list[Change]
    where: str
    decidable: bool
    doubts: list[str]
    alike: Alike = field(default_factory=Alike)

    @property
    def brief(self) -> list[Change]:
        """Changes shown in the list: a new place is already named by its title and its town."""
        if self.proposal.kind != Kind.NEW:
            return self.changes
        return [change for change in self.changes if change.path not in NAMED]

    @property
    def reasons(self) -> Any:
        """Reasons of refusal that fit."""
        return reasons_for(Kind(self.proposal.kind))


NAMED = ("name", "commune", "city", "postcode")


def card_of(who: Any, proposal: Proposal, around: Around | None = None) -> Card:
    """Describe a proposal to someone, with the places that a new one looks like."""
    new = proposal.kind == Kind.NEW and proposal.state == Proposal.State.WAITING
    told = {"commune": proposal.code, **record_of(proposal.content)} if new else {}
    return Card(
        proposal,
        changes_of(proposal),
        name_of(proposal.territory),
        may(who, "proposal.decide", proposal.territory),
        _doubts(proposal),
        (around or Around()).of(told, but=proposal.pk) if new else Alike(),
    )


def changes_of(proposal: Proposal) -> list[Change]:
    """Return what a proposal would change, field by field."""
    known = proposal.kind == Kind.FIX and proposal.place is not None
    content = proposal.place.record if known and proposal.place else {}
    return [
        Change(
            row.path,
            label_of(row.path),
            say(row.path, row.seen),
            say(row.path, row.now),
            say(row.path, row.proposed),
            str(row.standing),
            row.critical,
        )
        for row in review(proposal.content, proposal.seen, content)
    ]


def _doubts(proposal: Proposal) -> list[str]:
    """Return the addresses proposed that look like a person's."""
    told = proposal.content.get("emails") or []
    return [one for one in told if personal_email(one, proposal.title)[0]]


# -- links ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Received:
    """How many proposals came by a link, and what became of them."""

    total: int
    waiting: int
    published: int


def received(link: ContributionLink) -> Received:
    """Count what came by a link."""
    states = list(link.proposals.order_by().values_list("state", flat=True))
    waiting = states.count(Proposal.State.WAITING)
    return Received(len(states), waiting, len(states) - waiting - states.count("refused"))


def links_of(who: Any) -> QuerySet[ContributionLink]:
    """Return the links someone may show, renew or revoke, newest first."""
    keys = keys_of(who, "link.issue")
    structures = [g.structure for g in reach(who, "link.issue") if g.structure]
    wanted = Q() if FRANCE in keys else condition(keys) | Q(place__in=structures)
    rows = ContributionLink.objects.filter(wanted).annotate(received=Count("proposals"))
    return rows.select_related("place").order_by("-pk")
