"""Networks of actors: cases worked by hand, laws, the drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.steering.network import Actor, Link, LinkKind, Network, components

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
