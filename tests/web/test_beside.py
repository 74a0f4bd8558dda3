"""What is done beside a request: it ends, and a database away is told, not raised."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError

from portrea.base.errors import StoreError
from portrea.web.territories.beside import NAME, beside

if TYPE_CHECKING:
    from portrea.base.errors import PortreaError


def test_it_is_done_in_another_thread() -> None:
    done: list[str] = []
    beside(lambda: done.append(threading.current_thread().name)).join(30)
    assert done == [NAME]


@pytest.mark.parametrize("fault", [DatabaseError("no such table"), StoreError("rien", remedy="x")])
def test_what_fails_is_told_in_the_journal(
    fault: DatabaseError | PortreaError, caplog: pytest.LogCaptureFixture
) -> None:
    def work() -> None:
        raise fault

    with caplog.at_level(logging.WARNING):
        beside(work).join(30)
    assert [record.message for record in caplog.records] == [f"Beside: {fault}"]
