"""Draws of every measure, chunk by chunk: what is shared enters by products, what is local by sums.

A part ``p`` of a population ``N`` is drawn on the logit scale, one effect per level,

    ``n_b = N · logit⁻¹( c + S z_b + Σ_level σ_level z_level,b )``, ``c = logit p − ½ σ² (1 − 2p)``

``S z`` being the errors of the national rates (linearised on the logit scale of the area) and
``σ²`` the sum of all variances: ``c`` takes out the bias of the curve to the second order, so that
the mean of the draws is the central value and the sum of many areas does not drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logit

from portrea.needs.crossing import joint_share
from portrea.stats.intervals import hash_codes, normals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from portrea.needs.fragility import Part, Rule
    from portrea.needs.model import Model
    from portrea.stats.intervals import Words

    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]
    Indexes = NDArray[np.intp]
    Drawn = tuple[str, str, Draws]

NESTED = ("region", "epci", "commune", "iris")
"""Levels of the area effects, one normal per area and draw."""
AXIS_A = ("a1", "a2", "a2_75", "a3")
AXIS_B = ("b", "b_sum", "b_load")
CROSSED = ("c", "c_a2")
TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Local:
    """Standard deviation of each level's effect, atom by atom (logit scale)."""

    sd: dict[str, Draws]

    @property
    def variance(self) -> Draws:
        """Variance of the sum of the effects."""
        total: Draws = np.sum([sd**2 for sd in self.sd.values()], axis=0)
        return total


@dataclass(frozen=True, eq=False)
class Curve:
    """A part ready to be drawn: ``persons`` that move, ``certain`` ones, and ``−c``, ``−S``."""

    persons: Draws
    certain: Draws
    design: Draws
    local: Local

    @classmethod
    def of(cls, part: Part, local: Local, slopes: Floats) -> Curve:
        """Prepare a part whose local effects and national slopes (atoms × K) are given."""
        moving = (part.share > 0) & (part.share < 1)
        variance = local.variance + (slopes**2).sum(1)
        share = np.clip(part.share, TINY, 1 - TINY)
        centre = logit(share) - 0.5 * variance * (1 - 2 * share)
        return cls(
            (part.persons * moving).astype(np.float32),
            (part.persons * (part.share >= 1)).astype(np.float32),
            -np.column_stack([centre, slopes]).astype(np.float32),
            local,
        )

    def draw(self, rows: slice, shared: Draws, local: Draws) -> Draws:
        """Return persons, atoms × draws; ``shared``: ones and national normals, (1 + K) × draws."""
        drawn: Draws = self.design[rows] @ shared
        drawn -= local
        np.exp(drawn, out=drawn)
        drawn += 1
        np.divide(self.persons[rows, None], drawn, out=drawn)
        if self.certain[rows].any():
            drawn += self.certain[rows, None]
        return drawn


def alike(part: Part) -> Floats:
    """Return ``Σ N θ (1 − θ) / (N p (1 − p))``: 1 where all persons have the same rate."""
    scale = part.share * (1 - part.share)
    found: Floats = 1 - np.divide(part.spread, scale, out=np.zeros_like(scale), where=scale > TINY)
    return np.clip(found, 0.0, 1.0)


