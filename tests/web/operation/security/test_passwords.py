"""Passwords: long, of any composition, and not what everyone would try here first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from portrea.web.accounts.models import User
from portrea.web.accounts.passwords import weak_words
from portrea.web.config.settings import base

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

CASES = yaml.safe_load(
    (Path(__file__).parents[3] / "cases/operation/passwords.yaml").read_text("utf-8")
)
REFERENTE = User(email="referente@mairie-exemple.fr")


@pytest.mark.parametrize("password", CASES["accepted"])
def test_long_is_enough(password: str) -> None:
    validate_password(password, REFERENTE)


@pytest.mark.parametrize(("password", "said"), CASES["refused"].items())
def test_what_everyone_would_try_is_refused_with_why(password: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, REFERENTE)
    assert any(said in message for message in refused.value.messages), refused.value.messages


def test_a_hundred_and_twenty_characters_are_allowed() -> None:
    validate_password("une phrase sans fin " * 6, REFERENTE)


def test_the_words_of_the_site_are_written_as_they_are_compared() -> None:
    """Without case nor accent: another spelling would refuse nothing."""
    assert {"portrea", "mairie", "password"} <= weak_words()
    assert all(word.isascii() and word.islower() for word in weak_words() if word.isalpha())


def test_passwords_are_kept_by_scrypt_and_former_ones_still_open(
    settings: SettingsWrapper, db: None
) -> None:
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    kept = make_password("un mot de passe bien long")
    assert kept.startswith("scrypt$16384$")
    assert len(kept) <= User._meta.get_field("password").max_length
    former = make_password("un mot de passe bien long", hasher="pbkdf2_sha256")
    person = User.objects.create_user("ancienne@exemple.org")
    User.objects.filter(pk=person.pk).update(password=former)
    person.refresh_from_db()
    assert person.check_password("un mot de passe bien long")
    person.refresh_from_db()
    assert person.password.startswith("scrypt$"), "rewritten at the first connection"
    assert not check_password("autre chose de long", person.password)


def test_case_and_spaces_count(client: Client, db: None) -> None:
    """Nothing is cut nor folded: what was typed is what is compared."""
    User.objects.create_user("personne@exemple.org", " Un Mot De Passe Long ")
    told = {"username": "personne@exemple.org"}
    for other in ("Un Mot De Passe Long", " un mot de passe long ", " Un Mot De Passe Long"):
        assert client.post("/connexion/", {**told, "password": other}).status_code == 200
    done = client.post("/connexion/", {**told, "password": " Un Mot De Passe Long "})
    assert done.status_code == 302
