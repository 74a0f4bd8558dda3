"""Floating catchments: hand-worked cases, brute force, conservation, and what must not divide."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from portrea.base.errors import DataError, ParameterError
from portrea.reach.catchment import (
    Decay,
    Method,
    cards,
    decay_named,
    decays,
    nearest,
    score,
    score_draws,
    weigh,
    within,
)

CASES = Path(__file__).parents[1] / "cases/reach"
WORKED = yaml.safe_load((CASES / "catchment.yaml").read_text("utf-8"))
PEER = yaml.safe_load((CASES / "pysal_access.yaml").read_text("utf-8"))


def sparse(rows) -> csr_array:
    table = np.array([[np.nan if x is None else x for x in row] for row in rows], dtype=np.float32)
    row, column = np.nonzero(~np.isnan(table))
    return csr_array((table[row, column], (row, column)), shape=table.shape)


@pytest.mark.parametrize("case", WORKED["cases"], ids=lambda case: case["name"])
def test_hand_worked(case):
    decay = Decay("cas", tuple(case["decay"]["limits"]), tuple(case["decay"]["weights"]))
    method = {"two_stage": Method.TWO_STAGE, "three_stage": Method.THREE_STAGE}[case["method"]]
    weights = weigh(sparse(WORKED["minutes"]), decay, method=method)
    found = score(weights, WORKED["supply"], WORKED["persons"])
    assert found.access == pytest.approx(case["access"], abs=1e-12)
    assert found.unreached == case.get("unreached", 0)
    assert found.loads == pytest.approx(case.get("loads", found.loads), abs=1e-12)


@pytest.mark.parametrize("case", PEER["cases"], ids=lambda case: case["name"])
def test_equal_to_pysal_access(case):
    """Expected values: ``benchmarks/peers/pysal.py --cases`` in an environment of its own."""
    weights = weigh(
        sparse(PEER["minutes"]),
        decay_named(case["decay"]),
        method=Method(case["method"]),
    )
    found = score(weights, PEER["supply"], PEER["persons"]).access
    expected = np.array([0.0 if x is None else x for x in case["access"]])
    assert found == pytest.approx(expected, rel=1e-9, abs=0)
    assert not np.isnan(found).any()


# -- brute force ----------------------------------------------------------------------------------


def brute(minutes, supply, persons, weight, *, choose: bool):
    """Write both formulas as they are read, pair by pair."""
    zones, places = len(persons), len(supply)
    w = [[0.0 if t is None else weight(t) for t in row] for row in minutes]
    if choose:
        sums = [sum(row) for row in w]
        w = [
            [x * x / total if total else 0.0 for x in row]
            for row, total in zip(w, sums, strict=True)
        ]
    ratio = []
    for j in range(places):
        load = sum(w[i][j] * persons[i] for i in range(zones))
        ratio.append(supply[j] / load if load > 0 else 0.0)
    return [sum(w[i][j] * ratio[j] for j in range(places)) for i in range(zones)]


def slow_weight(decay: Decay):
    def weight(minutes: float) -> float:
        if decay.width is not None:
            return (
                float(np.exp(-((minutes / decay.width) ** 2) / 2)) if minutes <= decay.t_max else 0
            )
        for limit, value in zip(decay.limits, decay.weights, strict=True):
            if minutes <= limit:
                return value
        return 0.0

    return weight


@st.composite
def worlds(draw):
    zones, places = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    minute = st.one_of(st.none(), st.integers(1, 280).map(lambda x: x / 4))
    return (
        [[draw(minute) for _ in range(places)] for _ in range(zones)],
        [draw(st.integers(0, 40)) for _ in range(places)],
        [draw(st.integers(0, 900)) for _ in range(zones)],
    )


@given(
    world=worlds(),
    name=st.sampled_from(list(decays())),
    method=st.sampled_from([Method.TWO_STAGE, Method.THREE_STAGE]),
)
@settings(max_examples=60)
def test_brute_force_and_conservation(world, name, method):
    minutes, supply, persons = world
    decay = decay_named(name)
    found = score(weigh(sparse(minutes), decay, method=method), supply, persons)
    expected = brute(
        minutes, supply, persons, slow_weight(decay), choose=method is Method.THREE_STAGE
    )
    assert found.access == pytest.approx(expected, rel=1e-9, abs=1e-15)
    received = float(np.dot(found.access, persons))
    assert received == pytest.approx(sum(supply) - found.unreached, rel=1e-9, abs=1e-9)


@given(world=worlds(), count=st.integers(1, 70))
@settings(max_examples=15)
def test_draws_are_as_many_scores(world, count):
    minutes, supply, persons = world
    draws = np.outer(persons, np.linspace(0.5, 1.5, count)).astype(np.float32)
    weights = weigh(sparse(minutes), decay_named("portrea"))
    found = score_draws(weights, supply, draws)
    for column in range(0, count, 9):
        alone = score(weights, supply, draws[:, column]).access
        assert found[:, column] == pytest.approx(alone, rel=1e-5)


def test_draws_are_the_same_whatever_is_carried_at_once():
    weights = weigh(sparse([[5, None], [12, 25], [None, 8]]), decay_named("portrea"))
    draws = np.random.default_rng(3).uniform(1, 90, (3, 30)).astype(np.float32)
    found = score_draws(weights, [30, 20], draws, block=8)
    assert found.dtype == np.float32
    assert found == pytest.approx(score_draws(weights, [30, 20], draws), rel=1e-6)
    assert score_draws(weights, [30, 20], draws[:, :0]).shape == (3, 0)


# -- what an access must do ------------------------------------------------------------------------


def test_more_help_is_never_less_access_and_more_people_never_more():
    minutes, persons = sparse(WORKED["minutes"]), np.array([100.0, 200, 50])
    weights = weigh(minutes, decay_named("luo_qi"))
    base = score(weights, [30, 20], persons).access
    assert (score(weights, [31, 20], persons).access >= base).all()
    assert (score(weights, [30, 20], [100, 201, 50]).access <= base).all()


def test_a_decay_never_grows_and_stops_at_its_limit():
    times = np.arange(1, 121) / 1.5
    for decay in decays().values():
        weights = decay.weigh(times)
        assert (np.diff(weights) <= 0).all(), decay.name
        assert not weights[times > decay.t_max].any()
        assert weights.max() <= 1


def test_limits_are_included():
    assert decay_named("portrea").weigh(np.float32([10, 10.01, 20, 30, 30.01])) == pytest.approx(
        [1, 0.5, 0.5, 0.2, 0]
    )


def test_a_bell_has_its_last_minute():
    bell = Decay("cloche", (30,), width=0.5)
    assert bell.weigh(np.float32([0, 0.5])) == pytest.approx([1, np.exp(-0.5)])
    assert Decay("cloche", (30,), width=20).weigh([30, 30.01]).tolist() == [
        pytest.approx(np.exp(-1.125)), 0
    ]  # fmt: skip


def test_decays_are_those_of_the_file():
    decays.cache_clear()
    assert list(decays()) == list(cards()["decays"])
    for name, card in cards()["decays"].items():
        decay = decay_named(name)
        assert (decay.name, decay.label, decay.width) == (name, card["label"], card.get("width"))
        assert (list(decay.limits), list(decay.weights)) == (
            card["limits"],
            card.get("weights", []),
        )


def test_a_place_without_steps_or_next_to_home_counts():
    assert Decay("trois pas", (0.5, 10, 20), (1, 1, 0)).weigh([0, 10, 15]).tolist() == [1, 1, 0]
    assert weigh(sparse([[0, 5]]), decay_named()).toarray().tolist() == [[1, 1]]


@pytest.mark.parametrize(
    ("limits", "weights", "width"),
    [((), (), None), ((10, 10), (1, 0.5), None), ((60,), (), -1.0),
     ((20, 10), (1, 0.5), None), ((10, 20), (0.5, 1), None), ((10,), (1, 1), None),
     ((0,), (1,), None), ((10,), (2,), None), ((60,), (), 0.0)],
)  # fmt: skip
def test_a_badly_written_decay_is_refused(limits, weights, width):
    with pytest.raises(ParameterError, match="mal écrite") as refused:
        Decay("essai", limits, weights, width)
    assert str(refused.value.remedy).startswith("Donnez des minutes croissantes")


def test_an_unknown_decay_is_refused_with_the_names():
    with pytest.raises(ParameterError, match="inconnue") as refused:
        decay_named("inconnue")
    assert refused.value.remedy == f"Choisissez parmi : {', '.join(cards()['decays'])}."


def test_rational_agents_are_sent_where_they_are():
    with pytest.raises(ParameterError, match=r"raam.*ne pèsent pas") as refused:
        weigh(sparse([[5]]), decay_named(), method=Method.RATIONAL)
    assert "portrea.reach.rational" in str(refused.value.remedy)


@pytest.mark.parametrize("bad", [[1.0, np.nan], [1.0, -2.0], [1.0, np.inf], [1.0]])
def test_missing_or_negative_quantities_are_refused(bad):
    weights = weigh(sparse([[5, 6], [7, 8]]), decay_named())
    with pytest.raises(DataError, match="L’offre"):
        score(weights, bad, [1, 1])
    with pytest.raises(DataError, match="Le besoin"):
        score(weights, [1, 1], bad)


def test_a_refused_quantity_says_where_and_what_to_do():
    weights = weigh(sparse([[5, 6], [7, 8]]), decay_named())
    with pytest.raises(
        DataError, match=r"L’offre a 1 valeur\(s\) au lieu de 2, une par lieu"
    ) as short:
        score_draws(weights, [1.0], np.ones((2, 3), np.float32))
    assert short.value.remedy == "Donnez-les dans l’ordre de la table des temps."
    with pytest.raises(DataError, match=r"Le besoin a 3 valeur\(s\) au lieu de 2, une par zone"):
        score_draws(weights, [1, 1], np.ones((3, 3), np.float32))
    for bad in (-1, np.nan, np.inf):
        with pytest.raises(DataError, match="au rang 2"):
            score_draws(weights, [1, 1], np.float32([[1], [bad]]))
    one = weigh(sparse([[5]]), decay_named())
    with pytest.raises(DataError, match=r"au lieu de 1, une par lieu"):
        score(one, [1, 1], [1])
    with pytest.raises(DataError, match=r"1 valeur.*au rang 2 \(reçu : -2\.0\)") as below:
        score(weights, [1, -2], [1, 1])
    assert str(below.value.remedy).startswith("Remplacez chaque valeur inconnue")


@pytest.mark.parametrize("bad", [np.nan, -3.0])
def test_a_time_that_is_not_one_is_refused(bad):
    minutes = csr_array((np.float32([bad, 5]), ([0, 1], [0, 1])), shape=(2, 2))
    with pytest.raises(DataError, match="temps de trajet") as refused:
        weigh(minutes, decay_named())
    assert str(refused.value.remedy).startswith("Retirez ces lignes")


def test_no_supply_nobody_and_nothing_give_zeros():
    weights = weigh(sparse([[5, 6], [None, None]]), decay_named())
    assert score(weights, [0, 0], [10, 10]).access.tolist() == [0, 0]
    assert score(weights, [5, 5], [0, 0]).access.tolist() == [0, 0]
    assert score(weights, [5, 5], [0, 0]).unreached == 10
    empty = weigh(csr_array((3, 0), dtype=np.float32), decay_named())
    assert score(empty, [], [1, 2, 3]).access.tolist() == [0, 0, 0]


def test_nearest_and_count():
    minutes = sparse([[8, 8, 30], [None, None, None], [25, 12.5, 3]])
    least, place = nearest(minutes)
    assert least[[0, 2]].tolist() == [8, 3]
    assert np.isnan(least[1])
    assert place.tolist() == [0, -1, 2]
    assert within(minutes, [3, 12.5, 30]).tolist() == [[0, 2, 3], [0, 0, 0], [1, 2, 3]]


def test_nearest_and_count_with_more_zones_than_places():
    minutes = sparse([[8], [None], [3], [40]])
    least, place = nearest(minutes)
    assert least[[0, 2, 3]].tolist() == [8, 3, 40]
    assert place.tolist() == [0, -1, 0, 0]
    assert within(minutes, [8, 30]).tolist() == [[1, 1], [0, 0], [1, 1], [0, 0]]
    least, place = nearest(csr_array((4, 2), dtype=np.float32))
    assert (np.isnan(least).all(), place.tolist()) == (True, [-1] * 4)


def test_every_parameter_is_dated_and_sourced():
    for name, card in {**cards()["decays"], **cards()["raam"]}.items():
        assert card["source"], name
        assert card["date"], name
        assert card["unit"] in {"minute", "part", "tours", "tirages"}, name
