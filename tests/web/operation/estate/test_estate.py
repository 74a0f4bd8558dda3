"""All that a territory owns leaves whole, comes elsewhere, is erased with proof."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import time_machine
from click.testing import CliRunner
from django.apps import apps
from django.db import connection, transaction

from portrea.base.errors import DataError, ParameterError, TerritoryError
from portrea.base.progress import silent
from portrea.cli import portrea
from portrea.web.accounts import journal
from portrea.web.accounts.models import JournalEntry, Membership, User
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.action.models import Procedure, Record
from portrea.web.offer.models import Fix, Place
from portrea.web.operation.backups.rows import lines
from portrea.web.operation.estate import erasing
from portrea.web.operation.estate.bringing import bring
from portrea.web.operation.estate.carrying import carry
from portrea.web.operation.estate.owned import KINDS, checked, declared, tables
from portrea.web.surveys.models import Attachment, Questionnaire, Submission, Survey, Version
from portrea.web.surveys.services import files

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db

HERE, OTHER = ("epci", "243500550"), ("epci", "243500139")
MARK = "coquelicot"
"""A word that only the rows of the territory have."""


@pytest.fixture(autouse=True)
def computed(demo_copy: Path, settings: SettingsWrapper) -> None:
    """The territories of the demo, in a home that may be changed."""
    settings.PORTREA_HOME = demo_copy


def lived(key: tuple[str, str], word: str, *, author: User | None = None) -> None:
    """Write rows of several rooms in a territory, each with a word."""
    level, code = key
    where = {"level": level, "code": code}
    place = Place.objects.create(
        id=f"lieu-{word}", name=word, record={"nom": word}, evidence={}, epci=code, commune="35211"
    )
    Fix.objects.create(place=place, path="telephone", value=word, origin="referent")
    sheet = Questionnaire.objects.create(key=f"q-{word}", title=word, draft={}, **where)
    version = Version.objects.create(questionnaire=sheet, number="1", sheets={}, digest=word)
    survey = Survey.objects.create(
        key=f"e-{word}", title=word, questionnaire=sheet, version=version, by=author, **where
    )
    answer = Submission.objects.create(
        survey=survey, version=version, answers={"dire": word}, digest=word, uuid=uuid4()
    )
    path = files.path_of(word.ljust(64, "0"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(word.encode())
    Attachment.objects.create(submission=answer, name="p.jpg", size=1, digest=path.name)
    procedure = Procedure.objects.order_by("pk").first()
    Record.objects.create(
        uuid=uuid4(), day="2026-11-02", procedure=procedure, procedure_words=word, **where
    )
    journal.record(act="place.edit", actor=SYSTEM, territory=key, after={"nom": word})


def everything() -> str:
    """Return all the rows of the database, as text."""
    return "\n".join(
        line.decode()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        for line in lines(model, connection.alias)
    )


def test_every_table_is_declared_once() -> None:
    told = [label for kind in KINDS for label in declared()[kind]]
    real = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert sorted(told) == sorted(real)
    assert set(declared()) == set(KINDS)


def test_every_path_leads_to_a_territory() -> None:
    for owned in tables():
        list(owned.rows(HERE)[:1])


def test_nothing_of_a_territory_points_at_what_comes_later() -> None:
    """A file is read once, from its first table to its last."""
    order = [owned.model for owned in tables()]
    for number, model in enumerate(order):
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model in order and field.related_model != model:
                assert order.index(field.related_model) < number, f"{model}.{field.name}"


def test_carried_without_people_then_brought(tmp_path: Path) -> None:
    author = User.objects.create_user("referente@example.org", name="Une Référente")
    lived(HERE, MARK, author=author)
    lived(OTHER, "bleuet")
    path = tmp_path / "t.zip"
    manifest = carry(HERE, path, progress=silent)
    with zipfile.ZipFile(path) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist()).decode()
        assert f"fichiers/reponses/{MARK.ljust(64, '0')}" in archive.namelist()
        assert MARK in archive.read("tables/surveys.Submission.jsonl").decode()
    assert manifest["tables"]["offer.Place"]["lignes"] == 1
    for absent in ("bleuet", "example.org", "Une Référente"):
        assert absent not in content
    erased(tmp_path)
    assert MARK not in everything()
    tried = bring(path, dry_run=True, progress=silent)
    assert tried.added["surveys.Survey"] == 1
    assert MARK not in everything()
    done = bring(path, dry_run=False, progress=silent)
    assert done.added == tried.added
    assert done.conflicts == []
    answer = Submission.objects.get(survey__key=f"e-{MARK}")
    assert answer.version.questionnaire.key == f"q-{MARK}"
    assert answer.survey.by is None
    assert Record.objects.get(procedure_words=MARK).procedure is not None
    assert files.path_of(MARK.ljust(64, "0")).read_bytes() == MARK.encode()


def test_brought_twice_is_brought_once(tmp_path: Path) -> None:
    lived(HERE, MARK)
    path = tmp_path / "t.zip"
    carry(HERE, path, progress=silent)
    before = everything()
    done = bring(path, dry_run=False, progress=silent)
    assert done.added == {}
    assert done.conflicts == []
    assert everything() == before


def test_what_differs_is_kept_and_told(tmp_path: Path) -> None:
    lived(HERE, MARK)
    path = tmp_path / "t.zip"
    carry(HERE, path, progress=silent)
    Place.objects.filter(pk=f"lieu-{MARK}").update(name="Changé ici")
    done = bring(path, dry_run=False, progress=silent)
    assert done.conflicts == [
        f"offer.Place lieu-{MARK} : existe déjà ici, différente : gardée comme elle est ici."
    ]
    assert Place.objects.get(pk=f"lieu-{MARK}").name == "Changé ici"


@pytest.mark.parametrize("what", ["line", "manifest", "text"])
def test_a_damaged_file_is_refused(what: str, tmp_path: Path) -> None:
    lived(HERE, MARK)
    path, bad = tmp_path / "t.zip", tmp_path / "bad.zip"
    carry(HERE, path, progress=silent)
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(bad, "w") as archive:
        for name in good.namelist():
            content = good.read(name)
            if what == "line" and name.endswith("offer.Place.jsonl"):
                content = content.replace(b"coquelicot", b"marguerite")
            if what != "manifest" or name != "manifeste.json":
                archive.writestr(name, content)
    if what == "text":
        bad.write_text("bonjour", "utf-8")
    before = everything()
    with pytest.raises(DataError, match="refusé"):
        bring(bad, dry_run=False, progress=silent)
    assert everything() == before


def erased(folder: Path) -> erasing.Certificate:
    """Ask, wait a week, erase."""
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC), tick=False):
        moment = erasing.erasing_ask(actor=SYSTEM, key=HERE)
    with time_machine.travel(moment, tick=False):
        return erasing.erasing_do(
            actor=SYSTEM, key=HERE, target=folder / "last.zip", progress=silent
        )


def test_erased_with_proof(tmp_path: Path) -> None:
    lived(HERE, MARK)
    lived(OTHER, "bleuet")
    shared = Submission.objects.get(survey__key="e-bleuet")
    both = files.path_of("ab".ljust(64, "0"))
    both.parent.mkdir(parents=True, exist_ok=True)
    both.write_bytes(b"la meme image")
    for answer in (shared, Submission.objects.get(survey__key=f"e-{MARK}")):
        Attachment.objects.create(submission=answer, name="q.jpg", size=1, digest=both.name)
    certificate = erased(tmp_path)
    assert MARK not in everything()
    assert both.exists(), "an answer of another territory has the same picture"
    left = {owned.label: owned.rows(HERE).count() for owned in tables()}
    assert {label: count for label, count in left.items() if count} == {"accounts.JournalEntry": 1}
    assert not files.path_of(MARK.ljust(64, "0")).exists()
    assert files.path_of("bleuet".ljust(64, "0")).exists()
    assert Place.objects.get().pk == "lieu-bleuet"
    told = certificate.content
    assert told["avant"]["surveys.Submission"] == 1
    assert told["restent"] == {}
    assert told["noms_retrouves"] == []
    text = certificate.path.read_text("utf-8")
    assert erasing.genuine(text)
    assert not erasing.genuine(text.replace('"offer.Place": 1', '"offer.Place": 0'))
    left = JournalEntry.objects.filter(level=HERE[0], code=HERE[1])
    assert [entry.act for entry in left] == ["estate.erase.done"]
    assert left[0].after == {"empreinte": erasing.digest(told)}
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        left.update(reason="changé")


def test_a_row_that_another_territory_needs_stays(tmp_path: Path) -> None:
    lived(HERE, MARK)
    sheet = Questionnaire.objects.get(key=f"q-{MARK}")
    version = Version.objects.get()
    Survey.objects.create(
        key="ailleurs", title="Ailleurs", questionnaire=sheet, version=version,
        level=OTHER[0], code=OTHER[1],
    )  # fmt: skip
    told = erased(tmp_path).content
    assert told["restent"] == {"surveys.Questionnaire": 1, "surveys.Version": 1}
    assert Survey.objects.get().questionnaire == sheet


def test_not_before_a_week_nor_unasked_nor_by_anyone(tmp_path: Path) -> None:
    lived(HERE, MARK)
    options: dict[str, Any] = {"key": HERE, "target": tmp_path / "t.zip", "progress": silent}
    with pytest.raises(ParameterError, match="n’est pas demandé"):
        erasing.erasing_do(actor=SYSTEM, **options)
    moment = erasing.erasing_ask(actor=SYSTEM, key=HERE)
    with pytest.raises(ParameterError, match="il faut attendre"):
        erasing.erasing_do(actor=SYSTEM, **options)
    early = time_machine.travel(moment - timedelta(seconds=1), tick=False)
    with early, pytest.raises(ParameterError, match="il faut attendre"):
        erasing.erasing_do(actor=SYSTEM, **options)
    with pytest.raises(RefusedError):
        erasing.erasing_withdraw(actor=User.objects.create_user("x@example.org"), key=HERE)
    erasing.erasing_withdraw(actor=SYSTEM, key=HERE)
    with time_machine.travel(moment, tick=False), pytest.raises(ParameterError, match="demandé"):
        erasing.erasing_do(actor=SYSTEM, **options)
    assert MARK in everything()
    assert not (tmp_path / "t.zip").exists()


@pytest.mark.parametrize("text", ["france:FR", "epci", "epci:", "pays:35", "epci:999999999"])
def test_territories_refused(text: str) -> None:
    with pytest.raises(TerritoryError):
        checked(text)


def test_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portrea.cli.serve.prepare_database", lambda: None)
    lived(HERE, MARK)
    path = tmp_path / "t.zip"

    def run(*words: str) -> str:
        return CliRunner().invoke(portrea, ["estate", *words], catch_exceptions=False).output

    assert "lignes dans" in run("export", "epci:243500550", str(path))
    assert "0 lignes ajoutées" in run("import", str(path), "--dry-run")
    assert "Possible à partir du" in run("erase", "epci:243500550", "--ask")
    assert "n’aura pas lieu" in run("erase", "epci:243500550", "--withdraw")
    assert json.loads(zipfile.ZipFile(path).read("manifeste.json"))["territoire"] == list(HERE)
    with pytest.raises(ParameterError, match="Que faut-il faire"):
        run("erase", "epci:243500550")


def test_a_referent_takes_her_territory_away(client: Client) -> None:
    lived(HERE, MARK)
    lived(OTHER, "bleuet")
    referente = User.objects.create_user("referente@example.org", "un mot de passe long")
    Membership.objects.create(user=referente, role="referent", level=HERE[0], code=HERE[1])
    client.force_login(referente)
    page = client.get("/espace/emporter/", secure=True).content.decode()
    assert '<option value="epci:243500550">' in page
    answer = client.post("/espace/emporter/fichier/", {"territoire": "epci:243500550"}, secure=True)
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:
        assert MARK in archive.read("tables/offer.Place.jsonl").decode()
    answer.close()
    assert JournalEntry.objects.filter(act="estate.export", code=HERE[1]).count() == 1
    other = client.post("/espace/emporter/fichier/", {"territoire": "epci:243500139"}, secure=True)
    assert other.status_code == 403
    unknown = client.post("/espace/emporter/fichier/", {"territoire": "france:FR"}, secure=True)
    assert unknown.status_code == 404
