"""Lists, fixes and questions: hand-worked cases, then what holds whatever the lists say."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.offer.content import from_dict, paths_of, value_at
from portrea.offer.layers import (
    Fix,
    Layer,
    evidence_from_json,
    evidence_to_json,
    resolve,
    with_tied,
)
from portrea.offer.reliability import census_parameters, reliability_of

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/offer/layers.yaml").read_text("utf-8"))
RESERVED = {"s", "d", "r", "told"}


def layer_of(card: dict[str, Any]) -> Layer:
    content = {name: value for name, value in card.items() if name not in RESERVED}
    content = {"id": "x", "name": "Lieu"} | content
    return Layer(card["s"], "1", content, card["d"], card["r"], card.get("told"))


def fix_of(card: dict[str, Any]) -> Fix:
    at = datetime.combine(card["at"], time(12), UTC)
    state = card.get("state", "active")
    return Fix(card["path"], card["value"], card["replaced"], "someone", at, state=state)


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("turned", [False, True], ids=["given", "turned"])
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cases(case: dict[str, Any], turned: bool) -> None:
    step = -1 if turned else 1
    layers = [layer_of(card) for card in case["layers"]][::step]
    fixes = [fix_of(card) for card in case.get("fixes", ())][::step]
    resolved = resolve(layers, fixes, place_id="p")
    shown = {n: resolved.content.get(n) for n in case.get("place", {})}
    assert shown == {n: plain(v) for n, v in case.get("place", {}).items()}
    assert not set(case.get("absent", ())) & set(resolved.content)
    told_by = {path: resolved.evidence[path].source for path in case.get("from", {})}
    assert told_by == case.get("from", {})
    assert {q.path: q.told for q in resolved.questions} == case.get("asks", {})
    assert resolved.place == from_dict(resolved.content)


def test_a_place_is_told_by_someone():
    with pytest.raises(ValueError, match="no layer"):
        resolve([], place_id="p")


def test_reliability_by_list():
    assert reliability_of("mairies") == 3
    assert reliability_of("mediation_numerique:france-services-france-services-liste") == 3
    assert reliability_of("mediation_numerique:offre-unifiee-brute") == 1
    assert reliability_of("inconnue") == census_parameters().usual


# -- what goes together ---------------------------------------------------------------------------


def test_new_hours_drop_the_old_text():
    shown = {"hours": "Mo 09:00-12:00", "hours_text": "lundi matin"}
    assert with_tied({"hours": "Tu 09:00-12:00"}, shown) == {
        "hours": "Tu 09:00-12:00",
        "hours_text": None,
        "hours_confirmed": True,
    }
    assert with_tied({"hours": None}, shown)["hours_confirmed"] is None


def test_one_coordinate_keeps_the_other():
    shown = {"longitude": -1.0, "latitude": 48.0, "position": "commune"}
    assert with_tied({"longitude": -1.2}, shown) == {
        "longitude": -1.2,
        "latitude": 48.0,
        "position": "declared",
    }


def test_other_changes_stay_alone():
    assert with_tied({"phone": "1"}, {"hours": "x"}) == {"phone": "1"}


# -- whatever the lists say -----------------------------------------------------------------------

WORDS = st.sampled_from(["a", "b", "c"])
DAYS = st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31))
SERVICES = st.lists(
    st.fixed_dictionaries(
        {
            "block": st.sampled_from(["aide", "formation"]),
            "key": st.sampled_from(["aide", "autre"]),
        },
        optional={"phone": WORDS, "cost": st.lists(WORDS, min_size=1, max_size=2)},
    ),
    max_size=2,
    unique_by=lambda s: s["key"],
)
CONTENTS = st.fixed_dictionaries(
    {"id": st.just("x"), "name": WORDS},
    optional={
        "phone": WORDS,
        "hours": WORDS,
        "hours_text": WORDS,
        "programmes": st.lists(WORDS, min_size=1, max_size=3, unique=True),
        "services": SERVICES,
    },
)
LAYERS = st.lists(
    st.builds(
        Layer,
        source=WORDS,
        source_id=WORDS,
        content=CONTENTS,
        updated=DAYS,
        reliability=st.integers(1, 4),
        told=DAYS,
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda layer: (layer.source, layer.source_id),
)
PATHS = ["phone", "hours", "programmes", "services.aide", "services.aide.phone"]
VALUES = {
    "programmes": st.lists(WORDS, min_size=1, max_size=2, unique=True),
    "services.aide": st.just({"block": "aide", "key": "aide"}),
}


@st.composite
def fixes_of(draw: st.DrawFn) -> Fix:
    path = draw(st.sampled_from(PATHS))
    value = st.none() | VALUES.get(path, WORDS)
    at = datetime.combine(draw(st.dates(date(2025, 1, 1), date(2026, 12, 31))), time(12), UTC)
    return Fix(path, draw(value), draw(value), "someone", at)


FIXES = st.lists(fixes_of(), max_size=3, unique_by=lambda fix: fix.at)


@given(LAYERS, FIXES, st.randoms(use_true_random=False))
def test_order_changes_nothing(layers, fixes, random):
    before = resolve(layers, fixes, place_id="p")
    random.shuffle(layers)
    random.shuffle(fixes)
    assert resolve(layers, fixes, place_id="p") == before


@given(LAYERS)
def test_no_field_is_lost_nor_invented_without_fixes(layers):
    resolved = resolve(layers, place_id="p")
    told = {path for layer in layers for path in paths_of(layer.content)}
    shown = set(paths_of(resolved.content))
    assert shown <= told
    assert told - shown <= {"hours", "hours_text"}, "only what goes together may give way"
    assert not resolved.questions
    assert set(resolved.evidence) >= shown


@given(LAYERS)
def test_telling_a_place_again_with_its_own_words_changes_nothing(layers):
    one = resolve(layers, place_id="p").content
    again = resolve([Layer("z", "1", one, None, 1)], place_id="p").content
    assert {n: v for n, v in one.items() if n != "updated"} == again


@given(LAYERS, FIXES)
def test_a_fix_is_always_shown(layers, fixes):
    resolved = resolve(layers, fixes, place_id="p")
    last = {fix.path: fix for fix in sorted(fixes, key=lambda fix: fix.at)}
    for path in ("phone", "hours", "programmes"):
        if path in last:
            assert value_at(resolved.content, path) == last[path].value
            assert resolved.evidence[path].fixed


@given(LAYERS, FIXES)
def test_answering_keep_or_take_leaves_no_question(layers, fixes):
    resolved = resolve(layers, fixes, place_id="p")
    kept = [Fix(f.path, f.value, value_at(resolved.unfixed, f.path), f.by, f.at) for f in fixes]
    assert not resolve(layers, kept, place_id="p").questions
    taken = [Fix(f.path, f.value, f.replaced, f.by, f.at, state="withdrawn") for f in fixes]
    assert resolve(layers, taken, place_id="p") == resolve(layers, place_id="p")


@given(LAYERS, FIXES)
def test_evidence_survives_the_database(layers, fixes):
    resolved = resolve(layers, fixes, place_id="p")
    told = evidence_to_json(resolved.evidence)
    back = evidence_from_json(told, resolved.content)
    shown = set(paths_of(resolved.content))
    assert {p: m for p, m in back.items() if p in shown} == {
        p: m for p, m in resolved.evidence.items() if p in shown
    }
