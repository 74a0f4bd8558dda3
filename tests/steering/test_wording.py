"""Names and numbers in French: hand-worked cases."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from portrea.steering import wording

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/wording.yaml").read_text("utf-8")
)


def _plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("case", CASES["names"], ids=lambda c: c["name"])
def test_names(case):
    name = wording.territory_name(case["level"], case["code"], case["name"])
    assert _plain(name.of) == case["of"]
    assert _plain(name.at) == case["in"]


@pytest.mark.parametrize("case", CASES["counts"], ids=lambda c: c["expect"])
def test_counts(case):
    assert wording.counted(case["text"], case["high"], *case["noun"]) == case["expect"]


@pytest.mark.parametrize("case", CASES["minutes"], ids=lambda c: str(c["value"]))
def test_minutes(case):
    assert _plain(wording.minutes(case["value"])) == case["expect"]


@pytest.mark.parametrize("case", CASES["lists"], ids=lambda c: str(len(c["items"])))
def test_lists(case):
    assert wording.enumeration(case["items"]) == case["expect"]


def test_every_departement_has_one_article():
    table = wording.parameters("names")["departements"]
    codes = [code for group in table.values() for code in group]
    assert len(codes) == len(set(codes)) == 101


@pytest.mark.parametrize("case", CASES["phones"], ids=lambda c: str(c["value"]))
def test_phones(case):
    assert _plain(wording.phone(case["value"])) == case["expect"]


@pytest.mark.parametrize("case", CASES["dates"], ids=lambda c: c["value"])
def test_dates(case):
    assert _plain(wording.long_date(case["value"])) == case["expect"]


def test_short_names_abbreviate_the_kind_of_epci():
    name = wording.territory_name("epci", "1", "CC de Brocéliande")
    assert name.plain == "Communauté de communes de Brocéliande"
    assert name.short == "CC de Brocéliande"
