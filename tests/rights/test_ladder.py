"""The ladder « à la source »: the nearest choice wins; a file leaves only if nothing forbids it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.rights.ladder import DEFAULT, Convention, Level, level_in_force, refusals

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/rights/ladder.yaml").read_text("utf-8"))
KEYS = [("commune", "35188"), ("epci", "243500618"), ("departement", "35"), ("france", "FR")]


def key(text: str) -> tuple[str, str]:
    level, _, code = text.partition(":")
    return level, code


@pytest.mark.parametrize("case", CASES["levels"], ids=lambda case: case["name"])
def test_the_level_of_a_commune(case) -> None:
    chosen = {key(one): Level(level) for one, level in case["chosen"].items()}
    level, where = level_in_force(chosen, [key(one) for one in case["chain"]])
    assert (level, where) == (Level(case["level"]), case["from"] and key(case["from"]))


@pytest.mark.parametrize("case", CASES["exports"], ids=lambda case: case["name"])
def test_when_a_file_may_leave(case) -> None:
    told = refusals(
        Convention(**case["partner"]), level=Level(case["level"]), day=case["day"],
        consent=case["consent"],
    )  # fmt: skip
    assert len(told) == len(case["says"])
    assert [word for word, why in zip(case["says"], told, strict=True) if word not in why] == []


@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(Level)), st.sampled_from(Level))
def test_what_a_commune_chose_is_never_changed_from_above(chosen, own) -> None:
    told, where = level_in_force({**chosen, KEYS[0]: own}, KEYS)
    assert (told, where) == (own, KEYS[0])
    above, _where = level_in_force({k: v for k, v in chosen.items() if k != KEYS[0]}, KEYS)
    assert above in {DEFAULT, *chosen.values()}


def test_each_level_holds_the_ones_before() -> None:
    told = [(one.proposes, one.attributes) for one in Level]
    assert told == [(False, False), (True, False), (True, True)]
