"""A connection kept between two pages, while the server is stopped, or killed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from endurance.cluster import Cluster, durable_cluster
from portrea.web.config.settings.database import database
from portrea.web.operation.backups.databases import reached

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[Cluster]:
    """A server of this test only, that may be stopped."""
    yield from durable_cluster()


@pytest.fixture
def no_database_guard(django_db_blocker: Any) -> Iterator[None]:
    """Let the test reach its own server."""
    with django_db_blocker.unblock():
        yield


@pytest.mark.postgres
@pytest.mark.usefixtures("no_database_guard")
def test_a_server_started_again_between_two_pages_is_not_seen(
    server: Cluster, tmp_path: Path
) -> None:
    def answer() -> int:
        kept.health_check_done = False  # as before each page
        with kept.cursor() as cursor:
            cursor.execute("SELECT 6 * 7")
            return int(cursor.fetchone()[0])

    with reached(database(server.url, tmp_path)) as kept:
        assert answer() == 42
        first = kept.connection
        assert kept.settings_dict["CONN_HEALTH_CHECKS"]
        assert kept.is_usable()
        assert answer() == 42
        assert kept.connection is first, "an idle connection is kept"
        server.stop()
        assert not kept.is_usable()
        server.start()
        assert answer() == 42
        server.kill()
        assert not kept.is_usable()
        assert answer() == 42
        kept.close()
        assert not kept.is_usable()
