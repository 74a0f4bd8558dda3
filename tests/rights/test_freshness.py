"""The parameters our rights read: asked of OpenFisca, dated, sourced; the old ones are seen."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from portrea.rights.catalogue import Right, parameters, rights, until
from portrea.rights.freshness import (
    BENEFITS,
    FILE,
    Parameter,
    asked,
    households,
    read_table,
    table,
    table_of,
    text_of,
)
from portrea.rights.hints import Saying, hint_of
from portrea.rights.households import Adult, Household, Housing, check
from portrea.sources.openfisca import process

HERE = Path(__file__).parents[1]
CASES = yaml.safe_load((HERE / "cases/rights/freshness.yaml").read_text("utf-8"))["cases"]
SITUATIONS = yaml.safe_load((HERE / "cases/rights/situations.yaml").read_text("utf-8"))["cases"]
TODAY = date(2026, 11, 23)


def parameter(case: dict[str, Any]) -> Parameter:
    return Parameter(
        name="essai", description="", unit="", value=1, changes=tuple(case["changes"]),
        verified=case["verified"], references=(), rights=(),
    )  # fmt: skip


def situation(told: dict[str, Any]) -> Household:
    return Household(
        commune=told["commune"],
        housing=Housing(told["housing"]),
        rent=told.get("rent", 0),
        children=tuple(told.get("children", ())),
        adults=tuple(Adult(**adult) for adult in told["adults"]),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_when_a_parameter_is_old(case) -> None:
    one = parameter(case)
    assert (one.renews, one.is_stale(case["day"])) == (case["month"], case["stale"])


# -- the table in the package ----------------------------------------------------------------------


def test_the_table_is_of_the_version_and_month_we_announce() -> None:
    engine = parameters()["engine"]
    assert (table().engine, table().version) == (engine["package"], engine["version"])
    assert table().month <= until()


@pytest.mark.parametrize("right", rights().values(), ids=lambda right: right.name)
def test_every_right_has_its_parameters_and_the_date_told(right: Right) -> None:
    """``since`` in droits.yaml is the last change of what leads the right, as OpenFisca has it."""
    assert table().of(right.name)
    leading = table().leading(right)
    assert leading, right.parameter
    assert max(one.since for one in leading if one.since) == right.since


def test_benefits_come_first() -> None:
    told = [one.name.startswith(BENEFITS) for one in table().of("rsa")]
    assert told == sorted(told, reverse=True)
    assert set(told) == {True, False}


def test_a_benefit_in_force_has_a_date_and_almost_always_a_text() -> None:
    told = [one for one in table().parameters.values() if one.name.startswith(BENEFITS)]
    assert [one.name for one in told if one.since is None] == []
    assert sum(not one.references for one in told) <= 0.2 * len(told)


def test_the_table_is_read_as_it_was_written() -> None:
    assert read_table(text_of(table())) == table()


def test_what_is_old_today_is_seen() -> None:
    """C2S: known since April 2024. ASI: April 2025. (standards.md, § 11.)"""
    old = {one.name.removeprefix(BENEFITS) for one in table().parameters.values()
           if one.is_stale(TODAY)}  # fmt: skip
    assert {
        "solidarite_insertion.minima_sociaux.cs.cmu.plafond_base",
        "prestations_etat_de_sante.invalidite.asi.plafond_ressource_seul",
    } <= old
    assert not {one for one in old if one.endswith(("aah.montant", "montant_de_base_du_rsa"))}


@pytest.mark.parametrize("right", rights().values(), ids=lambda right: right.name)
def test_a_right_is_old_when_what_leads_it_is(right: Right) -> None:
    leading = [one for one in table().leading(right) if one.since == right.since]
    if any(one.renews for one in leading):
        assert right.is_stale(TODAY) == any(one.is_stale(TODAY) for one in leading)


def test_an_old_parameter_lowers_what_is_said() -> None:
    right = rights()["rsa"]
    found = {right.variable: [500.0]}
    assert hint_of("rsa", found, day=TODAY).saying is Saying.PROBABLE
    later = hint_of("rsa", found, day=date(2027, 4, 2))
    assert (later.saying, later.stale) == (Saying.POSSIBLE, True)
    never = hint_of("rsa", {right.variable: [0.0]}, day=date(2027, 4, 2))
    assert never.saying is Saying.UNSURE


# -- asked of OpenFisca ----------------------------------------------------------------------------


def test_typical_households_can_be() -> None:
    for one in households():
        check(one, month=table().month)


@pytest.fixture(scope="module")
def traced() -> dict[str, Any]:
    made = process()
    told = made.ask(asked(table().month), seconds=300)
    return {"answer": told, "version": made.version}


@pytest.mark.slow
def test_openfisca_says_the_same_today(traced) -> None:
    """Else: ``portrea rights parameters --write``, then read what changed."""
    again = table_of(
        traced["answer"], version=traced["version"], month=table().month, day=table().written
    )
    changed = {
        name
        for name in again.parameters.keys() | table().parameters.keys()
        if again.parameters.get(name) != table().parameters.get(name)
    }
    assert changed == set()
    assert replace(again, parameters=table().parameters) == table()


@pytest.mark.slow
def test_no_situation_of_our_cases_reads_another_parameter(traced) -> None:
    told = [situation(case["household"]) for case in SITUATIONS]
    found = process().ask(asked(table().month, told), seconds=300)["read"]
    known = traced["answer"]["read"]
    strange = {name: set(read) - set(known[name]) for name, read in found.items()}
    assert {name: sorted(read) for name, read in strange.items() if read} == {}


def test_the_parameters_in_force_measured_apart_agree(shared_reference: Path) -> None:
    """Those taken from the same version by another script, for the reference of the project."""
    path = shared_reference / "standards/openfisca/parametres_prestations_en_vigueur_2026-11.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    both = [(row, table().parameters[row["parametre"]]) for row in rows
            if row["parametre"] in table().parameters]  # fmt: skip
    numbers = [(row, one) for row, one in both if isinstance(one.value, int | float)]
    assert len(numbers) > 300
    assert [row for row, one in numbers if float(row["valeur"]) != one.value] == []


def test_the_table_is_a_file_of_the_package() -> None:
    assert (HERE.parent / "src/portrea/rights/params" / FILE).is_file()
