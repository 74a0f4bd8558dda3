"""The fast draws are linearised on the logit scale: how far are they from drawing every cell?"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from portrea.needs.draws import Drawing
from portrea.needs.exact import exact_draws
from portrea.needs.fragility import halves, merged
from portrea.needs.model import prepare
from portrea.needs.parameters import load_parameters
from portrea.needs.structure_errors import sampling_sd

DRAWS = 1000
BANDS = ("persons_0_14", "persons_15_29", "persons_30_44", "persons_45_59", "persons_60_74",
         "persons_75_plus")  # fmt: skip
COUNTS = tuple(
    f"non_schooled_{name}"
    for name in ("no_diploma", "bepc", "capbep", "bac", "sup2", "sup34", "sup5")
)


@pytest.fixture
def five_hundred_iris(world):
    """100 communes of one to nine IRIS of 500 to 4,000 inhabitants, ages and diplomas known."""
    rng = np.random.default_rng(7)
    left = 500
    for number in range(100):
        size = min(int(rng.integers(1, 10)), left)
        left -= size
        names = [f"35{number:03d}{i:04d}" for i in range(size)]
        world.commune(f"35{number:03d}", names, epci=f"2000000{number // 10:02d}")
        for name in names:
            ages = rng.dirichlet(30 * np.array([0.18, 0.17, 0.19, 0.2, 0.17, 0.09]))
            persons = rng.integers(500, 4000) * ages
            diplomas = rng.dirichlet(20 * np.array([0.2, 0.06, 0.25, 0.17, 0.12, 0.11, 0.09]))
            free = 0.9 * persons[1:].sum()
            world.figure("iris", name, dict(zip(BANDS, persons, strict=True)))
            world.figure("iris", name, {"non_schooled_15_plus": free})
            world.figure("iris", name, dict(zip(COUNTS, free * diplomas, strict=True)))
    while left:
        name = f"35900{left:04d}"
        world.commune(f"36{left:03d}", [name], epci="200000099")
        world.figure("iris", name, dict(zip(BANDS, [180, 170, 190, 200, 170, 90], strict=True)))
        left -= 1
    return world


def drawn(world, *, sampling: bool):
    """Fast and exact draws; the errors of the structure, which have no exact form, left out."""
    model = prepare(
        world.territories, world.observations, world.crosstab,
        selection=None, parameters=load_parameters(), with_b=False,
    )  # fmt: skip
    assert model.atoms.height == 500
    owner = model.owner("commune")[0]
    inhabitants = np.bincount(owner, model.structure.ages.sum(1))[owner]
    sampled = sampling_sd(merged(model.working, model.older), inhabitants, model.parameters)
    sampled *= halves(model.working, model.older)
    model.sd_a1 = {"iris": sampled} if sampling else {}
    if not sampling:
        model.parameters = without_sampling(model.parameters)
    drawing = Drawing(model, ["a1"], seed=3, draws=DRAWS)
    fast = next(iter(drawing.chunk(slice(0, 500))))[2]
    return model, fast, exact_draws(model, np.arange(500), seed=3, draws=DRAWS)


def without_sampling(parameters):
    cards = deepcopy(parameters.cards)
    cards["uncertainty"]["sampling"]["exhaustive_below"]["value"] = 1e12
    return replace(parameters, cards=cards)


@pytest.mark.slow
def test_linearised_draws_are_close_to_exact_ones(five_hundred_iris):
    """Without sampling both have the same errors: what differs is the linearisation alone.

    Bounds of 500 IRIS: 0.1 point on average, 0.6 point at worst; their sum, 0.5 % of it.
    """
    model, fast, slow = drawn(five_hundred_iris, sampling=False)
    persons = model.population("a1")[:, None]
    levels = (0.025, 0.1, 0.5, 0.9, 0.975)
    ours, theirs = (np.quantile(x / persons, levels, axis=1) for x in (fast, slow))
    error = 100 * np.abs(ours - theirs)
    print(f"écart moyen {error.mean():.3f} point, le pire {error.max():.3f}")
    assert error.mean() < 0.1
    assert error.max() < 0.6
    total = [np.quantile(x.sum(0), levels) for x in (fast, slow)]
    assert total[0] == pytest.approx(total[1], rel=0.005)
    assert fast.mean(1).sum() == pytest.approx(model.central("a1").sum(), rel=0.01)


@pytest.mark.slow
def test_the_sampling_of_the_census_has_the_spread_of_a_sample_of_persons(five_hundred_iris):
    """Total sd of the share, a normal on the logit against persons drawn one by one: 3 %."""
    model, fast, slow = drawn(five_hundred_iris, sampling=True)
    persons = model.population("a1")[:, None]
    ratio = (fast / persons).std(1) / (slow / persons).std(1)
    assert ratio.mean() == pytest.approx(1, abs=0.03)
    assert np.quantile(np.abs(ratio - 1), 0.9) < 0.08
