"""Exports of 100,000 places of the census to each format, row after row.

Processor seconds, from the JSON of each place to the file; and what memory grew by.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import Measure, clock, peak_gib

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = 100_000
LIMIT = 15.0
STANDARDS = ("mednum", "data-inclusion", "geojson", "csv", "geoparquet", "xlsx")


def run() -> list[Measure]:
    """Write every format once, the smallest memory first."""
    from portrea.offer.exchange.context import Context
    from portrea.steering.exchange import STANDARDS as WRITERS
    from portrea.steering.exchange import export

    context = Context(today=date(2026, 11, 22))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        export(_places(500), "mednum", Path(folder) / "warm.csv", context)
        for standard in STANDARDS:
            before = peak_gib()
            target = Path(folder) / f"a.{WRITERS[standard].extension}"
            with clock() as spent:
                report = export(_places(PLACES), standard, target, context)
            grown = (peak_gib() - before) * 1024
            rows.append(
                Measure(
                    f"offer-export-{standard}",
                    f"Export de 100 000 lieux : {WRITERS[standard].label}",
                    spent.cpu,
                    limit=LIMIT,
                    note=f"{report.written} lieux, {grown:.0f} Mio de plus, "
                    f"{target.stat().st_size / 1e6:.0f} Mo écrits",
                )
            )
    return rows


def _places(count: int) -> Iterator[object]:
    from portrea.offer.content import from_dict

    for rank in range(count):
        yield from_dict(
            {
                "id": f"liste--{rank}",
                "name": f"Maison de services n° {rank}",
                "kind": "RFS",
                "city": "Iffendic",
                "postcode": "35750",
                "commune": "35133",
                "address": f"{rank % 200} rue de l’Église",
                "latitude": 48.1 + rank % 100 / 1000,
                "longitude": -2.0,
                "phone": f"+3329900{rank % 10000:04d}",
                "emails": [f"accueil{rank}@exemple.fr"],
                "websites": ["https://www.exemple.fr/lieu"],
                "hours": "Mo-Fr 09:00-12:00,14:00-17:00; PH off",
                "programmes": ["France Services"],
                "summary": "Un accueil pour vos démarches.",
                "updated": "2026-01-15",
                "services": [
                    {
                        "block": "aide",
                        "key": "aide",
                        "offers": ["Aide aux démarches administratives"],
                        "cost": ["Gratuit"],
                        "access_modes": ["Se présenter", "Téléphoner"],
                        "capacity": {"hours_week": 12.0},
                    }
                ],
            }
        )
