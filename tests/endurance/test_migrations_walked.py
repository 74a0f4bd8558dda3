"""Every migration on rows, on both databases: ``make test`` walks those since the rule only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from web.operation.migrations.walking import walk

if TYPE_CHECKING:
    from pathlib import Path

    from endurance.cluster import Cluster

pytestmark = pytest.mark.endurance


def test_every_migration_on_sqlite(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    walk(tmp_path / "home")


def test_every_migration_on_postgresql(durable: Cluster, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    for database in durable.database():
        walk(tmp_path / "home", database)
