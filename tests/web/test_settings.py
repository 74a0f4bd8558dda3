"""Settings: declared once, documented, safe by default."""

from __future__ import annotations

import ast
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from portrea.base.errors import ParameterError
from portrea.web.config.settings import variables
from portrea.web.config.settings.database import SILENT_NETWORK, database
from portrea.web.config.settings.secret import secret_key

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "src/portrea/web/config/settings"


def settings_in_a_process(module: str, code: str, **environment: str) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    script = f"from portrea.web.config.settings import {module} as s; {code}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_variable_read_is_declared() -> None:
    declared = {variable.name for variable in variables.VARIABLES}
    read = set()
    for path in SETTINGS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                arguments = [a.value for a in node.args if isinstance(a, ast.Constant)]
                if node.func.attr in {"text", "flag", "listed"}:
                    read |= {a for a in arguments if str(a).startswith("PORTREA_")}
    assert read <= declared
    elsewhere = {  # by sources.store, sources.ban and sources.openfisca
        "PORTREA_HOME", "PORTREA_BAN_URL", "PORTREA_RIGHTS_PYTHON",
    }  # fmt: skip
    assert declared - read == elsewhere


def test_every_variable_is_explained() -> None:
    assert all(len(variable.help) > 20 for variable in variables.VARIABLES)
    assert len({v.name for v in variables.VARIABLES}) == len(variables.VARIABLES)


def test_production_is_strict(tmp_path: Path) -> None:
    code = "print(s.DEBUG, s.ALLOWED_HOSTS, getattr(s, 'SECURE_SSL_REDIRECT', False))"
    home = str(tmp_path / "home")
    assert settings_in_a_process("prod", code, PORTREA_HOME=home) == (
        "False ['127.0.0.1', 'localhost', '[::1]'] False"
    )
    https = settings_in_a_process(
        "prod", code, PORTREA_HOME=home, PORTREA_HTTPS="oui", PORTREA_HOSTS="a.fr, b.fr"
    )
    assert https == "False ['a.fr', 'b.fr'] True"


def test_production_passes_deployment_checks(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env={k: v for k, v in os.environ.items() if not k.startswith("PORTREA_")}
        | {
            "DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod",
            "PORTREA_HOME": str(tmp_path / "home"),
            "PORTREA_HTTPS": "oui",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    messages = [line for line in done.stderr.splitlines() if "security.W" in line]
    assert [m for m in messages if "W005" not in m and "W021" not in m] == []


def test_secret_key_is_drawn_once_and_kept_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    key = secret_key("", home)
    assert len(key) > 50
    assert secret_key("", home) == key
    assert stat.S_IMODE((home / "cle-secrete").stat().st_mode) == 0o600
    assert secret_key("given", home) == "given"


def test_database_address(tmp_path: Path) -> None:
    found = database("postgresql://jeanne:s%40cret@machine:5433/portrea?sslmode=require", tmp_path)
    assert found["NAME"] == "portrea"
    assert found["PASSWORD"] == "s@cret"
    assert (found["HOST"], found["PORT"]) == ("machine", "5433")
    assert found["OPTIONS"] == SILENT_NETWORK | {"sslmode": "require"}
    slow = database("postgresql://jeanne@machine/portrea?connect_timeout=60", tmp_path)
    assert slow["OPTIONS"]["connect_timeout"] == "60", "an address may say otherwise"
    assert database("postgresql:///portrea?host=/tmp/pg", tmp_path)["HOST"] == "/tmp/pg"
    assert database("", tmp_path)["NAME"] == tmp_path / "portrea.sqlite3"


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://machine", "portrea"])
def test_wrong_database_address_is_explained(tmp_path: Path, url: str) -> None:
    with pytest.raises(ParameterError, match="PORTREA_DATABASE_URL") as error:
        database(url, tmp_path)
    assert "postgresql://utilisateur" in error.value.remedy


def test_sqlite_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    """Through a power cut too, in a room as on a server; the journal does not grow for ever."""
    asked = "PRAGMA synchronous", "PRAGMA journal_size_limit", "PRAGMA journal_mode"
    for module in ("prod", "collect"):
        code = (
            "import sqlite3; options = s.DATABASES['default']; "
            "c = sqlite3.connect(options['NAME']); "
            "c.executescript(options['OPTIONS']['init_command']); "
            f"print(*(c.execute(q).fetchone()[0] for q in {asked}))"
        )
        told = settings_in_a_process(module, code, PORTREA_HOME=str(tmp_path))
        assert told == "2 67108864 wal", module
