"""Give away everything shown for a territory: CSV, GeoJSON and JSON, with provenance.

The numbers are those of the portrait: rounded and hidden by the same rules (``display``).
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from portrea.needs.tables import UNITS
from portrea.steering import display, measures
from portrea.steering.citations import sources_of
from portrea.steering.subject import Area, Subject
from portrea.territory.geometry import geojson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from portrea.base.estimates import Estimate
    from portrea.steering.document import Portrait
    from portrea.steering.reading import AreaEstimate, Reader
    from portrea.territory.hierarchy import Selection, Territory

COLUMNS = (
    "level",
    "code",
    "name",
    "measure",
    "population",
    "n",
    "n_low",
    "n_high",
    "share",
    "share_low",
    "share_high",
    "quality",
    "status",
    "unit",
    "n_low80",
    "n_high80",
    "share_low80",
    "share_high80",
    "p_top",
    "reasons",
    "vintages",
    "computation",
)
"""Columns of the CSV. ``unit``: ``persons`` or ``declarations_per_year``; ``status``: ``ok``,
``bounds``, ``hidden`` (not published) or ``unavailable``."""
NUMBERS = (*COLUMNS[4:11], *COLUMNS[14:19])


def rows(reader: Reader, target: Territory | Selection) -> list[dict[str, Any]]:
    """Return the published estimates of a territory, its parts, its surroundings, in order.

    One row per area and measure, columns :data:`COLUMNS`; counts in ``unit``, shares in [0, 1].
    """
    subject = Subject.of(reader, target)
    areas = {a.key: a for a in (*subject.areas, *subject.parts, *subject.parents)}
    areas |= {a.key: a for a in subject.neighbours}
    return list(_rows(reader, list(areas.values())))


def _rows(
    reader: Reader, areas: list[Area], shown: Sequence[str] = measures.SHOWN
) -> Iterator[dict[str, Any]]:
    estimates = reader.estimates_of([(area.level, area.code) for area in areas])
    for area in areas:
        for measure in shown:
            estimate = estimates.get((area.level, area.code, measure))
            yield {
                "level": area.level,
                "code": area.code,
                "name": area.name.plain,
                "measure": measure,
                "unit": UNITS[measure],
                **_published(estimate),
                "computation": reader.computation_id,
            }


def _published(estimate: AreaEstimate | None) -> dict[str, Any]:
    if estimate is None or not estimate.available:
        masked = estimate is not None and estimate.withheld
        return dict.fromkeys(NUMBERS) | {
            "quality": "N",
            "status": "hidden" if masked else "unavailable",
            "reasons": estimate.reasons if estimate is not None else "",
            "vintages": estimate.vintages if estimate is not None else "",
        }
    count = display.shown_count(estimate.count, estimate.level)
    population = estimate.population
    return {
        "population": None if population is None else display.rounded_people(population),
        **_interval(estimate.count, estimate.share, estimate.level),
        **_likely(estimate),
        "p_top": None if estimate.top is None else round(estimate.top, 2),
        "quality": estimate.quality.value,
        "status": "ok" if count.value is not None else "bounds",
        "reasons": estimate.reasons,
        "vintages": estimate.vintages,
    }


def _interval(count: Estimate, share: Estimate, level: str) -> dict[str, float | None]:
    persons, part = display.shown_count(count, level), display.shown_share(share)
    return {
        "n": persons.value,
        "n_low": persons.low,
        "n_high": persons.high,
        "share": part.value,
        "share_low": part.low,
        "share_high": part.high,
    }


def _likely(estimate: AreaEstimate) -> dict[str, float | None]:
    """80 % interval, rounded as the other one."""
    if estimate.likely is None:
        return dict.fromkeys(NUMBERS[7:11])
    shown = _interval(*estimate.likely, estimate.level)
    return {f"{name}80": shown[name] for name in ("n_low", "n_high", "share_low", "share_high")}


def to_csv(reader: Reader, target: Territory | Selection) -> str:
    """Return the published estimates as CSV (UTF-8, comma, decimal point)."""
    return _csv(rows(reader, target))


def zones_csv(reader: Reader, level: str, codes: Sequence[str], measure: str) -> str:
    """Return the published estimates of one measure for some areas of a level, as CSV."""
    return _csv(zone_rows(reader, level, codes, [measure]))


def zone_rows(
    reader: Reader, level: str, codes: Sequence[str], shown: Sequence[str] = measures.SHOWN
) -> Iterator[dict[str, Any]]:
    """Yield the published estimates of some areas of a level, by code then measure."""
    table = reader.snapshot.territory_rows.of_all([(level, code) for code in sorted(set(codes))])
    return _rows(reader, [Area.from_row(row) for row in table.iter_rows(named=True)], shown)


def _csv(lines: Iterable[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def to_geojson(reader: Reader, target: Territory | Selection) -> str:
    """Return the parts of a territory with their outline and published estimates.

    Areas without an outline are left out of ``features`` and listed in ``without_geometry``.
    """
    subject = Subject.of(reader, target)
    areas = list(subject.parts or subject.areas)
    properties: dict[str, dict[str, Any]] = {}
    for row in _rows(reader, areas):
        card = properties.setdefault(row["code"], {"name": row["name"], "level": row["level"]})
        for field in ("n", "n_low", "n_high", "share", "share_low", "share_high", "quality"):
            card[f"{row['measure']}_{field}"] = row[field]
    shapes = subject.shapes_of(areas)
    content = (
        geojson(shapes, properties) if shapes else {"type": "FeatureCollection", "features": []}
    )
    drawn = set(shapes.codes.tolist()) if shapes else set()
    content["without_geometry"] = sorted(set(properties) - drawn)
    content["computation"] = reader.computation_id
    content["sources"] = [source.citation() for source in sources_of(subject)]
    return json.dumps(content, ensure_ascii=False)


def to_json(portrait: Portrait) -> str:
    """Return the whole portrait as JSON: texts, numbers, tables, sources; without the drawings."""
    content = portrait.to_dict()
    for section in content["sections"]:
        for part in (section, *section["parts"]):
            for figure in part["figures"]:
                del figure["svg"]
    return json.dumps(content, ensure_ascii=False, indent=1)
