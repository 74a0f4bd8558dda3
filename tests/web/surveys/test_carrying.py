"""A day taken to a laptop and brought back: everything is there, nothing is doubled."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portrea.base.errors import DataError
from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.models import Membership, User
from portrea.web.accounts.permissions import SYSTEM, VISITOR, RefusedError
from portrea.web.offer.models import Proposal
from portrea.web.offer.services.proposals import proposal_submit
from portrea.web.surveys.models import Clash, Day, Questionnaire, Submission, Survey
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services import days as services
from portrea.web.surveys.services.carrying import day_pack, day_unpack
from portrea.web.surveys.services.files import attach
from portrea.web.surveys.services.intake import Sent, take
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
COMMUNE = "commune:35133"
RIGHT = {
    "jour": "2026-03-02", "canal": "accueil", "lieu": "Mairie", "nature": "formation",
    "issue": "oui", "orientation": "non",
}  # fmt: skip


@pytest.fixture
def day() -> Day:
    """A day with one survey and two answers, one of them with faults and a clash."""
    sheets = write_sheets(models()["grille_observation"].form)
    asked = questionnaire_create(actor=SYSTEM, title="Grille", territory=COMMUNE, sheets=sheets)
    version_publish(actor=SYSTEM, key=asked.key)
    survey = survey_open(actor=SYSTEM, questionnaire=asked, title="Grille", territory=COMMUNE)
    made = services.day_open(
        actor=SYSTEM, title="Journée", territory=COMMUNE, date=date(2027, 3, 11), starts=time(9)
    )
    services.day_ask(actor=SYSTEM, key=made.key, surveys=[survey])
    answered(survey, 1)
    answered(survey, 2, duree="neuf")
    answered(survey, 1, lieu="Poste")
    attach(
        submission=Submission.objects.get(uuid=UUID(int=1)), name="photo.jpg", kind="image/jpeg",
        content=io.BytesIO(b"une image"),
    )  # fmt: skip
    return made


def answered(survey: Survey, number: int, **told: str) -> None:
    sent = Sent(UUID(int=number), RIGHT | told, Channel.PHONE, survey.version, table="3")
    take(actor=VISITOR, survey=survey, sent=sent)


def emptied() -> None:
    """Make this site another one: nothing of the day is left."""
    Day.objects.all().delete()
    Survey.objects.all().delete()
    Questionnaire.objects.all().delete()
    assert not Submission.objects.exists()


def state() -> list[Any]:
    rows = Submission.objects.order_by("uuid")
    fields = ("uuid", "answers", "digest", "channel", "table", "faults", "answered")
    return list(rows.values_list(*fields))


def test_a_day_arrives_whole_on_another_machine(day: Day) -> None:
    content, before, tasks = day_pack(actor=SYSTEM, key=day.key), state(), day.tasks.count()
    emptied()
    told = day_unpack(actor=SYSTEM, content=content)
    assert (told.new, told.known, told.clashes) == (2, 0, 0)
    assert state() == before
    here = Day.objects.get(key=day.key)
    assert (here.date, here.starts, here.pin) == (date(2027, 3, 11), time(9), day.pin)
    assert here.tasks.count() == tasks
    assert here.seats.count() == 6
    assert Clash.objects.get().answers["lieu"] == "Poste"
    assert Submission.objects.get(uuid=UUID(int=1)).files.get().size == len(b"une image")


def test_brought_back_twice_it_is_there_once(day: Day) -> None:
    """The laptop took one more answer; a phone sent the same to both."""
    home = day_pack(actor=SYSTEM, key=day.key)
    survey = day.surveys.get()
    answered(survey, 3)
    task = day.tasks.get(title__startswith="Tenir la journée")
    services.task_tick(actor=SYSTEM, key=day.key, task=task.pk, done=True)
    services.day_tell(actor=SYSTEM, key=day.key, notes="Dense.", decisions="", present=31)
    laptop = day_pack(actor=SYSTEM, key=day.key)
    emptied()
    day_unpack(actor=SYSTEM, content=home)
    answered(Survey.objects.get(), 3)
    for _again in range(2):
        told = day_unpack(actor=SYSTEM, content=laptop)
        assert (told.new, told.known, told.clashes) == (0, 3, 0)
    here = Day.objects.get()
    assert (here.notes, here.present) == ("Dense.", 31)
    assert here.tasks.get(title=task.title).done is not None
    assert Submission.objects.count() == 3
    assert Clash.objects.count() == 1


def test_what_differs_on_both_sides_is_kept_beside(day: Day) -> None:
    laptop = day_pack(actor=SYSTEM, key=day.key)
    Submission.objects.filter(uuid=UUID(int=2)).delete()
    answered(day.surveys.get(), 2, lieu="Gare")
    told = day_unpack(actor=SYSTEM, content=laptop)
    assert (told.new, told.known, told.clashes) == (0, 1, 1)
    assert Submission.objects.get(uuid=UUID(int=2)).answers["lieu"] == "Gare"


def changed(content: bytes, change: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "journee.json":
                told = json.loads(data)
                change(told)
                data = json.dumps(told).encode()
            new.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.pop("day"),
        lambda told: told["answers"][1].update(uuid="pas un identifiant"),
        lambda told: told["answers"][1].update(survey="ailleurs"),
        lambda told: told["answers"][1].update(channel="pigeon", answers=[]),
        lambda told: told["day"].update(date="jeudi"),
        lambda told: told.update(edition=99),
        lambda told: told["versions"][0].update(sheets={"survey": "non"}),
    ],
)
def test_a_damaged_file_brings_nothing(day: Day, change: Any) -> None:
    content = changed(day_pack(actor=SYSTEM, key=day.key), change)
    emptied()
    with pytest.raises(DataError):
        day_unpack(actor=SYSTEM, content=content)
    assert not Day.objects.exists()
    assert not Questionnaire.objects.exists()


def test_only_who_runs_the_territory_brings_it(day: Day, client: Client) -> None:
    content = day_pack(actor=SYSTEM, key=day.key)
    emptied()
    other = User.objects.create_user("loin@exemple.org", "x")
    Membership.objects.create(user=other, role="referent", level="departement", code="75")
    with pytest.raises(RefusedError):
        day_unpack(actor=other, content=content)
    assert not Questionnaire.objects.exists()
    client.force_login(other)
    for sent in (b"pas un zip", content[:-40]):
        page = client.post("/espace/demarches/rapporter/",
                           {"file": SimpleUploadedFile("journee.zip", sent)})  # fmt: skip
        assert page.status_code == 400
        assert "n’est pas celui d’une journée" in page.content.decode()


def test_a_sheet_proposed_in_the_room_waits_once_on_the_site(site: Client, day: Day) -> None:
    told = {"kind": "new", "title": "Café", "territory": COMMUNE, "origin": "link",
            "content": {"name": "Café", "commune": "35133"}, "email": "x@exemple.org"}  # fmt: skip
    proposal_submit(actor=SYSTEM, **told)
    laptop = day_pack(actor=SYSTEM, key=day.key)
    assert b"x@exemple.org" not in zipfile.ZipFile(io.BytesIO(laptop)).read("fiches.json")
    Proposal.objects.all().delete()
    assert day_unpack(actor=SYSTEM, content=laptop).sheets == 1
    assert day_unpack(actor=SYSTEM, content=laptop).sheets == 0
    assert Proposal.objects.get().content == told["content"]
