"""A household in the words of OpenFisca-France: one question for its process, many households."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from portrea.rights.catalogue import parameters, rights
from portrea.rights.households import Adult, Household, Housing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

OF_HOUSING = {
    Housing.PRIVATE: "locataire_vide",
    Housing.FURNISHED: "locataire_meuble",
    Housing.SOCIAL: "locataire_hlm",
    Housing.OWNER: "proprietaire",
    Housing.LODGED: "loge_gratuitement",
    Housing.HOSTEL: "locataire_foyer",
    Housing.HOMELESS: "sans_domicile",
}
SCHOOLS = ((3, "inconnue"), (6, "maternelle"), (11, "primaire"), (15, "college"), (18, "lycee"))
YEARS_BEFORE = 2
"""Family benefits look at the resources of the year before last, from its January on."""
FOREIGN, EEE = "DZ", "FR"
"""Nationalities given to OpenFisca: only « of the EEE or not » is asked, and counts."""
HANDICAP = 80


def question(
    households: Sequence[Household], *, month: str, names: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the question about the rights of households in a month.

    Parameters
    ----------
    households
        Already checked (:func:`portrea.rights.households.check`).
    month
        « 2026-10 ».
    names
        Rights to look for, all of them by default.
    """
    wanted = [rights()[name] for name in names] or list(rights().values())
    year = month[:4]
    asked = [
        {"variable": variable, "period": year if right.unit == "year" else month}
        for right in wanted
        for variable in (right.variable, *right.also)
    ]
    return {
        "persons": _persons(households),
        "inputs": [*_of_persons(households, month), *_of_households(households, month)],
        "asked": asked,
    }


def first_question(month: str) -> dict[str, Any]:
    """Return a question about nobody, that reads what every other one does: asked to be warm."""
    adults = (Adult(age=40, earnings=900), Adult(age=40))
    household = Household(commune="35238", housing=Housing.OWNER, adults=adults, children=(1, 8))
    return question([household], month=month)


def months_until(month: str) -> list[str]:
    """Return the months from January of the year before last to ``month``.

    OpenFisca takes a month that is not given for nought: all must be.
    """
    year, last = int(month[:4]), int(month[5:])
    full = [
        f"{one}-{rank:02d}" for one in range(year - YEARS_BEFORE, year) for rank in range(1, 13)
    ]
    return [*full, *(f"{year}-{rank:02d}" for rank in range(1, last + 1))]


def _persons(households: Sequence[Household]) -> dict[str, list[Any]]:
    ranks: list[int] = []
    roles: list[str] = []
    for rank, one in enumerate(households):
        told = ["first", "second"][: len(one.adults)] + ["child"] * len(one.children)
        ranks += [rank] * len(told)
        roles += told
    return {"household": ranks, "role": roles}


def _of_persons(households: Sequence[Household], month: str) -> list[dict[str, Any]]:
    months = months_until(month)
    births = _given(
        households,
        ["ETERNITY"],
        "date_naissance",
        lambda one: born(one.age, month),
        lambda age: born(age, month),
    )
    if all(one.before is None for household in households for one in household.adults):
        return [births, *_of_states(households, months), *_of_incomes(households, months)]
    earlier = [
        replace(one, adults=tuple(_earlier(adult) for adult in one.adults)) for one in households
    ]
    return [
        births,
        *_of_states(households, months),
        *_of_incomes(earlier, months[:-1]),
        *_of_incomes(households, months[-1:]),
    ]


def _given(
    households: Sequence[Household],
    months: list[str],
    variable: str,
    of_adult: Callable[[Adult], Any],
    of_child: Any,
) -> dict[str, Any]:
    values: list[Any] = []
    for one in households:
        values += [of_adult(adult) for adult in one.adults]
        values += [of_child(age) if callable(of_child) else of_child for age in one.children]
    return {"variable": variable, "periods": months, "values": values}


