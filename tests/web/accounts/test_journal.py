"""The journal: added to, never changed, by no road; its authors can be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from portrea.web.accounts import journal
from portrea.web.accounts.models import AppendOnlyError, JournalActor, JournalEntry
from portrea.web.accounts.permissions import VISITOR, Actor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db


def write(**changes: object) -> JournalEntry:
    fields = {"act": "place.edit", "actor": Actor.system("essai"), "target": ("place", "12")}
    return journal.record(**{**fields, **changes})


def test_a_line_says_who_what_where_why() -> None:
    entry = write(
        territory="commune:35188",
        before={"phone": None},
        after={"phone": "+33299000000"},
        reason="Vu avec l’accueil.",
    )
    found = JournalEntry.objects.get()
    assert found == entry
    assert (found.level, found.code) == ("commune", "35188")
    assert (found.target_kind, found.target_id) == ("place", "12")
    assert found.after == {"phone": "+33299000000"}
    assert str(found.actor) == "essai"


def test_act_must_be_in_the_matrix() -> None:
    assert write(act="import.run.place").act == "import.run.place"
    with pytest.raises(ValueError, match="declares no act"):
        write(act="place.explode")


def test_python_refuses_to_change_it() -> None:
    entry = write()
    entry.reason = "autre"
    for change in (
        entry.save,
        entry.delete,
        JournalEntry.objects.all().delete,
        lambda: JournalEntry.objects.update(reason="autre"),
        lambda: JournalEntry.objects.bulk_update([entry], ["reason"]),
        JournalEntry.objects.get().save,
    ):
        with pytest.raises(AppendOnlyError):
            change()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_journalentry SET reason = 'autre'",
        "DELETE FROM accounts_journalentry",
    ],
)
def test_the_database_refuses_too(sql: str) -> None:
    write(reason="vraie")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert JournalEntry.objects.get().reason == "vraie"


def test_a_rolled_back_change_leaves_no_line() -> None:
    point = transaction.savepoint()
    write()
    transaction.savepoint_rollback(point)
    assert not JournalEntry.objects.exists()


def test_one_erasable_author_by_month(person: Callable[..., User]) -> None:
    user = person(email="jeanne@exemple.org")
    with time_machine.travel("2026-10-30T10:00Z"):
        write(actor=user)
        write(actor=user)
    with time_machine.travel("2026-11-02T10:00Z"):
        write(actor=user)
    authors = JournalActor.objects.order_by("month")
    assert [str(author.month) for author in authors] == ["2026-10-01", "2026-11-01"]
    authors[0].user = None
    authors[0].save()
    told = [str(entry.actor) for entry in JournalEntry.objects.order_by("id")]
    assert told == ["une personne (identité effacée)"] * 2 + ["jeanne@exemple.org"]


def test_a_closed_account_leaves_nameless_lines(person: Callable[..., User]) -> None:
    user = person(email="jeanne@exemple.org")
    write(actor=user)
    user.delete()
    assert str(JournalEntry.objects.get().actor) == "une personne (identité effacée)"


def test_other_authors() -> None:
    for actor in (VISITOR, Actor.source("acceslibre"), Actor.link("lien 3")):
        write(actor=actor)
    told = [str(entry.actor) for entry in JournalEntry.objects.order_by("id")]
    assert told == ["visiteur", "acceslibre", "lien 3"]


def test_read_by_territory(demo_home: Path, settings: SettingsWrapper) -> None:
    settings.PORTREA_HOME = demo_home
    for territory in ("commune:35188", "epci:243500550", "commune:35238", "departement:35", None):
        write(territory=territory)
    told = [entry.level + entry.code for entry in journal.entries("epci:243500550")]
    assert told == ["epci243500550", "commune35188"]
    assert journal.entries("departement:35").count() == 4
    assert journal.entries().count() == 5


def test_history_of_one_object(person: Callable[..., User]) -> None:
    write(target=("place", "12"))
    write(target=("place", "13"))
    user = person()
    write(target=user)
    assert [entry.target_id for entry in journal.history(("place", "12"))] == ["12"]
    assert [entry.target_kind for entry in journal.history(user)] == ["user"]
