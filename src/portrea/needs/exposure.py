"""Axis B: persons of 15-64 exposed to repeated online demands (RSA, PPA, AAH, job-seekers).

``b_sum`` adds the four groups, as PorTReA does; ``b`` counts once a person of several groups;
``b_load`` counts the declarations they are asked for in a year. Life events are another layer
(:mod:`portrea.needs.events`), never added here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, logit

from portrea.needs.exposure_detail import LocalOverlap, read_overlap, read_young
from portrea.needs.grid import ADULT_AGES, WORKING, cells_of
from portrea.needs.groups import CANDIDATES, Group, Stack, read_group
from portrea.needs.load import frequencies, yearly_load
from portrea.needs.union import GROUPS, OVERLAPS, YOUNG_BAND, combine, combine_bands
from portrea.stats.intervals import hash_codes, normals

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from portrea.needs.inputs import Labels, Layer
    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]
    Indexes = NDArray[np.intp]
    Flags = NDArray[np.bool_]
    Epci = tuple[Indexes, Any]

LEVELS = ("iris", "commune", "epci")
HOUSING = "housing_aid"
MEASURES = ("b", "b_sum", "b_load")
BLOCK = 64
"""Atoms combined at once, at least: 64 × 1,000 draws × 4 bytes = 256 KB per array. Fewer would stay
in the cache, but threads would wait for each other between steps so short."""
USUAL_DRAWS = 1000
VARIABLES = tuple(
    dict.fromkeys(
        [v for units in CANDIDATES.values() for names in units for v in names]
        + ["households_insertion", "households_insertion_under30"]
        + [f"{name}_under30" for name in ("households_rsa", "households_ppa", "households_aah")]
        + ["jobseekers_under30"]
    )
)


@dataclass(frozen=True, eq=False)
class Exposure:
    """The groups, the 15-64 by age band and the parameters that turn units into persons.

    ``bands``: inhabitants of 15-29 and 30-64 by atom; ``overlap``: the prime d’activité households
    that also have the RSA, where published; ``young``: share under 30 of a group, NaN where not
    published; ``housing``: housing aid, counted in the load only.
    """

    groups: dict[str, Group]
    bands: Floats
    parameters: Parameters
    overlap: LocalOverlap | None = None
    young: dict[str, Floats] = field(default_factory=dict)
    housing: Group | None = None
    _kept: dict[tuple[int, int], dict[str, Draws]] = field(default_factory=dict)

    @property
    def universe(self) -> Floats:
        """Inhabitants of 15-64 by atom."""
        total: Floats = self.bands.sum(1)
        return total

    @cached_property
    def known(self) -> Flags:
        """Atoms where the four groups are published at some level."""
        every: Flags = np.all([g.known for g in self.groups.values()], axis=0)
        return every

    def known_of(self, measure: str) -> Flags:
        """Atoms where a measure is known: the load needs the housing aid if it is loaded at all."""
        if measure != "b_load" or self.housing is None:
            return self.known
        return self.known & self.housing.known

    @property
    def counted(self) -> dict[str, Group]:
        """The groups whose declarations are counted."""
        return self.groups | ({} if self.housing is None else {HOUSING: self.housing})

    @property
    def notes(self) -> tuple[str, ...]:
        """What the figures loaded do not allow, in French."""
        said = []
        if set(self.young) != set(GROUPS):
            said.append(
                "union de B calculée sur une seule tranche d’âge (15-64 ans) :"
                " les quatre effectifs ne sont pas tous publiés par âge"
            )
        if self.overlap is None:
            said.append("part de la prime d’activité cumulée avec le RSA : valeur nationale")
        if self.housing is None:
            said.append("charge annuelle sans les aides au logement : non chargées")
        return tuple(said)

    def central(self) -> dict[str, Floats]:
        """Return union and sum in persons of 15-64, and the load in declarations a year."""
        units = {name: group.central() for name, group in self.counted.items()}
        ratios = {name: ratio_of(g, self.parameters)[0] for name, g in self.groups.items()}
        persons = {name: units[name] * ratios[name] for name in GROUPS}
        overlaps: dict[str, Any] = {
            o: self.parameters.number("exposure", "overlaps", o) for o in OVERLAPS
        }
        if self.overlap is not None:
            overlaps["ppa_rsa"] = self.overlap.share
        union, total = combine_bands(
            persons, overlaps, self.young, (self.bands[:, 0], self.bands[:, 1])
        )
        load = self._load(np.stack(list(units.values())), overlaps["ppa_rsa"])
        return {"b": union, "b_sum": total, "b_load": load}

    def _load(self, units: Any, shared: Any) -> Any:
        named = dict(zip(self.counted, units, strict=True))
        both = np.minimum(named["ppa"] * shared, named["rsa"])
        return yearly_load(named, units, both, self._frequencies)

    def draw(
        self,
        rows: slice,
        epci: Epci,
        iris: Any,
        *,
        seed: int,
        draws: int,
        load: bool = True,
    ) -> dict[str, Draws]:
        """Draw what :meth:`central` gives, atoms × draws, for a slice of whole EPCI.

        ``epci``: number of each atom’s EPCI among those of the slice, and their hashes; ``iris``:
        hashes of the atoms.
        """
        national = self._national(seed, draws)
        own = normals(epci[1], "b:overlap", seed=seed, draws=draws)
        own *= np.float32(self.parameters.number("exposure", "overlap_sd_logit_epci"))
        wanted = _overlaps(national, own, self.parameters)
        if self.overlap is None:
            centre = np.array(self.parameters.number("exposure", "overlaps", "ppa_rsa"))
            wanted["ppa_rsa"] = _drawn_overlap(centre, np.zeros(()), wanted["ppa_rsa"])
        stack, parts = self._loaded if load else self._bare, []
        for start, stop in pairwise(self._cuts(rows, BLOCK * max(1, USUAL_DRAWS // draws))):
            here = slice(rows.start + start, rows.start + stop)
            noise = normals(iris[start:stop][stack.moving[here]], "b:part", seed=seed, draws=draws)
            units = stack.draw(here, noise, seed=seed, draws=draws)
            near = {n: values.take(epci[0][start:stop], axis=0) for n, values in wanted.items()}
            parts.append(self._combined(here, units, national, near, load=load))
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _cuts(self, rows: slice, least: int) -> list[int]:
        """Cut a slice into atoms that share no owner with others, some blocks long."""
        ends = np.flatnonzero(self.ends[rows]) + 1
        cuts = [0]
        for end in ends.tolist():
            if end - cuts[-1] >= 2 * least:
                cuts.append(end)
        size = rows.stop - rows.start
        return cuts if cuts[-1] == size else [*cuts, size]

    @cached_property
    def _bare(self) -> Stack:
        """The groups to draw when the load is not asked."""
        return Stack(list(self.groups.values()))

    @cached_property
    def _loaded(self) -> Stack:
        """The groups to draw with the load."""
        return Stack(list(self.counted.values()))

    @cached_property
    def ends(self) -> Flags:
        """Atoms after which no owner continues."""
        size = len(self.bands)
        last = np.arange(size)
        for group in self.counted.values():
            ends = np.zeros(len(group.codes) + 1, dtype=np.intp)
            np.maximum.at(ends, group.owner, np.arange(size))
            last = np.maximum(last, np.where(group.known, ends[group.owner], 0))
        found: Flags = np.maximum.accumulate(last) == np.arange(size)
        return found

    def _national(self, seed: int, draws: int) -> dict[str, Draws]:
        """Draw what is common to France, once: ratios and logit errors of the overlaps."""
        key = seed, draws
        if key not in self._kept:
            wide = np.float32(self.parameters.number("exposure", "overlap_sd_logit"))
            france = hash_codes(["FR"])
            self._kept[key] = {
                name: _draw_ratio(group, self.parameters, seed=seed, draws=draws)
                for name, group in self.groups.items()
            } | {
                name: wide * normals(france, f"b:{name}", seed=seed, draws=draws)[0]
                for name in OVERLAPS
            }
        return self._kept[key]

    def _combined(
        self,
        rows: slice,
        units: Draws,
        national: dict[str, Draws],
        overlaps: dict[str, Any],
        *,
        load: bool,
    ) -> dict[str, Draws]:
        """Union, sum and load of some atoms; ``overlaps``: those of the EPCI of each."""
        if self.overlap is not None:
            overlaps["ppa_rsa"] = _drawn_overlap(
                self.overlap.share[rows, None], self.overlap.weight[rows, None], overlaps["ppa_rsa"]
            )
        found = {"b_load": self._load(units, overlaps["ppa_rsa"])} if load else {}
        named = dict(zip(self.counted, units, strict=False))
        for name in GROUPS:
            named[name] *= national[name]
        bands = self._bands[rows]
        if self.young:
            young = {
                name: share[rows, None].astype(np.float32) for name, share in self.young.items()
            }
            union, total = combine_bands(named, overlaps, young, (bands[:, :1], bands[:, 1:]))
        else:
            union, total = combine(named, overlaps, bands.sum(1, keepdims=True))
        return {"b": union, "b_sum": total} | found

    @cached_property
    def _bands(self) -> Draws:
        return self.bands.astype(np.float32)

    @cached_property
    def _frequencies(self) -> dict[str, float]:
        return frequencies(self.parameters)


def read_exposure(
    atoms: pl.DataFrame,
    layers: Sequence[Layer],
    adults: Floats,
    *,
    labels: Labels,
    parameters: Parameters,
) -> Exposure:
    """Choose the figures of every group; ``adults``: persons under 65 by atom and age cell."""
    young = cells_of(YOUNG_BAND, ADULT_AGES[:WORKING])
    bands = np.column_stack([adults @ young, adults @ (1 - young)])
    groups = {
        name: read_group(
            name, atoms, layers, working=bands.sum(1), labels=labels, parameters=parameters
        )
        for name in CANDIDATES
    }
    housing = groups.pop(HOUSING)
    return Exposure(
        groups,
        bands,
        parameters,
        overlap=read_overlap(atoms, layers, parameters),
        young=read_young(atoms, layers),
        housing=housing if housing.codes else None,
    )


def ratio_of(group: Group, parameters: Parameters) -> tuple[float, float]:
    """Return adults of 15-64 per published unit, and its sd (job-seekers are persons: 1)."""
    if group.name == "jobseekers":
        return 1.0, 0.0
    if group.covered:
        value = parameters.number("exposure", "adults_per_covered_person", group.name)
        return value, 0.1 * value
    card = parameters.cards["exposure"]["adults_per_household"][group.name]
    return float(card["value"]), (float(card["high"]) - float(card["low"])) / 3.92


def _draw_ratio(group: Group, parameters: Parameters, *, seed: int, draws: int) -> Draws:
    """Adults per published unit, one value per draw for all of France."""
    value, error = ratio_of(group, parameters)
    wobble = normals(hash_codes(["FR"]), f"b:ratio:{group.name}", seed=seed, draws=draws)
    least = min(value, 1.0) if not group.covered else 0.1
    ratio: Draws = np.maximum(value + error * wobble[0], least).astype(np.float32)
    return ratio


def _overlaps(national: dict[str, Draws], own: Draws, parameters: Parameters) -> dict[str, Draws]:
    """Return the overlaps of each EPCI; of RSA and PPA, the logit error only."""
    drawn = {}
    for name in OVERLAPS:
        error = national[name] + own
        centre = np.float32(logit(parameters.number("exposure", "overlaps", name)))
        drawn[name] = error if name == "ppa_rsa" else expit(centre + error)
    return drawn


def _drawn_overlap(share: Floats, weight: Floats, error: Draws) -> Draws:
    """Draw the overlap of RSA and PPA: its share, and a logit error where it is not local."""
    moved: Draws = error * (share * (1 - share) * (1 - weight)).astype(np.float32)
    moved += share.astype(np.float32)
    return np.clip(moved, 0, 1, out=moved)


def grades(exposure: Exposure, row_level: int) -> Indexes:
    """Return the quality of each atom for a row of a given level: 1 (B) to 3 (D), 4 (N).

    B: published at the row's level or finer; C: suppressed there, or shared out of a larger total
    along an IRIS file; D: shared along the population.
    """
    worst = np.ones(len(exposure.bands), dtype=np.intp)
    for group in exposure.groups.values():
        away = (group.rank > row_level) & (group.sd > 0)
        grade = np.where(away, np.where(group.shaped, 2, 3), 1)
        grade = np.where(group.hidden & (grade < 2), 2, grade)
        worst = np.maximum(worst, np.where(group.known, grade, 4))
    return worst


__all__ = ["GROUPS", "LEVELS", "VARIABLES", "Exposure", "grades", "read_exposure"]
