"""Accounts: an e-mail address, no name; the administration; one migration from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from portrea.web.accounts.models import User

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_address_is_enough() -> None:
    user = User.objects.create_user("Agent@Example.org", "un mot de passe long")
    assert str(user) == "Agent@example.org"
    assert user.check_password("un mot de passe long")
    assert not user.is_staff
    assert User.objects.get_by_natural_key("agent@EXAMPLE.org") == user


def test_address_is_required() -> None:
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("")


def test_address_is_unique_whatever_its_case() -> None:
    User.objects.create_user("agent@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("AGENT@example.org")


@pytest.mark.usefixtures("lenient_templates")
def test_administration_by_e_mail(client: Client) -> None:
    User.objects.create_superuser("chef@example.org", "un mot de passe long", name="Chef")
    assert client.login(username="chef@example.org", password="un mot de passe long")
    page = client.get("/admin/accounts/user/")
    assert page.status_code == 200
    assert "chef@example.org" in page.content.decode()
    added = client.get("/admin/accounts/user/add/")
    assert 'name="email"' in added.content.decode()


def test_migrations_are_complete() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_sqlite_waits_instead_of_failing() -> None:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys")
        assert cursor.fetchone() == (1,)
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
