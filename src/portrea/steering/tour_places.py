"""Where the stops of a round are, and the minutes of road between them."""

from __future__ import annotations

from math import asin, cos, sin, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.base.errors import DataError, Diagnostic, TerritoryError
from portrea.reach.engines import CROW_FLY
from portrea.reach.tours.reading import position_of
from portrea.steering.times import CrowFly, Roads, engine_named
from portrea.territory import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from portrea.reach.times import Times
    from portrea.reach.tours.reading import Row
    from portrea.steering.reading import Reader
    from portrea.territory import Territory

    Engine = Callable[[pl.DataFrame, pl.DataFrame], Times]

FARTHEST = 600.0
"""Minutes of road beyond which two stops are not of the same round."""
FAR_KM = 50.0
"""Distance to the middle of a commune beyond which a point is not in it."""
HALL = "MUNI"
"""Kind of a town hall (typology of places)."""


def commune_named(reader: Reader, text: str, near: Sequence[str] = ()) -> Territory:
    """Return the commune a person names, one of ``near`` first when several bear the name."""
    gazetteer = reader.gazetteer
    if (Level.COMMUNE.value, text) in gazetteer:
        return gazetteer.get(Level.COMMUNE, text)
    found = gazetteer.search(text, limit=20, levels=[Level.COMMUNE])
    exact = [one for one in found if _plain(one.name) == _plain(text)] or found
    wanted = {code[:2] for code in near}
    close = [one for one in exact if one.code[:2] in wanted]
    chosen = close or exact
    if not chosen or (len(chosen) > 1 and _plain(chosen[0].name) == _plain(chosen[1].name)):
        names = ", ".join(f"{one.name} ({one.code})" for one in chosen[:5])
        raise TerritoryError(
            f"Commune « {text} » inconnue." if not chosen else f"Plusieurs communes « {text} ».",
            remedy=f"Écrivez le code de la commune : {names}."
            if names
            else "Écrivez son nom entier ou son code à cinq caractères.",
        )
    return chosen[0]


def _plain(text: str) -> str:
    return text.casefold().replace("’", "'").replace("-", " ").strip()


def commune_at(reader: Reader, longitude: float, latitude: float) -> Territory:
    """Return the commune of a point: the nearest one, that must not be far."""
    found = reader.gazetteer.nearest(longitude, latitude)
    if great_circle_km((longitude, latitude), _centre(reader, found.code)) > FAR_KM:
        raise TerritoryError(
            f"Le point {latitude:g}, {longitude:g} est loin de toute commune connue.",
            remedy="Écrivez la latitude puis la longitude en degrés, comme 48.117, -1.678.",
        )
    return found


def great_circle_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the kilometres between two points (longitude, latitude), as the crow flies."""
    x1, y1, x2, y2 = np.radians([*here, *there]).tolist()
    half = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin((x2 - x1) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(half))


def communes_of(reader: Reader, rows: Sequence[Row]) -> list[str | None]:
    """Return the commune of every stop: told, named by the stop, or nearest to its position."""
    found: list[str | None] = []
    faults = []
    known: list[str] = []
    for row in rows:
        code = None
        try:
            if row.commune or row.position is None:
                code = commune_named(reader, row.commune or row.name, known).code
            else:
                code = commune_at(reader, *row.position).code
            known.append(code)
        except TerritoryError as error:
            faults.append(
                Diagnostic("no-commune", error.message, row.line, value=row.commune or row.name,
                           remedy=error.remedy)
            )  # fmt: skip
        found.append(code)
    if faults:
        raise DataError(
            "Des arrêts n’ont pas pu être placés.",
            diagnostics=tuple(faults),
            remedy="Donnez leur commune, ou leur longitude et leur latitude.",
        )
    return found


def points_of(
    reader: Reader, rows: Sequence[Row], communes: Sequence[str | None]
) -> list[tuple[float, float]]:
    """Return the position of every stop: its own, the town hall's, else its commune's."""
    halls = _halls(reader, [code for code in communes if code])
    return [
        row.position or halls.get(code or "") or _centre(reader, code or "")
        for row, code in zip(rows, communes, strict=True)
    ]


def _halls(reader: Reader, communes: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return the position of the town hall of communes, where it is known."""
    places = reader.places(list(dict.fromkeys(communes)))
    halls = places.filter(pl.col("kind") == HALL).drop_nulls(["longitude", "latitude"])
    rows = halls.sort("id").unique("commune", keep="first", maintain_order=True)
    return {r["commune"]: (r["longitude"], r["latitude"]) for r in rows.iter_rows(named=True)}


