"""``portrea doctor`` as an administrator types it: a page, JSON, an exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from portrea.base.errors import ParameterError
from portrea.cli import portrea, serve
from portrea.web.operation.doctor import checks
from portrea.web.operation.doctor.checks import Check, Finding, Level

if TYPE_CHECKING:
    from click.testing import Result

GOOD = Check("bien", "Une chose", "Groupe", lambda: Finding(Level.GOOD, "en place"), False)
LOOK = Check("voir", "Une autre", "Groupe", lambda: checks.look("ancienne", "Renouvelez."), False)
BROKEN = Check("rompu", "La base", "Base", lambda: checks.broken("absente", "Créez-la."), False)


def doctor(*options: str) -> Result:
    return CliRunner().invoke(portrea, ["doctor", *options], catch_exceptions=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("found", "code"), [((GOOD,), 0), ((GOOD, LOOK), 1), ((LOOK, BROKEN, GOOD), 2)]
)
def test_the_exit_code_is_that_of_the_worst(
    monkeypatch: pytest.MonkeyPatch, found: tuple[Check, ...], code: int
) -> None:
    monkeypatch.setattr(checks, "checks", lambda: found)
    assert doctor().exit_code == code
    assert doctor("--json").exit_code == code


@pytest.mark.django_db
def test_the_page_and_the_json_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "checks", lambda: (GOOD, LOOK, BROKEN))
    page, told = doctor().output, json.loads(doctor("--json").output)
    assert told["level"] == "cassé"
    for one in told["checks"]:
        assert f"{one['title']} : {one['what']}" in page
        assert one["remedy"] in page
    assert "3 vérifications. Bon : 1, à regarder : 1, cassé : 1." in page


def test_settings_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise ParameterError("PORTREA_DATABASE_URL n’est pas comprise.", remedy="Corrigez-la.")

    monkeypatch.setattr(serve, "setup_django", refuse)
    found = doctor()
    assert found.exit_code == 2
    assert "PORTREA_DATABASE_URL" in found.output
    assert json.loads(doctor("--json").output)["checks"][0]["remedy"] == "Corrigez-la."
