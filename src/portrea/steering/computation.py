"""Compute needs and reach from the store, and put the result in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea import __version__
from portrea.base.errors import StoreError, TerritoryError
from portrea.base.progress import silent
from portrea.needs import run
from portrea.needs.inputs import LOCAL, NEWEST, find_atoms
from portrea.needs.model import VARIABLES
from portrea.needs.tables import MEASURES
from portrea.offer.locating import with_communes
from portrea.offer.matching import merge_places
from portrea.reach.measure import measure_reach
from portrea.sources.census import photograph
from portrea.stats.threads import side_by_side
from portrea.steering.code import code_digest
from portrea.steering.comparison import index_tables
from portrea.steering.settings import Settings, from_table, to_table
from portrea.steering.validation import validation_table
from portrea.territory import complete_territories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.base.progress import Progress
    from portrea.needs import Estimation
    from portrea.needs.learning import Learned
    from portrea.sources.store import Computation, Store
    from portrea.territory import Selection

LEVELS = ("iris", "commune", "epci", "departement", "region", "france")
REACH_MEASURE = "a1"
BESIDE = ("scenarios", "benchmarks", "diagnostics")
"""Tables of an estimation kept beside its estimates."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """What the store holds, ready for the rooms."""

    territories: pl.DataFrame
    observations: pl.DataFrame
    crosstab: pl.DataFrame
    datasets: tuple[str, ...]
    learned: dict[str, Learned | None] = field(default_factory=dict)
    """What the whole country teaches, kept for the trials of :mod:`portrea.steering.scenarios`."""


def gather_inputs(store: Store) -> Inputs:
    """Read the store's figures and make one consistent table of territories.

    Raises :class:`StoreError` when no dataset gives territories.
    """
    territories, observations = side_by_side(
        lambda: _territories(store),
        lambda: _one_local(store.observations(variables=VARIABLES, newest=NEWEST)),
    )
    return Inputs(
        territories=territories,
        observations=observations,
        crosstab=store.gather("crosstab"),
        datasets=tuple(sorted(d.id for d in store.datasets())),
    )


def _territories(store: Store) -> pl.DataFrame:
    gathered = store.gather("territories")
    if not gathered.height:
        raise StoreError(
            "Le magasin de données ne contient aucun territoire.",
            inside=str(store.root),
            remedy="Chargez les données embarquées avec « portrea demo --no-serve », "
            "ou un fichier avec « portrea data add FICHIER ».",
        )
    return complete_territories(gathered)


def _one_local(observations: pl.DataFrame) -> pl.DataFrame:
    """Put the user's files of one year together: the file loaded last wins where they overlap."""
    own = (observations["source"] == LOCAL).fill_null(False)
    if not own.any():
        return observations
    local = observations.filter(own)
    together = local.with_columns(dataset=pl.format("{}_{}", "source", "vintage"))
    key = ["dataset", "level", "code", "variable"]
    return pl.concat(
        [observations.filter(~own), together.unique(key, keep="last", maintain_order=True)]
    )


def compute(
    store: Store,
    *,
    settings: Settings | None = None,
    date: str | None = None,
    progress: Progress = silent,
    **choices: Any,
) -> Computation:
    """Compute needs and reach for everything loaded, publish the result and return it.

    Parameters
    ----------
    settings
        Parameters, benchmark, fitted rates, draws and seed; or ``choices``, the arguments of
        :meth:`Settings.make` (``series``, ``overrides``, ``draws``, ``seed``…).
    date
        ISO date written on the card; today by default. Computing the same inputs again with the
        same settings changes nothing, whatever the date.
    """
    settings = settings or Settings.make(**choices)
    progress(0.0, "lecture des données")
    inputs = gather_inputs(store)
    card = card_of(store, inputs, settings)
    same = already_computed(store, card)
    if same is not None:
        progress(1.0, "déjà calculé")
        return same
    tables = compute_tables(store, inputs, settings, progress=progress)
    progress(0.9, "écriture du calcul")
    day = date or datetime.now(tz=UTC).date().isoformat()
    computation = store.write_computation(card | {"date": day}, tables)
    store.switch_to(computation)
    progress(1.0, "calcul publié")
    return computation