class Drawing:
    """Everything that the draws of any chunk need, prepared once."""

    def __init__(self, model: Model, measures: Sequence[str], *, seed: int, draws: int) -> None:
        self.model, self.measures = model, frozenset(measures)
        self.seed, self.draws = seed, draws
        self.index: dict[str, Indexes] = {}
        self.words: dict[str, Words] = {}
        for level in NESTED[:-1]:
            self.index[level], codes = model.owner(level)
            self.words[level] = hash_codes(codes)
        self.words["iris"] = hash_codes(model.atoms["code"].to_list())
        self.region = self.normals("region", self.words["region"])
        self.curves: dict[str, Curve] = {}
        self.shared: dict[str, Draws] = {}
        self._prepare()

    def sides(self) -> list[tuple[str, str]]:
        """List the (measure, side) pairs that :meth:`chunk` yields."""
        pairs: list[tuple[str, str]] = [(m, "both") for m in ("a1", "a3") if m in self.measures]
        for name in self.measures & set(self._rules()):
            every = self.model.rules[name].known.all()
            pairs += [(name, side) for side in (("both",) if every else ("low", "high"))]
        if self.model.exposure is not None:
            pairs += [(m, "both") for m in AXIS_B if m in self.measures]
            pairs += [(m, s) for m in CROSSED if m in self.measures for s in ("low", "high")]
        return pairs

    def normals(self, effect: str, words: Words) -> Draws:
        """Return the standard normals of an effect, areas × draws."""
        return normals(words, effect, seed=self.seed, draws=self.draws)

    def _local(self, added: dict[str, Floats], part: Part | None = None) -> Local:
        """Return what is unobserved of the structure and, for a part, the declared effects.

        A declared effect moves the logit of every person of an area: that of the area moves by
        ``Σ N θ (1 − θ) / (N p (1 − p))`` times as much, less than 1 where persons differ.
        """
        card = self.model.parameters.cards["uncertainty"]["area_effects"]["sd"]
        blank = np.zeros(self.model.atoms.height)
        same = blank if part is None else alike(part)
        return Local({
            level: np.hypot(float(card[level]) * same, added.get(level, blank)).astype(np.float32)
            for level in NESTED
        })  # fmt: skip

    def _prepare(self) -> None:
        model = self.model
        sources = model.reference.sources
        if self.measures & {"a1", "c"}:
            self._rates("working", model.working, model.sd_a1, sources)
        if "a1" in self.measures:
            self._rates("older", model.older, model.sd_a1, sources)
        if "a3" in self.measures:
            self._rates("wide", model.wide, model.sd_a3, model.reference.wide_sources)
        rule = self._local(model.sd_a2)
        wanted = self.measures | ({"a2"} if "c_a2" in self.measures else set())
        for name in wanted & model.rules.keys():
            drift = model.diploma_drift(name)
            self.curves[name] = Curve.of(model.rules[name].younger, rule, drift)
            self.shared[name] = self._shared("diplomas", ["FR"])

    def _rates(
        self, name: str, part: Part, added: dict[str, Floats], sources: Sequence[str]
    ) -> None:
        self.curves[name] = Curve.of(part, self._local(added, part), part.slopes)
        self.shared[name] = self._shared("rate", sources)

    def _shared(self, effect: str, sources: Sequence[str]) -> Draws:
        """Return a row of ones and the national normals: an error shared by two measures is one."""
        words = hash_codes([f"{self.model.parameters.series}:{name}" for name in sources])
        return np.vstack([np.ones((1, self.draws), np.float32), self.normals(effect, words)])

    def chunk(self, rows: slice) -> Iterator[Drawn]:
        """Yield measure, side of the interval and draws (atoms × draws) of some atoms.

        The atoms must be whole EPCI: figures of axis B are apportioned inside them.
        """
        noise = _Noise(self, rows)
        found = {}
        for name in self.curves:
            found[name] = self._curve(name, rows, noise)
            if name in self.measures:
                yield from _with_older(name, self.model.rules[name], rows, found[name])
        if "a1" in self.measures:
            yield "a1", "both", found["working"] + found["older"]
        if "a3" in self.measures:
            yield "a3", "both", found["wide"]
        if self.model.exposure is not None and self.measures & {*AXIS_B, *CROSSED}:
            yield from self._exposed(rows, noise, found.get("working"), found.get("a2"))

    def _rules(self) -> list[str]:
        return [name for name in self.model.rules if name in self.curves]

    def _curve(self, name: str, rows: slice, noise: _Noise) -> Draws:
        curve = self.curves[name]
        return curve.draw(rows, self.shared[name], noise.sum(curve.local))

    def _exposed(
        self, rows: slice, noise: _Noise, first: Draws | None, young: Draws | None
    ) -> Iterator[Drawn]:
        exposure = self.model.exposure
        assert exposure is not None
        drawn = exposure.draw(
            rows, noise.epci, self.words["iris"][rows], seed=self.seed, draws=self.draws
        )
        for name in AXIS_B:
            unknown = ~exposure.known_of(name)[rows]
            if unknown.any():
                drawn[name][unknown] = 0
            if name in self.measures:
                yield name, "both", drawn[name]
        persons = self.model.universe[rows, None].astype(np.float32)
        if "c" in self.measures and first is not None:
            for side in ("low", "high"):
                yield "c", side, self._crossed(rows, persons, (first, drawn["b"]), side)
        if "c_a2" in self.measures and young is not None:
            yield "c_a2", "low", np.maximum(young + drawn["b"] - persons, 0)
            rule = self.model.rules["a2"]
            every = np.where(rule.known[rows], 0, rule.younger.persons[rows])[:, None]
            yield "c_a2", "high", np.minimum(young + every.astype(np.float32), drawn["b"])

    def _crossed(
        self, rows: slice, persons: Draws, margins: tuple[Draws, Draws], side: str
    ) -> Draws:
        delta = self.model.odds[side][rows, None].astype(np.float32)
        rated = np.maximum(self.model.working.persons[rows, None], TINY).astype(np.float32)
        safe = np.maximum(persons, np.float32(TINY))
        crossed: Draws = joint_share(margins[0] / rated, margins[1] / safe, delta)
        crossed *= persons
        return crossed