def _centre(reader: Reader, code: str) -> tuple[float, float]:
    row = reader.territory("commune", code)
    if row is None or row["longitude"] is None:
        raise DataError(
            f"La position de la commune {code} n’est pas connue.",
            remedy="Donnez la longitude et la latitude de l’arrêt.",
        )
    return row["longitude"], row["latitude"]


def roads_of(reader: Reader, name: str) -> tuple[Engine | None, str]:
    """Return the engine of a name, ``None`` for the default model, and how it is told."""
    engine = engine_named(reader.store, name, t_max=FARTHEST)
    if isinstance(engine, CrowFly):
        return None, (
            "estimés d’après la distance à vol d’oiseau et la densité (supposition, moyenne des "
            "deux sens)"
        )
    if isinstance(engine, Roads):
        return engine, f"mesurés sur le réseau routier « {engine.network.name} »"
    return engine, f"lus dans le fichier « {engine.path.name} »"


def depot_of(
    reader: Reader, told: str, communes: Sequence[str | None]
) -> tuple[str, tuple[float, float]]:
    """Return the commune and position of the depot: the most peopled commune when none is told."""
    known = [code for code in communes if code]
    position = position_of(told)
    if position is not None:
        return commune_at(reader, *position).code, position
    if told:
        code = commune_named(reader, told, known).code
    else:
        persons = _population(reader, known)
        code = max(known, key=lambda one: (persons.get(one, 0.0), one))
    return code, _halls(reader, [code]).get(code) or _centre(reader, code)


def _population(reader: Reader, codes: Sequence[str]) -> dict[str, float]:
    frame = reader.store.observations(variables=["persons"], levels=["commune"])
    rows = frame.filter(pl.col("code").is_in(list(codes))).sort("vintage")
    return {r["code"]: r["value"] or 0.0 for r in rows.iter_rows(named=True)}


def road_minutes(
    reader: Reader,
    points: Sequence[tuple[float, float]],
    communes: Sequence[str],
    engine: Engine | None = None,
) -> NDArray[np.float64]:
    """Return the minutes of road between points, whole minutes, ``inf`` where there is no way.

    The default model takes the speed of the commune of departure: the mean of both ways is kept,
    a road being as long one way as the other.
    """
    population = _population(reader, communes)
    rows: list[dict[str, Any]] = []
    for rank, ((longitude, latitude), code) in enumerate(zip(points, communes, strict=True)):
        territory = reader.territory("commune", code) or {}
        rows.append({
            "code": f"{rank}", "longitude": longitude, "latitude": latitude, "persons": None,
            "area_km2": None, "class_persons": population.get(code),
            "class_area_km2": territory.get("area_km2"),
        })  # fmt: skip
    schema = dict.fromkeys(("persons", "area_km2", "class_persons", "class_area_km2"), pl.Float64)
    origins = pl.DataFrame(rows, schema_overrides=schema)
    measure = engine or engine_named(reader.store, CROW_FLY, t_max=FARTHEST)
    times = measure(origins, origins.select("longitude", "latitude", id="code"))
    dense = times.minutes.toarray().astype(np.float64)
    dense[dense == 0] = np.inf
    if engine is None:
        dense = (dense + dense.T) / 2
    np.fill_diagonal(dense, 0.0)
    whole: NDArray[np.float64] = np.ceil(dense - 1e-3)
    return whole
