"""Results: what the team reads, what is published, and what nobody finds in it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from uuid import UUID, uuid5
from xml.etree.ElementTree import fromstring

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from portrea.base.errors import DataError
from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.models import Membership, User
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.models import Publication, Submission
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.results.reading import edition, read
from portrea.web.surveys.services.publishing import report_save, results_publish
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open

if TYPE_CHECKING:
    from django.test import Client

    from portrea.web.surveys.models import Survey

pytestmark = pytest.mark.django_db
SPACE = UUID(int=7)
WHERE = "commune:35238"
PAGE = "/espace/enquetes/{}/resultats/"


@pytest.fixture
def survey() -> Survey:
    """Sixty requests: forty for help, seventeen to be told, three to learn."""
    sheets = write_sheets(models()["grille_observation"].form)
    made = questionnaire_create(
        actor=SYSTEM, title="Grille", territory=WHERE, sheets=sheets, model="grille_observation"
    )
    version_publish(actor=SYSTEM, key=made.key)
    one = survey_open(actor=SYSTEM, questionnaire=made, title="Dix semaines", territory=WHERE)
    natures = ["aide"] * 40 + ["information"] * 17 + ["formation"] * 3
    Submission.objects.bulk_create(
        Submission(
            uuid=uuid5(SPACE, str(rank)), survey=one, version=one.version, digest=str(rank),
            channel=Channel.WEB, answers=told(rank, nature),
            reviewed=timezone.now() if rank == 1 else None,
        )
        for rank, nature in enumerate(natures)
    )  # fmt: skip
    return one


def told(rank: int, nature: str) -> dict[str, str]:
    return {
        "jour": "2026-03-02", "canal": "accueil" if rank % 2 else "telephone", "lieu": "Mairie",
        "nature": nature, "droit": "" if nature == "formation" else "maintien", "issue": "oui",
        "orientation": "non", "duree": str(5 + rank % 10), "age": "inconnu",
        "blocages": "compte document" if rank % 3 else "compte",
        "remarque": f"remarque {rank}" if rank < 4 else "",
    }  # fmt: skip


def person(role: str) -> User:
    user = User.objects.create_user(email=f"{role}@exemple.fr", password="x")
    Membership.objects.create(user=user, role=role, level="commune", code="35238")
    return user


def text(response) -> str:
    return " ".join(response.content.decode().replace("\u202f", " ").split())


def test_the_team_reads_counts_shares_and_sentences(client: Client, survey: Survey) -> None:
    client.force_login(person("referent"))
    page = text(client.get(PAGE.format(survey.key)))
    assert "deux personnes sur trois (67 %)" in page
    assert "60 réponses." in page
    assert "Médiane" in page
    assert "remarque 1" not in page, "open questions are shown when the report says so"
    crossed = text(client.get(PAGE.format(survey.key) + "?croiser=canal"))
    assert "Téléphone" in crossed or "Par téléphone (30 réponses)" in crossed
    group = text(client.get(PAGE.format(survey.key) + "?groupe=canal:accueil"))
    assert "30 réponses." in group


@pytest.mark.parametrize("asked", ["?croiser=rien", "?groupe=canal:fax", "?croiser=blocages"])
def test_a_question_that_is_not_there_is_said(client: Client, survey: Survey, asked: str) -> None:
    client.force_login(person("referent"))
    page = client.get(PAGE.format(survey.key) + asked, follow=True)
    assert page.status_code == 200
    assert "Choisissez dans la liste." in text(page)


def test_an_elu_reads_without_small_counts_and_cannot_narrow(
    client: Client, survey: Survey
) -> None:
    client.force_login(person("elu"))
    page = text(client.get(PAGE.format(survey.key) + "?groupe=nature:formation"))
    assert "retiré" in page
    assert "60 réponses." in page
    assert client.post(PAGE.format(survey.key) + "publier/").status_code == 403
    assert client.get(PAGE.format(survey.key) + "rapport/").status_code == 403


def test_nothing_is_public_before_it_is_published(client: Client, survey: Survey) -> None:
    address = f"/enquetes/{survey.key}/resultats/"
    assert client.get(address).status_code == 404
    client.force_login(person("referent"))
    client.post(PAGE.format(survey.key) + "publier/")
    client.logout()
    page = client.get(address)
    assert page.status_code == 200
    assert not page.cookies
    said = text(page)
    assert "retiré" in said
    assert "Ce que l’on ne peut pas en dire" in said
    assert "remarque" not in said
    client.force_login(User.objects.get(email="referent@exemple.fr"))
    client.post(PAGE.format(survey.key) + "retirer/")
    assert client.get(address).status_code == 404
    assert Publication.objects.count() == 1


def test_what_is_published_does_not_move_with_later_answers(client: Client, survey: Survey) -> None:
    first = results_publish(actor=SYSTEM, key=survey.key)
    before = client.get(f"/enquetes/{survey.key}/resultats/").content
    Submission.objects.filter(survey=survey).update(set_aside="essai")
    assert client.get(f"/enquetes/{survey.key}/resultats/").content == before
    with pytest.raises(DataError, match="pas assez"):
        results_publish(actor=SYSTEM, key=survey.key)
    assert first.number == 1


def test_no_small_count_is_in_what_is_published(survey: Survey) -> None:
    content = edition(read(survey))
    counts = [bar["answers"] for one in content["blocks"] for bar in one["bars"]]
    assert counts
    assert not [count for count in counts if count is not None and 0 < count < 5]
    right = next(one for one in content["blocks"] if one["name"] == "droit")
    assert right["base"].startswith("Nombre de réponses non donné")
    assert all(bar["answers"] is None for bar in right["bars"]), "57 would give the three back"


def test_only_texts_read_again_and_chosen_are_quoted(client: Client, survey: Survey) -> None:
    found = read(survey)
    uuid = {row.answers["remarque"]: str(row.uuid) for row in found.rows}
    client.force_login(person("referent"))
    address = PAGE.format(survey.key) + "rapport/q/remarque/"
    assert "remarque 1" in text(client.get(address))
    assert "remarque 2" not in text(client.get(address))
    wrong = {"shown": "on", "edits": "0", "quotes": [uuid["remarque 2"]]}
    assert client.post(address, wrong).status_code == 200
    client.post(address, wrong | {"quotes": [uuid["remarque 1"]]})
    survey.refresh_from_db()
    said = text(client.get(PAGE.format(survey.key) + "apercu/"))
    assert "remarque 1" in said
    assert "remarque 2" not in said


def test_the_report_is_written_moved_and_not_undone_by_another(
    client: Client, survey: Survey
) -> None:
    client.force_login(person("referent"))
    home = PAGE.format(survey.key) + "rapport/"
    head = {
        "title": "Deux mois à l’accueil",
        "intro": "",
        "who": "demande",
        "method": "",
        "edits": 0,
    }
    client.post(home, head)
    late = client.post(home, head | {"title": "Autre"})
    assert "pendant ce temps" in text(late)
    client.post(home + "ordre/", {"question": "canal", "sens": "haut", "edits": "1"})
    survey.refresh_from_db()
    assert survey.report["title"] == "Deux mois à l’accueil"
    assert survey.report["blocks"][0]["question"] == "canal"
    assert [one["edits"] for one in survey.report["history"]] == [1]
    assert "deux demandes sur trois" in text(client.get(PAGE.format(survey.key)))
    report = read(survey).report
    with pytest.raises(DataError):
        report_save(actor=SYSTEM, key=survey.key, report=type(report)(edits=0))


def test_the_same_figures_in_every_file(client: Client, survey: Survey) -> None:
    results_publish(actor=SYSTEM, key=survey.key)
    home = f"/enquetes/{survey.key}/resultats/resultats."
    rows = list(csv.DictReader(io.StringIO(client.get(home + "csv").content.decode("utf-8-sig"))))
    known = {(row["question"], row["choix"]): row for row in rows}
    helped = known["nature", "Être aidé·e pour une démarche"]
    assert helped["nombre"] in {"40", ""}
    assert known["nature", "Apprendre"]["nombre"] == ""
    for kind in ("xlsx", "ods"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(home + kind).content))
        assert book.sheet_names == ["resultats", "croisements", "nombres", "methode",
                                    "dictionnaire"]  # fmt: skip
        lines = book.get_sheet_by_name("resultats").to_python()
        assert len(lines) == len(rows) + 1
        told = {(line[0], line[2]): line[3] for line in lines[1:]}
        assert [told[key] for key in known] == [
            float(row["nombre"]) if row["nombre"] else "" for row in known.values()
        ]
    assert client.get(home + "pdf").status_code == 404


def test_the_codebook_is_as_ddi_orders_it(client: Client, survey: Survey) -> None:
    results_publish(actor=SYSTEM, key=survey.key)
    root = fromstring(client.get(f"/enquetes/{survey.key}/resultats/resultats.xml").content)
    space = "{ddi:codebook:2_5}"
    assert (root.tag, root.get("version")) == (f"{space}codeBook", "2.5")
    assert [one.tag.removeprefix(space) for one in root] == [
        "docDscr", "stdyDscr", "fileDscr", "dataDscr",
    ]  # fmt: skip
    order = ["labl", "qstn", "universe", "catgry", "varFormat", "notes"]
    variables = root.findall(f".//{space}var")
    assert {one.get("name") for one in variables} >= {"canal", "nature", "droit", "duree"}
    for one in variables:
        tags = [child.tag.removeprefix(space) for child in one]
        assert tags == sorted(tags, key=order.index)
        assert one.get("files") == "F1"
        assert one.get("intrvl") in {"contin", "discrete"}
    counts = [stat.text for stat in root.iter(f"{space}catStat") if stat.get("type") == "freq"]
    assert counts
    assert not {"1", "2", "3", "4"} & set(counts)
