"""Model M1: hand-worked cases, a known truth recovered, nothing of a person published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
import yaml
from click.testing import CliRunner
from scipy.special import logit

from portrea.base.errors import DataError
from portrea.cli import portrea
from portrea.needs import survey_model
from portrea.needs.fitted import SHAPE, FittedRates
from portrea.needs.grid import ADULT_AGES, DIPLOMAS
from portrea.needs.microdata import read_answers
from portrea.needs.survey_model import fit_cells, fit_survey
from synthetic_surveys import (
    DELTA,
    DIPLOMA_WORDS,
    FIRST_YEAR,
    MAPPING,
    World,
    answers,
    mapping,
    world,
)

if TYPE_CHECKING:
    from click.testing import Result

CASES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/needs/survey_model.yaml").read_text("utf-8")
)


@pytest.fixture(scope="module")
def truth() -> World:
    return world()


@pytest.fixture(scope="module")
def survey(truth: World) -> pl.DataFrame:
    return answers(truth, 3000, seed=7)


@pytest.fixture(scope="module")
def rates(truth: World, survey: pl.DataFrame) -> FittedRates:
    return fit_survey(survey, mapping(), truth.reference)


def grid(values: dict[str, dict[str, float]]) -> np.ndarray:
    table = np.zeros(SHAPE[:2])
    for age, row in values.items():
        for diploma, value in row.items():
            table[ADULT_AGES.index(age), DIPLOMAS.index(diploma)] = value
    return table


# -- by hand ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES["spread"], ids=lambda c: f"{c['age']} {c['diploma']}")
def test_a_class_is_spread_like_the_census(case: dict[str, Any]) -> None:
    found = survey_model._spread(case["age"], case["diploma"], grid(case["persons"]))
    assert found == pytest.approx(grid(case["expected"]), abs=1e-12)


@pytest.mark.parametrize("case", CASES["protected"], ids=lambda c: str(c["counts"]))
def test_small_counts_are_hidden_with_company(case: dict[str, Any]) -> None:
    assert survey_model._protected(np.array(case["counts"], float)) == case["shown"]


# -- a known truth ---------------------------------------------------------------------------------


def raw_cells(frame: pl.DataFrame) -> np.ndarray:
    """Weighted mean of each cell; the weighted mean of all where a cell has no answer."""
    age = np.searchsorted(FIRST_YEAR, frame["AGE"].to_numpy(), side="right") - 1
    diploma = np.array([DIPLOMA_WORDS.index(word) for word in frame["DIPL"]])
    home = (frame["NBPERS"] == 1).to_numpy().astype(int)
    weight, yes = frame["POIDS"].to_numpy(), (frame["Q1"] == 1).to_numpy()
    sums = np.zeros((2, *SHAPE))
    np.add.at(sums[0], (age, diploma, home), weight * yes)
    np.add.at(sums[1], (age, diploma, home), weight)
    mean = (weight * yes).sum() / weight.sum()
    return np.where(sums[1] > 0, sums[0] / np.where(sums[1] > 0, sums[1], 1), mean)


@pytest.mark.slow
def test_poststratified_truth_is_recovered(truth: World) -> None:
    """Eight surveys of 4,000: total, coverage of the cells, error against the raw means."""
    share = truth.persons / truth.persons.sum()
    total = (share * truth.theta).sum()
    gaps, inside = [], []
    for seed in range(8):
        frame = answers(truth, 4000, seed=100 + seed)
        fit = fit_cells(read_answers(frame, mapping()).frame, truth.persons)
        theta, loadings = survey_model._published(fit)
        sd = np.sqrt((loadings**2).sum(-1))
        inside.append(np.abs(logit(truth.theta) - logit(theta)) < 1.96 * sd)
        gaps.append((share * theta).sum() - total)
        error = {
            name: np.sqrt((share * (found - truth.theta) ** 2).sum())
            for name, found in (("model", theta), ("raw", raw_cells(frame)))
        }
        assert error["model"] < 0.75 * error["raw"]
    assert 0.90 <= np.mean(inside) <= 0.99
    assert np.abs(np.mean(gaps)) < 0.004, "no drift of the national total"
    assert np.max(np.abs(gaps)) < 0.012


def test_the_contrast_of_exposure_is_recovered(rates: FittedRates) -> None:
    assert rates.delta is not None
    assert rates.delta_sd is not None
    assert abs(rates.delta - DELTA) < 3 * rates.delta_sd
    assert 0.05 < rates.delta_sd < 0.4
    row = rates.table.filter(pl.col("term") == "exposure").row(0, named=True)
    assert row["estimate"] == pytest.approx(rates.delta)


def test_rates_rise_with_age_and_fall_with_diploma(rates: FittedRates) -> None:
    share = rates.theta.mean((1, 2))
    assert share[-1] > 5 * share[2]
    assert rates.theta[-3:, 0].mean() > rates.theta[-3:, 5].mean()


def test_loadings_keep_the_spread_of_every_cell(truth: World, survey: pl.DataFrame) -> None:
    fit = fit_cells(read_answers(survey, mapping()).frame, truth.persons)
    _, loadings = survey_model._published(fit)
    rows = survey_model._grid_rows(2)
    exact = np.sqrt(np.diag(rows @ fit.covariance @ rows.T))
    assert np.sqrt((loadings**2).sum(-1)).ravel() == pytest.approx(exact, rel=1e-6)


@pytest.mark.slow
def test_order_of_rows_and_scale_of_weights_change_nothing(
    truth: World, survey: pl.DataFrame, rates: FittedRates
) -> None:
    shuffled = survey.sample(fraction=1.0, shuffle=True, seed=3)
    again = fit_survey(shuffled.with_columns(pl.col("POIDS") * 1000), mapping(), truth.reference)
    assert again.theta == pytest.approx(rates.theta, abs=1e-4)
    assert again.delta == pytest.approx(rates.delta, abs=1e-3)


@pytest.mark.slow
def test_wide_classes_give_wider_errors_in_the_same_place(truth: World) -> None:
    """Ages known in six classes only: same total, ages inside a class less sure."""
    bands = ("15-24", "25-39", "40-59", "60-69", "70+")
    starts = [25, 40, 60, 70]
    frame = answers(truth, 4000, seed=5)
    place = np.searchsorted(starts, frame["AGE"].to_numpy(), side="right")
    wide = frame.with_columns(AGE=pl.Series(np.array(bands)[place]))
    classes = {"colonne": "AGE", "classes": {band: band for band in bands}}
    share = truth.persons / truth.persons.sum()
    fine = fit_survey(frame, mapping(), truth.reference)
    rough = fit_survey(wide, mapping(age=classes), truth.reference)
    assert (share * rough.theta).sum() == pytest.approx((share * fine.theta).sum(), abs=0.015)
    spread = [np.sqrt((r.loadings**2).sum(-1))[-1].mean() for r in (fine, rough)]
    assert spread[1] > spread[0]


def test_without_household_both_have_the_same_rate(truth: World, survey: pl.DataFrame) -> None:
    found = fit_survey(survey, mapping(menage=None, exposition=None), truth.reference)
    assert np.array_equal(found.theta[..., 0], found.theta[..., 1])
    assert found.delta is None
    assert "household" not in found.table["term"].to_list()


@pytest.mark.slow
def test_income_and_region_are_told_but_do_not_move_the_rates(
    truth: World, survey: pl.DataFrame, rates: FittedRates
) -> None:
    rng = np.random.default_rng(0)
    frame = survey.with_columns(
        REV=pl.Series(rng.choice(["bas", "haut"], survey.height)),
        REG=pl.Series(rng.choice(["A", "B", "C"], survey.height)),
    )
    revenu = {"colonne": "REV", "classes": {"bas": "bas", "haut": "haut"}}
    found = fit_survey(frame, mapping(revenu=revenu, region={"colonne": "REG"}), truth.reference)
    terms = found.table.group_by("term").len().to_dict(as_series=False)
    assert dict(zip(terms["term"], terms["len"], strict=True)) | {"income": 2, "region": 3} == dict(
        zip(terms["term"], terms["len"], strict=True)
    )
    assert found.theta == pytest.approx(rates.theta, abs=1e-9)


# -- refusals --------------------------------------------------------------------------------------


def test_too_few_answers_are_refused(truth: World, survey: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="au moins 200"):
        fit_survey(survey.head(150), mapping(), truth.reference)


def test_a_class_with_too_few_answers_is_named(truth: World, survey: pl.DataFrame) -> None:
    few = pl.concat([survey.filter(pl.col("DIPL") != "bac"), survey.filter(DIPL="bac").head(4)])
    with pytest.raises(DataError) as caught:
        fit_survey(few, mapping(), truth.reference)
    assert "diplôme" in str(caught.value)
    assert "« bac »" in str(caught.value)
    assert "Regroupez" in caught.value.remedy


def test_an_outcome_that_never_varies_is_refused(truth: World, survey: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="identiques"):
        fit_survey(survey.with_columns(Q1=pl.lit("2")), mapping(), truth.reference)


def test_too_few_exposed_give_no_contrast(truth: World, survey: pl.DataFrame) -> None:
    frame = survey.with_columns(RSA=pl.lit("non"), CHOM=pl.lit("non"))
    found = fit_survey(frame, mapping(), truth.reference)
    assert found.delta is None
    assert any("δ non estimé" in note for note in found.notes)


# -- in a terminal ---------------------------------------------------------------------------------


def run_fit(folder: Path, frame: pl.DataFrame, *words: str, name: str = "s.csv") -> Result:
    path = folder / name
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path, separator=";")
    (folder / "m.yaml").write_text(yaml.safe_dump(MAPPING, allow_unicode=True), "utf-8")
    command = ["needs", "fit", str(path), "--mapping", str(folder / "m.yaml"), *words]
    return CliRunner().invoke(portrea, command, catch_exceptions=False)


def test_the_command_prints_coefficients_and_writes_rates(
    tmp_path: Path, survey: pl.DataFrame, rates: FittedRates
) -> None:
    done = run_fit(tmp_path, survey, "-o", str(tmp_path / "taux.json"), name="s.parquet")
    written = FittedRates.read(tmp_path / "taux.json")
    assert written.digest == rates.digest, "same answers, same rates, whatever the door"
    for word in ("vit seul", "80+", "écart type", f"Empreinte : {rates.digest}", "Réponses : 3"):
        assert word in done.stdout


def test_nothing_of_a_person_leaves_memory(
    tmp_path: Path, home: Path, survey: pl.DataFrame
) -> None:
    """Neither the store, nor what is printed, nor the file hold a value of one answer."""
    secret = "Mme-Confidentielle-75011"
    rng = np.random.default_rng(1)
    marked = survey.with_columns(
        NOM=pl.Series([f"{secret}-{i}" for i in range(survey.height)]),
        POIDS=pl.Series(np.round(rng.uniform(1, 2, survey.height), 9)),
    )
    done = run_fit(tmp_path, marked, "-o", str(tmp_path / "taux.json"))
    published = (tmp_path / "taux.json").read_text("utf-8")
    told = done.stdout + done.stderr + published
    assert secret not in told
    assert not [w for w in marked["POIDS"].to_list() if str(w) in told]
    assert not home.exists() or not [p for p in home.rglob("*") if p.is_file()]
    content = json.loads(published)
    assert set(content) == {
        "format", "name", "source", "vintage", "outcome", "answers", "delta", "delta_sd", "notes",
        "ages", "diplomas", "households", "theta", "loadings", "coefficients", "digest",
    }  # fmt: skip
    counts = [row["n"] for row in content["coefficients"] if row["n"] is not None]
    assert all(n == 0 or n >= 11 for n in counts)
    assert all(r["n"] is None for r in content["coefficients"] if r["term"] == "age_diploma")


def test_a_refused_file_tells_no_answer_either(tmp_path: Path, survey: pl.DataFrame) -> None:
    secret = "Mme Confidentielle"
    marked = pl.concat([survey.head(2999), survey.tail(1).with_columns(DIPL=pl.lit(secret))])
    with pytest.raises(DataError) as caught:
        run_fit(tmp_path, marked)
    assert "1 code(s)" in str(caught.value)
    assert secret not in str(caught.value)


def test_a_draft_can_be_completed_and_used(tmp_path: Path, survey: pl.DataFrame) -> None:
    survey.write_csv(tmp_path / "s.csv")
    bare = MAPPING | {"diplome": {"colonne": "DIPL", "classes": {"bac": "bac"}}}
    (tmp_path / "bare.yaml").write_text(yaml.safe_dump(bare, allow_unicode=True), "utf-8")
    draft = tmp_path / "draft.yaml"
    words = ["--mapping", str(tmp_path / "bare.yaml"), "--draft", str(draft)]
    command = ["needs", "fit", str(tmp_path / "s.csv"), *words]
    CliRunner().invoke(portrea, command, catch_exceptions=False)
    drawn = yaml.safe_load(draft.read_text("utf-8"))
    assert drawn["diplome"]["classes"]["aucun"] == "à compléter"
    assert set(drawn["diplome"]["classes"]) == set(DIPLOMA_WORDS)
    with pytest.raises(DataError, match="à compléter"):
        CliRunner().invoke(
            portrea,
            ["needs", "fit", str(tmp_path / "s.csv"), "--mapping", str(draft)],
            catch_exceptions=False,
        )


@pytest.mark.parametrize("words", [(), ("--draft", "unused.yaml")], ids=["fit", "draft"])
@pytest.mark.parametrize(
    ("content", "said"), [(None, "introuvable"), ("a: [", "YAML lisible"), ("- 1", "on attend")]
)
def test_a_mapping_that_cannot_be_read_is_explained(
    tmp_path: Path, survey: pl.DataFrame, content: str | None, said: str, words: tuple[str, ...]
) -> None:
    survey.head(5).write_csv(tmp_path / "s.csv")
    path = tmp_path / "m.yaml"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(DataError, match=said):
        CliRunner().invoke(
            portrea,
            ["needs", "fit", str(tmp_path / "s.csv"), "--mapping", str(path), *words],
            catch_exceptions=False,
        )


def test_a_spreadsheet_is_read_in_its_right_sheet(tmp_path: Path, survey: pl.DataFrame) -> None:
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    book.active.append(["Lisez-moi", "Enquête"])
    sheet = book.create_sheet("réponses")
    sheet.append(survey.columns)
    for row in survey.head(60).iter_rows():
        sheet.append(row)
    book.save(tmp_path / "s.xlsx")
    bare = MAPPING | {"diplome": {"colonne": "DIPL", "classes": {}}}
    (tmp_path / "bare.yaml").write_text(yaml.safe_dump(bare, allow_unicode=True), "utf-8")
    words = ["--mapping", str(tmp_path / "bare.yaml"), "--draft", str(tmp_path / "draft.yaml")]
    command = ["needs", "fit", str(tmp_path / "s.xlsx"), *words]
    CliRunner().invoke(portrea, command, catch_exceptions=False)
    drawn = yaml.safe_load((tmp_path / "draft.yaml").read_text("utf-8"))
    assert "aucun" in drawn["diplome"]["classes"]
    assert "à compléter" not in drawn["indicateur"], "1 and 2 are codes, not 1.0 and 2.0"
