"""From the long table of published figures to arrays aligned on the finest areas (the atoms)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.base.errors import DataError, TerritoryError
from portrea.needs.numbering import CODES, NOWHERE, ids_of, numbered, place_of, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ranks = NDArray[np.intp]

LEVELS = ("iris", "commune", "epci", "departement", "region", "france")
UNKNOWN = len(LEVELS)
"""Rank of a level that is nowhere: coarser than France."""
LOCAL = "comptages"
"""Source of the user's own counts: at the same level and year, they come after the others."""
MASK_BITS = 62
NEWEST = 2
AREA = "#"
"""What ends the columns of the atoms that number their areas, one by level."""
DISTRICT = "district"
"""Arrondissement (or commune) that the code of an IRIS begins with."""
DERIVED, SUPPRESSED, ROUNDED = 1, 2, 3
"""What is said of a figure; any other word counts as the first."""
NOBODY = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Layer:
    """Figures of one dataset at one level.

    ``ids``: numbers of its areas (:data:`CODES`); ``values``: variables × areas, NaN where not
    published; ``states``: what is said of each figure (0: nothing). A last column, empty, stands
    for the areas that the layer does not know.
    """

    level: int
    vintage: str
    source: str
    ids: Ranks
    variables: tuple[str, ...]
    values: Floats
    states: NDArray[np.uint8]

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

    @property
    def frame(self) -> pl.DataFrame:
        """The figures as a table: ``code`` and one column per variable, null when not published."""
        columns = dict(zip(self.variables, self.values[:, :-1], strict=True))
        table = pl.DataFrame(columns).fill_nan(None)
        return table.insert_column(0, self.codes)

    @property
    def codes(self) -> pl.Series:
        """Codes of the areas."""
        return texts_of(self.ids).alias("code")

    def has(self, variables: Sequence[str]) -> bool:
        """Whether every variable is published here."""
        return all(v in self.variables for v in variables)

    def only(self, kept: pl.Series) -> Layer:
        """Return the same for some of its areas."""
        columns = np.append(kept.to_numpy(), True)
        values, states = self.values[:, columns], self.states[:, columns]
        return replace(self, ids=self.ids[columns[:-1]], values=values, states=states)

    def by(self, level: int, owners: pl.Series) -> Layer:
        """Return the same for larger areas: what is published of those inside, added."""
        ids = ids_of(owners)
        owner, first = numbered(ids)
        summed = [np.append(np.bincount(owner, np.nan_to_num(x[:-1])), np.nan) for x in self.values]
        states = np.repeat([[DERIVED] * len(first) + [0]], len(summed), axis=0).astype(np.uint8)
        return replace(self, level=level, ids=ids[first], values=np.array(summed), states=states)

    def rank(self, variables: Sequence[str]) -> list[int]:
        """Return the row of each variable in ``values``."""
        return [self.variables.index(v) for v in variables]

    def place(self, areas: Ranks) -> Ranks:
        """Return the column of each area (its number), −1 for those that are not here."""
        return place_of(self.ids, areas)


