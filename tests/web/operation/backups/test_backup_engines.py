"""The same backup from SQLite to PostgreSQL and back; the former tables stay beside."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from portrea.base.errors import ParameterError
from portrea.base.progress import silent
from portrea.web.config.settings.database import database
from portrea.web.operation.backups import making, restoring, swapping
from portrea.web.operation.backups.databases import reached
from portrea.web.operation.backups.schema import applied
from web.operation.backups.lived import content_of, copied_tables, fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import DjangoDbBlocker

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture(autouse=True)
def own_databases(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let these tests reach the databases of their own."""
    with django_db_blocker.unblock():
        yield


def made(home: Path, described: dict[str, Any], folder: Path) -> Path:
    return making.make(home=home, database=described, folder=folder, progress=silent).path


def test_from_sqlite_to_postgresql_and_back(
    cluster: str, ready_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portrea.web.surveys.models import Questionnaire

    laptop, server, again = tmp_path / "laptop", tmp_path / "server", tmp_path / "again"
    shutil.copytree(ready_home, laptop)
    small, large = database("", laptop), database(cluster, server)
    fill(small)
    first = made(laptop, small, tmp_path / "a")

    def stopped(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(swapping, "exchange_schemas", stopped)
        with pytest.raises(KeyboardInterrupt):
            restoring.restore(first, home=server, database=large, replace=True, progress=silent)
    with reached(large) as connection:
        assert not applied(connection), "nothing in place yet"
    assert swapping.finish(server, large), "the next start goes on"
    assert content_of(large) == content_of(small)
    with pytest.raises(ParameterError, match="n’est pas vide"):
        restoring.restore(first, home=server, database=large, progress=silent)
    with reached(large) as connection:
        added = Questionnaire.objects.using(connection.alias).create(key="q2", title="Suite")
        assert added.pk == 2, "numbers go on after those restored"
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'avant%%'")
            assert len(cursor.fetchall()) == 1
    second = made(server, large, tmp_path / "b")
    monkeypatch.setattr(restoring, "bring_to", partial(copied_tables, laptop))
    restoring.restore(second, home=again, database=database("", again), progress=silent)
    assert content_of(database("", again)) == content_of(large)