def card_of(store: Store, inputs: Inputs, settings: Settings) -> dict[str, Any]:
    """Return what a result depends on: code, data with the hash of their files, and choices."""
    by_id = sorted(store.datasets(), key=lambda dataset: dataset.id)
    return {
        "version": __version__,
        "code": code_digest(),
        "datasets": list(inputs.datasets),
        "sources": [
            {
                "id": dataset.id,
                "source": dataset.provenance.source,
                "title": dataset.provenance.title,
                "vintage": dataset.provenance.vintage,
                "file_name": dataset.provenance.file_name,
                "sha256": dataset.provenance.sha256,
            }
            for dataset in by_id
        ],
        **settings.card,
        "measures": list(MEASURES),
        "levels": list(LEVELS),
    }


def compute_tables(
    store: Store, inputs: Inputs, settings: Settings, *, progress: Progress = silent
) -> dict[str, pl.DataFrame]:
    """Return every table of a computation; write nothing."""
    found = run(
        inputs.territories,
        inputs.observations,
        inputs.crosstab,
        levels=LEVELS,
        progress=lambda share, step: progress(0.1 + 0.5 * share, step),
        **settings.options,
    )
    return tables_beside(store, inputs, settings, found, progress=progress)


def tables_beside(
    store: Store,
    inputs: Inputs,
    settings: Settings,
    found: Estimation,
    *,
    progress: Progress = silent,
) -> dict[str, pl.DataFrame]:
    """Return every table of a computation whose needs are estimated; write nothing."""
    progress(0.6, "mesure de l’accès")
    tables = {
        "estimates": found.estimates,
        **{name: getattr(found, name) for name in BESIDE if getattr(found, name).width},
        **_reach_tables(store, inputs, found.estimates),
        **index_tables(store, inputs.territories, found.estimates),
        **validation_table(inputs, settings, found.estimates),
    }
    return tables if settings.fitted is None else tables | {"fitted": to_table(settings.fitted)}


def _reach_tables(store: Store, inputs: Inputs, estimates: pl.DataFrame) -> dict[str, pl.DataFrame]:
    places = _places(store)
    weights = _weights(estimates, inputs.observations)
    return {
        "reach": measure_reach(inputs.territories, places, weights),
        "territories": inputs.territories,
        "places": places,
    }


def _places(store: Store) -> pl.DataFrame:
    """Return the places of the census, else those of every list, told twice or not."""
    census = photograph(store)
    if census is not None:
        return with_communes(store.read(census, "places"), store.gather("contours"))
    return merge_places(with_communes(store.gather("places"), store.gather("contours")))


def already_computed(store: Store, card: dict[str, Any]) -> Computation | None:
    """Return the computation in force when its card says the same, whatever its date."""
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
    settings: Settings | None = None,
) -> pl.DataFrame:
    """Estimate the areas of ``level`` inside (or around) a selection, straight from the store.

    The draws depend on codes and seed only, so these rows are those of the published computation
    (whose settings are taken again when none are given). A level above the selection gives the
    areas that contain it; an area that straddles its border is given whole.
    """
    _refuse_overlays(selection)
    inputs = inputs or gather_inputs(store)
    settings = settings or settings_in_force(store)
    atoms = atoms_of(inputs.territories, selection, level)
    return run(
        inputs.territories,
        inputs.observations,
        inputs.crosstab,
        levels=[level],
        measures=measures,
        selection=None if level == "france" else atoms,
        **settings.options,
    ).estimates


def settings_in_force(store: Store) -> Settings:
    """Return the settings of the computation in force, the usual ones before the first."""
    current = store.current()
    return Settings.make() if current is None else settings_of(current)


def settings_of(computation: Computation) -> Settings:
    """Return the settings written on a computation's card."""
    told = computation.card.get("fitted")
    return Settings.from_card(
        computation.card, from_table(computation.table("fitted")) if told else None
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


def atoms_of(territories: pl.DataFrame, selection: Selection, level: str) -> list[str]:
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
