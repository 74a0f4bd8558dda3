"""Demands left without an answer: why, and what may be shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.offer.orientation.unmet import parameters, reason_of, reasons, shown_parts, withheld
from portrea.stats.suppression import attack

CASES = Path(__file__).resolve().parents[2] / "cases/offer/orientation/sans-reponse.yaml"
TOLD: dict[str, Any] = yaml.safe_load(CASES.read_text("utf-8"))


@pytest.mark.parametrize("case", TOLD["groups"], ids=lambda c: str(c["parts"]))
def test_shown(case: dict[str, Any]) -> None:
    assert sorted(shown_parts(case["parts"])) == case["shown"]


@pytest.mark.parametrize("case", TOLD["answers"], ids=str)
def test_why(case: dict[str, Any]) -> None:
    found = reason_of(
        total=case["total"], near=case["near"], days=case["days"], left_out=case["left_out"]
    )
    assert found == case["reason"]


AREAS = {"a1": "A", "a2": "A", "a3": "A", "b1": "B", "b2": "B"}
CATEGORIES = ("far", "full", "closed")
Atom = tuple[str, str]
counts = st.fixed_dictionaries(
    {(area, category): st.sampled_from([0, 0, 0, 1, 3, 5, 12]) for area in AREAS
     for category in CATEGORIES}
)  # fmt: skip


@settings(deadline=None, max_examples=10)
@given(counts)
def test_nobody_finds_a_small_count_by_subtraction(told: dict[Atom, int]) -> None:
    """The house’s own attacker knows every shown count: in communes, in EPCI by reason, in all."""
    atoms: dict[str, list[Atom]] = {"T": list(told)}
    for area, above in AREAS.items():
        atoms[area] = [atom for atom in told if atom[0] == area]
        atoms.setdefault(above, []).extend(atoms[area])
        for category in CATEGORIES:
            mine = [atom for atom in atoms[area] if atom[1] == category]
            atoms.setdefault(f"{above}-{category}", []).extend(mine)
    sums = [("T", ["A", "B"])]
    for above in ("A", "B"):
        sums.append((above, [area for area, one in AREAS.items() if one == above]))
        sums.append((above, [f"{above}-{category}" for category in CATEGORIES]))
    found = {cell: sum(told[atom] for atom in mine) for cell, mine in atoms.items()}
    hidden = withheld(found, sums)
    zones = [(cell, "/".join(atom)) for cell, mine in atoms.items() for atom in mine]
    tables = (
        pl.DataFrame(zones, schema=["zone", "atom"], orient="row"),
        pl.DataFrame({"atom": ["/".join(a) for a in told], "persons": list(told.values())}),
    )
    bounds = attack(*tables, set(found) - hidden)
    for cell, count in found.items():
        if 0 < count < 5:
            low, high = bounds[cell]
            assert cell in hidden
            assert high - low >= 5, (cell, count, low, high)


def test_every_reason_has_words() -> None:
    assert all(reason.label for reason in reasons().values())
    assert {reason.said for reason in reasons().values()} - {None}
    assert parameters()["ouverture"]["value"] == 7
