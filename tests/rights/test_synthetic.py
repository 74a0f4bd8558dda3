"""The microsimulation of a territory: what is decided by hand, and the laws that always hold."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.rights.households import Household, check
from portrea.rights.synthetic.adding import SETS, everywhere
from portrea.rights.synthetic.areas import Wanted, estimate, rights_sought
from portrea.rights.synthetic.asking import CHUNK, amounts_of, streamed, zones_of
from portrea.rights.synthetic.cells import GIVEN, cells, parameters, raked_cells, targets_of
from portrea.rights.synthetic.incomes import Laws, band_shares, borrowed_rate, disposable, laws_of
from portrea.rights.synthetic.results import (
    Rates,
    benchmarked,
    estimated,
    factor_of,
    rates_of,
    shown,
    widened,
)
from portrea.rights.synthetic.sampling import bands, draw, edges, sizes, strata, typical
from portrea.sources.openfisca import process

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/rights/synthetic.yaml").read_text("utf-8")
)
MONTH = "2026-10"
BY_HAND = {
    "with_children_by_young": 0.5, "old_by_person": 0.7, "young_usual": 0.1, "young_beyond": 0.5,
    "young_share": 0.14, "fifteen_by_young": 0.75, "hlm_small": 0.053,
}  # fmt: skip
OPEN_UNDER = 500.0
SMALL = 8_000


def answered(question: dict[str, Any]) -> dict[str, list[Any]]:
    """A law of our own: every right is open under 500 euros earned by the household."""
    ranks = np.array(question["persons"]["household"])
    money = np.zeros(int(ranks.max()) + 1)
    for one in question["inputs"]:
        if one["variable"] in {"salaire_net", "retraite_nette", "chomage_net"}:
            np.add.at(money, ranks, np.array(one["values"], dtype=float))
    found = (money < OPEN_UNDER).astype(float).tolist()
    return {one["variable"]: found for one in question["asked"]}


@cache
def drawn() -> tuple[tuple[int, Household], ...]:
    return tuple(draw(SMALL, seed=1))


def households(count: int) -> list[Household]:
    return [one for _rank, one in drawn()[:count]]


def earned(household: Household) -> float:
    return sum(one.earnings + one.pension + one.unemployment for one in household.adults)


def communes(count: int = 3) -> pl.DataFrame:
    """Communes that differ by their size, their families and their incomes."""
    rows = []
    for rank in range(count):
        size = 400.0 + 350 * rank
        rows.append(
            {
                "code": f"3500{rank}", "epci": f"24350000{rank % 2}", "departement": "35",
                "region": "53", "place": ("zone_2", "zone_3")[rank % 2],
                "households": size, "persons": 2.2 * size, "persons_0_19": 0.5 * size,
                "persons_65_plus": 0.42 * size, "alone": 0.3 + 0.03 * rank, "lone_parent": 0.08,
                "under_25": 0.12, "hlm": 0.05 * rank, "median_income": 21_000.0 + 900 * rank,
                "poverty_rate": 0.16 - 0.02 * rank,
            }
        )  # fmt: skip
    return pl.DataFrame(rows)


def result(table: pl.DataFrame, beneficiaries: dict[str, float] | None = None) -> pl.DataFrame:
    wanted = Wanted(MONTH, SMALL)
    found = estimate(table, beneficiaries or {}, wanted, asks=[answered], vintages="essai")
    return found.table


# -- by hand ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES["targets"], ids=lambda case: case["name"])
def test_targets_of_a_commune(case) -> None:
    found = targets_of(pl.DataFrame([case["given"]]).cast(pl.Float64), told=BY_HAND)
    assert found.families[0] == pytest.approx(case["kinds"])
    assert found.ages[0] == pytest.approx(case["ages"])
    assert found.hlm[0] == pytest.approx(case["hlm"])
    assert set(case["given"]) == set(GIVEN)
    assert set(BY_HAND) == set(parameters()["family"])


@pytest.mark.parametrize("case", CASES["disposable"], ids=lambda case: case["name"])
def test_what_a_household_has(case) -> None:
    assert disposable(case["market"], case["aids"], case["taken"]) == pytest.approx(case["gives"])


def test_shares_of_a_log_normal_law() -> None:
    case = CASES["bands"]
    shape = (1, len(cells()))
    laws = Laws(np.full(shape, np.log(case["median"])), np.full(shape, case["sigma"]), np.zeros(1))
    bounds = case["median"] * np.exp(case["sigma"] * np.array(case["edges_in_sigmas"]))
    shares = band_shares(laws, np.tile(bounds, (len(cells()), 1)))
    assert shares[0, 0] == pytest.approx(case["shares"], abs=1e-6)
    twice = band_shares(laws, np.tile(2 * bounds, (len(cells()), 1)), revaluation=2)
    assert twice[0, 0] == pytest.approx(case["shares"], abs=1e-6)


def by_hand() -> tuple[np.ndarray, Rates]:
    case = CASES["estimate"]
    tables = np.array(list(case["communes"].values()), dtype=float)
    drawn_ = np.array(case["drawn"], dtype=float)
    return tables, rates_of(drawn_, np.array(case["eligible"], dtype=float)[:, None])


def test_eligible_of_two_communes_and_of_both() -> None:
    tables, rates = by_hand()
    together = np.vstack([tables, tables.sum(0)])
    eligible, error = estimated(together, rates)
    for rank, told in enumerate(CASES["estimate"]["gives"].values()):
        assert together[rank].sum() == told["households"]
        assert eligible[rank, 0] == pytest.approx(told["eligible"])
        assert error[rank, 0] == pytest.approx(told["mc_error"], abs=1e-4)


def test_one_national_factor() -> None:
    case = CASES["benchmark"]
    factor = factor_of(case["beneficiaries"], case["tau"], case["modelled"])
    assert factor == pytest.approx(case["factor"], abs=1e-6)
    for area in case["areas"]:
        found = benchmarked(
            np.array([[area["eligible"]]]), np.array([area["households"]]), np.array([factor])
        )
        assert found[0, 0] == pytest.approx(area["gives"], abs=1e-3)


@pytest.mark.parametrize("case", CASES["shown"], ids=lambda case: str(case["eligible"]))
def test_nothing_small_is_shown(case) -> None:
    row = {name: float(case[name]) for name in ("eligible", "low", "high")}
    table = pl.DataFrame([{**row, "mc_error": 1.0, "households": 99.0, "flag": "ok"}])
    found = shown(table).row(0, named=True)
    assert [found["eligible"], found["low"], found["high"]] == case["gives"]
    assert found["flag"] == case["flag"]
    assert (found["mc_error"] is None) == (case["flag"] == "secret")


# -- weights and incomes ---------------------------------------------------------------------------

SHARE = st.floats(0.05, 0.5)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(50, 50_000), SHARE, SHARE, SHARE), min_size=1, max_size=4))
def test_the_types_of_households_add_up_to_the_commune(rows) -> None:
    table = pl.DataFrame(
        [
            dict(zip(GIVEN, (n, 2.2 * n, n * young, n * old, 0.3, 0.1 * young, 0.1, social),
                     strict=True))
            for n, young, old, social in rows
        ]
    )  # fmt: skip
    raked = raked_cells(table)
    assert raked.tables.sum(1) == pytest.approx(table["households"].to_numpy(), rel=1e-12)
    assert (raked.tables >= 0).all()


def test_margins_that_agree_are_reached() -> None:
    raked = raked_cells(communes())
    targets = targets_of(communes())
    social = np.array([cell.tenure == "social" for cell in cells()])
    alone = np.array([cell.kind == "alone" for cell in cells()])
    old = np.array([cell.age == "old" for cell in cells()])
    for group, wanted in (
        (social, targets.hlm), (alone, targets.families[:, 0]), (old, targets.ages[:, 2]),
    ):  # fmt: skip
        assert raked.tables[:, group].sum(1) == pytest.approx(wanted, abs=0.01)
    assert raked.residuals.max() < 0.01


def test_laws_have_the_published_median_and_share_of_poor_people() -> None:
    raked = raked_cells(communes())
    medians, poor = np.array([19_000.0, 23_080, 30_000]), np.array([0.28, 0.149, 0.06])
    laws = laws_of(raked.tables, medians, poor)
    assert laws.gaps.max() < 0.01


def test_a_borrowed_share_of_poor_people_follows_the_median() -> None:
    line = 0.6 * 23_080
    own = borrowed_rate(np.array([23_000.0]), np.array([23_000.0]), np.array([0.14]))
    assert own[0] == pytest.approx(0.14, abs=1e-9)
    half = borrowed_rate(np.array([line]), np.array([23_000.0]), np.array([0.14]))
    assert half[0] == pytest.approx(0.5, abs=1e-9)


@given(st.floats(1.05, 1.3), st.floats(0.9, 1.1))
@settings(max_examples=20, deadline=None)
def test_bands_are_shares(revaluation, widening) -> None:
    raked = raked_cells(communes())
    laws = laws_of(raked.tables, np.array([21_000.0] * 3), np.array([0.15] * 3))
    bounds = np.tile(12 * (400 + np.array(edges())), (len(cells()), 1))
    shares = band_shares(
        Laws(laws.centres, laws.spreads * widening, laws.gaps), bounds, revaluation=revaluation
    )
    assert shares.shape[2] == bands()
    assert (shares >= 0).all()
    assert shares.sum(2) == pytest.approx(1)


# -- the sample ------------------------------------------------------------------------------------


def test_the_same_seed_draws_the_same_households() -> None:
    assert tuple(draw(SMALL, seed=1)) == drawn()
    assert tuple(draw(SMALL, seed=2)) != drawn()
    counts = np.bincount([rank for rank, _one in drawn()], minlength=len(strata()))
    assert (counts == sizes(SMALL)).all()


def test_households_drawn_are_possible_and_in_their_band() -> None:
    known = strata()
    for rank, one in drawn():
        check(one, month=MONTH)
        stratum = known[rank]
        assert (earned(one) == 0) == (stratum.band == 0)
        assert len(one.adults) == stratum.cell.adults
        assert len(one.children) == stratum.cell.children
    assert {known[rank].band for rank, _one in drawn()} == set(range(bands()))


def test_a_typical_household_earns_what_is_told() -> None:
    for cell in cells():
        one = typical(cell, 450.0)
        check(one, month=MONTH)
        assert earned(one) == pytest.approx(450 * cell.units)


# -- asking ----------------------------------------------------------------------------------------


def test_chunks_give_what_the_whole_gives() -> None:
    some = households(600)
    whole = amounts_of(some, ["rsa", "ppa"], month=MONTH, asks=[answered])
    asked: list[int] = []

    def counting(question: dict[str, Any]) -> dict[str, list[Any]]:
        asked.append(max(question["persons"]["household"]) + 1)
        return answered(question)

    parts = amounts_of(some, ["rsa", "ppa"], month=MONTH, asks=[counting, counting], chunk=50)
    assert all((whole[name] == parts[name]).all() for name in whole)
    assert len(asked) == 12
    assert max(asked) <= 50


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(200)))
def test_the_order_of_households_changes_nothing(order) -> None:
    some = households(200)
    straight = amounts_of(some, ["rsa"], month=MONTH, asks=[answered])["rsa"]
    mixed = amounts_of(
        [some[rank] for rank in order], ["rsa"], month=MONTH, asks=[answered], chunk=70
    )["rsa"]
    assert (straight[order] == mixed).all()


def test_a_situation_is_asked_once() -> None:
    asked: list[int] = []

    def counting(question: dict[str, Any]) -> dict[str, list[Any]]:
        asked.append(len(set(question["persons"]["household"])))
        return answered(question)

    one = households(1) * 40
    assert amounts_of(one, ["rsa"], month=MONTH, asks=[counting])["rsa"].shape == (40,)
    assert asked == [1]


def test_parts_are_made_as_they_are_asked() -> None:
    """A million households are never held: parts are taken one by one."""
    made: list[int] = []

    def parts() -> Any:
        for rank in range(30):
            made.append(rank)
            yield households(5)

    for rank, _found in enumerate(streamed(parts(), ["rsa"], month=MONTH, asks=[answered] * 2)):
        assert len(made) <= rank + 3


def test_a_failure_of_the_engine_is_not_swallowed() -> None:
    def failing(_question: dict[str, Any]) -> dict[str, list[Any]]:
        raise ParameterError("panne", remedy="recommencez")

    with pytest.raises(ParameterError, match="panne"):
        amounts_of(households(20), ["rsa"], month=MONTH, asks=[failing] * 2, chunk=5)


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(ParameterError, match="lot"):
        amounts_of(households(CHUNK + 1), ["rsa"], month=MONTH, asks=[answered], chunk=CHUNK + 1)
    with pytest.raises(ParameterError, match="par personne"):
        amounts_of(households(1), ["aah"], month=MONTH, asks=[answered])


def test_a_commune_without_zone_is_in_the_second() -> None:
    found = zones_of(["35238", "99999"], month=MONTH, ask=lambda _q: {"zone_apl": [3, 0]})
    assert found.tolist() == [3, 2]


# -- the whole -------------------------------------------------------------------------------------


def test_adding_an_area_leaves_the_others_as_they_were() -> None:
    few, more = result(communes(2)), result(communes(3))
    alone = few.filter(pl.col("level") == "commune").drop("vintages")
    again = more.filter(pl.col("code").is_in(["35000", "35001"])).drop("vintages")
    assert alone.equals(again.filter(pl.col("level") == "commune"))


def test_areas_add_up_and_hold_their_households() -> None:
    found = result(communes())
    wide = found.filter(pl.col("level") == "departement").sort("right")
    for level in ("commune", "epci", "region", "france"):
        total = (
            found.filter(pl.col("level") == level).group_by("right").agg(pl.col("eligible").sum())
        )
        assert total.sort("right")["eligible"].to_list() == pytest.approx(
            wide["eligible"].to_list()
        )
    assert (found["eligible"] <= found["households"] + 1e-9).all()
    assert (found["high"] <= found["households"] + 1e-9).all()
    assert (found["low"] <= found["eligible"]).all()
    assert (found["eligible"] <= found["high"] + 1e-9).all()
    assert set(found["right"]) == set(rights_sought())


def test_the_nation_has_its_benchmark_and_the_others_are_told_so() -> None:
    found = result(communes(), {"rsa": 66.0, "ppa": 0.001, "logement": 1e9})
    nation = found.filter((pl.col("level") == "france") & (pl.col("right") == "rsa"))
    assert nation["eligible"][0] == pytest.approx(66 / 0.66)
    flags = dict(found.filter(pl.col("level") == "france").select("right", "flag").iter_rows())
    assert flags.pop("rsa") == "calé"
    assert flags == {
        "ppa": "non calé", "logement": "sous-estimé", "aspa": "non calé", "c2s": "non calé",
    }  # fmt: skip


def test_the_order_of_communes_changes_nothing() -> None:
    straight = result(communes())
    mixed = result(communes().reverse())
    for one, other in zip(straight.iter_rows(), mixed.iter_rows(), strict=True):
        assert one[:3] == other[:3]
        assert one[3:8] == pytest.approx(other[3:8])


def test_the_error_of_the_draw_is_that_of_repeated_draws() -> None:
    """Two hundred draws of three strata: their spread is the error that each of them tells."""
    generator = np.random.default_rng(7)
    truth, size = np.array([0.1, 0.5, 0.8]), 40
    tables = np.array([[300.0, 100.0, 200.0]])
    found, told = [], []
    for _draw in range(200):
        eligible = generator.binomial(size, truth).astype(float)
        count, error = estimated(tables, rates_of(np.full(3, float(size)), eligible[:, None]))
        found.append(count[0, 0])
        told.append(error[0, 0])
    assert np.mean(found) == pytest.approx((tables[0] * truth).sum(), rel=0.02)
    assert np.std(found, ddof=1) == pytest.approx(np.mean(told), rel=0.15)


def test_poorer_communes_have_more_eligible_households() -> None:
    poor = communes(1).with_columns(poverty_rate=pl.lit(0.3), median_income=pl.lit(17_000.0))
    living = np.tile(12 * (300 + np.array(edges())), (len(cells()), 1))
    shares = np.zeros((len(strata()), 1))
    shares[[stratum.band < 4 for stratum in strata()]] = 1
    rates = Rates(shares, np.zeros_like(shares))
    one, other = (everywhere(table, living, rates) for table in (communes(1), poor))
    assert other.eligible["commune"]["value"][0, 0] > 1.5 * one.eligible["commune"]["value"][0, 0]
    for found in (one, other):
        few, shown_, most = (
            found.eligible["commune"][name][0, 0] for name in ("low", "value", "high")
        )
        assert few < shown_ < most
    assert set(SETS) == set(one.eligible["commune"])


def test_a_wider_area_is_less_unsure() -> None:
    central = np.array([[100.0]])
    spans = [widened(level, central) for level in ("commune", "epci", "departement", "region")]
    widths = [float((high - low)[0, 0]) for low, high in spans]
    assert widths == sorted(widths, reverse=True)
    low, high = widened("commune", central, np.array([[80.0]]), np.array([[130.0]]))
    assert low[0, 0] < 80
    assert high[0, 0] > 130


def test_both_roads_read_the_same_published_rates() -> None:
    told = yaml.safe_load((files("portrea.rights") / "params" / "taux.yaml").read_text("utf-8"))[
        "lines"
    ]
    same = {"rsa": "rsa", "c2s": "c2s_gratuite", "aspa": "aspa"}
    for name, line in same.items():
        assert parameters()["benchmarks"][name]["tau"] == told[line]["rate"]


# -- with OpenFisca --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def engine() -> Any:
    made = process()
    yield made
    made.stop()


@pytest.mark.slow
def test_places_stand_for_their_zone(engine) -> None:
    told = [parameters()["places"][f"zone_{rank}"]["commune"] for rank in (1, 2, 3)]
    found = zones_of(told, month=MONTH, ask=lambda asked: engine.ask(asked, seconds=60))
    assert found.tolist() == [1, 2, 3]


@pytest.mark.slow
def test_chunks_give_what_the_whole_gives_with_openfisca(engine) -> None:
    def ask(asked: dict[str, Any]) -> dict[str, list[Any]]:
        return engine.ask(asked, seconds=60)

    some = [one for _rank, one in drawn()[::300]]
    whole = amounts_of(some, rights_sought(), month=MONTH, asks=[ask])
    parts = amounts_of(some, rights_sought(), month=MONTH, asks=[ask], chunk=20)
    for name in rights_sought():
        assert parts[name] == pytest.approx(whole[name], abs=0.01)
        assert 0 < (whole[name] > 0).mean() < 1


@pytest.mark.slow
def test_earning_more_never_opens_the_rsa(engine) -> None:
    cell = next(one for one in cells() if (one.kind, one.age) == ("alone", "middle"))
    grid = [typical(cell, edge) for edge in edges()]
    found = amounts_of(
        grid, ["rsa"], month=MONTH, asks=[lambda asked: engine.ask(asked, seconds=60)]
    )["rsa"]
    assert found[0] > 0
    assert found[-1] == 0
    assert (np.diff(found) <= 0).all()
