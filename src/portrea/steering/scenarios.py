"""Try other parameters on one territory: what moves, which ranks change, what weighs most.

A trial reads the figures of the territory's région only, so that it takes a second, and what the
whole country teaches of its communes, learnt once; nothing is written, the published computation
stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.base.errors import TerritoryError
from portrea.needs import load_parameters, run
from portrea.needs.sensitivity import build, is_light, learn_all, totals, with_parameters
from portrea.steering.computation import Inputs, atoms_of
from portrea.steering.display import parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.needs import Parameters
    from portrea.needs.editing import Editable
    from portrea.needs.learning import Learned
    from portrea.needs.model import Model
    from portrea.steering.settings import Settings
    from portrea.territory import Selection

MEASURES = ("a1", "b", "c")
TEACHING = ("composite.", "reference.", "rates.attraction.scale_km")
"""Parameters that change what the whole country teaches."""
SERIES = "rates.default"
KEY = ["level", "code", "measure"]
NUMBERS = ("n", "n_low", "n_high", "share")


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two parameter sets on one territory.

    ``areas`` and ``total``: one row per area (or for the whole) and measure, with ``n_before``,
    ``n_after``, ``difference``, their 95 % bounds, shares, and for areas ``rank_before``,
    ``rank_after`` and ``moved`` (places gained, positive towards the first).
    """

    areas: pl.DataFrame
    total: pl.DataFrame


@dataclass(eq=False)
class Trial:
    """A territory, the figures of its région, and the state of the estimation by parameters."""

    inputs: Inputs
    whole: Inputs
    atoms: list[str]
    level: str
    models: dict[str, Model] = field(default_factory=dict)

    @classmethod
    def of(cls, inputs: Inputs, selection: Selection, *, level: str | None = None) -> Trial:
        """Keep what a territory needs; ``level`` of the areas compared, its own by default.

        Raises
        ------
        TerritoryError
            The territory is larger than a département.
        """
        wide = [t for t in selection.territories if t.level.value in {"region", "france"}]
        atoms = [] if wide else atoms_of(inputs.territories, selection, "selection")
        most = int(parameters("scenarios")["largest"]["atoms"]["value"])
        if wide or len(atoms) > most:
            raise TerritoryError(
                f"Un essai ne porte pas sur {selection.label} : c’est plus grand qu’un"
                " département.",
                remedy="Choisissez un département, une intercommunalité ou une commune.",
            )
        own = level or _usual_level(selection)
        inside = atoms_of(inputs.territories, selection, own)
        return cls(_around(inputs, inside), inputs, inside, own)

    def estimates(self, settings: Settings, measures: Sequence[str] = MEASURES) -> pl.DataFrame:
        """Estimate the areas and their whole with these settings."""
        return run(
            *self.frames,
            levels=[self.level, "selection"],
            measures=measures,
            selection=self.atoms,
            learned=self._learned(settings.parameters),
            **settings.options,
        ).estimates

    @property
    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Territories, observations and cross tables kept."""
        return self.inputs.territories, self.inputs.observations, self.inputs.crosstab

    def totals(self, chosen: Parameters, measures: Sequence[str]) -> dict[str, float]:
        """Return the central totals of the territory with these parameters."""
        return totals(self._model(chosen), self.atoms, measures)

    def _learned(self, chosen: Parameters) -> Learned | None:
        """Learn from the whole country, once for the same data and the same parameters."""
        changed = [(p, v) for p, v in chosen.overrides.items() if p.startswith(TEACHING)]
        key = repr(sorted(changed))
        if key not in self.whole.learned:
            frames = self.whole.territories, self.whole.observations
            self.whole.learned[key] = learn_all(*frames, chosen)
        return self.whole.learned[key]

    def _model(self, chosen: Parameters) -> Model:
        """Read the figures once for all the parameters that do not change the reading."""
        heavy = {p: v for p, v in chosen.overrides.items() if not is_light([p])}
        key = repr((chosen.series, sorted(heavy.items())))
        if key not in self.models:
            base = load_parameters(chosen.series, heavy)
            self.models[key] = build(
                *self.frames,
                selection=self.atoms,
                parameters=base,
                learned=self._learned(base),
            )
        return with_parameters(self.models[key], chosen)


def _usual_level(selection: Selection) -> str:
    levels = {territory.level.value for territory in selection.territories}
    return "iris" if levels <= {"iris", "commune"} else "commune"


def _around(inputs: Inputs, atoms: Sequence[str]) -> Inputs:
    """Keep the figures of the régions of these atoms, and of the areas that hold them."""
    own = inputs.territories.filter(pl.col("code").is_in(list(atoms)))
    regions = own["region"].drop_nulls().unique().implode()
    near = inputs.territories.filter(
        pl.col("region").is_in(regions) | (pl.col("level") == "france")
    )
    districts = near.filter(pl.col("level") == "iris").select(
        level=pl.lit("commune"), code=pl.col("code").str.slice(0, 5)
    )
    parents = [
        near.select(level=pl.lit(level), code=pl.col(level)).drop_nulls()
        for level in ("commune", "epci", "departement", "region")
    ]
    whole = pl.DataFrame({"level": ["france"], "code": ["FR"]})
    keys = pl.concat([near.select("level", "code"), districts, *parents, whole]).unique()
    together = inputs.territories.join(keys, on=["level", "code"], how="semi")
    kept = inputs.observations.join(keys, on=["level", "code"], how="semi")
    return Inputs(together, kept, inputs.crosstab, inputs.datasets)


# -- two sets --------------------------------------------------------------------------------------


def compare(
    trial: Trial, before: Settings, after: Settings, *, measures: Sequence[str] = MEASURES
) -> Comparison:
    """Estimate the same territory twice and put the numbers side by side."""
    both = together(trial.estimates(before, measures), trial.estimates(after, measures))
    whole = pl.col("level") == "selection"
    return Comparison(both.filter(~whole), both.filter(whole))


def together(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Join two tables of estimates; ranks go by share inside a level, the highest first."""
    left, right = (
        frame.select(
            *KEY,
            "name",
            *(pl.col(n).alias(f"{n}_{when}") for n in NUMBERS),
            pl.col("share").rank("min", descending=True).over("level", "measure")
            .cast(pl.Int64).alias(f"rank_{when}"),
        )
        for frame, when in ((before, "before"), (after, "after"))
    )  # fmt: skip
    joined = left.join(right.drop("name"), on=KEY, how="left", maintain_order="left")
    return joined.with_columns(
        difference=pl.col("n_after") - pl.col("n_before"),
        moved=pl.col("rank_before") - pl.col("rank_after"),
    )


