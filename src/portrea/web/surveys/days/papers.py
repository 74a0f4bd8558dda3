"""What is printed around a day: which sheets exist, and the figures that the slides show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portrea.base.errors import PortreaError
from portrea.offer.record import Block
from portrea.sources.store import Store
from portrea.steering.portrait import build_portrait
from portrea.steering.reading import Reader
from portrea.surveys.days import demarche, timetable
from portrea.vocab.situations import Situation
from portrea.web.surveys.days.selectors import Line

if TYPE_CHECKING:
    import datetime
    from typing import Any

    from portrea.steering.document import Portrait
    from portrea.web.surveys.models import Day

BLANKS = range(24)
"""Lines of the attendance sheet."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet to print: its address, its title, what it is for, its template."""

    name: str
    title: Any
    what: Any
    template: str


PAPERS = (
    Paper(
        "invitation",
        _("Invitation"),
        _("Lettre ou affiche, avec la date et le lieu."),
        "surveys/days/paper_invitation.html",
    ),
    Paper(
        "presentation",
        _("Diapositives de la présentation"),
        _("Deux heures, avec les chiffres de votre territoire."),
        "surveys/days/slides.html",
    ),
    Paper(
        "engagement",
        _("Feuille d’engagement des élu·es"),
        _("Ce que la collectivité met : une personne, une salle, une suite."),
        "surveys/days/paper_commitment.html",
    ),
    Paper(
        "ordre-du-jour",
        _("Ordre du jour"),
        _("À afficher, avec les heures."),
        "surveys/days/paper_agenda.html",
    ),
    Paper(
        "presence",
        _("Feuille de présence"),
        _("Structure et fonction seulement, aucun nom."),
        "surveys/days/paper_attendance.html",
    ),
    Paper(
        "tables",
        _("Feuilles de table"),
        _("Une par table : sujet, consignes, place pour les notes."),
        "surveys/days/paper_tables.html",
    ),
    Paper(
        "recensement",
        _("Fiche de recensement sur papier"),
        _("Pour qui n’a pas de téléphone ; se saisit ensuite au clavier."),
        "surveys/days/paper_census.html",
    ),
)
NAMES = {paper.name: paper for paper in PAPERS}
SITUATIONS = tuple((str(one), one.label) for one in Situation)
BLOCKS = tuple((str(one), one.label) for one in Block)


def portrait_of(day: Day) -> Portrait | None:
    """Return the portrait of the territory of a day, ``None`` while nothing is computed of it."""
    try:
        reader = Reader(Store(settings.PORTREA_HOME))
        return build_portrait(reader, reader.gazetteer.get(day.level, day.code))
    except PortreaError:
        return None


def presentation(starts: datetime.time | None) -> list[Line]:
    """Return the agenda of the presentation, with hours when its beginning is known."""
    parts = demarche().agendas["presentation"]
    minutes = [part.minutes for part in parts]
    hours = timetable(starts, minutes) if starts else [None] * len(parts)
    return [Line(at, part.minutes, part.what) for at, part in zip(hours, parts, strict=False)]
