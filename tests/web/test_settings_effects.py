"""Every variable does something: each one is set, and what it changes is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from portrea.base.errors import ParameterError
from portrea.web.config.settings.clock import clock
from portrea.web.config.settings.variables import VARIABLES

HOME = "PORTREA_HOME"
CASES: dict[str, tuple[str, str, Any]] = {
    # variable: (what is written, what is read in the settings of a published site, its value)
    HOME: ("", "str(s.STATIC_ROOT).startswith(os.environ['PORTREA_HOME'])", True),
    "PORTREA_SECRET_KEY": ("une-cle-a-nous", "s.SECRET_KEY", "une-cle-a-nous"),
    "PORTREA_HOSTS": ("a.fr, b.fr", "s.ALLOWED_HOSTS", ["a.fr", "b.fr"]),
    "PORTREA_DATABASE_URL": (
        "postgresql://u:s@m:5433/base", "s.DATABASES['default']['HOST']", "m"),
    "PORTREA_HTTPS": (
        "oui", "s.SECURE_SSL_REDIRECT and s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE", True),
    "PORTREA_HSTS_SUBDOMAINS": ("oui", "s.SECURE_HSTS_INCLUDE_SUBDOMAINS", True),
    "PORTREA_PROXY": ("oui", "s.SECURE_PROXY_SSL_HEADER", ["HTTP_X_FORWARDED_PROTO", "https"]),
    "PORTREA_PUBLISHER": ("Mairie", "s.PORTREA_PUBLISHER", "Mairie"),
    "PORTREA_PUBLICATION_DIRECTOR": ("Jeanne", "s.PORTREA_PUBLICATION_DIRECTOR", "Jeanne"),
    "PORTREA_HOSTING": ("Ici", "s.PORTREA_HOSTING", "Ici"),
    "PORTREA_CONTACT": ("aide@a.fr", "s.PORTREA_CONTACT", "aide@a.fr"),
    "PORTREA_URL": ("https://a.fr/", "s.PORTREA_URL", "https://a.fr"),
    "PORTREA_TIME_ZONE": ("Indian/Reunion", "s.TIME_ZONE", "Indian/Reunion"),
    "PORTREA_EMAIL_URL": ("smtps://u:s@courriel.a.fr", "s.EMAIL_HOST", "courriel.a.fr"),
    "PORTREA_EMAIL_FROM": (
        "aide@a.fr", "s.DEFAULT_FROM_EMAIL + s.SERVER_EMAIL", "aide@a.fraide@a.fr"),
    "PORTREA_SECOND_FACTOR": ("non", "s.PORTREA_SECOND_FACTOR", False),
    "PORTREA_OIDC_ISSUER": ("https://id.a.fr/", "s.PORTREA_OIDC_ISSUER", "https://id.a.fr"),
    "PORTREA_OIDC_CLIENT_ID": ("portrea", "s.PORTREA_OIDC_CLIENT_ID", "portrea"),
    "PORTREA_OIDC_CLIENT_SECRET": ("secret", "s.PORTREA_OIDC_CLIENT_SECRET", "secret"),
    "PORTREA_OIDC_NAME": ("Notre compte", "s.PORTREA_OIDC_NAME", "Notre compte"),
    "PORTREA_OIDC_VERIFIED": ("oui", "s.PORTREA_OIDC_VERIFIED", True),
    "PORTREA_SMS_URL": ("file:///sms", "s.PORTREA_SMS", {"by": "file", "folder": "/sms"}),
    "PORTREA_BAN_URL": (
        "https://ban.a.fr", "ban.ban_url()",
        "https://ban.a.fr"),
    "PORTREA_RIGHTS_PYTHON": (
        "/opt/py", "openfisca.python_with_openfisca.__wrapped__()", "/opt/py"),
    "PORTREA_API_RATE": ("5/min", "s.PORTREA_API_RATE", "5/min"),
    "PORTREA_KIOSK_SITES": ("caf.fr,ameli.fr", "s.PORTREA_KIOSK_SITES", ["caf.fr", "ameli.fr"]),
    "PORTREA_DATAGOUV_KEY": ("cle", "s.PORTREA_DATAGOUV_KEY", "cle"),
    "PORTREA_DATAGOUV_ORGANIZATION": ("nous", "s.PORTREA_DATAGOUV_ORGANIZATION", "nous"),
    "PORTREA_DATAGOUV_URL": ("https://demo.a.fr", "s.PORTREA_DATAGOUV_URL", "https://demo.a.fr"),
    "PORTREA_LOG_LEVEL": ("DEBUG", "s.LOGGING['root']['level']", "DEBUG"),
    "PORTREA_LOG_FORMAT": ("json", "s.LINES", "Json"),
    "PORTREA_ALERTS_TO": ("a@a.fr, b@a.fr", "s.PORTREA_ALERTS_TO", ["a@a.fr", "b@a.fr"]),
    "PORTREA_OBJECTS_URL": (
        "s3://seau?endpoint=https://objets.a.fr", "s.PORTREA_OBJECTS['endpoint_url']",
        "https://objets.a.fr"),
    "PORTREA_METRICS_TOKEN": ("jeton", "s.PORTREA_METRICS_TOKEN", "jeton"),
}  # fmt: skip
NEEDS = {"PORTREA_HSTS_SUBDOMAINS": {"PORTREA_HTTPS": "oui"}}
"""Variables that only count beside another."""
READING = """
import importlib, json, os, sys
from portrea.sources import ban, openfisca
from portrea.web.config.settings import base, prod as s

def read(expression):
    for name in [name for name in vars(s) if name.isupper()]:
        delattr(s, name)
    importlib.reload(base)
    importlib.reload(s)
    try:
        return eval(expression)
    except (AttributeError, KeyError):
        return None

told = {}
for name, (beside, value, expression) in json.load(sys.stdin).items():
    os.environ.update(beside)
    without = read(expression)
    if value:
        os.environ[name] = value
    told[name] = (without, read(expression))
    for given in (*beside, name):
        if given != 'PORTREA_HOME':
            os.environ.pop(given, None)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def effects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each setting is without its variable, then with it: all read in one process."""
    asked = {n: (NEEDS.get(n, {}), value, read) for n, (value, read, _) in CASES.items()}
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", READING], input=json.dumps(asked),
        env=clean | {HOME: str(tmp_path_factory.mktemp("home"))},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_every_variable_has_its_case() -> None:
    """A new variable comes with what it changes."""
    assert {variable.name for variable in VARIABLES} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_variable_has_its_effect(name: str, effects: dict[str, Any]) -> None:
    without, told = effects[name]
    assert told == CASES[name][2]
    assert name == HOME or without != told


@pytest.mark.parametrize("name", ["Europe/Pari", "Europe", "../Paris", "UTC+1"])
def test_an_unknown_clock_is_refused_in_words(name: str) -> None:
    with pytest.raises(ParameterError, match="PORTREA_TIME_ZONE") as error:
        clock(name)
    assert "Europe/Paris" in error.value.remedy
