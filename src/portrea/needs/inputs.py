"""From the long table of published figures to arrays aligned on the finest areas (the atoms)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

LEVELS = ("iris", "commune", "epci", "departement", "region", "france")
UNKNOWN = len(LEVELS)
"""Rank of a level that is nowhere: coarser than France."""
LOCAL = "comptages"
"""Source of the user's own counts: at the same level and year, they come after the others."""
MASK_BITS = 62
NEWEST = 2


@dataclass(frozen=True, eq=False)
class Layer:
    """Figures of one dataset at one level: ``frame`` has ``code`` and one column per variable.

    ``value`` columns are null when not published; ``<variable>:status`` says why.
    """

    level: int
    vintage: str
    source: str
    frame: pl.DataFrame

    @property
    def label(self) -> str:
        """Words shown in the ``vintages`` column."""
        return f"{self.source} {self.vintage}" + ("" if self.level == 0 else f" ({self.where})")

    @property
    def where(self) -> str:
        """French name of the level."""
        return ("IRIS", "commune", "EPCI", "département", "région", "France")[self.level]

    @property
    def year(self) -> int:
        """Year described, 0 when unknown."""
        return year_of(self.vintage)

    def has(self, variables: Sequence[str]) -> bool:
        """Whether every variable is a column here."""
        return all(v in self.frame.columns for v in variables)


@dataclass(eq=False)
class Labels:
    """Sources used by each atom, as bits of an integer."""

    names: list[str] = field(default_factory=list)

    def bit(self, name: str) -> np.int64:
        """Return the bit of a source label (labels beyond the 62nd share the last bit)."""
        if name not in self.names:
            self.names.append(name)
        return np.int64(1) << np.int64(min(self.names.index(name), MASK_BITS))

    def text(self, mask: int) -> str:
        """Write the labels of a mask, separated by « ; »."""
        return " ; ".join(n for i, n in enumerate(self.names) if mask >> min(i, MASK_BITS) & 1)


def year_of(vintage: str | None) -> int:
    """Return the year of a vintage, 0 when unknown."""
    digits = "".join(c for c in vintage or "" if c.isdigit())[:4]
    return int(digits) if len(digits) == 4 else 0


def find_atoms(territories: pl.DataFrame, selection: Sequence[str] | None) -> pl.DataFrame:
    """Return the finest known areas, sorted by EPCI, commune and code.

    An area is an atom when no finer atom has it as a parent, so that a commune without IRIS, or a
    région alone, still counts. A ``selection`` of codes is widened to whole EPCI (or communes): the
    figures that are apportioned need all the members of what they are apportioned to.
    """
    kept: list[pl.DataFrame] = []
    for level in LEVELS[:-1]:
        rows = territories.filter(pl.col("level") == level)
        if kept and level != "iris":
            covered = pl.concat([k[level] for k in kept]).drop_nulls().unique()
            rows = rows.filter(~pl.col("code").is_in(covered.implode()))
        kept.append(rows)
    atoms = pl.concat(kept).sort(["epci", "commune", "code"], nulls_last=True)
    return atoms if selection is None else _widen(atoms, selection)


def _widen(atoms: pl.DataFrame, selection: Sequence[str]) -> pl.DataFrame:
    wanted = pl.Series(list(selection), dtype=pl.String).implode()
    chosen = atoms.filter(pl.col("code").is_in(wanted))
    same = [
        pl.col(level).is_in(chosen[level].drop_nulls().unique().implode())
        for level in ("epci", "commune")
    ]
    return atoms.filter(pl.any_horizontal(pl.col("code").is_in(wanted), *same).fill_null(False))


def read_layers(
    observations: pl.DataFrame, variables: Sequence[str], *, levels: Sequence[str] = LEVELS
) -> list[Layer]:
    """Cut the long table into layers, coarsest and oldest first.

    Of the datasets that give the same variables at the same level, the two newest are read: the
    second fills what the first does not cover.
    """
    wanted = observations.filter(
        pl.col("variable").is_in(list(variables)) & pl.col("level").is_in(list(levels))
    )
    parts = _newest(wanted).partition_by(["dataset", "level"], include_key=True)
    layers = [_layer(part) for part in parts]
    return sorted(layers, key=lambda x: (-x.level, x.year, x.source == LOCAL, x.source))


def _newest(wanted: pl.DataFrame) -> pl.DataFrame:
    key = ["dataset", "level"]
    cards = wanted.group_by(key).agg(
        pl.col("variable").unique().sort().str.join("+"), pl.col("vintage").first()
    )
    rank = pl.col("vintage").rank("ordinal", descending=True).over("level", "variable")
    kept = cards.sort(key).filter(rank <= NEWEST).select(key)
    return wanted.join(kept, on=key, how="semi")


