"""Axis B: union, sum and load of each area, central and drawn; secrecy, rounding, hard bounds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.needs.exposure import GROUPS, VARIABLES, grades, ratio_of, read_exposure
from portrea.needs.exposure_detail import read_overlap, read_young, shrink
from portrea.needs.groups import Stack
from portrea.needs.inputs import Labels, find_atoms, owner_index, read_layers
from portrea.needs.load import frequencies
from portrea.needs.parameters import load_parameters
from portrea.needs.union import OVERLAPS, combine_bands, hard_bounds
from portrea.stats.intervals import hash_codes
from portrea.territory import complete_territories
from portrea.vocab.variables import variables

CASES = Path(__file__).parents[1] / "cases/needs"
BANDS = yaml.safe_load((CASES / "b_bands.yaml").read_text("utf-8"))
SHARED = yaml.safe_load((CASES / "b_overlap.yaml").read_text("utf-8"))
DEFAULT = {o: load_parameters().number("exposure", "overlaps", o) for o in OVERLAPS}
COUNTS = st.floats(0, 5000)
PARTS = st.floats(0, 1)
CAF = {"households_rsa": 180, "households_ppa": 420, "households_aah": 60, "jobseekers_abcde": 390}


def column(value):
    return np.array([float(value)])


@pytest.mark.parametrize("case", BANDS, ids=lambda c: c["name"])
def test_age_bands_hand_worked(case):
    persons = {name: column(n) for name, n in case["persons"].items()}
    young = {name: column(part) for name, part in case["young"].items()}
    bands = tuple(column(n) for n in case["bands"])
    union, total = combine_bands(persons, DEFAULT, young, bands)
    assert union[0] == pytest.approx(case["union"])
    assert total[0] == pytest.approx(case["sum"])


@pytest.mark.parametrize("case", SHARED, ids=lambda c: c["name"])
def test_local_overlap_hand_worked(case):
    figures = (column(case[name]) for name in ("rsa", "ppa", "union"))
    error = column(2.5 if case["rounded"] else 0)
    share, weight = shrink(*figures, error, (0.09, 0.03))
    assert share[0] == pytest.approx(case["share"], abs=1e-8)
    assert weight[0] == pytest.approx(case["weight"], abs=1e-6)


@given(
    st.tuples(COUNTS, COUNTS, COUNTS, COUNTS),
    st.tuples(*[PARTS] * 5),
    st.tuples(*[st.one_of(st.just(float("nan")), PARTS)] * 4),
    st.tuples(COUNTS, COUNTS),
)
def test_the_union_never_leaves_the_hard_bounds(counts, overlaps, young, bands):
    persons = {name: column(n) for name, n in zip(GROUPS, counts, strict=True)}
    shares = {name: column(y) for name, y in zip(GROUPS, young, strict=True)}
    union, total = combine_bands(
        persons,
        dict(zip(OVERLAPS, overlaps, strict=True)),
        shares,
        (column(bands[0]), column(bands[1])),
    )
    capped = {
        name: np.where(
            np.isnan(shares[name]),
            n,
            np.minimum(n * shares[name], bands[0]) + np.minimum(n * (1 - shares[name]), bands[1]),
        )
        for name, n in persons.items()
    }
    low, _ = hard_bounds(capped, column(sum(bands)))
    _, high = hard_bounds(persons, column(sum(bands)))
    assert low[0] - 1e-6 <= union[0] <= high[0] + 1e-6
    assert total[0] == pytest.approx(high[0])


def united(persons, overlaps, universe):
    """Write the union of one area as method.md reads, number by number."""
    r, p, h, j = persons
    rj, pr, ph, pj, hj = overlaps
    found = j + r - min(rj * r, j)
    found += p * (1 - pr) * (1 - pj)
    found += max(h - ph * p, 0) * (1 - hj)
    return min(max(found, r, p, h, j), sum(persons), universe)


def united_by_age(persons, overlaps, young, bands):
    """The same in two age bands where the four groups have ages, else in one, ages bounding it."""
    if not any(np.isnan(young)):
        shares = young, [1 - share for share in young]
        return sum(
            united([n * part for n, part in zip(persons, share, strict=True)], overlaps, band)
            for share, band in zip(shares, bands, strict=True)
        )
    capped = [
        n if np.isnan(share) else min(n * share, bands[0]) + min(n * (1 - share), bands[1])
        for n, share in zip(persons, young, strict=True)
    ]
    return united(capped, overlaps, sum(bands))


@given(
    st.lists(
        st.tuples(
            st.tuples(COUNTS, COUNTS, COUNTS, COUNTS),
            st.tuples(*[st.one_of(st.just(float("nan")), PARTS)] * 4),
            st.tuples(COUNTS, COUNTS),
        ),
        min_size=1,
        max_size=4,
    ),
    st.tuples(*[PARTS] * 5),
)
def test_every_area_and_draw_is_the_formula(areas, overlaps):
    counts, young, bands = (np.array(part) for part in zip(*areas, strict=True))
    several = np.array([1.0, 0.5, 2.0])
    union, total = combine_bands(
        {name: counts[:, rank, None] * several for rank, name in enumerate(GROUPS)},
        dict(zip(OVERLAPS, overlaps, strict=True)),
        {name: young[:, rank, None] for rank, name in enumerate(GROUPS)},
        (bands[:, 0, None], bands[:, 1, None]),
    )
    for area, draw in np.ndindex(union.shape):
        persons = counts[area] * several[draw]
        expected = united_by_age(persons, overlaps, young[area], bands[area])
        assert union[area, draw] == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert total[area, draw] == pytest.approx(min(sum(persons), sum(bands[area])))


def test_ages_of_some_groups_bound_them_alone():
    persons = {"rsa": column(10), "ppa": column(90), "aah": column(0), "jobseekers": column(0)}
    none = dict.fromkeys(OVERLAPS, 0.0)
    bands = column(30), column(100)
    assert combine_bands(persons, none, {}, bands)[0].tolist() == [100]
    assert combine_bands(persons, none, {"ppa": column(0.5)}, bands)[0].tolist() == [85]


def test_hard_bounds_area_by_area():
    persons = dict(zip(GROUPS, np.array([[5.0, 1], [2, 9], [0, 0], [1, 40]]), strict=True))
    low, high = hard_bounds(persons, np.array([100.0, 30]))
    assert (low.tolist(), high.tolist()) == ([5, 30], [8, 30])


@given(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), st.tuples(*[PARTS] * 5), PARTS)
def test_more_overlap_never_adds_persons(counts, overlaps, more):
    persons = {name: column(n) for name, n in zip(GROUPS, counts, strict=True)}
    bands = column(1e5), column(1e5)
    unions = [
        combine_bands(persons, dict(zip(OVERLAPS, chosen, strict=True)), {}, bands)[0][0]
        for chosen in (overlaps, [o + (1 - o) * more for o in overlaps])
    ]
    # AAH recipients are netted of PPA first, so its own overlap with job-seekers is left out
    assert unions[1] <= unions[0] + 1e-6


# -- areas -----------------------------------------------------------------------------------------


def exposure_of(world, *, adults=300.0, parameters=None):
    """Read axis B of a small world, every atom having the same 15-64 in each of eight ages."""
    atoms = find_atoms(complete_territories(world.territories), None)
    layers = read_layers(world.observations, VARIABLES)
    ages = np.full((atoms.height, 8), adults)
    exposure = read_exposure(
        atoms, layers, ages, labels=Labels(), parameters=parameters or load_parameters()
    )
    return exposure, atoms


def drawn_of(exposure, atoms, *, rows=None, draws=400, seed=1):
    rows = rows or slice(0, atoms.height)
    index, codes = owner_index(atoms[rows], "epci")
    iris = hash_codes(atoms[rows]["code"].to_list())
    return exposure.draw(rows, (index, hash_codes(codes)), iris, seed=seed, draws=draws)


@pytest.fixture
def paid(world):
    """Two EPCI: a commune of three IRIS, a village with secrets, a commune without file."""
    world.commune("35001", ["350010101", "350010102", "350010103"])
    world.commune("35002", ["350020000"])
    world.commune("35003", ["350030000"], epci="200000002")
    world.commune("35004", ["350040000"], epci="200000002")
    rounded = {"status": "rounded", "source": "caf"}
    world.figure("commune", "35001", CAF, **rounded)
    world.figure("commune", "35002", {k: round(v / 50) * 5 for k, v in CAF.items()}, **rounded)
    world.figure("commune", "35003", CAF, **rounded)
    secret = dict.fromkeys(CAF)
    world.figure("commune", "35004", secret, source="caf", status="suppressed")
    return world


def test_draws_stay_between_the_hard_bounds_at_every_level(paid):
    exposure, atoms = exposure_of(paid)
    drawn = drawn_of(exposure, atoms)
    union, total = drawn["b"], drawn["b_sum"]
    assert (union <= total * (1 + 1e-5) + 1e-3).all()
    assert (total <= exposure.universe[:, None] + 1e-2).all()
    # the smallest a group can be, with two and a half households less and a ratio of one
    for group in exposure.groups.values():
        least = np.bincount(group.owner, minlength=4)[group.owner] == 1
        assert (union[least] >= (group.totals - group.half)[group.owner][least, None] * 0.99).all()
    by_commune = np.add.reduceat(union, [0, 3, 4, 5])
    assert (by_commune <= np.add.reduceat(total, [0, 3, 4, 5]) + 1e-2).all()


def test_the_centre_of_the_draws_is_the_central_value(paid):
    exposure, atoms = exposure_of(paid)
    central, drawn = exposure.central(), drawn_of(exposure, atoms, draws=4000)
    for measure, values in drawn.items():
        assert values.mean(1) == pytest.approx(central[measure], rel=0.03)


def test_what_the_iris_receive_is_the_commune_total(paid):
    """The load has no overlap error: its IRIS add up to a figure within the rounding."""
    exposure, _ = exposure_of(paid)
    group = exposure.groups["rsa"]
    share = np.random.default_rng(2).normal(size=(3, 500)).astype(np.float32)
    stack = Stack([group])
    units = stack.draw(slice(0, 6), share, seed=3, draws=500)[0]
    assert stack.moving[:6].sum() == 3
    assert np.abs(units[:3].sum(0) - 180).max() <= 2.5 + 1e-3
    assert units[:3].std(1).min() > 5


def test_a_suppressed_figure_is_between_zero_and_the_threshold_never_dropped(paid):
    exposure, atoms = exposure_of(paid)
    hidden = atoms["code"].to_list().index("350040000")
    drawn = drawn_of(exposure, atoms)["b_sum"][hidden]
    assert exposure.known[hidden]
    assert exposure.groups["rsa"].hidden[hidden]
    assert exposure.central()["b_sum"][hidden] == pytest.approx(2.5 * (1.123 + 1.2568 + 1 + 1))
    assert drawn.min() < 4
    assert 15 < drawn.max() <= 5 * (1.4 + 1.5 + 1.1 + 1)
    assert grades(exposure, 1)[hidden] == 2


def test_rounding_is_propagated(paid):
    exposure, atoms = exposure_of(paid)
    village = atoms["code"].to_list().index("350020000")
    seekers = exposure.groups["jobseekers"]
    still = np.zeros((0, 2000), np.float32)
    units = Stack([seekers]).draw(slice(3, 4), still, seed=1, draws=2000)[0]
    assert village == 3
    assert units.min() == pytest.approx(40 - 2.5, abs=0.02)
    assert units.max() == pytest.approx(40 + 2.5, abs=0.02)
    assert units.std() == pytest.approx(2.5 / np.sqrt(3), rel=0.05)


def test_draws_depend_on_the_area_not_on_the_slice(paid):
    exposure, atoms = exposure_of(paid)
    whole, alone = drawn_of(exposure, atoms), drawn_of(exposure, atoms, rows=slice(4, 6))
    for measure, values in alone.items():
        assert values == pytest.approx(whole[measure][4:6], rel=1e-6)


def test_the_load_is_the_published_units_times_the_dated_frequencies(paid):
    exposure, _ = exposure_of(paid)
    each = frequencies(load_parameters())
    both = 420 * DEFAULT["ppa_rsa"]
    expected = (
        180 * each["rsa"] + 420 * each["ppa"] + 60 * each["aah"] + 390 * each["jobseekers"]
        + both * (each["rsa_and_ppa"] - each["rsa"] - each["ppa"])
    )  # fmt: skip
    central = exposure.central()["b_load"]
    assert central[:3].sum() == pytest.approx(expected)
    assert (central > exposure.central()["b_sum"]).all()


def test_housing_aid_enters_the_load_once_loaded(paid):
    before, _ = exposure_of(paid)
    paid.figure("commune", "35001", {"households_housing_aid": 300}, source="caf al")
    after, _ = exposure_of(paid)
    each = frequencies(load_parameters())["housing_aid"]
    gained = after.central()["b_load"] - before.central()["b_load"]
    assert gained[:3].sum() == pytest.approx(300 * each)
    assert after.central()["b"] == pytest.approx(before.central()["b"])
    assert after.known.all()
    assert after.known_of("b_load").tolist() == [True] * 3 + [False] * 3
    assert any("aides au logement" in note for note in before.notes)
    assert not any("aides au logement" in note for note in after.notes)


def test_the_published_union_of_rsa_and_prime_replaces_the_national_overlap(paid):
    national, _ = exposure_of(paid)
    union = {"households_rsa": 100, "households_ppa": 300, "households_insertion": 370}
    paid.figure("commune", "35003", union, source="caf all", vintage="2023")
    exposure, atoms = exposure_of(paid)
    here = atoms["code"].to_list().index("350030000")
    assert exposure.overlap.share[here] == pytest.approx(0.1)
    assert exposure.overlap.weight[here] == pytest.approx(1)
    # elsewhere: the figure of the whole file
    assert exposure.overlap.share[0] == pytest.approx(0.1)
    assert exposure.overlap.weight[0] == 0
    assert exposure.central()["b"][0] > national.central()["b"][0]
    exact = drawn_of(exposure, atoms)["b"]
    apart = drawn_of(replace(exposure, overlap=None), atoms)["b"]
    assert exact[here].std() < apart[here].std()


@pytest.mark.parametrize("extract", ["a extract", "z extract"])
def test_an_extract_beside_the_whole_file_changes_nothing(paid, extract):
    """The same figures for one commune, read first or last, are not taken for the whole file."""
    one = {"households_rsa": 80, "households_ppa": 340, "households_insertion": 405}
    other = {"households_rsa": 100, "households_ppa": 300, "households_insertion": 370}
    young = {"households_insertion_under30": 81}
    for code, union in (("35001", one), ("35003", other)):
        paid.figure("commune", code, union, source="m all", vintage="2023")
        paid.figure("commune", code, young, source="m young", vintage="2023")
    alone, atoms = exposure_of(paid)
    paid.figure("commune", "35003", other, source=extract, vintage="2023")
    both, _ = exposure_of(paid)
    # overlap of the whole file: (180 + 640 − 775) / 640
    nowhere = int(np.flatnonzero(alone.overlap.weight == 0)[0])
    assert alone.overlap.share[nowhere] == pytest.approx(45 / 640)
    assert both.overlap.share.tolist() == alone.overlap.share.tolist()
    here = atoms["code"].to_list().index("350010101")
    assert alone.young["rsa"][here] == pytest.approx(81 / 405)
    for name, share in alone.young.items():
        np.testing.assert_array_equal(both.young[name], share)


def test_ages_make_two_bands_when_the_four_groups_have_them(paid):
    young = {
        "households_insertion": 560,
        "households_insertion_under30": 140,
        "households_aah_under30": 6,
        "jobseekers_under30": 100,
    }
    paid.figure("commune", "35001", young, source="caf")
    exposure, atoms = exposure_of(paid)
    assert set(exposure.young) == set(GROUPS)
    assert exposure.young["rsa"][0] == pytest.approx(0.25)
    assert exposure.young["jobseekers"][0] == pytest.approx(100 / 390)
    assert np.isnan(exposure.young["aah"][4])
    assert not any("tranche d’âge" in note for note in exposure.notes)
    low = drawn_of(exposure, atoms)
    assert (low["b"] <= low["b_sum"] + 1e-2).all()


def test_one_band_is_said_when_ages_lack(paid):
    exposure, _ = exposure_of(paid)
    assert exposure.young == {}
    assert any("une seule tranche d’âge" in note for note in exposure.notes)


def test_more_young_recipients_than_young_inhabitants_are_capped(paid):
    paid.figure("commune", "35002", {"households_insertion": 50}, source="caf")
    paid.figure("commune", "35002", {"households_insertion_under30": 50}, source="caf")
    plain, atoms = exposure_of(paid, adults=14.0)
    assert plain.young["ppa"][3] == 1.0
    assert plain.bands[3].tolist() == [42, 70]
    one = replace(plain, young={})
    assert plain.central()["b"][3] < one.central()["b"][3]
    assert (drawn_of(plain, atoms)["b"] <= 112.01).all()


def test_covered_persons_serve_when_households_are_nowhere(world):
    world.commune("35001", ["350010000"])
    world.figure("commune", "35001", {"persons_rsa": 400} | CAF, source="caf")
    del_rsa = [f for f in world.figures if f["variable"] != "households_rsa"]
    world.figures = del_rsa
    exposure, _ = exposure_of(world)
    assert exposure.groups["rsa"].covered
    value, sd = ratio_of(exposure.groups["rsa"], load_parameters())
    assert value == load_parameters().number("exposure", "adults_per_covered_person", "rsa")
    assert sd > 0


def test_every_variable_is_declared():
    assert set(VARIABLES) <= set(variables())


# -- real files ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def caf_brittany(shared_data):
    """CAF tables of 2023 as published, département 35: counts, union, under 30."""
    import polars as pl

    folder = shared_data / "benefits"
    counts = pl.read_parquet(folder / "caf_allocataires_communes_2023.parquet")
    young = pl.read_parquet(folder / "caf_allocataires_moins30_communes_2023.parquet")
    return counts.join(young.select("id", "ins30"), on="id", how="left")


@pytest.mark.shared
def test_the_union_published_by_the_caf_gives_the_national_overlap(caf_brittany):
    """France 2023: 1 823 760 + 4 544 782 − 5 954 123 households over 4 544 782 (9.1 %)."""
    france = caf_brittany.filter(id="FR").row(0, named=True)
    share, weight = shrink(
        column(france["f_rsa"]), column(france["f_ppa"]), column(france["f_ndurins"]), column(0),
        (0.5, 0.03),
    )  # fmt: skip
    assert weight[0] == 1
    assert share[0] == pytest.approx(0.0912, abs=0.0005)


@pytest.mark.shared
def test_real_communes_keep_plausible_overlaps_and_ages(caf_brittany, world):
    import polars as pl

    rows = caf_brittany.filter(pl.col("id").str.contains(r"^35\d{3}$"))
    names = {
        "f_rsa": "households_rsa",
        "f_ppa": "households_ppa",
        "f_ndurins": "households_insertion",
        "ins30": "households_insertion_under30",
    }
    for row in rows.iter_rows(named=True):
        world.commune(row["id"], [f"{row['id']}0000"])
        for name, variable in names.items():
            hidden = not row[name]
            world.figure(
                "commune", row["id"], {variable: None if hidden else row[name]}, vintage="2023",
                source="caf", status="suppressed" if hidden else "rounded",
            )  # fmt: skip
    atoms = find_atoms(complete_territories(world.territories), None)
    layers = read_layers(world.observations, VARIABLES)
    overlap = read_overlap(atoms, layers, load_parameters())
    young = read_young(atoms, layers)
    assert overlap.share.min() > 0
    assert overlap.share.max() < 0.2
    rennes = atoms["code"].to_list().index("352380000")
    # Rennes: 9215 + 22240 − 29170 over 22240
    assert overlap.share[rennes] == pytest.approx(2285 / 22240, abs=1e-4)
    assert set(young) == {"rsa", "ppa"}
    assert young["rsa"][rennes] == pytest.approx(12500 / 29170, abs=1e-4)


@pytest.mark.shared
@pytest.mark.parametrize(("commune", "all_known"), [("35238", False), ("35360", True)])
def test_iris_files_only_shape_the_commune_total(
    shared_data, caf_brittany, world, commune, all_known
):
    """The published IRIS cover 66 % of the country: their sum is never taken for the total."""
    import polars as pl

    frame = pl.read_parquet(shared_data / "benefits" / "caf_allocataires_iris_2021.parquet")
    rows = frame.select(pl.col("iris_code").cast(pl.String), "arsas")
    rows = rows.filter(pl.col("iris_code").str.starts_with(commune))
    total = caf_brittany.filter(id=commune)["f_rsa"][0]
    world.commune(commune, rows["iris_code"].to_list())
    world.figure("commune", commune, {"households_rsa": total}, vintage="2023", source="caf")
    for code, count in rows.iter_rows():
        status = "suppressed" if count is None else "ok"
        world.figure("iris", code, {"households_rsa": count}, source="iris", status=status)
    exposure, atoms = exposure_of(world)
    units = exposure.groups["rsa"].central()
    assert rows["arsas"].sum() != total
    assert units.sum() == pytest.approx(total)
    if all_known:
        shape = dict(rows.iter_rows())
        published = np.array([shape[code] for code in atoms["code"]])
        assert units == pytest.approx(total * published / published.sum())
    else:  # some IRIS are secret: a partial shape would starve them
        assert rows["arsas"].null_count() > 0
        assert units == pytest.approx(np.full(len(units), total / len(units)))