def _with_older(name: str, rule: Rule, rows: slice, drawn: Draws) -> Iterator[Drawn]:
    """Add the persons who are certain; where no diploma is known, all the younger or none.

    ``both`` stands for the two sides where they are the same.
    """
    total = drawn + rule.older[rows, None].astype(np.float32)
    if rule.known[rows].all():
        yield name, "both", total
        return
    every = np.where(rule.known[rows], 0, rule.younger.persons[rows])[:, None]
    yield name, "low", total
    yield name, "high", total + every.astype(np.float32)


class _Noise:
    """Standard normals of the areas that hold the atoms of one chunk."""

    def __init__(self, drawing: Drawing, rows: slice) -> None:
        self.rows = rows
        self.sums: dict[Local, Draws] = {}
        self.region = drawing.index["region"][rows]
        self.regions = drawing.region
        self.epci = _local_index(drawing, "epci", rows)
        self.commune = _local_index(drawing, "commune", rows)
        self.z_epci = drawing.normals("epci", self.epci[1])
        self.z_commune = drawing.normals("commune", self.commune[1])[self.commune[0]]
        self.z_iris = drawing.normals("iris", drawing.words["iris"][rows])

    def sum(self, local: Local) -> Draws:
        """Return the sum of the effects, atoms × draws: one product, and two rows by atom."""
        if local not in self.sums:
            self.sums = {local: self._sum(local)}
        return self.sums[local]

    def _sum(self, local: Local) -> Draws:
        sd = {level: values[self.rows] for level, values in local.sd.items()}
        total = np.multiply(self.z_iris, sd["iris"][:, None])
        total += self.z_commune * sd["commune"][:, None]
        if sd["region"].any() or sd["epci"].any():
            regions, place = np.unique(self.region, return_inverse=True)
            wide = np.zeros((len(total), len(regions) + len(self.z_epci)), dtype=np.float32)
            each = np.arange(len(total))
            wide[each, place] = sd["region"]
            wide[each, len(regions) + self.epci[0]] = sd["epci"]
            total += wide @ np.vstack([self.regions[regions], self.z_epci])
        return total


def _local_index(drawing: Drawing, level: str, rows: slice) -> tuple[Indexes, Words]:
    """Return the number of each atom's area inside the chunk, and the areas' words."""
    ids, local = np.unique(drawing.index[level][rows], return_inverse=True)
    return local, drawing.words[level][ids]
