"""Model M1: rates of digital incapacity by age, diploma and household, fitted on a survey.

``logit θ = μ + α_age + β_diploma + γ_age×diploma + δ_household``, random walks between neighbouring
ages and diplomas, every standard deviation estimated (:mod:`portrea.stats.multilevel`).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

from portrea.base.errors import DataError, Diagnostic
from portrea.needs.fitted import COEFFICIENTS, HOUSEHOLDS, MOST_LOADINGS, SHAPE, FittedRates
from portrea.needs.grid import ADULT_AGES, DIPLOMAS, SCHOOLED, WORKING, age_span, diploma_cells
from portrea.needs.microdata import kish_size, read_answers
from portrea.needs.parameters import load_parameters
from portrea.needs.reference import build_reference
from portrea.stats.multilevel import (
    Factor,
    MultilevelFit,
    fit_multilevel,
    independent,
    random_walk,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.needs.reference import Reference
    from portrea.needs.survey_mapping import SurveyMapping

    Floats = NDArray[np.float64]

Z95 = 1.959964
REMEDY = "Regroupez des classes dans la correspondance, ou ajoutez des années d’enquête."


@cache
def settings() -> dict[str, Any]:
    """Priors and thresholds of the model, from their dated YAML."""
    text = (files("portrea.needs") / "params/survey_model.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def _number(group: str, name: str) -> float:
    return float(settings()[group][name]["value"])


def fit_survey(
    frame: pl.DataFrame, mapping: SurveyMapping, reference: Reference | None = None
) -> FittedRates:
    """Fit the model on the rows of a survey and return what may be published.

    Parameters
    ----------
    frame
        Answers, one row per person, with the columns that ``mapping`` names.
    mapping
        Meaning of columns and codes.
    reference
        National structure: spreads a wide class (« 40-59 ans ») over the cells of the grid. That
        shipped with Portrea by default.

    Raises
    ------
    DataError
        See :func:`portrea.needs.microdata.read_answers`; also too few answers, or an outcome that
        never varies.
    """
    answers = read_answers(frame, mapping)
    _check_enough(answers.frame, wide=not isinstance(mapping.age, str))
    persons = national_persons(reference or build_reference(load_parameters()))
    rates = fit_cells(answers.frame, persons)
    contrast, notes = _contrast(answers.frame, persons)
    tables = [_table(rates, _counts(answers.frame, persons))]
    tables += [_contrast_row(contrast, answers.frame)] if contrast is not None else []
    tables += _own_effects(answers.frame, persons)
    centre, loadings = _published(rates)
    weights = answers.frame["weight"].to_numpy()
    shrunk = 100 * kish_size(weights) / len(weights)
    return FittedRates(
        name=mapping.name,
        source=mapping.source,
        vintage=mapping.vintage,
        theta=centre,
        loadings=loadings,
        delta=None if contrast is None else contrast[0],
        delta_sd=None if contrast is None else contrast[1],
        table=pl.concat(tables),
        answers=answers.frame.height,
        outcome=mapping.label,
        notes=(*answers.notes, f"effectif utile (Kish) : {shrunk:.0f} % des réponses", *notes),
    )


def national_persons(reference: Reference) -> Floats:
    """Persons by adult age, diploma and household."""
    alone = reference.alone
    persons: Floats = reference.joint[:, :, None] * np.stack([1 - alone, alone], axis=-1)
    return persons


def fit_cells(answers: pl.DataFrame, persons: Floats) -> MultilevelFit:
    """Fit the rates of the grid: no income, region or exposure, which cells do not know."""
    rows = _grouped(answers, ["age", "diploma", "alone"])
    fixed, fixed_sd = _fixed(rows, [])
    return fit_multilevel(
        rows["yes"].to_numpy(),
        rows["all"].to_numpy(),
        fixed,
        _factors(rows, persons),
        fixed_sd=fixed_sd,
        points=int(_number("integration", "points")),
    )


# -- the design ------------------------------------------------------------------------------------


def _grouped(answers: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Distinct rows, with weights scaled to the effective size (Kish) of the sample."""
    weight = answers["weight"].to_numpy()
    scale = kish_size(weight) / float(weight.sum())
    scaled = pl.col("weight") * scale
    return (
        answers.group_by(keys)
        .agg((scaled * pl.col("yes")).sum().alias("yes"), scaled.sum().alias("all"))
        .sort(keys, nulls_last=True)
    )


