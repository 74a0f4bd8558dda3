from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.stats.calibration import CHUNK, Margin, rake, rake_two_ways, shift_shares, spread

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/needs/calibration.yaml").read_text("utf-8")
)


def _row_column_groups(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    rows = np.kron(np.eye(height), np.ones(width))
    columns = np.kron(np.ones(height), np.eye(width))
    return rows, columns


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_hand_worked_tables(case):
    seed = np.array(case["seed"], float)
    rows, columns = _row_column_groups(*seed.shape)
    margins = [
        Margin(rows, np.array([case["rows"]], float)),
        Margin(columns, np.array([case["columns"]], float)),
    ]
    raked = rake(seed.reshape(1, -1), margins)
    assert raked.tables.reshape(seed.shape) == pytest.approx(np.array(case["result"]), abs=1e-3)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 6))
def test_margins_reached_and_zeros_kept(seed, height, width):
    rng = np.random.default_rng(seed)
    truth = rng.uniform(1.0, 20.0, (5, height * width))
    seeds = rng.uniform(0.2, 2.0, (5, height * width))
    zero = rng.integers(height * width)
    truth[:, zero] = 0
    seeds[:, zero] = 0
    rows, columns = _row_column_groups(height, width)
    raked = rake(seeds, [Margin(rows, truth @ rows.T), Margin(columns, truth @ columns.T)])
    assert (raked.residuals <= 1e-6 * np.maximum(truth.sum(1), 1)).all()
    assert (raked.tables[:, zero] == 0).all()


@pytest.mark.parametrize("shared", [True, False])
def test_factored_form_gives_the_same_tables(shared):
    rng = np.random.default_rng(8)
    truth = rng.uniform(1, 20, (6, 4, 5))
    seeds = rng.uniform(0.2, 2, (1 if shared else 6, 4, 5))
    seeds[:, 1, 2], truth[:, 1, 2] = 0, 0
    groups = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 1]], float)
    rows, columns = truth.sum(2), truth.sum(1) @ groups.T
    fast = rake_two_ways(seeds, rows, columns, groups, tolerance=1e-10)
    row_groups = _row_column_groups(4, 5)[0]
    margins = [Margin(np.tile(groups, 4), columns), Margin(row_groups, rows)]
    flat = np.broadcast_to(seeds, truth.shape).reshape(6, -1)
    slow = rake(flat, margins, tolerance=1e-10).tables.reshape(truth.shape)
    assert fast.tables == pytest.approx(slow, rel=1e-6)
    assert fast.residuals.max() < 1e-7


def test_contradictory_margins_are_reported_not_hidden():
    rows, columns = _row_column_groups(2, 2)
    margins = [Margin(rows, np.array([[10.0, 10.0]])), Margin(columns, np.array([[15.0, 15.0]]))]
    raked = rake(np.ones((1, 4)), margins, most=20)
    assert raked.residuals[0] == pytest.approx(5.0)


def test_zeros_against_the_margins_lose_nobody():
    """Each row can only go to one column: the columns cannot hold, but nobody disappears."""
    rng = np.random.default_rng(1)
    seeds = np.zeros((50, 11, 6))
    seeds[:, np.arange(11), rng.integers(0, 6, 11)] = 1.0
    rows, columns = rng.random((50, 11)) * 100, rng.random((50, 6))
    columns *= (rows.sum(1) / columns.sum(1))[:, None]
    raked = rake_two_ways(seeds, rows, columns, np.eye(6))
    assert np.isfinite(raked.tables).all()
    assert raked.tables.sum(2) == pytest.approx(rows)
    assert raked.residuals.max() > 1


def test_partial_groups_leave_other_cells_alone():
    group = np.array([[1.0, 1.0, 0.0]])
    raked = rake(np.array([[1.0, 3.0, 7.0]]), [Margin(group, np.array([[8.0]]))])
    assert raked.tables.tolist() == [[2.0, 6.0, 7.0]]


def test_spread_is_additive_and_falls_back():
    totals = np.array([10.0, 7.0, 3.0])
    owners = np.array([0, 0, 1, 1, 2])
    weights = np.array([1.0, 3.0, 0.0, 0.0, 0.0])
    fallback = np.array([1.0, 1.0, 2.0, 5.0, 0.0])
    shares = spread(totals, owners, weights, fallback=fallback)
    assert shares.tolist() == [2.5, 7.5, 2.0, 5.0, 3.0]


@pytest.mark.slow
def test_fifty_thousand_areas_reach_their_margins():
    rng = np.random.default_rng(5)
    truth = rng.gamma(0.7, 20.0, (50_000, 35))
    rows, columns = _row_column_groups(5, 7)
    seeds = np.broadcast_to(truth.mean(0), truth.shape)
    raked = rake(seeds, [Margin(rows, truth @ rows.T), Margin(columns, truth @ columns.T)])
    assert (raked.residuals <= 1e-6 * np.maximum(truth.sum(1), 1)).all()


def test_areas_do_not_depend_on_their_neighbours_in_the_file():
    """More areas than a chunk holds, in another order: the same tables, area by area."""
    rng = np.random.default_rng(11)
    size = CHUNK + 500
    truth = rng.uniform(1, 20, (size, 4, 5))
    seeds = rng.uniform(0.2, 2, truth.shape)
    seeds[:, 1, 2], truth[:, 1, 2] = 0, 0
    order = rng.permutation(size)
    rows, columns = truth.sum(2), truth.sum(1)
    straight = rake_two_ways(seeds, rows, columns, np.eye(5))
    mixed = rake_two_ways(seeds[order], rows[order], columns[order], np.eye(5))
    assert mixed.tables == pytest.approx(straight.tables[order], rel=1e-12)
    assert (straight.residuals <= 1e-6 * rows.sum(1)).all()
    assert (straight.tables[:, 1, 2] == 0).all()
    cells, owners = straight.tables.reshape(size, -1), rng.integers(0, 700, size)
    shares = rng.uniform(0.05, 0.6, cells.shape)
    totals = np.bincount(owners, cells.sum(1), minlength=700) * rng.uniform(0.1, 0.5, 700)
    moved = shift_shares(shares, cells, owners, totals)
    reached = np.bincount(owners, (cells * moved.tables).sum(1), minlength=700)
    assert reached == pytest.approx(totals, rel=1e-8)
    again = shift_shares(shares[order], cells[order], owners[order], totals)
    assert again.tables == pytest.approx(moved.tables[order], rel=1e-9)
