"""Cells of an area: who lives alone, seeds, older tables kept, residuals."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from portrea.needs import load_parameters
from portrea.needs.crosstabs import read_joints, splits_at_65
from portrea.needs.grid import DIPLOMAS, NONE, SCHOOLED
from portrea.needs.inputs import Labels, find_atoms, read_layers
from portrea.needs.reference import build_reference
from portrea.needs.structure import VARIABLES, build_structure, cell_persons

AGES = ["15-64", "65+"]
FOR2 = ["no_diploma", "capbep", "sup3plus"]


def _built(world):
    reference = build_reference(load_parameters())
    atoms = find_atoms(world.territories, None)
    layers = read_layers(world.observations, VARIABLES)
    joints = read_joints(world.crosstab, atoms) if world.cells else []
    built = build_structure(atoms, layers, reference, Labels(), stale_after=3, joints=joints)
    return atoms, built, reference


def _alone(atoms, built, reference):
    return (cell_persons(built, reference) * built.alone).sum((1, 2))


def test_one_person_households_are_persons_living_alone(town):
    """A third of 600 households: 200 persons live alone, shared out among the three IRIS."""
    town.figure("commune", "35001", {"share_single_person_households": 1 / 3}, vintage="2017")
    for code, homes in (("350010101", 200.0), ("350010102", 250.0), ("350010103", 150.0)):
        town.figure("iris", code, {"households": homes}, vintage="2020", source="logement")
    atoms, built, reference = _built(town)
    alone = _alone(atoms, built, reference)
    inside = (atoms["commune"] == "35001").to_numpy()
    assert alone[inside].sum() == pytest.approx(200.0, abs=1e-4)
    assert ((built.alone >= 0) & (built.alone <= 1)).all()
    assert built.residuals.max() < 1e-3


def test_persons_living_alone_of_an_iris_hold_over_those_of_its_commune(town):
    town.figure("commune", "35002", {"share_single_person_households": 0.5}, vintage="2017")
    town.figure("iris", "350020000", {"households": 300.0}, vintage="2020", source="logement")
    town.figure("iris", "350020000", {"persons_living_alone": 90.0}, vintage="2016", source="irish")
    atoms, built, reference = _built(town)
    mine = (atoms["code"] == "350020000").to_numpy()
    assert _alone(atoms, built, reference)[mine].sum() == pytest.approx(90.0, abs=1e-4)


def test_more_alone_than_persons_leaves_a_residual_and_no_impossible_share(town):
    town.figure("iris", "350020000", {"persons_living_alone": 5000.0}, vintage="2016")
    _, built, _ = _built(town)
    assert built.alone.max() <= 1.0
    assert np.isfinite(built.residuals).all()


def test_a_newer_table_keeps_the_odds_ratios_of_an_older_one(town):
    """The newer table has one band of age only: how diplomas go with age comes from the older."""
    steep = [[10, 300, 290], [500, 50, 10]]
    town.table("commune", "35002", AGES, FOR2, steep, vintage="2012")
    town.table("commune", "35002", ["15+"], FOR2, [[400, 350, 250]], vintage="2018")
    for cell in town.cells:
        cell["dataset"] = f"for2-{cell['vintage']}"
    atoms, built, reference = _built(town)
    mine = (atoms["code"] == "350020000").to_numpy()
    table = built.joint[mine][0][:, :SCHOOLED]
    classes = table.sum(0) / table.sum()
    assert classes[NONE] == pytest.approx(0.4, abs=1e-5)
    young, old = table[:8].sum(0), table[8:].sum(0)
    cap = DIPLOMAS.index("capbep")
    odds = old[NONE] * young[cap] / (old[cap] * young[NONE])
    assert odds == pytest.approx(500 * 300 / (50 * 10), rel=0.25)
    national = reference.joint[:, :SCHOOLED]
    before, after = national[:8].sum(0), national[8:].sum(0)
    assert odds > 10 * after[NONE] * before[cap] / (after[cap] * before[NONE])


def test_cantons_are_a_seed_of_their_departement_never_an_exact_table(town):
    town.table("canton_ou_ville", "3501", AGES, FOR2, [[10, 300, 290], [500, 50, 10]])
    town.table("canton_ou_ville", "3502", AGES, FOR2, [[20, 100, 200], [300, 40, 20]])
    atoms = find_atoms(town.territories, None)
    (joint,) = read_joints(town.crosstab, atoms)
    assert joint.codes == ["35"]
    assert joint.tables.sum() == pytest.approx(600 + 560 + 320 + 360)
    assert not splits_at_65(joint)


def test_cells_do_not_depend_on_the_order_of_figures(town):
    town.figure("commune", "35001", {"share_low_diploma_of_15_plus": 0.5}, vintage="2017")
    _, straight, _ = _built(town)
    town.figures.reverse()
    _, mixed, _ = _built(town)
    assert mixed.joint == pytest.approx(straight.joint, nan_ok=True)
    assert mixed.alone == pytest.approx(straight.alone)


def test_cells_add_up_to_the_persons_of_each_age(town):
    town.figure("commune", "35001", {"share_low_diploma_of_15_plus": 0.5}, vintage="2017")
    atoms, built, reference = _built(town)
    known = atoms.with_row_index().filter(pl.col("commune") == "35001")["index"].to_numpy()
    cells = cell_persons(built, reference)[known].sum(2)
    assert cells == pytest.approx(built.adults[known], rel=1e-9)


def _with_a_zero(town):
    """Rake commune 35002, whose table (RP 2016) has nobody of 65+ at bac + 3 or more."""
    town.table("commune", "35002", AGES, FOR2, [[10, 300, 290], [500, 50, 0]], vintage="2016")
    atoms, built, reference = _built(town)
    mine = (atoms["code"] == "350020000").to_numpy()
    return built.joint[mine][0], built.residuals[mine][0], reference


HIGH = DIPLOMAS.index("sup3")
OLD = slice(8, None)


def test_a_zero_of_a_published_table_stays_zero(town):
    table, missed, _ = _with_a_zero(town)
    assert (table[OLD, HIGH] == 0.0).all()
    assert table[:8, HIGH].sum() > 0.1
    assert missed < 1e-3


def test_a_zero_stays_under_newer_totals_that_allow_it(town):
    """A newer count of every class: the 65+ still have nobody at bac + 3, the totals hold."""
    newer = {"no_diploma": 300.0, "bepc": 50.0, "capbep": 300.0, "bac": 150.0, "sup": 200.0}
    values = {f"non_schooled_{k}": v for k, v in newer.items()}
    town.figure("commune", "35002", values, vintage="2018")
    table, missed, _ = _with_a_zero(town)
    assert (table[OLD, HIGH] == 0.0).all()
    classes = table[:, :SCHOOLED].sum(0) / table[:, :SCHOOLED].sum()
    assert classes[NONE] == pytest.approx(0.3, abs=1e-5)
    assert classes[4] + classes[5] == pytest.approx(0.2, abs=1e-5)
    assert missed < 1e-3


def test_a_class_that_the_older_table_denied_is_opened_by_a_newer_count(town):
    """The table has no bac at all, a newer count says 150 of 1,000: the count holds."""
    newer = {"no_diploma": 300.0, "bepc": 50.0, "capbep": 300.0, "bac": 150.0, "sup": 200.0}
    values = {f"non_schooled_{k}": v for k, v in newer.items()}
    town.figure("commune", "35002", values, vintage="2018")
    table, _, _ = _with_a_zero(town)
    bac = DIPLOMAS.index("bac")
    assert table[:, bac].sum() / table[:, :SCHOOLED].sum() == pytest.approx(0.15, abs=1e-5)


def test_totals_that_the_zeros_cannot_give_leave_a_residual_and_lose_nobody(town):
    """Without 65+ at bac + 3, no table of these ages has 95 % of the persons there."""
    newer = {"no_diploma": 10.0, "bepc": 10.0, "capbep": 20.0, "bac": 10.0}
    values = {f"non_schooled_{k}": v for k, v in newer.items()} | {
        "non_schooled_sup2": 0.0, "non_schooled_sup34": 500.0, "non_schooled_sup5": 450.0,
    }  # fmt: skip
    town.figure("commune", "35002", values, vintage="2018")
    table, missed, _ = _with_a_zero(town)
    assert (table[OLD, HIGH] == 0.0).all()
    assert table.sum() == pytest.approx(1.0)
    assert missed > 1.0
