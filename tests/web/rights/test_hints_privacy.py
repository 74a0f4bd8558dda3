"""What a person answers is only in her browser: no address, cookie, log, table; then gone."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import jsonschema
import pypdfium2
import pytest
import time_machine
from django.apps import apps
from django.db import connection

from portrea.base.errors import EngineError
from portrea.rights.summary import check_summary
from portrea.web.accounts.models import JournalEntry
from portrea.web.rights.hints import taking, visit
from rights.test_summary import SCHEMA
from web.rights.hinted import MONTFORT, Person

if TYPE_CHECKING:
    from django.test import Client

    from web.rights.hinted import Engine

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SECRETS = {"age": "47", "housing": "prive", "rent": "613,57", "situation": "travail",
           "income": "1 234,91", "children": "13, 11", "disability": "50r"}  # fmt: skip
WORDS = ("613,57", "1 234,91", "1234.91", "613.57", "13, 11", "50r")


def told(visitor: Person) -> Person:
    """Answer some questions, then read the estimate."""
    kept = {f"r.{name}": text for name, text in SECRETS.items()}
    sent = {"visite": visitor.hidden()["visite"], "aller": "voir", "r.commune": MONTFORT, **kept}
    return visitor._got(visitor.client.post("/droits/", sent))


def rows() -> str:
    """Everything that the database holds, as a text."""
    names = {model._meta.db_table for model in apps.get_models()} | {"portrea_cache"}
    found = []
    with connection.cursor() as cursor:
        for name in sorted(names & set(connection.introspection.table_names())):
            cursor.execute(f'SELECT * FROM "{name}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_no_value_in_an_address_a_cookie_a_log_or_a_table(
    visitor: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told(visitor)
    assert "1 234,91" in visitor.text
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', visitor.page)
    kept = "\n".join((*addresses, str(visitor.answer.headers), caplog.text, rows()))
    assert [word for word in WORDS if word in kept] == []
    assert not visitor.answer.cookies
    assert not visitor.client.cookies
    assert JournalEntry.objects.count() == 0


def test_a_refusal_logs_no_value(visitor: Person, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sent = {"visite": visitor.hidden()["visite"], "aller": "voir", "r.situation": "travail"}
    visitor._got(visitor.client.post("/droits/", {**sent, "r.income": "secret-8731"}))
    assert visitor.answer.status_code == 400
    assert "secret-8731" not in caplog.text


def test_a_failure_of_the_engine_logs_no_value(
    visitor: Person, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    engine.error = EngineError("loyer 613.57 refusé", remedy="")
    told(visitor)
    assert visitor.answer.status_code == 200
    assert [word for word in WORDS if word in caplog.text] == []


@pytest.mark.parametrize("path", ["/droits/", "/ar/droits/"])
def test_pages_are_kept_by_nobody(site: Client, engine: Engine, path: str) -> None:
    visitor = Person(site, path).open()
    for _page in range(2):
        assert visitor.answer["Cache-Control"] == "no-store"
        assert visitor.answer["Referrer-Policy"] == "no-referrer"
        forms = re.findall(r"<form[^>]*data-hint[ >][^>]*>", visitor.page)
        assert forms
        assert all('autocomplete="off"' in form for form in forms)
        typed = re.findall(r'<input[^>]*type="(?:text|radio|checkbox)"[^>]*>', visitor.page)
        assert typed
        assert all('autocomplete="off"' in one for one in typed)
        visitor.send("voir")


# -- a shared computer ----------------------------------------------------------------------------


def test_once_left_the_same_request_shows_nothing(visitor: Person) -> None:
    told(visitor)
    number = visitor.hidden()["visite"]
    left = visitor.client.post("/droits/effacer/", {"visite": number})
    assert (left.status_code, left["Location"]) == (302, "/")
    assert left["Clear-Site-Data"] == '"cache", "storage"'
    told(visitor)
    assert visitor.answer.status_code == 400
    assert "Vos réponses ont été effacées" in visitor.text
    assert [word for word in WORDS[:-1] if word in visitor.page] == []


def test_after_an_hour_the_same_request_shows_nothing(site: Client, engine: Engine) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        visitor = Person(site).open()
        clock.shift(timedelta(minutes=59))
        assert told(visitor).answer.status_code == 200
        clock.shift(timedelta(minutes=61))
        assert told(visitor).answer.status_code == 400
        assert "1 234,91" not in visitor.page


@pytest.mark.parametrize("forged", ["", "x", "x" * 5_000])
def test_a_visit_that_is_not_ours_is_not_answered(site: Client, forged: str) -> None:
    for path in ("", "effacer/", "emporter/", "emporter/papier/", "emporter/fichier/"):
        answer = site.post(f"/droits/{path}", {"visite": forged, "r.age": "47", "resume": forged})
        assert answer.status_code == 400
        assert 'value="47"' not in answer.content.decode()


@pytest.mark.parametrize("path", ["effacer/", "emporter/", "emporter/papier/", "emporter/fichier/"])
def test_the_history_of_a_browser_leads_to_the_first_page(site: Client, path: str) -> None:
    assert site.get(f"/droits/{path}")["Location"] == "/droits/"


# -- what is taken away ---------------------------------------------------------------------------


def taken(visitor: Person, path: str) -> bytes:
    """What one of the buttons gives."""
    told(visitor)
    found = re.search(r'name="resume" value="([^"]+)"', visitor.page)
    assert found
    sent = {"visite": visitor.hidden()["visite"], "resume": found[1]}
    answer = visitor.client.post(f"/droits/emporter/{path}", sent)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return answer.content


def test_the_file_follows_its_schema(visitor: Person) -> None:
    made = json.loads(taken(visitor, "fichier/"))
    jsonschema.validate(made, SCHEMA)
    assert check_summary(made) == made
    answers = {one["name"]: one["value"] for one in made["answers"]}
    assert answers["commune"] == "Montfort-sur-Meu (35)"
    assert answers["income"] == "1 234,91 € par mois"
    assert {one["name"]: one["low"] for one in made["rights"]}["rsa"] == 573


def test_the_paper_says_the_same(visitor: Person) -> None:
    with pypdfium2.PdfDocument(taken(visitor, "papier/")) as document:
        told_ = [page.get_textpage().get_text_bounded() for page in document]
    text = " ".join(" ".join(told_).split())
    assert "Seul l’organisme décide" in text.replace("seul", "Seul")
    assert "Environ 573 € par mois" in text
    assert "1 234,91 € par mois" in text
    assert "Portrea n’a rien gardé" in text
    assert "À apporter : Une pièce d’identité" in text


def test_the_code_holds_the_text_and_no_address(visitor: Person) -> None:
    page = taken(visitor, "").decode()
    assert "<svg" in page
    assert "coffre-fort" in page
    text = taking.text_of(taking.opened(re.search(r'name="resume" value="([^"]+)"', page)[1]))
    assert "RSA : probable, environ 573 € par mois (CAF ou MSA)" in text
    assert "http" not in text
    assert len(text.encode()) < 1_200
    assert "1 234,91" not in text


def test_a_summary_that_we_did_not_make_is_refused(visitor: Person) -> None:
    number = visitor.hidden()["visite"]
    answer = visitor.client.post("/droits/emporter/papier/", {"visite": number, "resume": "x"})
    assert answer.status_code == 400
    forged = visit.renewed("un-resume")
    answer = visitor.client.post("/droits/emporter/papier/", {"visite": number, "resume": forged})
    assert answer.status_code == 400
