"""Small worlds built by hand: territories and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from portrea.sources.loading import add_path, load_embedded
from portrea.sources.store import Store
from portrea.steering.computation import gather_inputs
from portrea.vocab.tables import CROSSTAB, TERRITORIES

if TYPE_CHECKING:
    from pathlib import Path

    from portrea.steering.computation import Inputs


class World:
    """Territories and observations, grown line by line."""

    def __init__(self) -> None:
        self.places: list[dict] = []
        self.figures: list[dict] = []
        self.cells: list[dict] = []

    def place(self, level: str, code: str, **parents: str | None) -> World:
        row = {"level": level, "code": code, "name": f"{level} {code}", **parents}
        if level in {"commune", "epci", "departement", "region"}:
            row[level] = code
        self.places.append(row)
        return self

    def commune(self, code: str, iris: list[str], *, epci: str = "200000001") -> World:
        """A commune of région 53, département 35, and its IRIS."""
        parents = {"epci": epci, "departement": "35", "region": "53"}
        self.place("commune", code, **parents)
        for name in iris:
            self.place("iris", name, commune=code, kind="H", **parents)
        for level, parent in (("epci", epci), ("departement", "35"), ("region", "53")):
            if not any(p["level"] == level and p["code"] == parent for p in self.places):
                above = {"departement": "35", "region": "53"} if level == "epci" else {}
                self.place(level, parent, **(above or {"region": "53"}))
        return self

    def figure(
        self,
        level: str,
        code: str,
        values: dict[str, float | None],
        *,
        vintage: str = "2021",
        source: str = "essai",
        status: str = "ok",
    ) -> World:
        for variable, value in values.items():
            self.figures.append(
                {
                    "level": level,
                    "code": code,
                    "variable": variable,
                    "value": value,
                    "status": status,
                    "dataset": f"{source}_{vintage}",
                    "vintage": vintage,
                    "source": source,
                }
            )
        return self

    @property
    def territories(self) -> pl.DataFrame:
        frame = pl.DataFrame(self.places, infer_schema_length=None)
        return TERRITORIES.conform(frame)

    @property
    def observations(self) -> pl.DataFrame:
        schema = {
            "level": pl.String,
            "code": pl.String,
            "variable": pl.String,
            "value": pl.Float64,
            "status": pl.String,
            "dataset": pl.String,
            "vintage": pl.String,
            "source": pl.String,
        }
        return pl.DataFrame(self.figures, schema=schema)

    @property
    def crosstab(self) -> pl.DataFrame:
        if not self.cells:
            return CROSSTAB.empty()
        return pl.DataFrame(self.cells, infer_schema_length=None)

    def table(
        self,
        level: str,
        code: str,
        ages: list[str],
        diplomas: list[str],
        persons: list[list[int]],
        *,
        vintage: str = "2012",
    ) -> World:
        cells: dict[tuple[str, str], float] = {}
        for age, row in zip(ages, persons, strict=True):
            for diploma, count in zip(diplomas, row, strict=True):
                cells[age, diploma] = cells.get((age, diploma), 0) + count
        for (age, diploma), count in cells.items():
            self.cells.append(
                {
                    "level": level,
                    "code": code,
                    "age": age,
                    "diploma": diploma,
                    "household": "any",
                    "persons": float(count),
                    "dataset": "for2",
                    "vintage": vintage,
                    "source": "insee-for2",
                }
            )
        return self

    def three_bands(self, code: str, young: float, middle: float, old: float) -> World:
        return self.figure(
            "iris",
            code,
            {
                "persons": young + middle + old,
                "persons_0_19": young,
                "persons_20_64": middle,
                "persons_65_plus": old,
            },
        )


@pytest.fixture(scope="module")
def real(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared_data: Path
) -> Inputs:
    """The real files that the module names in ``FILES``, on the embedded ones if ``EMBEDDED``."""
    store = Store(tmp_path_factory.mktemp("real"))
    if getattr(request.module, "EMBEDDED", False):
        load_embedded(store)
    for name in request.module.FILES:
        add_path(store, shared_data / name)
    return gather_inputs(store)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def town(world: World) -> World:
    """Two communes of one EPCI: one with three IRIS, one with one; ages in three bands."""
    world.commune("35001", ["350010101", "350010102", "350010103"]).commune("35002", ["350020000"])
    world.three_bands("350010101", 500, 1500, 400).three_bands("350010102", 700, 1800, 300)
    world.three_bands("350010103", 300, 900, 600).three_bands("350020000", 200, 500, 250)
    return world