def _fixed(rows: pl.DataFrame, extra: list[str]) -> tuple[Floats, Floats]:
    names = [n for n in ("alone", *extra) if rows[n].null_count() < rows.height]
    columns = [rows[n].cast(pl.Float64).fill_null(0.0).to_numpy() for n in names]
    scales = [_number("priors", "constant")] + [_number("priors", "contrast")] * len(names)
    return np.column_stack([np.ones(rows.height), *columns]), np.array(scales)


def _factors(rows: pl.DataFrame, persons: Floats) -> list[Factor]:
    cells = _cell_loads(rows, persons)
    ages, diplomas = len(ADULT_AGES), len(DIPLOMAS)
    ordered = np.zeros((diplomas, diplomas - 1))
    ordered[:SCHOOLED, : SCHOOLED - 1] = random_walk(SCHOOLED)
    ordered[SCHOOLED, -1] = 1.0
    return [
        Factor("age", cells.sum(2), random_walk(ages), _number("priors", "age")),
        Factor("diploma", cells.sum(1), ordered, _number("priors", "diploma")),
        Factor(
            "age_diploma",
            cells.reshape(len(cells), -1),
            independent(ages * diplomas),
            _number("priors", "age_diploma"),
        ),
    ]


def _cell_loads(rows: pl.DataFrame, persons: Floats) -> Floats:
    """Weight of each cell age × diploma in each row: one cell, or a class spread by the census."""
    kinds = rows.select("age", "diploma").unique(maintain_order=True)
    loads = {
        (age, diploma): _spread(age, diploma, persons.sum(2)) for age, diploma in kinds.iter_rows()
    }
    return np.array([loads[key] for key in rows.select("age", "diploma").iter_rows()])


def _spread(age: str, diploma: str, persons: Floats) -> Floats:
    codes = diploma_cells()
    inside = np.max([codes[code] for code in diploma.split("+")], axis=0)
    cells = np.outer(_overlap(age), inside)
    weighted = cells * persons
    kept = weighted if weighted.sum() > 0 else cells
    spread: Floats = kept / kept.sum()
    return spread


def _overlap(band: str) -> Floats:
    """Share of each adult age cell that a band covers (years taken as equal)."""
    low, high = age_span(band)
    spans = np.array([age_span(cell) for cell in ADULT_AGES], dtype=float)
    common = np.minimum(spans[:, 1], high) - np.maximum(spans[:, 0], low) + 1
    covered: Floats = np.clip(common / (spans[:, 1] - spans[:, 0] + 1), 0.0, 1.0)
    return covered


def _grid_rows(fixed: int) -> Floats:
    """Predictor of the 12 × 7 × 2 cells over fixed effects, ages, diplomas and their crossing."""
    age, diploma, home = (part.ravel() for part in np.indices(SHAPE))
    base = np.zeros((len(age), fixed))
    base[:, 0] = 1.0
    if fixed > 1:
        base[:, 1] = home
    crossed = np.eye(SHAPE[0] * SHAPE[1])[age * SHAPE[1] + diploma]
    return np.hstack([base, np.eye(SHAPE[0])[age], np.eye(SHAPE[1])[diploma], crossed])


