"""A process of its own, neither of the two sites: python acts.py prepare|publish|answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import django
import yaml

TESTS = Path(__file__).resolve().parents[3]
django.setup()

from django.core.management import call_command  # noqa: E402

from portrea.surveys.models import sheets_of  # noqa: E402
from portrea.web.accounts.models import User  # noqa: E402
from portrea.web.accounts.permissions import SYSTEM  # noqa: E402
from portrea.web.steering.services import editions  # noqa: E402
from portrea.web.surveys.models import Submission  # noqa: E402
from portrea.web.surveys.services.questionnaires import (  # noqa: E402
    questionnaire_create,
    version_publish,
)
from portrea.web.surveys.services.rounds import survey_open  # noqa: E402

EPCI = "epci:243500618"


def prepare() -> dict[str, str]:
    """Make the tables, an account and an open survey; return the key of the survey."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    User.objects.create_user("jeanne@example.org", "un mot de passe long")
    told = yaml.safe_load((TESTS / "cases/surveys/two_pages.yaml").read_text("utf-8"))
    made = questionnaire_create(
        actor=SYSTEM, title="Courte", territory="commune:35238", sheets=sheets_of(told)
    )
    version_publish(actor=SYSTEM, key=made.key)
    survey = survey_open(
        actor=SYSTEM, questionnaire=made, title="Courte", territory="commune:35238",
        purpose="Savoir ce qui aide.", contact="Mairie, 02 00 00 00 00",
    )  # fmt: skip
    return {"survey": str(survey.key)}


def publish() -> None:
    """Freeze and publish the portrait of an EPCI, as a worker or another machine would."""
    made = editions.edition_freeze(actor=SYSTEM, territory=EPCI, name="2026-11", title="Novembre")
    editions.edition_publish(actor=SYSTEM, edition=made, read_again=True)


def answers() -> list[Any]:
    """Return what people answered."""
    return list(Submission.objects.values_list("answers", flat=True))


if __name__ == "__main__":
    done = {"prepare": prepare, "publish": publish, "answers": answers}[sys.argv[1]]()
    print(json.dumps(done))
