"""Published cross tables age × diploma (FOR2): exact A2, and odds ratios for the atoms inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import DataError
from portrea.needs.grid import (
    ADULT_AGES,
    NONE,
    SCHOOLED,
    WORKING,
    age_span,
    cells_of,
    diploma_cells,
)
from portrea.needs.inputs import LEVELS, owner_index, year_of
from portrea.needs.structure import Joint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.needs.fragility import Rule

    Floats = NDArray[np.float64]

CANTON = "canton_ou_ville"
SEED = " (cantons-ou-villes)"


def read_joints(crosstab: pl.DataFrame, atoms: pl.DataFrame) -> list[Joint]:
    """Return the cross tables usable on the grid, coarsest and oldest first."""
    extra = {"dataset": "", "vintage": "", "source": ""}
    frame = crosstab.with_columns(
        pl.lit(v).alias(k) for k, v in extra.items() if k not in crosstab.columns
    )
    frame = _cantons_by_departement(frame).filter(pl.col("level").is_in(LEVELS))
    parts = frame.partition_by(["dataset", "level"])
    joints = [_joint(part, atoms) for part in parts]
    found = [(j, p["vintage"][0] or "") for j, p in zip(joints, parts, strict=True) if j]
    return [j for j, _ in sorted(found, key=lambda x: (-x[0].level, x[1]))]


def _cantons_by_departement(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the tables by canton-ou-ville (individual file) into their départements.

    No open table says which communes make a canton-ou-ville, but its code begins with the
    département. The sums are a seed, not a published total (:attr:`Joint.exact`).
    """
    canton = pl.col("level") == CANTON
    if not frame.filter(canton).height:
        return frame
    own = pl.col("code").str.head(-2)
    keys = [c for c in frame.columns if c != "persons"]
    summed = (
        frame.filter(canton)
        .with_columns(level=pl.lit("departement"), code=own, dataset=pl.col("dataset") + SEED)
        .group_by(keys, maintain_order=True)
        .agg(pl.col("persons").sum())
    )
    return pl.concat([frame.filter(~canton), summed.select(frame.columns)])


def _joint(part: pl.DataFrame, atoms: pl.DataFrame) -> Joint | None:
    part = part.with_columns(pl.col("age").replace(_owners(part["age"].unique().to_list())))
    bands = sorted(part["age"].unique(), key=age_span)
    groups = np.array([_cells(band, part["dataset"][0]) for band in bands])
    strange = set(part["diploma"].unique()) - set(diploma_cells())
    if strange:
        raise DataError(
            f"Tableau âge × diplôme : diplômes inconnus : {', '.join(sorted(strange))}.",
            remedy=f"Codes attendus : {', '.join(diploma_cells())}.",
        )
    codes = part["code"].unique(maintain_order=True).to_list()
    level = part["level"][0]
    index, names = owner_index(atoms, level)
    place = {code: i for i, code in enumerate(codes)}
    owners = np.array([place.get(name, -1) for name in names], dtype=np.intp)
    if not (owners[index] >= 0).any():
        return None
    label = f"{part['source'][0]} {part['vintage'][0]}".strip() or "tableau âge × diplôme"
    return Joint(
        level=LEVELS.index(level),
        year=year_of(part["vintage"][0]),
        label=f"{label} (âge × diplôme)",
        codes=codes,
        index=owners[index],
        tables=_tables(part, codes, bands),
        groups=groups,
        exact=not part["dataset"][0].endswith(SEED),
    )


def _owners(bands: list[str]) -> dict[str, str]:
    """Return the grid cell that contains each finer band: FOR2 has five-year ages."""
    spans = {cell: age_span(cell) for cell in ADULT_AGES}
    owners: dict[str, str] = {}
    for band in bands:
        low, high = age_span(band)
        inside = [cell for cell, (a, b) in spans.items() if a <= low and high <= b]
        owners |= dict.fromkeys([band], inside[0]) if inside else {}
    return owners


def _cells(band: str, dataset: str) -> Floats:
    try:
        return cells_of(band, ADULT_AGES)
    except DataError as error:
        raise DataError(
            f"Tableau âge × diplôme {dataset} : la tranche d’âge « {band} » ne se compose pas des "
            f"tranches du calcul ({', '.join(ADULT_AGES)}).",
            remedy="Rechargez un tableau aux tranches de l’Insee (FOR2), ou retirez celui-ci : "
            f"portrea data remove {dataset}",
        ) from error


def _tables(part: pl.DataFrame, codes: list[str], bands: list[str]) -> Floats:
    tables = np.zeros((len(codes), len(bands), SCHOOLED))
    for diploma, cells in diploma_cells().items():
        rows = part.filter(pl.col("diploma") == diploma)
        share = cells[:SCHOOLED]
        if not rows.height or not share.any():
            continue
        area = rows["code"].replace_strict({c: i for i, c in enumerate(codes)}).to_numpy()
        band = rows["age"].replace_strict({b: i for i, b in enumerate(bands)}).to_numpy()
        added = rows["persons"].to_numpy()[:, None] * share / share.sum()
        np.add.at(tables, (area, band), added)
    return tables


def exact_counts(joint: Joint) -> tuple[Floats, Floats, Floats]:
    """Return, by table, the exact 65+, under-65 without diploma and other under-65 (persons)."""
    old = joint.groups[:, WORKING:].sum(1) > 0
    older = joint.tables[:, old].sum((1, 2))
    nobody = joint.tables[:, ~old, NONE].sum(1)
    return older, nobody, joint.tables[:, ~old].sum((1, 2)) - nobody


def splits_at_65(joint: Joint) -> bool:
    """Whether the table is published and no band mixes under and over 65, so that A2 is exact."""
    old, young = joint.groups[:, WORKING:].sum(1), joint.groups[:, :WORKING].sum(1)
    return joint.exact and not ((old > 0) & (young > 0)).any()


def benchmark(rule: Rule, joints: list[Joint]) -> tuple[Floats, Floats, Floats]:
    """Scale the three parts of A2 so that each published table is met exactly.

    Finer tables are applied last, so they hold. Returns older, under-65 without diploma, others.
    """
    younger = rule.younger
    parts = [rule.older.copy(), younger.count, younger.persons - younger.count]
    for joint in joints:
        if not splits_at_65(joint):
            continue
        inside = joint.index >= 0
        owner = joint.index[inside]
        for part, target in zip(parts, exact_counts(joint), strict=True):
            sums = np.bincount(owner, part[inside], minlength=len(joint.codes))
            members = np.bincount(owner, minlength=len(joint.codes))
            factor = np.divide(target, sums, out=np.zeros_like(target), where=sums > 0)
            lost = np.where(sums > 0, 0.0, target / np.maximum(members, 1))
            part[inside] = part[inside] * factor[owner] + lost[owner]
    return parts[0], parts[1], parts[2]
