"""A synthetic survey followed from its answers to the sentences of its published page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner

from portrea.base.errors import DataError
from portrea.surveys.examples import SYNTHETIC, example, names
from portrea.surveys.filling import fill
from portrea.surveys.models import models
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.models import Survey
from portrea.web.surveys.results.reading import read
from portrea.web.surveys.services.examples import example_load
from portrea.web.surveys.services.publishing import results_publish

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
SAYS = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/surveys/examples.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("name", names())
def test_synthetic_answers_say_that_they_are_and_have_no_fault(name: str) -> None:
    told = example(name)
    form = models()[told.model].form
    assert told.title.startswith(SYNTHETIC)
    for one in told.answers[::7]:
        assert not fill(form, one.answers, now=one.answered).faults
    assert len({one.uuid for one in told.answers}) == len(told.answers)


@pytest.mark.parametrize("name", SAYS)
def test_published_figures_come_out_of_the_answers(client: Client, name: str) -> None:
    survey = example_load(actor=SYSTEM, name=name, territory="commune:35238")
    results_publish(actor=SYSTEM, key=survey.key)
    page = client.get(f"/enquetes/{survey.key}/resultats/").content.decode()
    said = page.replace("\u202f", " ")
    assert [one for one in SAYS[name] if one not in said] == []
    assert "Personne n’a donné ces réponses" in said
    assert "jeu synthétique" in said
    if name == "habitants":
        young_are_weighted_back(survey)


def young_are_weighted_back(survey: Survey) -> None:
    """72 of 192 asked, 1 500 of 10 000 people; the same set is not loaded twice."""
    counted = [read(survey, weighted=weighted).counted for weighted in (True, False)]
    tables = [one.tallies.table(["age"]) for one in counted]
    young = [table.filter(choice="a15_24")["share"][0] for table in tables]
    assert young == pytest.approx([0.15, 0.375], abs=1e-6)
    with pytest.raises(DataError, match="déjà"):
        example_load(actor=SYSTEM, name="habitants", territory="commune:35238")
    assert Survey.objects.count() == 1


def test_an_unknown_set_is_said() -> None:
    from portrea.cli.surveys import surveys

    done = CliRunner().invoke(surveys, ["example", "rien"])
    assert done.exit_code == 2
    assert "--territory" in done.output