def _of_states(households: Sequence[Household], months: list[str]) -> list[dict[str, Any]]:
    def given(variable: str, of_adult: Callable[[Adult], Any], of_child: Any) -> dict[str, Any]:
        return _given(households, months, variable, of_adult, of_child)

    return [
        given("scolarite", lambda _one: "inconnue", school_of),
        given("taux_incapacite", lambda one: one.disability / 100, 0),
        given(
            "aah_restriction_substantielle_durable_acces_emploi", lambda one: one.restricted, False
        ),
        given("nationalite", lambda one: EEE if one.residence is None else FOREIGN, EEE),
        given("duree_possession_titre_sejour", lambda one: one.residence or 0, 0),
    ]


def _of_incomes(households: Sequence[Household], months: list[str]) -> list[dict[str, Any]]:
    taxable = parameters()["taxable"]

    def given(variable: str, of_adult: Callable[[Adult], Any], of_child: Any = 0) -> dict[str, Any]:
        return _given(households, months, variable, of_adult, of_child)

    return [
        given("activite", activity_of, "inactif"),
        given("salaire_net", lambda one: one.earnings),
        given("salaire_imposable", lambda one: one.earnings * taxable["earnings"]),
        given("chomage_net", lambda one: one.unemployment),
        given("chomage_imposable", lambda one: one.unemployment * taxable["unemployment"]),
        given("retraite_nette", lambda one: one.pension),
        given("retraite_brute", lambda one: one.pension * taxable["pension"]),
        given("retraite_imposable", lambda one: one.pension * taxable["pension"]),
        given("pensions_invalidite", lambda one: one.invalidity),
        given("pensions_alimentaires_percues", lambda one: one.support),
    ]


def _earlier(adult: Adult) -> Adult:
    """Return an adult as before a change: a wage and nothing else."""
    if adult.before is None:
        return adult
    return replace(
        adult, earnings=adult.before, unemployment=0, pension=0, invalidity=0, before=None
    )


def _of_households(households: Sequence[Household], month: str) -> list[dict[str, Any]]:
    months = months_until(month)

    def given(variable: str, value: Callable[[Household], Any]) -> dict[str, Any]:
        return {
            "variable": variable,
            "periods": months,
            "values": [value(one) for one in households],
        }

    return [
        given("depcom", lambda one: one.commune),
        given("statut_occupation_logement", lambda one: OF_HOUSING[one.housing]),
        given("loyer", lambda one: one.rent),
        given("departement_experimentation_rsa", lambda _one: True),
    ]


def born(age: int, month: str) -> str:
    """Return a day of birth that gives an age all the month: half a year after the birthday."""
    year, rank = int(month[:4]) - age, int(month[5:]) - 6
    return date(year if rank > 0 else year - 1, rank if rank > 0 else rank + 12, 15).isoformat()


def activity_of(adult: Adult) -> str:
    """Return what an adult does, from what she told or from where her incomes come."""
    if adult.activity:
        return adult.activity
    if adult.earnings:
        return "actif"
    if adult.unemployment:
        return "chomeur"
    return "retraite" if adult.pension else "inactif"


def school_of(age: int) -> str:
    """Return where a child of an age usually is."""
    return next((school for below, school in SCHOOLS if age < below), "enseignement_superieur")


def amounts(
    answer: Mapping[str, Sequence[Any]], question: Mapping[str, Any]
) -> dict[str, list[Any]]:
    """Return what OpenFisca answered, one value by household: those of persons are added up."""
    ranks = question["persons"]["household"]
    found: dict[str, list[Any]] = {}
    for right in rights().values():
        for variable in (right.variable, *right.also):
            if variable not in answer:
                continue
            values = list(answer[variable])
            if right.entity == "individu":
                told = [0.0] * (max(ranks) + 1)
                for value, rank in zip(values, ranks, strict=True):
                    told[rank] += value
                values = told
            found[variable] = values
    return found
