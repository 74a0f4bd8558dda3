"""A connection kept between two pages, while the server is stopped, or killed."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager, suppress
from threading import Thread
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


@contextmanager
def by_tcp(server: Cluster) -> Iterator[str]:
    """Give the address of a server by TCP: it listens on a socket of the machine only."""

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while told := source.recv(65_536):
                target.sendall(told)
            target.shutdown(socket.SHUT_WR)

    def take() -> None:
        with suppress(OSError):
            near, _who = door.accept()
            with near, socket.socket(socket.AF_UNIX) as far:
                far.connect(str(server.folder / ".s.PGSQL.5432"))
                back = Thread(target=carry, args=(far, near), daemon=True)
                back.start()
                carry(near, far)
                back.join(5)

    with socket.create_server(("127.0.0.1", 0)) as door:
        Thread(target=take, daemon=True).start()
        yield f"postgresql://portrea@127.0.0.1:{door.getsockname()[1]}/postgres"


@pytest.mark.postgres
@pytest.mark.usefixtures("no_database_guard")
def test_a_network_cut_without_a_goodbye_is_noticed_in_seconds(
    server: Cluster, tmp_path: Path
) -> None:
    """Measured once by a real cut: 10 s, more than 180 without (docs/developpeurs/endurance.md)."""
    with by_tcp(server) as url, reached(database(url, tmp_path)) as kept:
        with kept.cursor() as cursor:
            cursor.execute("SELECT 6 * 7")
        with socket.socket(fileno=os.dup(kept.connection.fileno())) as link:
            told = {
                name: link.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
                for name in ("TCP_USER_TIMEOUT", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")
            }
        assert told == {
            "TCP_USER_TIMEOUT": 10_000, "TCP_KEEPIDLE": 20, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3
        }  # fmt: skip
        assert kept.connection.info.get_parameters()["connect_timeout"] == "5"
