from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from portrea.stats.intervals import hash_codes, normals, quantiles, rounding_of, states


def rounding(words, effect, *, seed, draws):
    return rounding_of(states(words, effect, seed=seed), draws)


def test_hash_is_the_published_fnv1a():
    # FNV-1a 64 test vectors (Noll): "" , "a" , "foobar"
    assert [int(h) for h in hash_codes(["a", "foobar"])] == [0xAF63DC4C8601EC8C, 0x85944171F73967E8]


def test_draws_do_not_depend_on_order_nor_neighbours():
    codes = ["352380101", "010010000", "2A0040101"]
    together = normals(hash_codes(codes), "iris", seed=7, draws=50)
    alone = normals(hash_codes(["2A0040101"]), "iris", seed=7, draws=50)
    assert (together[2] == alone[0]).all()
    fewer = normals(hash_codes(codes), "iris", seed=7, draws=20)
    assert (together[:, :20] == fewer).all()


def test_seed_effect_and_code_all_matter():
    word = hash_codes(["35238"])
    base = rounding(word, "commune", seed=1, draws=100)
    assert not np.array_equal(base, rounding(word, "commune", seed=2, draws=100))
    assert not np.array_equal(base, rounding(word, "epci", seed=1, draws=100))
    assert not np.array_equal(base, rounding(hash_codes(["35239"]), "commune", seed=1, draws=100))


def test_draws_are_standard_normal_and_uncorrelated():
    words = hash_codes([f"{code:09d}" for code in range(10_000_000, 10_002_000)])
    agreement = []
    for seed in range(40):
        draws = normals(words, "iris", seed=seed, draws=100)
        agreement.append(kstest(draws.ravel(), "norm").pvalue)
        assert abs(np.corrcoef(draws[:-1].ravel(), draws[1:].ravel())[0, 1]) < 0.01
        assert abs(np.corrcoef(draws[:, :-1].ravel(), draws[:, 1:].ravel())[0, 1]) < 0.01
        assert np.abs(draws.mean(0)).max() < 0.12  # 5.4 standard errors on 4,000 ranks
    assert kstest(agreement, "uniform").pvalue > 0.01  # the p-values of a true normal


@pytest.mark.parametrize(
    "levels", [(0.025, 0.5, 0.975), (0.025, 0.1), (0.9, 0.975), (0.0, 0.49), (0.51, 1.0), (0.5,)]
)
@pytest.mark.parametrize("size", [1, 2, 3, 200, 501])
@pytest.mark.parametrize("sign", ["any", "positive", "zeros"])
def test_quantiles_are_numpy_quantiles(levels, size, sign):
    draws = np.random.default_rng(3).normal(size=(40, size)).astype(np.float32)
    if sign == "positive":
        draws = np.exp(draws)
    elif sign == "zeros":  # −0.0 has the bits of a negative number
        draws = np.where(draws > 0, draws, np.float32(-0.0))
    before = draws.copy()
    expected = np.quantile(draws.astype(float), levels, axis=1).T
    assert quantiles(draws, levels) == pytest.approx(expected, abs=1e-6)
    assert (draws == before).all()


def test_rounding_is_even_and_belongs_to_its_area():
    drawn = rounding(hash_codes([f"{i:05d}" for i in range(400)]), "x", seed=1, draws=501)
    assert drawn.shape == (400, 501)
    assert np.abs(drawn).max() < 1
    assert drawn.mean() == pytest.approx(0, abs=0.006)
    assert drawn.var() == pytest.approx(1 / 3, abs=0.008)
    assert np.abs(np.corrcoef(drawn[:, :4].T) - np.eye(4)).max() < 0.2
    again = rounding(hash_codes(["00007"]), "x", seed=1, draws=30)
    assert (again[0] == drawn[7, :30]).all()


def test_sums_of_many_areas_spread_as_if_each_had_its_own_numbers():
    # one pool serves all: areas that begin at the same place must be too few to widen a sum
    words = hash_codes([f"{i:05d}" for i in range(36_000)])
    drawn = normals(words, "commune", seed=3, draws=250).sum(0) / 36_000**0.5
    assert drawn.var() == pytest.approx(1, abs=0.3)  # three standard errors of 250 draws
    ranks = np.abs(np.correlate(drawn, drawn, "full")[250:260] / (250 * drawn.var()))
    assert ranks.max() < 0.25


def test_quantiles_may_use_the_place_of_the_draws():
    draws = np.random.default_rng(4).normal(size=(7, 300)).astype(np.float32)
    expected = quantiles(draws, (0.025, 0.5, 0.975))
    assert (quantiles(draws.copy(), (0.025, 0.5, 0.975), overwrite=True) == expected).all()
