from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from portrea.stats.intervals import hash_codes, lanes, normals, quantiles, uniforms


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
    base = uniforms(word, "commune", seed=1, draws=100)
    assert not np.array_equal(base, uniforms(word, "commune", seed=2, draws=100))
    assert not np.array_equal(base, uniforms(word, "epci", seed=1, draws=100))
    assert not np.array_equal(base, uniforms(hash_codes(["35239"]), "commune", seed=1, draws=100))


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
def test_quantiles_are_numpy_quantiles(levels, size):
    draws = np.random.default_rng(3).normal(size=(40, size)).astype(np.float32)
    before = draws.copy()
    expected = np.quantile(draws.astype(float), levels, axis=1).T
    assert quantiles(draws, levels) == pytest.approx(expected, abs=1e-6)
    assert (draws == before).all()


def test_lanes_are_even_and_belong_to_their_area():
    drawn = lanes(hash_codes([f"{i:05d}" for i in range(400)]), "x", seed=1, draws=501)
    assert drawn.shape == (400, 501)
    share = drawn / 2.0**16
    assert share.mean() == pytest.approx(0.5, abs=0.003)
    assert share.var() == pytest.approx(1 / 12, abs=0.002)
    assert np.abs(np.corrcoef(share[:, :4].T) - np.eye(4)).max() < 0.2
    again = lanes(hash_codes(["00007"]), "x", seed=1, draws=30)
    assert (again[0] == drawn[7, :30]).all()
