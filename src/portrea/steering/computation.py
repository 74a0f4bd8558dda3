"""Compute needs and reach from the store, and put the result in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea import __version__
from portrea.base.errors import StoreError, TerritoryError
from portrea.base.progress import silent
from portrea.needs import estimate, load_parameters
from portrea.needs.inputs import NEWEST, find_atoms
from portrea.needs.model import VARIABLES
from portrea.needs.tables import MEASURES
from portrea.offer.locating import with_communes
from portrea.offer.merging import merge_places
from portrea.reach.measure import measure_reach
from portrea.steering.code import code_digest
from portrea.territory import complete_territories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.base.progress import Progress
    from portrea.sources.store import Computation, Store
    from portrea.territory import Selection

LEVELS = ("iris", "commune", "epci", "departement", "region", "france")
REACH_MEASURE = "a1"
DRAWS = 200
SEED = 2026


@dataclass(frozen=True, eq=False)
class Inputs:
    """What the store holds, ready for the rooms."""

    territories: pl.DataFrame
    observations: pl.DataFrame
    crosstab: pl.DataFrame
    datasets: tuple[str, ...]


def gather_inputs(store: Store) -> Inputs:
    """Read the store's figures and make one consistent table of territories.

    Raises :class:`StoreError` when no dataset gives territories.
    """
    gathered = store.gather("territories")
    if not gathered.height:
        raise StoreError(
            f"Le magasin de données {store.root} ne contient aucun territoire.",
            remedy="Chargez les données embarquées avec « portrea demo --no-serve », "
            "ou un fichier avec « portrea data add FICHIER ».",
        )
    return Inputs(
        territories=complete_territories(gathered),
        observations=store.observations(variables=VARIABLES, newest=NEWEST),
        crosstab=store.gather("crosstab"),
        datasets=tuple(sorted(d.id for d in store.datasets())),
    )


def compute(
    store: Store,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    series: str | None = None,
    date: str | None = None,
    progress: Progress = silent,
) -> Computation:
    """Compute needs and reach for everything loaded, publish the result and return it.

    Parameters
    ----------
    draws, seed
        Draws behind the intervals and their seed.
    series
        Series of published rates of digital incapacity (``needs/params/rates.yaml``).
    date
        ISO date written on the card; today by default. Computing the same inputs again with the
        same parameters changes nothing, whatever the date.
    """
    parameters = load_parameters(series)
    progress(0.0, "lecture des données")
    inputs = gather_inputs(store)
    card: dict[str, Any] = {
        "version": __version__,
        "code": code_digest(),
        "datasets": list(inputs.datasets),
        "parameters": {"needs": parameters.digest},
        "series": parameters.series,
        "draws": draws,
        "seed": seed,
        "measures": list(MEASURES),
        "levels": list(LEVELS),
    }
    same = _already_computed(store, card)
    if same is not None:
        progress(1.0, "déjà calculé")
        return same
    progress(0.1, "estimation des besoins")
    estimates = estimate(
        inputs.territories,
        inputs.observations,
        inputs.crosstab,
        levels=LEVELS,
        draws=draws,
        seed=seed,
        parameters=parameters,
    )
    progress(0.6, "mesure de l’accès")
    tables = {"estimates": estimates, **_reach_tables(store, inputs, estimates)}
    progress(0.9, "écriture du calcul")
    day = date or datetime.now(tz=UTC).date().isoformat()
    computation = store.write_computation(card | {"date": day}, tables)
    store.switch_to(computation)
    progress(1.0, "calcul publié")
    return computation


def _reach_tables(store: Store, inputs: Inputs, estimates: pl.DataFrame) -> dict[str, pl.DataFrame]:
    places = merge_places(with_communes(store.gather("places"), store.gather("contours")))
    weights = _weights(estimates, inputs.observations)
    return {
        "reach": measure_reach(inputs.territories, places, weights),
        "territories": inputs.territories,
        "places": places,
    }


def _already_computed(store: Store, card: dict[str, Any]) -> Computation | None:
    current = store.current()
    if current is None or any(current.card.get(name) != value for name, value in card.items()):
        return None
    return current


def _weights(estimates: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Persons concerned (A1) of each IRIS, and its population for the density class."""
    iris = estimates.filter((pl.col("level") == "iris") & (pl.col("measure") == REACH_MEASURE))
    persons = (
        observations.filter((pl.col("level") == "iris") & (pl.col("variable") == "persons"))
        .sort("vintage")
        .unique("code", keep="last", maintain_order=True)
        .select("code", population="value")
    )
    return iris.select("code", weight="n", measure=pl.lit(REACH_MEASURE)).join(
        persons, on="code", how="left", maintain_order="left"
    )


def needs_table(
    store: Store,
    selection: Selection,
    *,
    level: str,
    measures: Sequence[str] = MEASURES,
    inputs: Inputs | None = None,
) -> pl.DataFrame:
    """Estimate the areas of ``level`` inside (or around) a selection, straight from the store.

    The draws depend on codes and seed only, so these rows are those of the published computation.
    A level above the selection gives the areas that contain it; an area that straddles its border
    is given whole.
    """
    _refuse_overlays(selection)
    inputs = inputs or gather_inputs(store)
    current = store.current()
    card = dict(current.card) if current else {}
    atoms = _atoms_of(inputs.territories, selection, level)
    return estimate(
        inputs.territories,
        inputs.observations,
        inputs.crosstab,
        levels=[level],
        measures=measures,
        selection=None if level == "france" else atoms,
        draws=int(card.get("draws", DRAWS)),
        seed=int(card.get("seed", SEED)),
        parameters=load_parameters(card.get("series")),
    )


def _refuse_overlays(selection: Selection) -> None:
    """Refuse a QPV: the first version estimates no overlay."""
    overlays = [t for t in selection.territories if t.level.value not in LEVELS]
    if overlays:
        communes = sorted({f"commune:{t.commune}" for t in overlays if t.commune})
        words = f" Sa commune : {', '.join(communes)}." if communes else ""
        raise TerritoryError(
            f"Portrea n’estime pas encore les besoins d’un quartier prioritaire"
            f" ({', '.join(t.key for t in overlays)}).",
            remedy=f"Demandez la commune qui le contient.{words}",
        )


def _atoms_of(territories: pl.DataFrame, selection: Selection, level: str) -> list[str]:
    """Codes of the finest areas of every area of ``level`` that touches the selection."""
    atoms = find_atoms(territories, None)
    inside = pl.any_horizontal(
        _within(territory.level.value, territory.code) for territory in selection.territories
    ).fill_null(False)
    chosen = atoms.filter(inside)
    if level in {"iris", "selection", "france"}:
        return chosen["code"].to_list()
    touched = chosen[level].drop_nulls().unique().implode()
    return atoms.filter(pl.col(level).is_in(touched).fill_null(False))["code"].to_list()


def _within(level: str, code: str) -> pl.Expr:
    own = (pl.col("level") == level) & (pl.col("code") == code)
    if level == "france":
        return pl.col("code").is_not_null()
    return own if level == "iris" else own | (pl.col(level) == code)
