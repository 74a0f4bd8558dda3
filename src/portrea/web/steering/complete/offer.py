"""The offer: the census as it is now, and what the actors answered to a published survey."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from portrea.base.estimates import integer
from portrea.offer.content import from_dict
from portrea.offer.rows import of_row
from portrea.steering.sections_answers import Answers
from portrea.steering.sections_offer_census import Census
from portrea.steering.sections_offer_told import offer_sections
from portrea.steering.subject import Subject
from portrea.steering.wording import counted, long_date
from portrea.web.accounts.scope import contains, key_of, name_of
from portrea.web.offer.models import Place
from portrea.web.offer.reading import decoded, last_change
from portrea.web.surveys.models import Publication
from portrea.web.surveys.results.reading import blocks_of
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from portrea.offer.record import Place as Record
    from portrea.steering.document import Section
    from portrea.territory import Selection, Territory
    from portrea.web.accounts.scope import Key

ACTORS = "acteurs"
"""Ready questionnaire that structures answer."""
AWAY = 2
MOST_PLACES, MOST_COMMUNES = 2_000, 1_500
"""Beyond this many places or communes, the detail is in the portraits of the territories inside."""


def sections(selection: Selection) -> tuple[Section, ...]:
    """Return coverage, visibility, appeal, and what to remember of them."""
    return offer_sections(census_of(selection), answers_of(selection))


def answers_of(selection: Selection) -> Answers | None:
    """Return the newest published answers of actors: asked here, else around.

    Those of a part alone would pass for those of the whole; synthetic ones are left out.
    """
    if len(selection.territories) != 1:
        return None
    here = selection.territories[0]
    rows = Publication.objects.filter(
        withdrawn=None,
        survey__published__isnull=False,
        survey__questionnaire__model=ACTORS,
        content__synthetic=False,
    )
    asked = rows.order_by("-at", "-pk").values_list("pk", "survey__level", "survey__code")
    near = [(_far(here, (level, code)), pk) for pk, level, code in asked]
    rank, chosen = min(near, key=lambda one: one[0], default=(AWAY, 0))
    if rank == AWAY:
        return None
    made = Publication.objects.select_related("survey").get(pk=chosen)
    return Answers(
        title=made.content["title"],
        where=name_of(made.survey.territory),
        count=made.content["answers"],
        day=timezone.localdate(made.at).isoformat(),
        blocks=tuple(blocks_of(made.content)),
    )


def _far(here: Territory, asked: Key) -> int:
    """Return how far a survey was asked from a territory: 0 here, 1 around."""
    if key_of(here) == asked:
        return 0
    return 1 if contains(asked, here) else AWAY


def census_of(selection: Selection) -> Census | None:
    """Return the open places of a territory; ``None`` without any, or with too many to detail."""
    last = last_change()
    state = "" if last is None else last.isoformat()
    return _census(str(settings.PORTREA_HOME), reader().computation_id, selection.key, state)


@lru_cache(maxsize=32)
def _census(_home: str, _computation: str, key: str, state: str) -> Census | None:
    subject = Subject.of(reader(), territory_find(key))
    records = _living(subject) if state else _computed(subject)
    if not records:
        return None
    communes = {area.code: area.name.plain for area in subject.communes}
    shapes = subject.shapes_of(subject.communes) if len(communes) > 1 else None
    return Census(records, communes, subject.around, _told(subject, len(records), state), shapes)


def _living(subject: Subject) -> tuple[Record, ...]:
    codes = subject.commune_codes
    if len(codes) > MOST_COMMUNES:
        return ()
    rows = Place.objects.filter(status=Place.Status.OPEN, commune__in=codes).order_by("pk")
    if rows.count() > MOST_PLACES:
        return ()
    kept = rows.values_list("pk", "record")
    return tuple(from_dict({**decoded(record), "id": pk}) for pk, record in kept)


def _computed(subject: Subject) -> tuple[Record, ...]:
    frame = subject.places
    if frame.height > MOST_PLACES:
        return ()
    return tuple(of_row(row) for row in frame.iter_rows(named=True))


def _told(subject: Subject, count: int, state: str) -> str:
    """Say where the places come from and when, and what the computation counts when it differs."""
    places = counted(integer(count), count, "lieu", "lieux")
    computed = long_date(reader().computed_on)
    if not state:
        return f"Le recensement du site est vide\u00a0: {places} du calcul du {computed}."
    day, before = long_date(state[:10]), subject.places.height
    told = f"Recensement du site\u00a0: {places}, modifié pour la dernière fois le {day}"
    if before == count:
        return f"{told}."
    return (
        f"{told}\u202f; le calcul du {computed}, dont viennent les autres parties, en comptait "
        f"{integer(before)}."
    )