def _published(fit: MultilevelFit) -> tuple[Floats, Floats]:
    """Rates of the cells, and loadings of their errors: exact variances, main correlations.

    ``Cov(logit θ) ≈ Λ Λ'`` from its largest eigenvectors, each row then scaled so that the variance
    of every cell is exact.
    """
    rows = _grid_rows(fit.slices["fixed"].stop)
    covariance = rows @ fit.covariance @ rows.T
    values, vectors = np.linalg.eigh(covariance)
    kept = slice(-1, -MOST_LOADINGS - 1, -1)
    loads = vectors[:, kept] * np.sqrt(np.clip(values[kept], 0.0, None))
    loads *= np.where(loads.sum(0) < 0, -1.0, 1.0)
    loads *= np.sqrt(np.diag(covariance) / (loads**2).sum(1))[:, None]
    return fit.rates(rows).reshape(SHAPE), loads.reshape(*SHAPE, -1)


# -- the other effects -----------------------------------------------------------------------------


def _contrast(
    answers: pl.DataFrame, persons: Floats
) -> tuple[tuple[float, float] | None, tuple[str, ...]]:
    """δ: logit gap between exposed and not, same age, diploma and household, 15-64 years."""
    asked = answers.drop_nulls("exposed")
    if not asked.height:
        return None, ()
    rows = _grouped(asked, ["age", "diploma", "alone", "exposed"])
    working = _cell_loads(rows, persons)[:, :WORKING].sum((1, 2)) > 0.5
    kept = rows.filter(pl.Series(working))
    young = asked.join(kept.select("age").unique(), on="age")
    least = _number("thresholds", "least_exposed")
    sizes = [young.filter(pl.col("exposed") == side).height for side in (True, False)]
    if min(sizes) < least or not 0 < kept["yes"].sum() < kept["all"].sum():
        return None, (f"δ non estimé : moins de {least:.0f} réponses exposées ou non exposées",)
    fixed, fixed_sd = _fixed(kept, ["exposed"])
    fit = fit_multilevel(
        kept["yes"].to_numpy(),
        kept["all"].to_numpy(),
        fixed,
        _factors(kept, persons),
        fixed_sd=fixed_sd,
        points=int(_number("integration", "points")),
    )
    place = fixed.shape[1] - 1
    return (float(fit.mean[place]), float(fit.sd[place])), ()


def _own_effects(answers: pl.DataFrame, persons: Floats) -> list[pl.DataFrame]:
    """Effects of income and région with age and diploma held: shown, not used in the cells."""
    known = [n for n in ("income", "region") if answers[n].null_count() < answers.height]
    asked = answers.drop_nulls(known)
    if not known or asked["yes"].n_unique() < 2:
        return []
    rows = _grouped(asked, ["age", "diploma", "alone", *known])
    fixed, fixed_sd = _fixed(rows, [])
    factors = _factors(rows, persons)
    names = {n: asked[n].unique().sort().to_list() for n in known}
    for name, levels in names.items():
        place = rows[name].replace_strict(levels, list(range(len(levels)))).to_numpy()
        loads = np.eye(len(levels))[place]
        factors.append(Factor(name, loads, independent(len(levels)), _number("priors", name)))
    fit = fit_multilevel(
        rows["yes"].to_numpy(),
        rows["all"].to_numpy(),
        fixed,
        factors,
        fixed_sd=fixed_sd,
        points=int(_number("integration", "points")) // 2,
    )
    return [_effects(fit, n, levels, _sizes(asked, n, levels)) for n, levels in names.items()]


# -- what is published -----------------------------------------------------------------------------


def _table(fit: MultilevelFit, counts: dict[str, list[int | None]]) -> pl.DataFrame:
    cells = [f"{a} × {d}" for a in ADULT_AGES for d in DIPLOMAS]
    fixed = [("constant", ""), ("household", HOUSEHOLDS[1])][: fit.slices["fixed"].stop]
    base = [
        _row(term, modality, fit.mean[i], fit.sd[i], counts[term][0])
        for i, (term, modality) in enumerate(fixed)
    ]
    sds = [_sd_row(name, *values) for name, values in fit.sds().items()]
    return pl.concat(
        [
            _frame(base),
            _effects(fit, "age", list(ADULT_AGES), counts["age"]),
            _effects(fit, "diploma", list(DIPLOMAS), counts["diploma"]),
            _effects(fit, "age_diploma", cells, [None] * len(cells)),
            _frame(sds),
        ]
    )


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=COEFFICIENTS.schema)