@dataclass(frozen=True, eq=False)
class Figures:
    """The long table of figures, its texts numbered once: all that follows compares integers.

    ``part``: number of each row's dataset and level, as rows of ``parts``; ``variable``: its number
    in ``names``.
    """

    parts: pl.DataFrame
    names: list[str]
    part: Ranks
    variable: Ranks
    codes: NDArray[np.uint32]
    values: Floats
    states: NDArray[np.uint8]

    @classmethod
    def of(cls, observations: pl.DataFrame) -> Figures:
        """Give numbers to the texts of ``Store.observations()``."""
        coded = observations.select(
            pl.col("code", "variable").cast(CODES).to_physical(),
            pl.col("value").cast(pl.Float64),
            run=pl.col("dataset").rle_id() + pl.col("level").rle_id(),
            state=_state(pl.col("status")),
        )
        variable, first = numbered(coded["variable"].to_numpy().astype(np.intp))
        parts, part = _parts(observations, coded["run"].to_numpy())
        values = np.array(coded["value"].to_numpy(), dtype=np.float64)
        states = coded["state"].to_numpy()
        values[states == SUPPRESSED] = np.nan
        names = observations["variable"].gather(first).to_list()
        return cls(parts, names, part, variable, coded["code"].to_numpy(), values, states)

    def layers(self, variables: Sequence[str], *, levels: Sequence[str] = LEVELS) -> list[Layer]:
        """Return the figures by dataset and level (:func:`read_layers`)."""
        asked = np.array([name in set(variables) for name in self.names], dtype=bool)
        here = self.parts["level"].is_in(list(levels)).to_numpy()
        rows = np.flatnonzero(asked[self.variable] & here[self.part])
        rows = rows[np.argsort(self.part[rows], kind="stable")]
        edges = np.searchsorted(self.part[rows], np.arange(self.parts.height + 1))
        pieces = [rows[start:stop] for start, stop in pairwise(edges)]
        layers = [
            self._layer(card, pieces[card["part"]])
            for card in self._newest(pieces).iter_rows(named=True)
        ]
        return sorted(layers, key=lambda x: (-x.level, x.year, x.source == LOCAL, x.source))

    def _newest(self, pieces: Sequence[Ranks]) -> pl.DataFrame:
        """Return the parts to read, by first row: the newest of those with the same figures."""
        having = [sorted(self.names[v] for v in np.unique(self.variable[p])) for p in pieces]
        cards = self.parts.with_columns(
            part=pl.int_range(pl.len()),
            first=pl.Series([int(p[0]) if len(p) else None for p in pieces], dtype=pl.Int64),
            variable=pl.Series(["+".join(names) for names in having], dtype=pl.String),
        )
        rank = pl.col("vintage").rank("ordinal", descending=True).over("level", "variable")
        filled = cards.drop_nulls("first").sort("dataset", "level")
        return filled.filter(rank <= NEWEST).sort("first")

    def _layer(self, card: dict[str, Any], rows: Ranks) -> Layer:
        variable, some = numbered(self.variable[rows])
        ids = self.codes[rows].astype(np.intp)
        area, first = numbered(ids)
        shape = len(some), len(first) + 1
        cells = variable * shape[1] + area
        if (np.bincount(cells) > 1).any():
            raise DataError(
                f"Le jeu {card['dataset']} donne deux fois la même figure d’une zone.",
                remedy="Une ligne par niveau, code et variable : corrigez ce jeu.",
            )
        values, states = np.full(shape, np.nan), np.zeros(shape, dtype=np.uint8)
        values.flat[cells], states.flat[cells] = self.values[rows], self.states[rows]
        return Layer(
            LEVELS.index(card["level"]), card["vintage"] or "", card["source"] or "",
            ids[first],
            tuple(self.names[self.variable[rows[x]]] for x in some), values, states,
        )  # fmt: skip


def _state(status: pl.Expr) -> pl.Expr:
    hidden = pl.when(status == "suppressed").then(SUPPRESSED)
    return (
        hidden.when(status == "rounded")
        .then(ROUNDED)
        .otherwise(status.is_not_null())
        .cast(pl.UInt8)
    )


def _parts(observations: pl.DataFrame, runs: Ranks) -> tuple[pl.DataFrame, Ranks]:
    """Return dataset, level, vintage and source of each part, and the part of each row."""
    starts = np.flatnonzero(np.diff(runs, prepend=-1))
    key = ["dataset", "level"]
    heads = observations.select(*key, "vintage", "source")[starts]
    parts = heads.unique(key, keep="first", maintain_order=True)
    ranks = parts.select(key).with_row_index("part")
    part = heads.join(ranks, on=key, how="left", maintain_order="left", nulls_equal=True)["part"]
    lengths = np.diff(starts, append=len(runs))
    return parts, np.repeat(part.to_numpy().astype(np.intp), lengths)


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
    atoms = atoms if selection is None else _widen(atoms, selection)
    return atoms.with_columns(_area(level) for level in (*LEVELS, DISTRICT))


def refuse_empty(atoms: pl.DataFrame) -> None:
    """Raise :class:`TerritoryError` when there is no atom to estimate."""
    if not atoms.height:
        raise TerritoryError(
            "Aucune zone à estimer : la sélection ne contient ni IRIS ni commune connus.",
            remedy="Vérifiez le code du territoire, ou chargez la table des territoires.",
        )


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
    return Figures.of(observations).layers(variables, levels=levels)


def align(layer: Layer, atoms: pl.DataFrame, variables: Sequence[str]) -> Floats:
    """Return the layer's values for each atom (atoms × variables), NaN where not published."""
    kept = layer.values[layer.rank(variables)]
    place, apart, own = _places(layer, atoms)
    found = kept[:, place]
    if len(apart):
        finer = kept[:, own]
        found[:, apart] = np.where(np.isnan(finer), found[:, apart], finer)
    return found.T


