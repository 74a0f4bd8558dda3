"""Draws of every measure, chunk by chunk: what is shared enters by products, what is local by sums.

A part ``p`` of a population ``N`` is drawn on the logit scale, one effect per level,

    ``n_b = N · logit⁻¹( c + S z_b + Σ_level σ_level z_level,b )``, ``c = logit p − ½ σ² (1 − 2p)``

``S z`` being the errors of the national rates (linearised on the logit scale of the area) and
``σ²`` the sum of all variances: ``c`` takes out the bias of the curve to the second order, so that
the mean of the draws is the central value and the sum of many areas does not drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logit

from portrea.needs.crossing import joint_persons
from portrea.stats.intervals import hash_codes, normals, normals_of, states

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

WIDE, NEAR = ("region", "epci"), ("commune", "iris")
NESTED = (*WIDE, *NEAR)
"""Levels of the area effects, one normal per area and draw."""
AXIS_B = ("b", "b_sum", "b_load")
CROSSED = ("c", "c_a2")
TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Local:
    """Standard deviation of each level's effect, atom by atom (logit scale)."""

    sd: dict[str, Draws]

    @cached_property
    def wide(self) -> bool:
        """Whether regions or EPCI have an effect."""
        return any(self.sd[level].any() for level in WIDE)

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

    def draw(self, rows: slice, shared: Draws, local: Draws, wide: Draws | None = None) -> Draws:
        """Return persons, atoms × draws.

        ``shared``: ones and national normals, (1 + K) × draws; then those of the regions and EPCI,
        whose effect on each atom is ``−wide``. ``local``: sum of the other effects.
        """
        design = self.design[rows]
        design = design if wide is None else np.hstack([design, wide])
        drawn: Draws = design @ shared
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
        crossed = "c" in self.measures and model.exposure is not None
        self.odds = model.odds if crossed else {}
        self.locals = list(dict.fromkeys(curve.local for curve in self.curves.values()))
        sds = [[each.sd[level] for level in NEAR] for each in self.locals]
        shape = len(sds), len(NEAR), model.atoms.height
        self.near = np.array(sds, dtype=np.float32).reshape(shape).transpose(2, 0, 1).copy()
        self.states = self._states()

    def _states(self) -> Words:
        """Return where the random bits of each atom's commune, then its own, begin."""
        commune = self.words["commune"][self.index["commune"]]
        pairs = zip(NEAR, (commune, self.words["iris"]), strict=True)
        return np.column_stack([states(words, level, seed=self.seed) for level, words in pairs])

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

        No figure of axis B, which is shared among its atoms, may have some of them elsewhere. What
        is yielded may be written on before the next one is asked for.
        """
        noise = _Noise(self, rows)
        found = {}
        for name in self.curves:
            found[name] = self._curve(name, rows, noise)
            if name in self.measures:
                yield from _with_older(name, self.model.rules[name], rows, found[name])
        if "a1" in self.measures:
            found["older"] += found["working"]
            yield "a1", "both", found["older"]
        if "a3" in self.measures:
            yield "a3", "both", found["wide"]
        exposure = self.model.exposure
        asked = self.measures & {*AXIS_B, *CROSSED}
        if asked and exposure is not None and exposure.known[rows].any():
            yield from self._exposed(rows, noise, found.get("working"), found.get("a2"))

    def _rules(self) -> list[str]:
        return [name for name in self.model.rules if name in self.curves]

    def _curve(self, name: str, rows: slice, noise: _Noise) -> Draws:
        curve, shared = self.curves[name], self.shared[name]
        local = noise.local(curve.local)
        if not curve.local.wide:
            return curve.draw(rows, shared, local)
        shared = np.vstack([shared, noise.wide[0]])
        return curve.draw(rows, shared, local, noise.design(curve.local))

    def _exposed(
        self, rows: slice, noise: _Noise, first: Draws | None, young: Draws | None
    ) -> Iterator[Drawn]:
        exposure = self.model.exposure
        assert exposure is not None
        drawn = exposure.draw(
            rows, noise.epci, self.words["iris"][rows], seed=self.seed, draws=self.draws,
            load="b_load" in self.measures,
        )  # fmt: skip
        for name, values in drawn.items():
            unknown = ~exposure.known_of(name)[rows]
            if unknown.any():
                values[unknown] = 0
        if "c" in self.measures and first is not None:
            yield from self._crossed(rows, first, drawn["b"])
        if "c_a2" in self.measures and young is not None:
            yield from self._bounded(rows, young, drawn["b"])
        yield from ((name, "both", x) for name, x in drawn.items() if name in self.measures)

    def _crossed(self, rows: slice, first: Draws, exposed: Draws) -> Iterator[Drawn]:
        """Cross A1 and B under the least and the greatest log odds-ratio."""
        persons = np.maximum(self.model.universe[rows, None], 0).astype(np.float32)
        rated = np.maximum(self.model.working.persons[rows, None], TINY).astype(np.float32)
        shares = first / rated, exposed / np.maximum(persons, np.float32(TINY))
        product, total = shares[0] * shares[1], shares[0] + shares[1]
        for side in ("low", "high"):
            delta = self.odds[side][rows, None].astype(np.float32)
            yield "c", side, joint_persons(product, total, delta, persons)

    def _bounded(self, rows: slice, young: Draws, exposed: Draws) -> Iterator[Drawn]:
        """Cross A2 and B: the least and the greatest number of persons in both."""
        least = young + exposed
        least -= self.model.universe[rows, None].astype(np.float32)
        yield "c_a2", "low", np.clip(least, 0, np.inf, out=least)
        rule = self.model.rules["a2"]
        every = np.where(rule.known[rows], 0, rule.younger.persons[rows])[:, None]
        most = young + every.astype(np.float32) if every.any() else young
        yield "c_a2", "high", np.minimum(most, exposed)


def _with_older(name: str, rule: Rule, rows: slice, drawn: Draws) -> Iterator[Drawn]:
    """Add the persons who are certain; where no diploma is known, all the younger or none.

    ``both`` stands for the two sides where they are the same.
    """
    total = drawn + rule.older[rows, None].astype(np.float32)
    if rule.known[rows].all():
        yield name, "both", total
        return
    every = np.where(rule.known[rows], 0, rule.younger.persons[rows])[:, None]
    most = total + every.astype(np.float32)
    yield name, "low", total
    yield name, "high", most


class _Noise:
    """Standard normals of the areas that hold the atoms of one chunk, and their effects."""

    def __init__(self, drawing: Drawing, rows: slice) -> None:
        self.drawing, self.rows = drawing, rows
        self.epci = _local_index(drawing, "epci", rows)

    @cached_property
    def near(self) -> Draws:
        """Effects of the commune and of the IRIS together: atoms × pairs of effects × draws."""
        drawing = self.drawing
        drawn = normals_of(drawing.states[self.rows].ravel(), drawing.draws)
        found: Draws = drawing.near[self.rows] @ drawn.reshape(-1, len(NEAR), drawing.draws)
        return found

    @cached_property
    def wide(self) -> tuple[Draws, tuple[Indexes, Indexes]]:
        """Normals of the regions then of the EPCI, and the rows of each atom’s."""
        regions, place = np.unique(self.drawing.index["region"][self.rows], return_inverse=True)
        epci = self.drawing.normals("epci", self.epci[1])
        normal = np.vstack([self.drawing.region[regions], epci])
        return normal, (place, len(regions) + self.epci[0])

    def local(self, local: Local) -> Draws:
        """Return the sum of the effects of the commune and of the IRIS, atoms × draws."""
        drawn: Draws = self.near[:, self.drawing.locals.index(local)]
        return drawn

    def design(self, local: Local) -> Draws:
        """Return what those normals are multiplied by in ``−logit``, atom by atom."""
        normal, places = self.wide
        found = np.zeros((len(places[0]), len(normal)), dtype=np.float32)
        for level, place in zip(WIDE, places, strict=True):
            found[np.arange(len(found)), place] = -local.sd[level][self.rows]
        return found


def _local_index(drawing: Drawing, level: str, rows: slice) -> tuple[Indexes, Words]:
    """Return the number of each atom's area inside the chunk, and the areas' words."""
    ids, local = np.unique(drawing.index[level][rows], return_inverse=True)
    return local, drawing.words[level][ids]