def _row(term: str, modality: str, mean: float, sd: float, n: int | None) -> dict[str, Any]:
    edges = {"low": mean - Z95 * sd, "high": mean + Z95 * sd}
    return {"term": term, "modality": modality, "estimate": mean, "sd": sd, **edges, "n": n}


def _sd_row(name: str, mean: float, low: float, high: float) -> dict[str, Any]:
    spread = (high - low) / (2 * Z95)
    row = {"term": "sd", "modality": name, "estimate": mean, "sd": spread}
    return row | {"low": low, "high": high, "n": None}


def _effects(
    fit: MultilevelFit, term: str, levels: list[str], counts: list[int | None]
) -> pl.DataFrame:
    place = fit.slices[term]
    numbers = zip(levels, fit.mean[place], fit.sd[place], counts, strict=True)
    return _frame([_row(term, level, mean, sd, n) for level, mean, sd, n in numbers])


def _contrast_row(contrast: tuple[float, float], answers: pl.DataFrame) -> pl.DataFrame:
    number = _sizes(answers, "exposed", [True, False])[0]
    return _frame([_row("exposure", "exposed", *contrast, number)])


def _counts(answers: pl.DataFrame, persons: Floats) -> dict[str, list[int | None]]:
    """Answers by published level; a class is spread over its cells like the census."""
    sizes = answers.group_by("age", "diploma").len()
    spread = (_cell_loads(sizes, persons) * sizes["len"].to_numpy()[:, None, None]).sum(0)
    alone = _sizes(answers, "alone", [True, False])
    return {
        "constant": [answers.height],
        "household": [alone[0]],
        "age": _protected(np.rint(spread.sum(1))),
        "diploma": _protected(np.rint(spread.sum(0))),
    }


def _sizes(answers: pl.DataFrame, column: str, levels: list[Any]) -> list[int | None]:
    return _protected(np.array([(answers[column] == level).sum() for level in levels], float))


def _protected(counts: Floats) -> list[int | None]:
    """Hide small counts, and others with them until a difference from the total tells nothing."""
    least = _number("thresholds", "published_count")
    order = np.argsort(counts, kind="stable")
    hidden = [int(i) for i in order if 0 < counts[i] < least]
    rest = [int(i) for i in order if counts[i] >= least]
    while hidden and rest and (len(hidden) < 2 or counts[hidden].sum() < least):
        hidden.append(rest.pop(0))
    return [None if i in hidden else int(count) for i, count in enumerate(counts)]


def _check_enough(answers: pl.DataFrame, *, wide: bool) -> None:
    least = int(_number("thresholds", "least_answers"))
    if answers.height < least:
        raise DataError(
            f"Il ne reste que {answers.height} réponses : il en faut au moins {least} pour ajuster"
            " le modèle.",
            remedy="Vérifiez le filtre et les codes laissés de côté.",
        )
    if answers["yes"].n_unique() < 2:
        raise DataError(
            "Toutes les réponses à l’indicateur sont identiques : rien ne peut être ajusté.",
            remedy="Vérifiez les codes « oui » et « non » de « indicateur ».",
        )
    floor = int(_number("thresholds", "least_per_class"))
    words = {"diploma": "diplôme", "alone": "vit seul"} | ({"age": "âge"} if wide else {})
    faults = [
        Diagnostic(
            "few-answers", f"moins de {floor} réponses", field=words[name], value=_word(level)
        )
        for name in words
        for level, number in answers.drop_nulls(name).group_by(name).len().sort(name).iter_rows()
        if number < floor
    ]
    if faults:
        raise DataError(
            "Des classes ont trop peu de réponses pour le modèle.",
            diagnostics=tuple(faults),
            remedy=REMEDY,
        )


def _word(level: object) -> str:
    if isinstance(level, bool):
        return "oui" if level else "non"
    return str(level)


__all__ = [
    "fit_cells",
    "fit_survey",
    "national_persons",
    "settings",
]
