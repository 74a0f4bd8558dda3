"""The chapter of an Analyse des Besoins Sociaux: who reads it, the same tables, its files."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.steering.abs_chapter.selectors import abs_of
from portrea.web.steering.complete.selectors import complete_of
from web.accounts.conftest import connected, person
from web.steering.activity_case import EPCI, a_year_and_a_half

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
PAGE = "/territoires/epci/243500618/abs/"


@time_machine.travel("2026-11-24T09:00:00Z")
def test_the_page_and_its_files(site: Client, connected: Callable[..., Any]) -> None:
    assert site.get(PAGE).status_code == 302  # to the log-in page
    connected("referent epci:243500550")
    assert site.get(PAGE).status_code == 403
    connected(f"elu {EPCI}")
    a_year_and_a_half()
    text = site.get(PAGE).content.decode()
    for heading in ("1. Population et contexte", "5. L’activité", "6. Les moyens"):
        assert heading in text
    assert "Les moyens des actions ne sont pas décrits" in text
    assert 'id="indicateur-reponses"' in text
    archive = zipfile.ZipFile(io.BytesIO(site.get(PAGE.rstrip("/") + ".docx").content))
    assert "Population et contexte" in archive.read("word/document.xml").decode()
    assert site.get(PAGE.rstrip("/") + ".txt").status_code == 404


def test_its_tables_are_those_of_the_complete_portrait(site: Client) -> None:
    made, whole = abs_of(SYSTEM, EPCI), complete_of(EPCI)
    told = {table.id: table for table in made.tables()}
    assert {table.id for table in whole.tables()} <= set(told)
    assert all(told[table.id] == table for table in whole.tables())
    names = [one.id for one in made.walk()]
    assert len(names) == len(set(names))
