"""Changed parameters: accepted and refused, told in French, with the digest that names them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.needs.editing import editable
from portrea.needs.parameters import load_parameters

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/needs/overrides.yaml").read_text("utf-8")
)


def by_name(cases: list[dict[str, Any]]) -> dict[str, Any]:
    return {"argvalues": cases, "ids": [case["name"] for case in cases]}


@pytest.mark.parametrize("case", **by_name(CASES["accepted"]))
def test_accepted(case: dict[str, Any]) -> None:
    parameters = load_parameters(overrides=case["given"])
    assert {path: parameters.value(path) for path in case["values"]} == case["values"]


@pytest.mark.parametrize("case", **by_name(CASES["refused"]))
def test_refused(case: dict[str, Any]) -> None:
    with pytest.raises(ParameterError) as caught:
        load_parameters(overrides=case["given"])
    text = caught.value.render()
    assert not [word for word in case["says"] if word not in text], text


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        load_parameters(
            overrides={"exposure.delta.central": 9, "exposure.overlaps.ppa_rsa": 2, "strange": 1}
        )
    assert len(caught.value.diagnostics) == 3


def test_published_values_are_not_touched() -> None:
    before = load_parameters().digest
    load_parameters(overrides={"exposure.delta.central": 0.5})
    assert load_parameters().digest == before
    assert load_parameters().value("exposure.delta.central") == 0.3


def test_digest_covers_overrides_and_only_changes() -> None:
    plain = load_parameters()
    same = load_parameters(overrides={"exposure.delta.central": 0.3})
    other = load_parameters(overrides={"exposure.delta.central": 0.5})
    assert same.digest == plain.digest
    assert same.overrides == {}
    assert other.digest != plain.digest
    assert other.overrides == {"exposure.delta.central": 0.5}


def test_overrides_given_again_give_the_same_parameters() -> None:
    first = load_parameters(
        overrides={"exposure": {"delta": {"central": 0.5}}, "rates.default": "tic2021"}
    )
    again = load_parameters(first.series, overrides=first.overrides)
    assert again.digest == first.digest
    assert again.series == "tic2021"


def test_printed_yaml_given_back_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "parametres.yaml"
    path.write_text(load_parameters().to_yaml(), "utf-8")
    assert load_parameters(overrides=path).digest == load_parameters().digest


def test_printed_yaml_edited_changes_the_number(tmp_path: Path) -> None:
    path = tmp_path / "parametres.yaml"
    line = "exposure.delta.central: 0.3"
    text = load_parameters().to_yaml()
    assert line in text
    path.write_text(text.replace(line, "exposure.delta.central: 0.45"), "utf-8")
    assert load_parameters(overrides=path).overrides == {"exposure.delta.central": 0.45}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"exposure: [", "YAML"),
        (b"- 1\n- 2\n", "clef"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"exposure.delta.central: 7\n", "mes-parametres.yaml"),
        (b"exposure.delta.central: 0.4\nexposure.delta.central: 0.5\n", "deux fois"),
        (b"a: &a {b: *a}\n", "YAML"),
    ],
)
def test_bad_file(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "mes-parametres.yaml"
    path.write_bytes(content)
    with pytest.raises(ParameterError) as caught:
        load_parameters(overrides=path)
    assert word in caught.value.render()


def test_absent_file(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="introuvable"):
        load_parameters(overrides=tmp_path / "absent.yaml")


def test_empty_file_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "vide.yaml"
    path.write_text("# rien\n", "utf-8")
    assert load_parameters(overrides=path).overrides == {}


def test_series_named_twice() -> None:
    with pytest.raises(ParameterError, match="tic2019"):
        load_parameters("tic2019", overrides={"rates.default": "tic2021"})
    with pytest.raises(ParameterError, match="tic1999"):
        load_parameters(overrides={"rates.default": "tic1999"})


# -- what is described -----------------------------------------------------------------------------


def test_description_lists_what_the_issue_asks() -> None:
    frame = load_parameters().describe()
    paths = frame["path"].to_list()
    assert len(paths) == len(set(paths))
    wanted = {
        "uncertainty.area_effects.sd.iris",  # τ
        "exposure.delta.central",  # δ
        "exposure.overlaps.rsa_jobseekers",  # overlaps
        "exposure.suppressed_below",  # thresholds
        "rates.series.tic2019.ages.75+",  # rates
    }
    assert wanted <= set(paths)
    assert set(frame.columns) == {
        "path", "label", "value", "published", "unit", "low", "high", "source", "date", "hypothese",
    }  # fmt: skip


def test_every_parameter_has_a_french_label_and_a_source() -> None:
    found = editable(load_parameters().cards)
    assert not [p.path for p in found if not p.label]
    assert not [p.path for p in found if not p.source]


def test_every_published_value_is_in_its_own_domain() -> None:
    found = editable(load_parameters().cards)
    assert not [p.path for p in found if p.value is not None and not p.allows(p.value)]


def test_no_fact_of_the_census_is_editable() -> None:
    paths = load_parameters().describe()["path"].to_list()
    assert not [p for p in paths if p.startswith(("reference.ages", "reference.joint"))]


def test_domain_declared_beside_the_value_is_the_one_that_holds() -> None:
    cards = {
        "x": {
            "a": {"value": 3.0, "min": 1, "max": 4, "source": "s"},
            "b": {"min": -1, "max": 1, "unit": "part", "inner": {"c": 0.5}},
            "d": {"value": 0.2, "unit": "part"},
            "e": {"sd": {"iris": 0.2}},
            "f": {"value": 0.0, "unit": "logit"},
        }
    }
    domains = {p.path: (p.low, p.high) for p in editable(cards)}
    assert domains["x.a"] == (1, 4)
    assert domains["x.b.inner.c"] == (-1, 1)
    assert domains["x.d"] == (0, 1)
    assert domains["x.e.sd.iris"][0] == 0
    assert domains["x.f"] == (-5, 5)


@settings(max_examples=30)
@given(st.data())
def test_whatever_is_inside_its_domain_is_accepted(data: st.DataObject) -> None:
    found = [p for p in editable(load_parameters().cards) if p.alone]
    parameter = data.draw(st.sampled_from(found))
    high = parameter.high if parameter.high is not None else parameter.low + 10
    value = data.draw(st.floats(parameter.low, high))
    assert load_parameters(overrides={parameter.path: value}).value(parameter.path) == value
