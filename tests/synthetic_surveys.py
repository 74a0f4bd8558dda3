"""Surveys whose truth is known: drawn from the national cells with declared rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import expit, logit

from portrea.needs.grid import ADULT_AGES, WORKING
from portrea.needs.parameters import load_parameters
from portrea.needs.reference import Reference, build_reference
from portrea.needs.survey_mapping import SurveyMapping, parse_mapping
from portrea.needs.survey_model import national_persons

DIPLOMA_WORDS = ("aucun", "brevet", "cap", "bac", "bac+2", "bac+3", "études")
CODES = ("no_diploma", "bepc", "capbep", "bac", "sup2", "sup3plus", "schooled")
FIRST_YEAR = (15, 20, 25, 30, 40, 45, 55, 60, 65, 70, 75, 80)
DELTA = 0.6
EXPOSED = 0.12

MAPPING = {
    "nom": "Enquête d’essai",
    "source": "tirée au sort par les tests",
    "millesime": "2024",
    "poids": {"colonne": "POIDS"},
    "age": {"colonne": "AGE"},
    "diplome": {"colonne": "DIPL", "classes": dict(zip(DIPLOMA_WORDS, CODES, strict=True))},
    "menage": {"colonne": "NBPERS", "seul": ["1"], "autre": ["2", "3"]},
    "indicateur": {"colonne": "Q1", "libelle": "ne sait pas", "oui": ["1"], "non": ["2"]},
    "exposition": [
        {"colonne": "RSA", "oui": ["oui"], "non": ["non"]},
        {"colonne": "CHOM", "oui": ["oui"], "non": ["non"]},
    ],
}


@dataclass(frozen=True, eq=False)
class World:
    """National persons and true rates by age, diploma and household."""

    reference: Reference
    persons: np.ndarray
    theta: np.ndarray


def world(seed: int = 1) -> World:
    """Rates that are not additive: M0's, with an interaction drawn once."""
    reference = build_reference(load_parameters())
    rng = np.random.default_rng(seed)
    eta = logit(reference.theta) + rng.normal(0, 0.3, (12, 7, 1))
    return World(reference, national_persons(reference), expit(eta))


def mapping(**changes: object) -> SurveyMapping:
    return parse_mapping({**MAPPING, **changes})


def unexposed(theta: np.ndarray) -> np.ndarray:
    """Logit of those not exposed such that the mean over exposure is exactly θ (Newton)."""
    part = 1 - (1 - EXPOSED) ** 2
    eta = logit(theta)
    for _ in range(30):
        with_, without = expit(eta + DELTA), expit(eta)
        gap = part * with_ + (1 - part) * without - theta
        eta = eta - gap / (part * with_ * (1 - with_) + (1 - part) * without * (1 - without))
    return eta


def answers(truth: World, number: int, seed: int) -> pl.DataFrame:
    """Draw persons (the old twice as often, weights undo it), their exposure and their answer."""
    rng = np.random.default_rng(seed)
    chance = truth.persons * np.where(np.arange(12) >= WORKING, 2.0, 1.0)[:, None, None]
    cell = rng.choice(chance.size, number, p=chance.ravel() / chance.sum())
    age, diploma, alone = np.unravel_index(cell, truth.persons.shape)
    rsa, job = rng.random((2, number)) < EXPOSED
    exposed = (rsa | job) & (age < WORKING)
    base = np.where(
        age < WORKING, unexposed(truth.theta).ravel()[cell], logit(truth.theta.ravel()[cell])
    )
    yes = rng.random(number) < expit(base + DELTA * exposed)
    weight = (truth.persons / chance).ravel()[cell] * rng.uniform(0.7, 1.4, number)
    first = np.array(FIRST_YEAR)
    last = np.append(first[1:], 95)
    return pl.DataFrame(
        {
            "AGE": rng.integers(first[age], last[age]),
            "DIPL": np.array(DIPLOMA_WORDS)[diploma],
            "NBPERS": np.where(alone == 1, 1, rng.integers(2, 4, number)),
            "Q1": np.where(yes, 1, 2),
            "RSA": np.where(exposed & rsa, "oui", "non"),
            "CHOM": np.where(exposed & job, "oui", "non"),
            "POIDS": weight,
        }
    )


assert len(FIRST_YEAR) == len(ADULT_AGES)
