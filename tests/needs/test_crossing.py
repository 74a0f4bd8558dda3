"""C = A ∩ B: hand-worked, by area and by cell; margins kept, bounds, δ and profiles ordered."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from portrea.needs import run
from portrea.needs.crossing import (
    NAMES,
    PROFILES,
    SIDES,
    association,
    cross_cells,
    crossed,
    exposure_rates,
    frechet,
    joint_share,
    log_odds,
    relative_rates,
)
from portrea.needs.grid import DIPLOMAS, WORKING
from portrea.needs.parameters import load_parameters
from portrea.needs.scenarios import crossing_scenarios, scenario_words

CASES = Path(__file__).parents[1] / "cases/needs"
AREAS = yaml.safe_load((CASES / "c_crossing.yaml").read_text("utf-8"))
CELLS = yaml.safe_load((CASES / "c_cells.yaml").read_text("utf-8"))
SHARES = st.floats(0, 1)
COUNTS = arrays(np.float64, (4, 6), elements=st.floats(0, 1000))
RATES = arrays(np.float64, 6, elements=st.floats(0.001, 0.999))
RELATIVE = arrays(np.float64, 6, elements=st.floats(0.05, 20))


@pytest.mark.parametrize("case", AREAS, ids=lambda c: c["name"])
def test_hand_worked(case):
    got = joint_share(np.array([case["a"]]), np.array([case["b"]]), case["delta"])
    assert got[0] == pytest.approx(case["joint"], abs=1e-6)


@given(SHARES, SHARES, st.floats(0, 3))
def test_inside_frechet_bounds_and_odds_ratio_kept(a, b, delta):
    first, second = np.array([a]), np.array([b])
    got = joint_share(first, second, delta)
    low, high = frechet(first, second)
    assert low[0] - 1e-9 <= got[0] <= high[0] + 1e-9
    if 0.05 < a < 0.95 and 0.05 < b < 0.95:
        assert log_odds(first, second, got)[0] == pytest.approx(delta, abs=1e-5)


@pytest.mark.parametrize("case", CELLS, ids=lambda c: c["name"])
def test_cells_hand_worked(case):
    persons, theta = np.array([case["persons"]], float), np.array([case["theta"]])
    exposed = np.array([case["exposed"]], float)
    rates = exposure_rates(persons, np.array(case["relative"], float), exposed)
    both = crossed(persons, theta, rates, case["delta"])
    total = persons.sum()
    odds = log_odds((persons * theta).sum(1) / total, exposed / total, both / total)
    assert rates[0] == pytest.approx(case["pi"], abs=1e-6)
    assert both[0] == pytest.approx(case["crossed"], abs=1e-3)
    assert odds[0] == pytest.approx(case["odds"], abs=2e-5)


@given(COUNTS, RELATIVE, arrays(np.float64, 4, elements=SHARES))
def test_the_total_exposed_is_kept_and_no_rate_passes_one(persons, relative, part):
    exposed = persons.sum(1) * part
    rates = exposure_rates(persons, relative, exposed)
    assert (rates >= 0).all()
    assert (rates <= 1).all()
    assert (persons * rates).sum(1) == pytest.approx(exposed, abs=1e-6)


@given(COUNTS, RATES, RELATIVE, arrays(np.float64, 4, elements=SHARES), st.floats(0, 2))
def test_both_margins_are_kept_cell_by_cell(persons, theta, relative, part, delta):
    """The exposed and the others of a cell average back to its rate, at the declared gap."""
    rates = exposure_rates(persons, relative, persons.sum(1) * part)
    cells = np.broadcast_to(theta, rates.shape)
    inside = (rates > 0.01) & (rates < 0.99) & (cells > 0.01) & (cells < 0.99)
    rates, cells = rates[inside], cells[inside]
    both = joint_share(cells, rates, delta)
    among, others = both / rates, (cells - both) / (1 - rates)
    gap = np.log(among / (1 - among)) - np.log(others / (1 - others))
    assert rates * among + (1 - rates) * others == pytest.approx(cells)
    assert gap == pytest.approx(np.full(gap.shape, delta), abs=1e-4)


@given(COUNTS, RATES, RELATIVE, arrays(np.float64, 4, elements=SHARES))
def test_more_association_gives_more_persons_between_the_bounds(persons, theta, relative, part):
    total = persons.sum(1)
    exposed = total * part
    rates = exposure_rates(persons, relative, exposed)
    counts = [crossed(persons, theta, rates, delta) for delta in (0.0, 0.3, 0.7, 5.0)]
    assert (np.diff(counts, axis=0) >= -1e-6).all()
    concerned = (persons * theta).sum(1)
    low = np.maximum(concerned + exposed - total, 0)
    high = np.minimum(concerned, exposed)
    for count in counts:
        assert (count >= low - 1e-6).all()
        assert (count <= high + 1e-6).all()


def model_of(persons, exposed, *, theta=None, known=None):
    """The parts of a model that the crossing reads, for areas given by cells."""
    size = len(persons)
    joint = np.zeros((size, 12, 7))
    joint[:, :WORKING] = persons
    adults = joint.sum(2)
    national = np.ones((12, 7))
    rates = np.zeros((12, 7))
    rates[:WORKING] = theta
    reference = SimpleNamespace(joint=national, theta=np.stack([rates, rates], axis=-1))
    structure = SimpleNamespace(
        alone=np.full((size, 12, 7), 0.3),
        joint=joint / np.maximum(adults.sum(1), 1e-9)[:, None, None],
        adults=adults,
    )
    people = adults.sum(1)
    concerned = (persons * theta).sum((1, 2))
    return SimpleNamespace(
        parameters=load_parameters(),
        reference=reference,
        structure=structure,
        exposure=object(),
        working=SimpleNamespace(share=concerned / np.maximum(people, 1e-9), persons=people),
        population=lambda _: people,
        central=lambda _: exposed,
        known=lambda _: np.ones(size, bool) if known is None else known,
    )


class Whole:
    """One area that holds every atom, then each atom alone: what the crossing reads of areas."""

    level = "commune"

    def __init__(self, size):
        import polars as pl

        self.codes = ["all", *map(str, range(size))]
        self.code_column = pl.Series(self.codes)
        self.name_column = pl.Series(self.codes)

    def total(self, values):
        return np.concatenate([[values.sum()], values])


def crossed_of(model, **options):
    exposed = model.central("b")
    return cross_cells(model.structure, model.reference, exposed, model.parameters, **options)


def scenarios_of(model):
    exposed = model.central("b")
    model.crossing = crossed_of(model)
    return crossing_scenarios(model, [Whole(len(exposed))])


@pytest.fixture(scope="module")
def random_model():
    rng = np.random.default_rng(4)
    persons = rng.gamma(0.5, 40, (60, WORKING, 7))
    theta = np.linspace(0.02, 0.5, WORKING)[:, None] * np.linspace(1.5, 0.2, 7)
    return model_of(persons, persons.sum((1, 2)) * rng.uniform(0.02, 0.5, 60), theta=theta)


def test_the_association_reproduces_the_cells(random_model):
    exposed = random_model.central("b")
    people = random_model.population("c")
    odds = association(crossed_of(random_model))
    table = scenarios_of(random_model)
    central = table.filter(scenario="published:central")["n"].to_numpy()[1:]
    share = random_model.working.share
    again = people * joint_share(share, exposed / people, odds["central"])
    assert again == pytest.approx(central, rel=1e-5)
    assert (odds["low"] <= odds["central"]).all()
    assert (odds["central"] <= odds["high"]).all()


def test_scenarios_are_ordered_additive_and_inside_the_bounds(random_model):
    table = scenarios_of(random_model)
    wide = table.pivot(on="scenario", index="code", values="n", maintain_order=True)
    low, high = wide["frechet:low"].to_numpy(), wide["frechet:high"].to_numpy()
    for profile in PROFILES:
        counts = [wide[f"{profile}:{side}"].to_numpy() for side in SIDES]
        assert (np.diff(counts, axis=0) > 0).all()
    for name in NAMES:
        count = wide[name].to_numpy()
        assert (low - 1e-3 <= count).all()
        assert (count <= high + 1e-3).all()
        assert count[0] == pytest.approx(count[1:].sum(), rel=1e-6)
    for side in SIDES:
        uniform = wide[f"uniform:{side}"].to_numpy()
        assert wide[f"low_diploma:{side}"][0] > uniform[0]
        assert wide[f"young:{side}"][0] < uniform[0]


def test_a_fitted_gap_replaces_the_central_one(random_model):
    fitted = association(crossed_of(random_model, delta=0.7))
    declared = association(crossed_of(random_model))
    assert (fitted["central"] > declared["central"]).all()


def test_an_area_where_b_is_unknown_has_no_number(random_model):
    unknown = model_of(
        np.ones((2, WORKING, 7)),
        np.array([10.0, 0.0]),
        theta=np.full((WORKING, 7), 0.1),
        known=np.array([True, False]),
    )
    table = scenarios_of(unknown)
    assert table.filter(code="0")["n"].null_count() == 0
    assert table.filter(code="1")["n"].null_count() == table.filter(code="1").height
    assert table.filter(code="all")["n"].null_count() == table.filter(code="all").height


def test_an_empty_area_and_one_without_diploma_give_numbers(random_model):
    persons = np.zeros((2, WORKING, 7))
    persons[1] = 10
    model = model_of(persons, np.array([0.0, 80.0]), theta=np.full((WORKING, 7), 0.1))
    model.structure.joint[1] = np.nan
    odds = association(crossed_of(model))
    assert np.isfinite([odds[side] for side in SIDES]).all()
    table = scenarios_of(model)
    got = table.filter(code="1", scenario="uniform:low")["n"][0]
    assert got == pytest.approx(8.0)


def test_profiles_are_those_published():
    """15-24: 717 / 2000 inhabitants; 25-49: 3279 / 2500; a cell of 45-54 is half of each side."""
    joint = np.full((12, len(DIPLOMAS)), 1000 / len(DIPLOMAS))
    found = relative_rates(load_parameters(), joint)
    published = found["published"].reshape(WORKING, len(DIPLOMAS))
    capbep = DIPLOMAS.index("capbep")
    # inhabitants: 15-24 two cells; 25-49 three and a half; 50-64 two and a half
    young, middle, old = 717 / 2000, 3279 / 3500, 1496 / 2500
    assert published[0, capbep] == pytest.approx(young * 0.967)
    assert published[5, capbep] == pytest.approx((middle + old) / 2 * 0.967)
    assert published[7, 0] == pytest.approx(old * 1.808)
    assert (found["uniform"] == 1).all()


def test_every_scenario_has_french_words():
    parameters = load_parameters()
    words = {scenario_words(n, parameters) for n in (*NAMES, "frechet:low", "frechet:high")}
    assert len(words) == len(NAMES) + 2
    assert "δ = 0,3" in scenario_words("uniform:central", parameters)


@pytest.fixture
def computed(town):
    """A run of the engine on a town with benefits."""
    caf = {"households_rsa": 180, "households_ppa": 420, "households_aah": 60, "jobseekers": 390}
    town.figure("commune", "35001", caf, source="caf")
    town.figure("commune", "35002", {k: v / 5 for k, v in caf.items()}, source="caf")
    return run(
        town.territories, town.observations, town.crosstab, levels=["iris", "commune", "epci"],
        measures=["a1", "b", "c", "c_a2"], draws=200,
    )  # fmt: skip


def test_the_engine_shows_the_central_scenario(computed):
    shown = computed.estimates.filter(measure="c").sort("level", "code")
    central = computed.scenarios.filter(scenario="published:central").sort("level", "code")
    assert shown["code"].to_list() == central["code"].to_list()
    assert shown["n"].to_numpy() == pytest.approx(central["n"].to_numpy(), rel=1e-4)


def test_the_interval_of_c_holds_every_scenario(computed):
    for code in ("35001", "35002"):
        shown = computed.estimates.filter(measure="c", code=code).row(0, named=True)
        counts = computed.scenarios.filter(code=code).filter(
            ~computed.scenarios.filter(code=code)["scenario"].str.starts_with("frechet")
        )["n"]
        assert shown["n_low"] <= counts.min()
        assert counts.max() <= shown["n_high"]


def test_a2_crossed_with_b_has_bounds_only(computed):
    rows = computed.estimates.filter(measure="c_a2")
    assert rows["n"].null_count() == rows.height
    shown = computed.estimates.filter(measure="b").select("level", "code", b="n_high")
    both = rows.join(shown, on=["level", "code"])
    assert (both["n_low"] <= both["n_high"]).all()
    assert (both["n_high"] <= both["b"] + 1e-3).all()
