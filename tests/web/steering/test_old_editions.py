"""An edition frozen by an older Portrea is still read, given away and compared.

The file was frozen on 2026-11-23 from the demo (Brocéliande Communauté, invented texts): it is
never made again. When this test fails, mend the code that reads, not the file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.steering.editions import selectors
from portrea.web.steering.models import Edition
from portrea.web.steering.services import editions

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
KEPT = Path(__file__).parents[2] / "data/editions/broceliande-2026-11.json.gz"
DIGEST = "361077c9bedc21081b2acc5cb6cb4e13ec4d7e32674d20dde0b38d362fdf3ed7"
PLACE = "/portraits/epci-243500618/"


@pytest.fixture
def old(site: Client) -> Edition:
    """The edition as a database of that time holds it."""
    when = datetime(2026, 11, 23, 8, tzinfo=UTC)
    return Edition.objects.create(
        level="epci", code="243500618", name="2026-11", title="Édition de novembre 2026",
        content=KEPT.read_bytes(), digest=DIGEST, computation="ancien", version="0.1.0",
        frozen=when, published=when,
    )  # fmt: skip


def test_the_file_kept_is_the_one_that_was_frozen() -> None:
    assert hashlib.sha256(gzip.decompress(KEPT.read_bytes())).hexdigest() == DIGEST


def test_every_text_and_number_is_on_the_page(site: Client, old: Edition) -> None:
    page = site.get(f"{PLACE}2026-11/").content.decode()
    told = json.loads(gzip.decompress(KEPT.read_bytes()))
    assert told["headline"]["numbers"][0]["text"] in page
    assert "Ce qui a changé depuis 2025" in page
    assert "aller vers les villages sans lieu" in page
    document = selectors.document_of(old)
    for table in document.tables():
        assert f'id="{table.id}"' in page
        assert all(row[0].text.replace("&", "&amp;") in page for row in table.rows), table.id
    assert page.count("<svg") >= len([*document.figures()])


@pytest.mark.slow
def test_every_file_is_still_made(site: Client, old: Edition) -> None:
    assert hashlib.sha256(site.get(f"{PLACE}2026-11.json").content).hexdigest() == DIGEST
    for form in selectors.FORMS:
        assert site.get(f"{PLACE}2026-11.{form}").status_code == 200, form
    assert site.get(f"{PLACE}2026-11/dix-minutes.pdf").content.startswith(b"%PDF")


def test_it_is_compared_with_an_edition_of_today(site: Client, old: Edition) -> None:
    made = editions.edition_freeze(
        actor=SYSTEM, territory="epci:243500618", name="2027", title="2027", since=old
    )
    editions.edition_publish(actor=SYSTEM, edition=made, read_again=True)
    page = site.get(f"{PLACE}comparer/").content.decode()
    assert "Ce qui a changé depuis 2026-11" in page
    assert selectors.document_of(made).sections[0].id == "changements"