def _layer(part: pl.DataFrame) -> Layer:
    level = part["level"][0]
    usable = part.with_columns(
        value=pl.when(pl.col("status") == "suppressed").then(None).otherwise(pl.col("value"))
    )
    wide = usable.pivot(on="variable", index="code", values=["value", "status"])
    names = part["variable"].unique().to_list()
    if len(names) == 1:
        wide = wide.rename({"value": names[0], "status": f"{names[0]}:status"}, strict=False)
    wide = wide.rename(
        {f"value_{n}": n for n in names} | {f"status_{n}": f"{n}:status" for n in names},
        strict=False,
    )
    return Layer(LEVELS.index(level), part["vintage"][0] or "", part["source"][0] or "", wide)


def align(layer: Layer, atoms: pl.DataFrame, variables: Sequence[str]) -> Floats:
    """Return the layer's values for each atom (atoms × variables), NaN where not published."""
    frame = layer.frame.select("code", *(pl.col(v).cast(pl.Float64) for v in variables))
    joined = _join(layer, atoms, frame)
    return np.array(joined.select(variables).fill_null(float("nan")).to_numpy(), dtype=np.float64)


def align_figure(layer: Layer, atoms: pl.DataFrame, variable: str) -> tuple[Floats, Flags, Flags]:
    """Return a variable for each atom: value, whether it is suppressed, whether it is rounded."""
    frame = layer.frame.select("code", value=pl.col(variable), status=pl.col(f"{variable}:status"))
    joined = _join(layer, atoms, frame)
    value = np.array(joined["value"].cast(pl.Float64).fill_null(float("nan")), dtype=np.float64)
    status = joined["status"].fill_null("")
    suppressed = (status == "suppressed").to_numpy() & np.isnan(value)
    return value, suppressed, (status == "rounded").to_numpy()


def _join(layer: Layer, atoms: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    key = _keys(atoms, LEVELS[layer.level])
    joined = key.to_frame("code").join(frame, on="code", how="left", maintain_order="left")
    if LEVELS[layer.level] != "commune":
        return joined
    # Paris, Lyon and Marseille: an IRIS code starts with its arrondissement, published apart.
    district = atoms.select(
        code=pl.when(pl.col("level") == "iris").then(pl.col("code").str.slice(0, 5))
    )
    if (district["code"] == key).fill_null(True).all():
        return joined
    own = district.join(frame, on="code", how="left", maintain_order="left")
    return joined.select(
        pl.coalesce(own[name], joined[name]).alias(name) for name in joined.columns
    )


def _keys(atoms: pl.DataFrame, level: str) -> pl.Series:
    if level == "france":
        return pl.repeat("FR", atoms.height, dtype=pl.String, eager=True).alias("code")
    own = pl.when(pl.col("level") == level).then(pl.col("code"))
    parent = pl.lit(None, dtype=pl.String) if level == "iris" else pl.col(level)
    return atoms.select(code=pl.coalesce(own, parent))["code"]


def own_rank(atoms: pl.DataFrame) -> NDArray[np.intp]:
    """Return the rank in ``LEVELS`` of each atom's own level."""
    ranks = {level: i for i, level in enumerate(LEVELS)}
    ranked: NDArray[np.intp] = (
        atoms["level"].replace_strict(ranks, return_dtype=pl.Int64).to_numpy().astype(np.intp)
    )
    return ranked


def owner_index(atoms: pl.DataFrame, level: str) -> tuple[NDArray[np.intp], list[str]]:
    """Return each atom’s area at a level, numbered in order of appearance, and their codes.

    An atom without a parent at this level stands for itself, as ``level:code``.
    """
    keys = _keys(atoms, level)
    filled = pl.select(pl.coalesce(keys, atoms["level"] + ":" + atoms["code"]).alias("k"))["k"]
    names = filled.unique(maintain_order=True)
    numbers = pl.DataFrame({"k": names, "i": np.arange(len(names))})
    index = filled.to_frame("k").join(numbers, on="k", how="left", maintain_order="left")["i"]
    return index.to_numpy().astype(np.intp), names.to_list()


def chunks(owners: NDArray[np.intp], size: int) -> Iterator[slice]:
    """Cut the atoms (sorted by owner) into slices of about ``size`` that never cut an owner."""
    if not len(owners):
        return
    edges = np.r_[0, np.flatnonzero(np.diff(owners)) + 1, len(owners)]
    start = 0
    for stop in edges[1:]:
        if stop - start >= size or stop == len(owners):
            yield slice(int(start), int(stop))
            start = stop
