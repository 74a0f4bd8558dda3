"""Need and offer together: travel time to help, who is far, which communes are furthest."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.base.estimates import integer, percent
from portrea.steering import measures
from portrea.steering.document import Cell, Column, Figure, Section, Sentence, Table
from portrea.steering.figures_map import MOST_DOTS, Reading, Zone, choropleth
from portrea.steering.figures_style import Caption
from portrea.steering.reading import ANY_PLACE
from portrea.steering.wording import capitalised, enumeration, level_name, minutes
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from portrea.steering.subject import Area, Subject

Row = dict[str, Any]
FURTHEST = 10
MOST_ROWS = 200
THRESHOLDS = ("share_beyond_10", "share_beyond_20", "share_beyond_30")
WEIGHTS = {
    "a1": "personnes en situation d’illectronisme",
    "a2": "personnes en fragilité socio-numérique",
    "persons": "habitants",
}


def reach_rows(subject: Subject) -> dict[str, Row]:
    """Rows of the ``reach`` table by situation; members of a selection are averaged by persons."""
    frame = subject.reach.of_all(subject.keys(subject.areas))
    per_area: dict[tuple[str, str], dict[str, Row]] = {
        key: {} for key in subject.keys(subject.areas)
    }
    for row in frame.iter_rows(named=True):
        per_area[row["level"], row["code"]][row["situation"]] = row
    groups = list(per_area.values())
    if len(groups) == 1:
        return groups[0]
    weights = [_weight(subject, a, rows) for a, rows in zip(subject.areas, groups, strict=True)]
    shared = set.intersection(*(set(rows) for rows in groups))
    return {key: _mean([rows[key] for rows in groups], weights) for key in sorted(shared)}


def _rows_of(subject: Subject, level: str, codes: Sequence[str], situation: str) -> pl.DataFrame:
    frame = subject.reach.of_all([(level, code) for code in codes])
    return frame.filter(pl.col("situation") == situation)


def _weight(subject: Subject, area: Area, rows: dict[str, Row]) -> float:
    measure = next((row["weight"] for row in rows.values()), "persons")
    estimate = subject.reader.estimate(
        area.level, area.code, measure if measure in WEIGHTS else "a1"
    )
    if estimate is None:
        return 0.0
    return estimate.count.value or estimate.population or 0.0


def _mean(rows: Sequence[Row], weights: Sequence[float]) -> Row:
    total = sum(weights)
    merged: Row = {"situation": rows[0]["situation"], "weight": rows[0]["weight"]}
    for field in ("nearest_minutes", "places_within_20", *THRESHOLDS):
        values = [row[field] for row in rows]
        complete = total > 0 and all(value is not None for value in values)
        pairs = zip(values, weights, strict=True)
        merged[field] = sum(v * w for v, w in pairs) / total if complete else None
    beyond = [row["persons_beyond_20"] for row in rows]
    merged["persons_beyond_20"] = sum(beyond) if all(b is not None for b in beyond) else None
    return merged


def reach_section(subject: Subject) -> Section | None:
    """Say how far help is, for whom, and where it is furthest."""
    rows = reach_rows(subject)
    main = main_situation(rows)
    if main is None:
        return None
    tables = [_situations_table(subject, rows)]
    furthest = _furthest(subject, main)
    if furthest:
        tables.append(_furthest_table(subject, furthest, main))
    figure = _map(subject, main)
    figures: tuple[Figure, ...] = ()
    if figure is not None:
        tables.append(figure[1])
        figures = (figure[0],)
    return Section(
        "acces",
        "Le besoin et l’offre ensemble",
        _lead(subject, rows[main], main),
        paragraphs=_paragraphs(furthest),
        tables=tuple(tables),
        figures=figures,
        notes=(
            "Temps estimés en voiture, à vol d’oiseau, avec un détour et la vitesse du lieu. "
            "Un itinéraire réel peut être plus long. Un trajet dans la commune n’est jamais nul.",
        ),
    )


def main_situation(rows: dict[str, Row]) -> str | None:
    """Choose the situation of the headline: help with a procedure, else any place."""
    for situation in (Situation.AIDE.value, ANY_PLACE):
        if situation in rows and rows[situation]["nearest_minutes"] is not None:
            return situation
    return None


def _label(situation: str) -> str:
    return (
        "Un lieu d’aide, quel qu’il soit" if situation == ANY_PLACE else Situation(situation).label
    )


def _lead(subject: Subject, row: Row, situation: str) -> Sentence:
    goal = (
        "le lieu le plus proche"
        if situation == ANY_PLACE
        else "un lieu qui aide à faire une démarche"
    )
    time = minutes(row["nearest_minutes"])
    text = f"Il faut en moyenne {time} en voiture pour atteindre {goal} {subject.here}"
    beyond = row["share_beyond_20"]
    if beyond is None:
        return Sentence(f"{text}.")
    who = WEIGHTS.get(row["weight"], WEIGHTS["persons"])
    if beyond < 0.005:
        return Sentence(
            f"{text}\u00a0; presque aucune des {who} n’en est à plus de 20\u00a0minutes."
        )
    return Sentence(f"{text}\u00a0; {percent(beyond)} des {who} en sont à plus de 20\u00a0minutes.")


def _paragraphs(furthest: Sequence[tuple[Area, Row]]) -> tuple[str, ...]:
    if not furthest:
        return ()
    named = enumeration(
        [f"{area.name.plain} ({minutes(row['nearest_minutes'])})" for area, row in furthest[:3]]
    )
    return (f"Les communes les plus éloignées sont {named}.",)


def _situations_table(subject: Subject, rows: dict[str, Row]) -> Table:
    order = [s.value for s in Situation if s.value in rows] + [ANY_PLACE] * (ANY_PLACE in rows)
    who = WEIGHTS.get(rows[order[0]]["weight"], WEIGHTS["persons"])
    columns = (
        Column("Besoin"),
        Column("Temps moyen", numeric=True),
        Column("Lieux à moins de 20\u00a0min", numeric=True),
        Column("Au-delà de 10\u00a0min", numeric=True),
        Column("Au-delà de 20\u00a0min", numeric=True),
        Column("Au-delà de 30\u00a0min", numeric=True),
        Column("Personnes au-delà de 20\u00a0min", numeric=True),
    )
    lines = tuple(_situation_row(rows[situation]) for situation in order)
    caption = f"Éloignement des lieux {subject.here}, pondéré par les {who}"
    return Table("acces-situations", caption, columns, lines)


def _situation_row(row: Row) -> tuple[Cell, ...]:
    if row["nearest_minutes"] is None:
        return (Cell(_label(row["situation"])), Cell("aucun lieu connu"), *(Cell("–"),) * 5)
    return (
        Cell(_label(row["situation"])),
        Cell(minutes(row["nearest_minutes"]), row["nearest_minutes"]),
        _number_cell(row["places_within_20"]),
        *(_percent_cell(row[field]) for field in THRESHOLDS),
        _persons_cell(row["persons_beyond_20"]),
    )


def _number_cell(value: float | None) -> Cell:
    return Cell("–") if value is None else Cell(integer(value), round(value))


def _percent_cell(share: float | None) -> Cell:
    if share is None:
        return Cell("–")
    return Cell(
        f"moins de {percent(0.01)}" if 0 < share < 0.005 else percent(share), round(share, 2)
    )


def _persons_cell(persons: float | None) -> Cell:
    """Write a central estimate of persons with two significant digits, and at least to ten."""
    if persons is None:
        return Cell("–")
    step = max(10.0, 10.0 ** (math.floor(math.log10(max(persons, 1.0))) - 1))
    rounded = round(persons / step) * step
    return Cell(f"environ {integer(rounded)}" if rounded else "0", rounded)


# -- communes -------------------------------------------------------------------------------------


def _furthest(subject: Subject, situation: str) -> list[tuple[Area, Row]]:
    frame = _rows_of(subject, "commune", subject.commune_codes, situation)
    known = frame.filter(pl.col("nearest_minutes").is_not_null())
    if known.height < 2:
        return []
    ordered = known.sort("nearest_minutes", "code", descending=[True, False]).head(FURTHEST)
    return [(subject.area("commune", row["code"]), row) for row in ordered.iter_rows(named=True)]


def _furthest_table(subject: Subject, lines: Sequence[tuple[Area, Row]], situation: str) -> Table:
    columns = (
        Column("Commune"),
        Column("Temps moyen", numeric=True),
        Column("Au-delà de 20\u00a0min", numeric=True),
        Column("Personnes au-delà de 20\u00a0min", numeric=True),
    )
    rows = tuple(
        (
            Cell(area.name.plain, territory=area.key),
            Cell(minutes(row["nearest_minutes"]), row["nearest_minutes"]),
            _percent_cell(row["share_beyond_20"]),
            _persons_cell(row["persons_beyond_20"]),
        )
        for area, row in lines
    )
    caption = f"Communes les plus éloignées {subject.here}\u00a0: {_label(situation).lower()}"
    return Table("acces-communes", caption, columns, rows)


def _map(subject: Subject, situation: str) -> tuple[Figure, Table] | None:
    parts = subject.parts
    if not parts or parts[0].level == "iris":
        return None
    shapes = subject.shapes_of(parts)
    if shapes is None:
        return None
    level = parts[0].level
    frame = _rows_of(subject, level, [part.code for part in parts], situation)
    times = dict(zip(frame["code"].to_list(), frame["nearest_minutes"].to_list(), strict=True))
    zones = {
        code: Zone(code, time, f"{time:.0f}") for code, time in times.items() if time is not None
    }
    if not zones:
        return None
    dots = _dots(subject)
    title = f"Temps de trajet par {level_name(level)}" + (", et lieux connus" if len(dots) else "")
    points = "Les points sont les lieux. " if len(dots) else ""
    caption = Caption(
        "fig-acces",
        title,
        f"Carte {subject.name.of}. Le nombre écrit sur chaque zone est le temps moyen en minutes. "
        f"{points}Le tableau « Temps de trajet et besoin » donne chaque nombre.",
    )
    reading = Reading(f"{capitalised(_label(situation).lower())}\u00a0: minutes", percent=False)
    svg = choropleth(caption, zones, shapes, reading=reading, dots=dots)
    figure = Figure(caption.id, title, caption.description, svg, "acces-zones")
    return figure, _overlay_table(subject, parts, times)


def _dots(subject: Subject) -> np.ndarray:
    """Positions of all the places, or none of them when they would cover the map."""
    places = subject.places.select("longitude", "latitude").drop_nulls().unique(maintain_order=True)
    return places.head(places.height if places.height <= MOST_DOTS else 0).to_numpy()


def _overlay_table(
    subject: Subject, parts: Sequence[Area], times: dict[str, float | None]
) -> Table:
    estimates = subject.part_estimates
    level = parts[0].level
    places = subject.places
    counts = dict(places["commune"].value_counts().iter_rows()) if level == "commune" else {}
    columns = [Column(capitalised(level_name(level))), Column("Personnes concernées", numeric=True)]
    columns += [Column("Temps moyen", numeric=True)]
    columns += [Column("Lieux", numeric=True)] if level == "commune" else []
    rows = []
    for part in parts[:MOST_ROWS]:
        estimate = estimates.get((part.level, part.code, "a1"))
        if estimate is None or not estimate.available:
            estimate = estimates.get((part.level, part.code, "a2"))
        time = times.get(part.code)
        cells = [Cell(part.name.plain, territory=part.key), measures.interval_cell(estimate)]
        cells.append(Cell(minutes(time), time))
        if level == "commune":
            count = counts.get(part.code, 0)
            cells.append(Cell(integer(count), float(count)))
        rows.append(tuple(cells))
    caption = f"Temps de trajet et besoin {subject.here}, par {level_name(level)}"
    return Table("acces-zones", caption, tuple(columns), tuple(rows))
