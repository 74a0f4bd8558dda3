"""SYNTHETIC surveys for the tests of voices: nobody ever gave these answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import yaml
from django.utils import timezone

from portrea.surveys.filling import fill
from portrea.surveys.form import Kind
from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.models import Submission
from portrea.web.surveys.services.publishing import results_publish
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.surveys.form import Form
    from portrea.web.surveys.models import Survey

CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/steering/voices.yaml").read_text("utf-8")
)
DIAGNOSIS = CASES["diagnosis"]
EPCI = "epci:243500618"
SEED = 20261123
ALONE = {"aucune", "rien", "autre", "inconnu"}
COMMUNES = (
    "Bréal-sous-Montfort",
    "Plélan-le-Grand",
    "Paimpont",
    "Saint-Thurial",
    "Maxent",
    "ailleurs",
)
"""Places written by people; the first ones hold most of them."""


def opened(model: str, territory: str, rows: Sequence[Mapping[str, str]], **told: Any) -> Survey:
    """Open a survey of a ready questionnaire with its answers, read again."""
    sheets = write_sheets(models()[model].form)
    made = questionnaire_create(
        actor=SYSTEM, title=f"Jeu synthétique – {model}", territory=territory, sheets=sheets,
        model=model,
    )  # fmt: skip
    version_publish(actor=SYSTEM, key=made.key)
    title = f"Jeu synthétique : {len(rows)} réponses"
    survey = survey_open(
        actor=SYSTEM, questionnaire=made, territory=territory, **{"title": title} | told
    )
    Submission.objects.bulk_create(
        Submission(
            uuid=UUID(int=survey.pk * 1000 + rank), survey=survey, version=survey.version,
            digest=str(rank), channel="web", answers=dict(row), reviewed=timezone.now(),
        )
        for rank, row in enumerate(rows)
    )  # fmt: skip
    return survey


def residents(territory: str = EPCI) -> Survey:
    """192 residents, the young asked too often, weighted back to four classes of age."""
    survey = opened("habitants", territory, resident_rows(), design="quotas")
    survey.margins = DIAGNOSIS["margins"]
    survey.margins_source = "totaux inventés pour l’essai"
    survey.save()
    return survey


def published(survey: Survey) -> Survey:
    """Publish the results as they are."""
    results_publish(actor=SYSTEM, key=survey.key)
    return survey


def resident_rows() -> list[dict[str, str]]:
    """Return the answers of the worked case; what it does not say is drawn."""
    form, rng = models()["habitants"].form, np.random.default_rng(SEED)
    rows = []
    for age, told in DIAGNOSIS["answers"].items():
        ease, helped = _listed(told["aisance"]), _listed(told["aide_recue"])
        for rank in range(told["size"]):
            given = {"age": age, "aisance": ease[rank], "aide_recue": helped[rank]}
            given |= {"commune": COMMUNES[min(int(rng.geometric(0.4)) - 1, len(COMMUNES) - 1)]}
            given |= {"criteres": "pres" if rank < told["pres"] else "discret"}
            rows.append(_filled(form, given, rng))
    return rows


def _listed(counts: Mapping[str, int]) -> list[str]:
    return [choice for choice, count in counts.items() for _one in range(count)]


def _filled(form: Form, given: dict[str, str], rng: np.random.Generator) -> dict[str, str]:
    for question in form.questions():
        choices = [one.name for one in form.lists.get(question.choices, ())]
        plain = [one for one in choices if one not in ALONE]
        if question.name in given or not plain:
            continue
        many = int(rng.integers(1, 3)) if question.kind is Kind.SEVERAL else 1
        given[question.name] = " ".join(rng.permutation(plain)[:many].tolist())
    return dict(fill(form, given, now=timezone.now()).answers)  # type: ignore[arg-type]
