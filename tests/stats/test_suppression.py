"""No confidential count can be deduced from the zones shown: cases, brute force, properties."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from portrea.base.errors import DataError
from portrea.stats.suppression import Suppression, attack, suppress

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/needs/disclosure.yaml").read_text("utf-8")
)["suppressed"]


def tables(
    zones: dict[str, list[str]], atoms: dict[str, float]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    pairs = [(zone, atom) for zone, inside in zones.items() for atom in inside]
    return (
        pl.DataFrame(pairs, schema=["zone", "atom"], orient="row"),
        pl.DataFrame({"atom": list(atoms), "persons": [float(v) for v in atoms.values()]}),
    )


def shown_of(found: Suppression) -> set[str]:
    return set(found.zones.filter("shown")["zone"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_hand_worked_cases(case):
    found = suppress(*tables(case["zones"], case["atoms"]), threshold=case["threshold"])
    concealed = found.zones.filter(~pl.col("shown"))
    assert concealed["zone"].to_list() == sorted(case["hidden"])
    assert found.minimal
    counts = {zone: sum(case["atoms"][a] for a in inside) for zone, inside in case["zones"].items()}
    assert list(found.primary) == sorted(z for z, n in counts.items() if 0 < n < case["threshold"])
    assert found.zones.columns == ["zone", "persons", "shown", "low", "high"]
    assert dict(found.zones.select("zone", "persons").iter_rows()) == counts
    assert found.zones.schema["high"] == pl.Float64
    assert not found.zones["high"].is_infinite().any()
    for row in concealed.iter_rows(named=True):
        low, high = case["bounds"][row["zone"]]
        assert row["low"] == pytest.approx(low, abs=1e-6)
        assert (row["high"] if row["high"] is not None else float("inf")) == pytest.approx(high)


def test_thresholds_are_the_declared_ones():
    zones, atoms = tables({"i1": ["a"], "i2": ["b"]}, {"a": 7, "b": 40})
    assert shown_of(suppress(zones, atoms)) == {"i1", "i2"}
    assert shown_of(suppress(zones, atoms, income=True)) == {"i2"}


def test_attack_before_and_after():
    """The commune gives the IRIS away; the answer does not."""
    zones, atoms = tables(CASES[0]["zones"], CASES[0]["atoms"])
    naive = attack(zones, atoms, {"i2", "i3", "commune"})
    assert naive["i1"] == pytest.approx((3, 3))
    found = suppress(zones, atoms, threshold=5)
    assert attack(zones, atoms, shown_of(found))["i1"] == pytest.approx((0, 10))
    assert (found.primary, found.complementary) == (("i1",), ("i2",))


@pytest.mark.parametrize(
    ("atoms", "words"),
    [
        ([("a", -1.0)], "« a » n’a pas un effectif positif"),
        ([("a", float("nan"))], "« a » n’a pas un effectif positif"),
        ([], "« a » n’a pas d’effectif"),
        ([("a", 3.0), ("a", 3.0)], "« a » est donné plusieurs fois"),
    ],
)
def test_bad_tables_are_refused(atoms, words):
    zones, _ = tables({"i1": ["a"]}, {})
    counts = pl.DataFrame(atoms, schema=["atom", "persons"], orient="row")
    with pytest.raises(DataError, match=words) as refused:
        suppress(zones, counts.cast({"atom": pl.String, "persons": pl.Float64}))
    assert refused.value.remedy == "Donnez à chaque morceau un effectif, une seule fois."


# -- oracles ---------------------------------------------------------------------------------------


def test_bounds_are_those_of_every_possible_table():
    """With totals that all bind, whole counts reach the bounds of the linear programs."""
    atoms = {"a": 2, "b": 4, "c": 6, "d": 1}
    zones = {"i1": ["a"], "i2": ["b"], "i3": ["c"], "q": ["b", "d"], "all": list(atoms)}
    guesses = np.array(list(itertools.product(range(14), repeat=4)))
    guesses = guesses[guesses.sum(1) == 13]  # the total is always shown
    sums = {z: guesses[:, [a in inside for a in atoms]].sum(1) for z, inside in zones.items()}
    truth = {z: sum(atoms[a] for a in inside) for z, inside in zones.items()}
    for size in range(len(zones)):
        for shown in itertools.combinations([z for z in zones if z != "all"], size):
            possible = np.all([sums[z] == truth[z] for z in (*shown, "all")], axis=0)
            bounds = attack(*tables(zones, atoms), {*shown, "all"})
            for zone in zones:
                found = sums[zone][possible]
                assert bounds[zone] == pytest.approx((found.min(), found.max())), (zone, shown)


def linear_bounds(zones, atoms, shown, atom) -> tuple[float, float]:
    """Oracle apart from the code: all the shown totals at once, one program per bound."""
    names = sorted(atoms)
    rows = [[float(a in zones[z]) for a in names] for z in sorted(shown)]
    totals = [sum(atoms[a] for a in zones[z]) for z in sorted(shown)]
    goal = [float(a == atom) for a in names]
    if not any(atom in zones[z] for z in shown):
        return 0.0, float("inf")
    low = linprog(goal, A_eq=rows, b_eq=totals)
    high = linprog([-g for g in goal], A_eq=rows, b_eq=totals)
    return low.fun, -high.fun if high.status == 0 else float("inf")


@st.composite
def worlds(draw):
    """IRIS, their communes, an EPCI, and quarters (QPV) that cut them anyhow."""
    communes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    zones: dict[str, list[str]] = {"epci": []}
    atoms: dict[str, float] = {}
    for c, size in enumerate(communes):
        zones[f"c{c}"] = []
        for i in range(size):
            pieces = [f"{c}{i}in", f"{c}{i}out"] if draw(st.booleans()) else [f"{c}{i}out"]
            for piece in pieces:
                atoms[piece] = draw(st.integers(0, 12))
            zones[f"i{c}{i}"] = pieces
            zones[f"c{c}"] += pieces
            zones["epci"] += pieces
    inside = [a for a in atoms if a.endswith("in")]
    if inside:
        zones["qpv"] = draw(st.lists(st.sampled_from(inside), min_size=1, unique=True))
    return zones, atoms


@settings(max_examples=40)
@given(worlds(), st.randoms(use_true_random=False))
def test_no_confidential_count_is_ever_deduced(world, chance):
    """Property: oracle-safe, minimal, and blind to the order of the rows."""
    zones, atoms = world
    frames = tables(zones, atoms)
    found = suppress(*frames, threshold=5)
    shown = shown_of(found)
    assert found.minimal
    for zone, inside in zones.items():
        assert zone not in shown or not 0 < sum(atoms[a] for a in inside) < 5
    for atom, persons in atoms.items():
        if 0 < persons < 5 and not _merged(zones, atoms, atom):
            low, high = linear_bounds(zones, atoms, shown, atom)
            assert high - low >= 5 - 1e-5, (atom, low, high)
    shuffled = suppress(
        frames[0].sample(fraction=1, shuffle=True, seed=chance.randrange(999)),
        frames[1].sample(fraction=1, shuffle=True, seed=chance.randrange(999)),
        threshold=5,
    )
    assert shown_of(shuffled) == shown


def _merged(zones, atoms, atom) -> bool:
    """Whether the zones cannot tell this atom from another one: then only their sum matters."""
    around = {z for z, inside in zones.items() if atom in inside}
    return any(
        other != atom and {z for z, inside in zones.items() if other in inside} == around
        for other in atoms
    )


def test_the_oracle_sees_a_leak():
    """The property can fail: what hiding small counts alone would show is refused by the oracle."""
    zones, atoms = CASES[0]["zones"], CASES[0]["atoms"]
    low, high = linear_bounds(zones, atoms, {"i2", "i3", "commune"}, "a")
    assert high - low < 5