# -- one parameter at a time -----------------------------------------------------------------------


def sensitivity(
    trial: Trial,
    settings: Settings,
    *,
    paths: Sequence[str] | None = None,
    measures: Sequence[str] = MEASURES,
) -> pl.DataFrame:
    """Move each parameter alone over its range; rows sorted by their largest effect.

    Returns
    -------
    DataFrame
        ``path, label, low, value, high`` (the range as written), then for each measure ``m``:
        ``m`` (central total), ``m_low``, ``m_high`` (total at both ends), and ``effect``: the
        largest change of a total, as a share of it.
    """
    here = settings.parameters
    centre = trial.totals(here, measures)
    known = {item.path: item for item in here.editable()}
    rows = []
    for path in paths or parameters("scenarios")["moved"]:
        ends = _ends(path, known.get(path), here)
        found = [trial.totals(_moved(here, path, end), measures) for end in ends.values]
        rows.append(_row(ends, centre, found))
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(pl.selectors.float().fill_nan(None)).sort(
        "effect", descending=True, nulls_last=True, maintain_order=True
    )


@dataclass(frozen=True)
class _Ends:
    path: str
    label: str
    value: str
    values: tuple[Any, Any]


def _ends(path: str, item: Editable | None, here: Parameters) -> _Ends:
    """Return the range of a parameter: declared low and high, else a share of its value."""
    if path == SERIES:
        others = [name for name in here.cards["rates"]["series"] if name != here.series]
        return _Ends(path, "Série de taux publiés", here.series, (here.series, others[0]))
    if item is None or item.value is None:
        load_parameters(overrides={path: 0})  # says that it is unknown, and what is near
        raise AssertionError(path)
    value, values = item.value, here.values()
    family = path.removesuffix(".central")
    low, high = values.get(f"{family}.low"), values.get(f"{family}.high")
    if low is None or high is None:
        kind = "hypothese" if item.hypothese else "published"
        width = float(parameters("scenarios")["range"][kind]["value"]) * abs(value)
        low, high = value - width, value + width
    top = high if item.high is None else min(high, item.high)
    return _Ends(path, item.label, f"{value:g}", (max(low, item.low), top))


def _moved(here: Parameters, path: str, value: Any) -> Parameters:
    if path == SERIES:
        return load_parameters(value, here.overrides)
    return load_parameters(here.series, {**here.overrides, path: value})


def _row(
    ends: _Ends, centre: dict[str, float], found: Sequence[dict[str, float]]
) -> dict[str, Any]:
    low, high = ends.values
    row: dict[str, Any] = {
        "path": ends.path,
        "label": ends.label,
        "low": f"{low:g}" if isinstance(low, float) else str(low),
        "value": ends.value,
        "high": f"{high:g}" if isinstance(high, float) else str(high),
    }
    effects = []
    for measure, middle in centre.items():
        first, last = (total[measure] for total in found)
        row |= {measure: middle, f"{measure}_low": first, f"{measure}_high": last}
        if middle > 0:
            effects.append(max(abs(first - middle), abs(last - middle)) / middle)
    return row | {"effect": max(effects, default=None)}
