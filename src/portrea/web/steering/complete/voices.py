"""Voices: the surveys published on a territory, around it and inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from portrea.steering.sections_voices import voices_sections
from portrea.steering.voices import Profile, Voice, Where, nearest
from portrea.surveys.profile import Line
from portrea.surveys.themes import in_order
from portrea.territory import Level
from portrea.web.accounts.scope import contains, inside, key_of, name_of
from portrea.web.surveys.models import Publication, Submission
from portrea.web.surveys.results.reading import blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portrea.steering.document import Section
    from portrea.territory import Selection, Territory
    from portrea.web.surveys.models import Survey

STRUCTURES = "acteurs"
"""What structures answer is told with the offer."""
AROUND = (Level.EPCI, Level.DEPARTEMENT, Level.REGION, Level.FRANCE)
NAMED = 20
"""Surveys that are only named: each questionnaire is told once, by the nearest survey."""


def sections(selection: Selection) -> tuple[Section, ...]:
    """Return what is published of surveys; nothing of synthetic ones, nor of those withdrawn."""
    found: dict[int, tuple[Publication, Where]] = {}
    for made in _published(selection.territories):
        where = _where(made.survey, selection.territories)
        if where is not None and not made.content["synthetic"]:
            found.setdefault(made.survey_id, (made, where))
    alive = _alive(made for made, _where in found.values())
    newest = sorted(found.values(), key=lambda one: one[0].at, reverse=True)
    told, rest = nearest((_voice(made, where, alive) for made, where in newest), in_order())
    return voices_sections(told, rest[:NAMED])


def _published(territories: Sequence[Territory]) -> Iterable[Publication]:
    """Return editions in force that may concern some territories, newest first of each survey."""
    rows = Publication.objects.filter(withdrawn=None, survey__published__isnull=False)
    rows = rows.exclude(survey__questionnaire__model=STRUCTURES)
    near = _near(territories[0])
    for territory in territories[1:]:
        near |= _near(territory)
    rows = rows.filter(near).select_related("survey__questionnaire")
    return rows.order_by("survey_id", "-number")


def _near(territory: Territory) -> Q:
    """Return « inside this territory or around it » on the survey of an edition."""
    if territory.level is Level.FRANCE:
        return Q(pk__isnull=False)
    found = inside(territory, level="survey__level", code="survey__code")
    for level in AROUND:
        code = territory.parent_code(level)
        if code:
            found |= Q(survey__level=level.value, survey__code=code)
    return found


def _where(survey: Survey, territories: Sequence[Territory]) -> Where | None:
    """Return where a survey was asked next to some territories, nearest of all."""
    if any(key_of(one) == (survey.level, survey.code) for one in territories):
        return Where.HERE
    if any(contains(survey.territory, one) for one in territories):
        return Where.AROUND
    return Where.INSIDE if any(contains(one, survey.territory) for one in territories) else None


def _alive(editions: Iterable[Publication]) -> frozenset[str]:
    """Return the answers quoted that are still there: words taken back are told no more."""
    quoted = [uuid for made in editions for uuid, _text in _kept(made)["quotes"]]
    if not quoted:
        return frozenset()
    rows = Submission.objects.filter(uuid__in=quoted, set_aside="")
    return frozenset(str(uuid) for uuid in rows.values_list("uuid", flat=True))


def _kept(made: Publication) -> dict[str, Any]:
    """Return what an edition keeps for the portrait; editions of before kept their page alone."""
    alone = {"blocks": made.content["blocks"], "profile": [], "quotes": []}
    kept: dict[str, Any] = made.content.get("portrait", alone)
    return kept


def _voice(made: Publication, where: Where, alive: frozenset[str]) -> Voice:
    survey, kept = made.survey, _kept(made)
    return Voice(
        model=survey.questionnaire.model,
        key=survey.questionnaire.key,
        title=made.content["title"],
        where=where,
        territory=survey.territory,
        place=name_of(survey.territory),
        day=timezone.localdate(made.at).isoformat(),
        answers=made.content["answers"],
        method=tuple((what, words) for what, words in made.content["method"]),
        cite=made.content["cite"],
        shown=tuple(blocks_of(kept)),
        profiles=tuple(_profile(told) for told in kept["profile"]),
        quotes=tuple(text for uuid, text in kept["quotes"] if uuid in alive),
    )


def _profile(told: dict[str, Any]) -> Profile:
    lines = [
        (line["label"], Line(**{name: value for name, value in line.items() if name != "label"}))
        for line in told["lines"]
    ]
    return Profile(told["question"], told["title"], tuple(lines), told["source"])
