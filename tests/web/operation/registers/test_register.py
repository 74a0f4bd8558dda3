"""The register says all that is kept of people, with what ends it and what proves the end."""

from __future__ import annotations

import ast
import io
import json
import re
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts.matrix import matrix
from portrea.web.accounts.retention import registry
from portrea.web.accounts.tasks import apply_retention
from portrea.web.operation.registers.documents import OPEN, impact, register
from portrea.web.operation.registers.reading import declared, processings, proofs
from web.accounts.conftest import connected, person
from web.accounts.test_retention import all_models, personal_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]
ROOT = Path(__file__).parents[4]


def test_every_entry_of_retention_is_in_one_processing() -> None:
    times = Counter(entry.name for one in processings() for entry in one.kept)
    assert times == Counter(entry.name for entry in registry())


def test_every_personal_column_is_in_a_processing() -> None:
    told = {column for one in processings() for column in one.columns}
    through_user = {"accounts.User_groups", "accounts.User_user_permissions"}  # end with the user
    missing = {
        f"{model._meta.label}.{name}"
        for model in all_models()
        if model._meta.label not in through_user
        for name in personal_columns(model)
        if model._meta.get_field(name).concrete and not model._meta.get_field(name).many_to_many
    }
    assert missing - told == set()
    assert "accounts.User.email" in told


def test_the_readers_are_those_of_the_matrix() -> None:
    for card in (card for name, card in declared().items() if isinstance(card, dict)):
        assert set(card["acts"]) <= set(matrix().acts)
    accounts = next(one for one in processings() if one.name == "accounts")
    assert any("Administrateur (partout)" in roles for _act, roles in accounts.recipients)


def test_the_end_of_each_entry_is_tested() -> None:
    assert set(proofs()) == {entry.name for entry in registry()}
    for name, told in proofs().items():
        path, _sep, function = told.partition("::")
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert function in names, name


def test_the_impact_template_weighs_nothing() -> None:
    table = next(one for one in impact().tables() if one.id == "risques")
    assert len(table.rows) == 3 * len(processings())
    assert {cell.text for row in table.rows for cell in row[2:]} == {OPEN}


@pytest.mark.django_db
def test_administrators_read_it_and_take_it_away(
    client: Client, connected: Callable[..., User]
) -> None:
    connected("administrateur")
    page = client.get("/espace/registre/").content.decode()
    assert all(one.title in page for one in processings())
    assert "n’ont pas été appliquées" in page
    DBTaskResult.objects.create(
        task_path=apply_retention.module_path,
        status=TaskResultStatus.SUCCESSFUL,
        args_kwargs={"args": [], "kwargs": {}},
        finished_at=timezone.now() - timedelta(hours=2),
        backend_name="default",
        run_after=timezone.now(),
        exception_class_path="",
        traceback="",
    )
    assert "appliquées pour la dernière fois" in client.get("/espace/registre/").content.decode()
    for form in ("docx", "odt", "xlsx"):
        for document in ("registre", "aipd"):
            answer = client.get(f"/espace/registre/{document}.{form}")
            assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    told = json.loads(client.get("/espace/registre/registre.json").content)
    assert len(told["sections"]) == len(processings()) + 1
    assert (
        "portrea.web.accounts.erasing"
        in client.get("/espace/registre/registre.csv").content.decode()
    )
    assert client.get("/espace/registre/registre.exe").status_code == 404


@pytest.mark.django_db
def test_others_do_not(client: Client, connected: Callable[..., User]) -> None:
    connected("referent departement:35")
    assert client.get("/espace/registre/").status_code == 403
    assert client.get("/espace/registre/registre.json").status_code == 403


def test_the_document_says_what_is_unknown() -> None:
    text = json.dumps(register().to_dict(), ensure_ascii=False)
    assert "À compléter par l’éditeur" in text
    assert not re.search(r"\bTODO\b", text)
