"""Every model against all the sets of places, on 500 small worlds each, and its laws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portrea.reach.siting import Effort, State, maximal_cover, p_center, p_median, set_cover
from portrea.reach.siting.choice import choice_of
from portrea.reach.siting.costs import cover_costs, median_costs
from portrea.reach.siting.exact import solve_costs
from portrea.reach.siting.interchange import greedy, interchange
from portrea.reach.siting.lagrange import lagrangian_bound
from siting_worlds import all_sets, allowed_sets, nearest_minutes, random_world

WORLDS = range(500)
THRESHOLD, EQUITY = 20.0, 45.0


def asked_of(problem, seed):
    """Draw how many places open and close, within what exists."""
    rng = np.random.default_rng(seed + 10_000)
    candidates = int((problem.states == State.CANDIDATE).sum())
    removable = int((problem.states == State.REMOVABLE).sum())
    return {
        "openings": int(rng.integers(0, min(candidates, 3) + 1)),
        "closures": int(rng.integers(0, removable + 1)),
    }


def best_of(problem, asked, value, *, limit=None):
    """Return the best value over the sets allowed (None when none respects the limit)."""
    minutes = nearest_minutes(problem, allowed_sets(problem, **asked))
    if limit is not None:
        minutes = minutes[(minutes[:, problem.persons > 0] <= limit).all(axis=1)]
    return value(minutes).max() if len(minutes) else None


def covered(problem):
    return lambda minutes: (minutes <= THRESHOLD) @ problem.persons


def spent(problem):
    return lambda minutes: -(np.minimum(minutes, problem.limit) @ problem.persons)


def same(plan, best, *, sign=1.0):
    if best is None:
        assert not plan.feasible
        return
    assert plan.objective == pytest.approx(sign * best, rel=1e-7, abs=1e-7)
    assert plan.optimal, (plan.objective, plan.bound)


def rules_kept(problem, plan, openings, closures):
    states = dict(zip(problem.places.tolist(), problem.states.tolist(), strict=True))
    shut = [states[place] for place in plan.closed]
    assert State.FIXED not in shut
    assert shut.count(State.REMOVABLE) == closures
    assert len(plan.opened) <= openings + shut.count(State.MOVABLE)


def test_most_people_covered_is_that_of_brute_force():
    for seed in WORLDS:
        problem = random_world(seed)
        asked, limit = asked_of(problem, seed), EQUITY if seed % 3 == 0 else None
        plan = maximal_cover(problem, threshold=THRESHOLD, equity=limit, **asked)
        same(plan, best_of(problem, asked, covered(problem), limit=limit))
        if plan.feasible:
            rules_kept(problem, plan, **asked)
            assert plan.figures.covered.value == pytest.approx(plan.objective)


def test_least_time_is_that_of_brute_force():
    for seed in WORLDS:
        problem = random_world(seed)
        asked, limit = asked_of(problem, seed), EQUITY if seed % 3 == 0 else None
        plan = p_median(problem, equity=limit, **asked)
        same(plan, best_of(problem, asked, spent(problem), limit=limit), sign=-1)
        if plan.feasible:
            rules_kept(problem, plan, **asked)
            assert plan.figures.mean_minutes * problem.total == pytest.approx(plan.objective)


def test_shortest_limit_is_that_of_brute_force():
    for seed in WORLDS:
        problem = random_world(seed)
        asked = asked_of(problem, seed)
        reached = (problem.persons > 0) & (problem.nearest(np.arange(6)) < np.inf)
        best = best_of(
            problem, asked, lambda minutes, r=reached: -minutes[:, r].max(axis=1, initial=0)
        )
        plan = p_center(problem, **asked)
        same(plan, None if best is None or best == -np.inf or not reached.any() else best, sign=-1)


def test_fewest_places_is_that_of_brute_force():
    for seed in WORLDS:
        problem = random_world(seed)
        sets = all_sets(6)
        sets = sets[sets[:, problem.states == State.FIXED].all(axis=1)]
        minutes = nearest_minutes(problem, sets)[:, problem.persons > 0]
        counts = sets[(minutes <= 30).all(axis=1)].sum(axis=1).tolist()
        same(set_cover(problem, threshold=30), min(counts, default=None))


def test_beyond_the_solver_a_bound_is_always_given():
    for seed in range(30):
        problem = random_world(seed, points=14, places=9)
        asked = asked_of(problem, seed)
        for model, exact in ((maximal_cover, True), (p_median, False)):
            best = model(problem, **asked)
            quick = model(problem, effort=Effort(pairs=-1, rounds=30), **asked)
            sides = (quick.bound, best.objective, quick.objective)
            assert sides == tuple(sorted(sides, reverse=exact)) or quick.gap < 1e-9
            assert np.isfinite(quick.bound)


def test_keeping_the_nearest_candidates_keeps_a_true_bound():
    for seed in range(30):
        problem = random_world(seed, points=10, places=8)
        choice = choice_of(problem, openings=1)
        costs = median_costs(problem, choice)
        _, whole = solve_costs(costs, seconds=5)
        is_open, few = solve_costs(costs, seconds=5, nearest=2)
        assert few.bound <= whole.value * (1 + 1e-9)
        assert costs.value(is_open) >= whole.value * (1 - 1e-9)


def test_the_bound_never_exceeds_the_best_and_swaps_never_lose():
    for seed in range(30):
        problem = random_world(seed, points=10, places=8)
        choice = choice_of(problem, openings=2 if (problem.states == 0).sum() > 1 else 1)
        for costs in (median_costs(problem, choice), cover_costs(problem, choice, threshold=20)):
            first = greedy(costs)
            second = interchange(costs, first)
            _, best = solve_costs(costs, seconds=5)
            bound = lagrangian_bound(costs, second, rounds=30).value
            assert bound <= best.value + 1e-7 * costs.scale
            assert best.value - 1e-7 * costs.scale <= costs.value(second) <= costs.value(first)


# -- laws ------------------------------------------------------------------------------------------


def test_adding_a_place_never_lowers_coverage():
    for seed in range(20):
        problem = random_world(seed, places=7)
        fewer = without(problem, 6)
        if not (fewer.states == State.CANDIDATE).any():
            continue
        more = problem.with_states({"p6": State.CANDIDATE})
        asked = {"openings": 1}
        assert maximal_cover(more, **asked).objective >= maximal_cover(fewer, **asked).objective
        assert p_median(more, **asked).objective <= p_median(fewer, **asked).objective + 1e-7


def test_scaling_demand_leaves_the_choice():
    for seed in range(30):
        problem = random_world(seed)
        larger = replace(problem, persons=problem.persons * 1024.0)
        for model in (maximal_cover, p_median, p_center):
            one, other = model(problem, openings=1), model(larger, openings=1)
            assert one.open == other.open
            if model is not p_center and one.feasible:
                assert other.objective == pytest.approx(1024 * one.objective)


def test_removing_a_candidate_that_is_not_used_changes_nothing():
    for seed in range(20):
        problem = random_world(seed, places=7)
        for model in (maximal_cover, p_median):
            plan = model(problem, openings=1)
            idle = [
                row
                for row in np.flatnonzero(problem.states == State.CANDIDATE)
                if str(problem.places[row]) not in plan.open
            ]
            if idle and (problem.states == State.CANDIDATE).sum() > 1:
                assert model(without(problem, idle[-1]), openings=1).objective == pytest.approx(
                    plan.objective
                )


def test_the_order_of_rows_changes_nothing():
    for seed in range(20):
        problem = random_world(seed)
        order = np.random.default_rng(seed).permutation(len(problem.codes))
        shuffled = replace(
            problem,
            codes=problem.codes[order],
            persons=problem.persons[order],
            minutes=problem.minutes[order],
        )
        one, other = p_median(problem, openings=1), p_median(shuffled, openings=1)
        assert one.objective == pytest.approx(other.objective)


def without(problem, row):
    kept = np.arange(len(problem.places)) != row
    return replace(
        problem,
        places=problem.places[kept],
        states=problem.states[kept],
        minutes=problem.minutes[:, np.flatnonzero(kept)].tocsr(),
    )
