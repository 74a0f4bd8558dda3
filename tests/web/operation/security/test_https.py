"""A site published in HTTPS: what the settings of production make of its answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from portrea.web.accounts.models import User
from web.accounts.people import PASSWORD

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django.fixtures import SettingsWrapper

CHANGED = """
import json
from portrea.web.config.settings import base, prod
told = {name: getattr(prod, name) for name in dir(prod) if name.isupper()}
print(json.dumps({n: value for n, value in told.items() if value != getattr(base, n, None)}))
"""
HOST = "portrait.exemple.fr"


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Settings that PORTREA_HTTPS=oui changes, read as a published site reads them."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    given = {
        "PORTREA_HOME": str(tmp_path_factory.mktemp("https")),
        "PORTREA_HTTPS": "oui",
        "PORTREA_HSTS_SUBDOMAINS": "oui",
    }
    command = [sys.executable, "-c", CHANGED]
    done = subprocess.run(command, env=kept | given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def browser(settings: SettingsWrapper, production: dict[str, Any], db: None) -> Client:
    """A browser that asks a published site for its pages, and that holds forms to their mark."""
    for name, value in production.items():
        setattr(settings, name, value)
    settings.ALLOWED_HOSTS = [HOST]
    User.objects.create_user("a@exemple.org", PASSWORD)
    return Client(enforce_csrf_checks=True, headers={"host": HOST})


def connect(browser: Client, origin: str) -> HttpResponse:
    page = browser.get("/connexion/", secure=True).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    sent = {"username": "a@exemple.org", "password": PASSWORD, "csrfmiddlewaretoken": token}
    return browser.post("/connexion/", sent, secure=True, headers={"origin": origin})


def test_every_cookie_belongs_to_this_host_alone(browser: Client) -> None:
    assert connect(browser, f"https://{HOST}").status_code == 302
    browser.get("/mot-de-passe/oublie/", secure=True)
    assert set(browser.cookies) == {"__Host-csrftoken", "__Host-sessionid"}
    for name, cookie in browser.cookies.items():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax"), (
            name
        )
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name


def test_messages_too(browser: Client) -> None:
    connect(browser, f"https://{HOST}")
    page = browser.get("/compte/", secure=True).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    sent = {"name": "Accueil", "csrfmiddlewaretoken": token}
    done = browser.post("/compte/", sent, secure=True, headers={"origin": f"https://{HOST}"})
    cookie = done.cookies["__Host-messages"]
    assert (cookie["secure"], cookie["httponly"], cookie["domain"]) == (True, True, "")
    assert "C’est enregistré." in browser.get("/compte/", secure=True).content.decode()


def test_nothing_is_served_outside_https(browser: Client) -> None:
    plain = browser.get("/aide/")
    assert (plain.status_code, plain["Location"]) == (301, f"https://{HOST}/aide/")
    page = browser.get("/connexion/", secure=True)
    assert page["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_a_form_of_another_site_does_nothing(browser: Client) -> None:
    assert connect(browser, "https://ailleurs.example").status_code == 403


def test_another_name_than_ours_is_not_answered(browser: Client) -> None:
    """No page, no link of an e-mail is made for a name that the administrator did not declare."""
    answer = browser.get("/aide/", secure=True, headers={"host": "pirate.example"})
    assert answer.status_code == 400
