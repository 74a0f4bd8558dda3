"""Networks of actors: cases worked by hand, laws, the drawing."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.steering.figures_network import MOST_DRAWN
from portrea.steering.network import Actor, Link, LinkKind, Network, components
from portrea.steering.network_words import (
    actor_lines,
    link_rows,
    network_figure,
    network_lead,
    network_tables,
)

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/network.yaml").read_text("utf-8")
)


def network(actors: list[str], links: list[list[str]]) -> Network:
    told = [Link(source, target, LinkKind(kind)) for source, target, kind in links]
    return Network.of([Actor(key, key.upper()) for key in actors], told)


@pytest.mark.parametrize("case", CASES, ids=[one["name"] for one in CASES])
def test_networks_worked_by_hand(case: dict[str, Any]) -> None:
    made = network(case["actors"], case["links"])
    for name in ("orients", "receives", "partners"):
        assert {key: sorted(seen) for key, seen in getattr(made, name).items()} == case[name], name
    assert made.pairs == (case["pairs"], case["mutual"])
    assert [list(group) for group in made.groups] == case["groups"]
    assert [one.key for one in made.isolated] == case["isolated"]
    assert made.cut == case["cut"]


def test_unknown_actors_and_links_to_oneself_are_left_out() -> None:
    made = network(["a", "b"], [["a", "a", "orientation"], ["a", "z", "partenariat"]])
    assert made.links == ()
    assert len(made.isolated) == 2


def test_who_is_outside_the_territory_is_never_said_alone() -> None:
    away = Actor("z", "Caf", inside=False)
    assert Network.of([away], []).isolated == ()


def test_losing_who_is_elsewhere_is_not_counted() -> None:
    actors = [Actor("a", "A"), Actor("b", "B"), Actor("z", "Caf", inside=False)]
    told = [Link("a", "b", LinkKind.PARTNERSHIP), Link("b", "z", LinkKind.ORIENTATION)]
    assert Network.of(actors, told).cut == {}


KEYS = "abcdefg"
LINKS = st.lists(
    st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS), st.sampled_from(list(LinkKind)))
)


@given(LINKS)
def test_laws_of_networks(told: list[tuple[str, str, LinkKind]]) -> None:
    """Each orientation given is received; groups part the actors; nobody alone cuts anybody."""
    made = Network.of([Actor(key, key) for key in KEYS], [Link(*one) for one in told])
    given_out = sorted((a, b) for a, seen in made.orients.items() for b in seen)
    taken_in = sorted((a, b) for b, seen in made.receives.items() for a in seen)
    assert given_out == taken_in
    assert sorted(key for group in made.groups for key in group) == sorted(KEYS)
    alone = {one.key for one in made.isolated}
    assert alone == {group[0] for group in made.groups if len(group) == 1}
    pairs, mutual = made.pairs
    assert len(given_out) == pairs + mutual
    assert not alone & made.cut.keys()


@given(LINKS)
def test_without_who_cuts_nobody_the_others_stay_together(
    told: list[tuple[str, str, LinkKind]],
) -> None:
    made = Network.of([Actor(key, key) for key in KEYS], [Link(*one) for one in told])
    for key in KEYS:
        rest = Network.of(
            [one for one in made.actors if one.key != key],
            [one for one in made.links if key not in (one.source, one.target)],
        )
        more = len(rest.groups) - (len(made.groups) - (key in {one.key for one in made.isolated}))
        assert (more > 0) == (key in made.cut)


def test_groups_keep_the_order_given() -> None:
    linked = {key: frozenset[str]() for key in "cab"} | {"c": frozenset("b"), "b": frozenset("c")}
    assert components(["c", "a", "b"], linked) == (("c", "b"), ("a",))


def town() -> Network:
    """Two who know each other, one who waits for an answer, one alone, the Caf elsewhere."""
    actors = [
        Actor("a", "Mairie", "Mairie", "Iffendic"), Actor("b", "CCAS", "CCAS", "Montfort"),
        Actor("c", "Ti-Internet", "Association", "Montfort"),
        Actor("d", "Salle des fêtes", "Mairie", "Montfort"), Actor("z", "Caf", inside=False),
    ]  # fmt: skip
    links = [
        Link("a", "b", LinkKind.ORIENTATION, confirmed=True), Link("b", "a", LinkKind.ORIENTATION),
        Link("b", "c", LinkKind.PARTNERSHIP), Link("c", "z", LinkKind.ORIENTATION, handed=7),
    ]  # fmt: skip
    return Network.of(actors, links)


def test_the_one_alone_comes_first_with_whom_to_meet() -> None:
    alone, *others = actor_lines(town())
    assert (alone.actor.label, alone.number, alone.isolated) == ("Salle des fêtes", 0, True)
    assert alone.todo == ("Appelez cet acteur, puis présentez-lui CCAS, Ti-Internet et Mairie.",)
    assert [line.number for line in others] == [1, 2, 3, 4]
    assert others[-1].actor.label == "Caf"
    assert others[-1].todo == ()


def test_what_to_do_says_why() -> None:
    told = {line.actor.label: " ".join(line.todo) for line in actor_lines(town())}
    assert "Demandez-lui de confirmer ce que dit CCAS." in told["Mairie"]
    assert "sans cet acteur, 1 acteur ne serait plus relié aux autres." in told["CCAS"]
    assert "Personne ne dit orienter vers cet acteur" in told["Ti-Internet"]


def test_a_first_word_when_nobody_is_linked() -> None:
    empty = Network.of([Actor("a", "A"), Actor("b", "B")], [])
    assert network_lead(empty).text == (
        "Aucun lien n’est encore déclaré entre les 2 acteurs connus."
    )
    assert network_figure(empty, "Titre") is None
    assert actor_lines(empty)[0].todo == (
        "Appelez cet acteur\u00a0: demandez-lui avec qui il travaille.",
    )


def test_tables_tell_what_the_drawing_shows_and_nothing_to_do() -> None:
    linked, alone = network_tables(town())
    assert [row[0].text for row in alone.rows] == ["Salle des fêtes"]
    assert [cell.text for cell in linked.rows[0]] == ["1. Mairie", "Iffendic", "CCAS", "CCAS", "–"]
    figure = network_figure(town(), "Qui travaille avec qui")
    assert figure is not None
    assert figure.table == linked.id
    drawn = ET.fromstring(figure.svg)
    words = [one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    for row in linked.rows:
        number, _sep, label = row[0].text.partition(". ")
        assert number in words
        assert label in words
    assert "Appelez" not in str(linked) + str(alone)
    assert "<script" not in figure.svg


def test_too_many_actors_are_not_drawn() -> None:
    many = [Actor(str(rank), f"Acteur {rank}") for rank in range(MOST_DRAWN + 1)]
    chain = [Link(a.key, b.key, LinkKind.PARTNERSHIP) for a, b in pairwise(many)]
    assert network_figure(Network.of(many, chain), "Titre") is None
    assert len(network_tables(Network.of(many, chain))[0].rows) == MOST_DRAWN + 1


def test_links_as_lines_of_a_file() -> None:
    told = link_rows(town())
    assert told[0]["confirmé par l’autre"] == "oui"
    assert [one["orientations transmises"] for one in told] == ["", "", "", "7"]
