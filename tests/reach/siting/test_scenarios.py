"""Curves, losses and comparisons on the world worked by hand; buildings; clear refusals."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from portrea.base.errors import ParameterError
from portrea.reach.siting import (
    State,
    candidate_buildings,
    compare,
    losses,
    marginal_curve,
    maximal_cover,
    p_median,
    what_if,
)
from siting_worlds import random_world, world


def test_the_curve_of_the_hand_worked_world():
    # 180 with X, 280 with X and Y, nothing more with Z (cases/reach/siting.yaml).
    steps = marginal_curve(world(), most=3)
    assert [step.plan.objective for step in steps] == [180, 280, 280]
    assert [step.gain for step in steps] == [180, 100, 0]
    assert [step.step_by_step for step in steps] == [180, 280, 280]
    assert any("n’apporterait rien" in note for note in steps[2].plan.notes)


def test_the_curve_never_falls_and_one_by_one_is_never_better():
    for seed in range(15):
        problem = random_world(seed, points=10, places=6, mixed=False)
        steps = marginal_curve(problem, most=4)
        covered = [step.plan.objective for step in steps]
        assert covered == sorted(covered)
        assert all(step.step_by_step <= step.plan.objective + 1e-9 for step in steps)


def test_what_a_closing_loses():
    # X holds A and B alone (180); Y holds C alone, D having Z; Z holds nobody alone within 20.
    found = {loss.place: loss for loss in losses(world(), existing=["X", "Y", "Z"])}
    assert [found[place].persons.value for place in "XYZ"] == [180, 60, 0]
    assert found["X"].codes == ("A", "B")
    # Without X, A goes from 5 to 30 minutes and B from 15 to 25: (25·100 + 10·80) / 180.
    assert found["X"].minutes == pytest.approx(3300 / 180)
    assert losses(world()) == ()


def test_a_loss_is_what_closing_answers():
    for seed in range(15):
        problem = random_world(seed)
        for loss in losses(problem):
            answer = what_if(problem, remove=[loss.place])
            assert loss.persons.value == answer.lost.value
            assert loss.codes == answer.losers


def test_scenarios_side_by_side():
    persons = np.array([100.0, 80, 60, 40, 20])
    draws = np.repeat(persons[:, None], 4, axis=1).astype(np.float32)
    draws[0] = draws[1] = [0, 0, 0, 200]  # in three draws of four nobody lives near X
    found = compare(world(draws=draws), {"Nord": ["X"], "Sud": ["Y"]})
    assert [one.covered.value for one in found.figures] == [180, 100]
    assert found.best == (0.25, 0.75)
    assert found.change[1].value == -80
    assert found.change[1].high == pytest.approx(100)
    assert "« Nord » couvre 180" in found.sentence
    with pytest.raises(ParameterError, match="de deux à"):
        compare(world(), {"seul": ["X"]})


def test_more_places_than_candidates_is_refused_in_french():
    problem = world().with_states({"X": State.FIXED})
    for asked, words in (
        ({"openings": 3}, "3 lieux à ouvrir, mais seulement 2 bâtiments candidats"),
        ({"openings": 0, "closures": 1}, "qui peuvent l’être : 0"),
        ({"openings": -1}, "entier positif ou nul"),
        ({"openings": 1, "threshold": 90.0}, "dépasse les temps connus"),
        ({"openings": 1, "equity": -5.0}, "La limite pour tous"),
    ):
        with pytest.raises(ParameterError, match=words):
            maximal_cover(problem, **asked)
    everything = dict.fromkeys("XYZ", State.FIXED)
    with pytest.raises(ParameterError, match="Aucun bâtiment candidat"):
        p_median(world().with_states(everything), openings=1)


def test_what_must_be_said_of_the_data():
    plan = maximal_cover(world().with_states({"X": State.FIXED, "Y": State.FIXED}), openings=1)
    assert any("Un seul bâtiment candidat" in note for note in plan.notes)
    assert any("20 personnes de 1 zone" in note for note in plan.notes)
    assert any("part de zéro" in note for note in maximal_cover(world(), openings=1).notes)


def test_candidates_are_real_buildings():
    places = pl.DataFrame(
        {
            "id": ["m1", "m2", "b1", "f1", "b2", "b3"],
            "name": ["Mairie", "Mairie", "Biblio", "France services", "Biblio", "Biblio"],
            "kind": ["MUNI", "MUNI", "BIB", "RFS", "BIB", "BIB"],
            "commune": ["35001", "35002", "35001", "35001", "35001", "35001"],
            "longitude": [-1.5, -1.6, -1.5, -1.5, None, -1.5],
            "latitude": [48.1, 48.2, 48.1, 48.1, 48.1, 48.1],
        }
    )
    assert candidate_buildings(places)["id"].to_list() == ["b1", "m1", "m2"]
    found = candidate_buildings(places, communes=["35001"], existing=["m1"])
    assert found["id"].to_list() == ["b1"]
    with pytest.raises(ParameterError, match="Aucun bâtiment candidat"):
        candidate_buildings(places, kinds=["LA_POSTE"])