def align_figure(layer: Layer, atoms: pl.DataFrame, variable: str) -> tuple[Floats, Flags, Flags]:
    """Return a variable for each atom: value, whether it is suppressed, whether it is rounded."""
    states = layer.states[layer.variables.index(variable)]
    place, apart, own = _places(layer, atoms)
    state = states[place]
    state[apart] = np.where(states[own] > 0, states[own], state[apart])
    value = align(layer, atoms, [variable])[:, 0]
    return value, (state == SUPPRESSED) & np.isnan(value), state == ROUNDED


def _places(layer: Layer, atoms: pl.DataFrame) -> tuple[Ranks, Ranks, Ranks]:
    """Return the column of each atom's area, the atoms of an arrondissement, and its column.

    Paris, Lyon and Marseille: an IRIS code starts with its arrondissement, published apart.
    """
    level = LEVELS[layer.level]
    areas = area_ids(atoms, level)
    place = layer.place(areas)
    if level != "commune":
        return place, NOBODY, NOBODY
    district = area_ids(atoms, DISTRICT)
    apart = np.flatnonzero((district != areas) & (district != NOWHERE) & (areas != NOWHERE))
    return place, apart, layer.place(district[apart])


def area_ids(atoms: pl.DataFrame, level: str) -> Ranks:
    """Return the number of each atom's area at a level, ``NOWHERE`` where it has none."""
    name = f"{level}{AREA}"
    column = atoms[name] if name in atoms.columns else atoms.select(_area(level))[name]
    return column.to_numpy()


def _area(level: str) -> pl.Expr:
    own = pl.when(pl.col("level") == level).then(pl.col("code"))
    known: list[pl.Expr] = [own, pl.col(level)]
    if level == "iris":
        known = [own]
    elif level == "france":
        known = [pl.when(pl.col("code").is_not_null()).then(pl.lit("FR"))]
    elif level == DISTRICT:
        known = [pl.when(pl.col("level") == "iris").then(pl.col("code").str.slice(0, 5))]
    area = pl.coalesce(*known, pl.lit("")).cast(CODES).to_physical()
    return area.cast(pl.Int64).alias(f"{level}{AREA}")


def own_rank(atoms: pl.DataFrame) -> Ranks:
    """Return the rank in ``LEVELS`` of each atom's own level."""
    ranks = {level: i for i, level in enumerate(LEVELS)}
    ranked: Ranks = (
        atoms["level"].replace_strict(ranks, return_dtype=pl.Int64).to_numpy().astype(np.intp)
    )
    return ranked


def owner_index(atoms: pl.DataFrame, level: str) -> tuple[Ranks, list[str]]:
    """Return each atom’s area at a level, numbered in order of appearance, and their codes.

    An atom without a parent at this level stands for itself, as ``level:code``.
    """
    index, first = owners_of(atoms, level)
    return index, owner_codes(atoms, level, first)


def owner_codes(atoms: pl.DataFrame, level: str, rows: Ranks) -> list[str]:
    """Return the code of the area of some atoms, as :func:`owner_index`."""
    ids = area_ids(atoms, level)[rows]
    names = texts_of(ids)
    if (ids == NOWHERE).any():
        own = atoms["level"].gather(rows) + ":" + atoms["code"].gather(rows)
        names = names.zip_with(pl.Series(ids != NOWHERE), own)
    return names.to_list()


def owners_of(atoms: pl.DataFrame, level: str) -> tuple[Ranks, Ranks]:
    """Return each atom's area as :func:`owner_index`, and the first atom of each area."""
    ids = np.array(area_ids(atoms, level))
    alone = np.flatnonzero(ids == NOWHERE)
    ids[alone] = int(np.max(ids, initial=0)) + 1 + alone
    return numbered(ids)


def chunks(owners: Ranks, size: int) -> Iterator[slice]:
    """Cut the atoms (sorted by owner) into slices of about ``size`` that never cut an owner."""
    if not len(owners):
        return
    edges = np.r_[0, np.flatnonzero(np.diff(owners)) + 1, len(owners)]
    start = 0
    for stop in edges[1:]:
        if stop - start >= size or stop == len(owners):
            yield slice(int(start), int(stop))
            start = stop
