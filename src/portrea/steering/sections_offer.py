"""The offer: places by type and by situation, opening hours, first lines of the list."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

from portrea.base.estimates import integer
from portrea.steering.display import loader
from portrea.steering.document import Cell, Column, Figure, Section, Sentence, Table
from portrea.steering.figures_hours import DAYS, hours_heat
from portrea.steering.figures_style import Caption
from portrea.steering.wording import capitalised, counted, phone
from portrea.territory.naming import typographic
from portrea.vocab.hours import describe, week_of
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.subject import Subject

FIRST_HOUR, LAST_HOUR = 8, 20
FIRST_LINES = 12
MOST_TYPES = 12
UNKNOWN_KIND = "Type inconnu"


@cache
def _kinds() -> dict[str, dict[str, Any]]:
    text = files("portrea.vocab").joinpath("typologies.yaml").read_text("utf-8")
    raw: dict[str, dict[str, Any]] = yaml.load(text, Loader=loader())  # noqa: S506 (safe loader)
    return raw


def kind_label(kind: str | None) -> str:
    """Return everyday words for the first typology code of a place."""
    if not kind:
        return UNKNOWN_KIND
    card = _kinds().get(kind.split("|")[0]) or {}
    return str(card.get("place") or card.get("label") or kind)


def offer_section(subject: Subject) -> Section:
    """Count the places by type and situation, show when they are open, list the first ones."""
    places = subject.places
    if not places.height:
        return Section(
            "offre",
            "L’offre d’aide",
            Sentence(f"Aucun lieu d’aide n’est connu {subject.around} dans les données chargées."),
            notes=("Aucun lieu connu ne veut pas dire aucun lieu\u00a0: chargez une liste.",),
        )
    week, known = open_places(places["hours"].to_list())
    tables = [_types_table(subject, places), _situations_table(subject, places)]
    figures = []
    if known:
        tables.append(_hours_table(week, known))
        figures.append(_hours_figure(subject, week, known))
    tables.append(_list_table(subject, places))
    return Section(
        "offre",
        "L’offre d’aide",
        _lead(subject, places),
        paragraphs=_paragraphs(places, known),
        tables=tuple(tables),
        figures=tuple(figures),
        notes=("Un lieu compte pour chaque situation qu’il couvre.",),
    )


def _lead(subject: Subject, places: pl.DataFrame) -> Sentence:
    helping = places.filter(pl.col("situations").list.contains(Situation.AIDE.value)).height
    who = counted(integer(places.height), places.height, "lieu est connu", "lieux sont connus")
    doing = counted(
        integer(helping), helping, "aide à faire une démarche", "aident à faire une démarche"
    )
    if helping == 0:
        doing = "aucun ne déclare aider à faire une démarche"
    return Sentence(f"{capitalised(who)} {subject.around}\u00a0; {doing}.")


def _paragraphs(places: pl.DataFrame, known: int) -> tuple[str, ...]:
    said = [
        f"Les horaires sont connus pour {counted(integer(known), known, 'lieu', 'lieux')} "
        f"sur {integer(places.height)}."
        if known
        else "Les horaires d’ouverture ne sont connus pour aucun lieu."
    ]
    evening = sum(_open_late(hours) for hours in places["hours"].to_list())
    saturday = sum(_open_on(hours, 5) for hours in places["hours"].to_list())
    if known:
        opened = counted(integer(saturday), saturday, "lieu ouvre", "lieux ouvrent")
        late = counted(integer(evening), evening, "reste ouvert", "restent ouverts")
        late = f"{late} au moins un jour" if evening else "aucun ne reste ouvert"
        opened = opened if saturday else "Aucun lieu n’ouvre"
        said.append(f"{opened} le samedi\u00a0; {late} après 18\u00a0h.")
    return tuple(said)


def _open_on(hours: str | None, day: int) -> bool:
    week = week_of(hours)
    return week is not None and bool(week[day])


def _open_late(hours: str | None) -> bool:
    week = week_of(hours)
    return week is not None and any(end > 18 * 60 for spans in week for _, end in spans)


def _types_table(subject: Subject, places: pl.DataFrame) -> Table:
    counts: dict[str, int] = {}
    for kind in places["kind"].to_list():
        label = kind_label(kind)
        counts[label] = counts.get(label, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept, rest = ordered[:MOST_TYPES], ordered[MOST_TYPES:]
    if rest:
        kept = [*kept, ("Autres types", sum(count for _, count in rest))]
    rows = tuple((Cell(typographic(label)), Cell(integer(n), float(n))) for label, n in kept)
    columns = (Column("Type de lieu"), Column("Lieux", numeric=True))
    return Table("offre-types", f"Lieux {subject.around}, par type", columns, rows)


def _situations_table(subject: Subject, places: pl.DataFrame) -> Table:
    counts = dict(places["situations"].explode().drop_nulls().value_counts().iter_rows())
    rows = tuple(
        (Cell(s.label), Cell(integer(counts.get(s.value, 0)), float(counts.get(s.value, 0))))
        for s in Situation
    )
    columns = (Column("Ce que l’on y trouve"), Column("Lieux", numeric=True))
    return Table("offre-situations", f"Lieux {subject.around}, par besoin", columns, rows)


def open_places(hours: Sequence[str | None]) -> tuple[np.ndarray, int]:
    """Count places open during each hour of the week.

    Returns
    -------
    A matrix days × hours (:data:`FIRST_HOUR` to :data:`LAST_HOUR`), and how many places have hours
    that are a plain week. A place is open during an hour when it is for half of it at least.
    """
    counts = np.zeros((len(DAYS), LAST_HOUR - FIRST_HOUR))
    known = 0
    for text in hours:
        week = week_of(text)
        if week is None:
            continue
        known += 1
        for day, spans in enumerate(week):
            for start, end in spans:
                first = max(0, round(start / 60) - FIRST_HOUR)
                last = max(first, round(end / 60) - FIRST_HOUR)
                counts[day, first:last] += 1
    return counts, known


def _hours_table(week: np.ndarray, known: int) -> Table:
    columns = (
        Column("Jour"),
        *(Column(f"{hour}\u00a0h", numeric=True) for hour in range(FIRST_HOUR, LAST_HOUR)),
    )
    rows = tuple(
        (Cell(DAYS[day]), *(Cell(f"{count:.0f}", float(count)) for count in week[day]))
        for day in range(len(DAYS))
    )
    caption = f"Lieux ouverts heure par heure (horaires connus pour {known})"
    return Table("offre-horaires", caption, columns, rows)


def _hours_figure(subject: Subject, week: np.ndarray, known: int) -> Figure:
    day, hour = divmod(int(np.argmax(week)), week.shape[1])
    title = f"Lieux ouverts {subject.around}, par jour et par heure"
    description = (
        f"Lieux aux horaires connus\u00a0: {known}. Le plus grand nombre de lieux ouverts est "
        f"{week.max():.0f}, le {DAYS[day]} à {FIRST_HOUR + hour} h. "
        "Le tableau du même nom donne chaque nombre."
    )
    caption = Caption("fig-horaires", title, description)
    return Figure(
        caption.id,
        title,
        description,
        hours_heat(caption, week.tolist(), FIRST_HOUR),
        "offre-horaires",
    )


def _list_table(subject: Subject, places: pl.DataFrame) -> Table:
    rows = tuple(_place_row(place) for place in places.head(FIRST_LINES).iter_rows(named=True))
    columns = (
        Column("Lieu"),
        Column("Type"),
        Column("Adresse"),
        Column("Téléphone"),
        Column("Horaires"),
    )
    note = ""
    if places.height > FIRST_LINES:
        note = f"Les {FIRST_LINES} premiers lieux sur {integer(places.height)}."
    return Table("offre-lieux", f"Lieux {subject.around}", columns, rows, note)


def _place_row(place: dict[str, Any]) -> tuple[Cell, ...]:
    town = " ".join(filter(None, (place["postcode"], place["city"])))
    address = ", ".join(filter(None, (place["address"], town)))
    said = describe(place["hours"]) or [place["hours_text"] or "inconnus"]
    return (
        Cell(typographic(place["name"])),
        Cell(kind_label(place["kind"])),
        Cell(typographic(address) or "inconnue"),
        Cell(phone(place["phone"])),
        Cell("\u202f; ".join([said[0], *(f"{line[:1].lower()}{line[1:]}" for line in said[1:])])),
    )
