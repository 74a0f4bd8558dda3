"""A process that serves reads the computation before the first visitor, and each new one once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError

from portrea.sources.store import Store
from portrea.web.config import warming
from portrea.web.needs import selectors

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest
    from django.test import Client


@pytest.fixture
def visited(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses visited, none of them really."""
    addresses: list[str] = []
    monkeypatch.setattr(warming, "_visit", addresses.append)
    return addresses


def in_force(home: Path) -> str:
    computation = Store(home).current()
    assert computation is not None
    return computation.id


@pytest.mark.usefixtures("site")
def test_maps_are_ready_before_the_first_visitor(demo_home: Path) -> None:
    selectors._measure_map.cache_clear()
    assert warming.warm() == in_force(demo_home)
    before = selectors._measure_map.cache_info()
    selectors.measure_map("a1", "commune", "france")
    after = selectors._measure_map.cache_info()
    assert (after.hits, after.misses) == (before.hits + 1, before.misses)


@pytest.mark.parametrize("address", warming.FIRST_PAGES)
def test_first_pages_exist(site: Client, address: str) -> None:
    assert site.get(address).status_code == 200


@pytest.mark.usefixtures("site")
def test_a_known_computation_is_left_alone(demo_home: Path, visited: list[str]) -> None:
    known = in_force(demo_home)
    assert warming.warm(known) == known
    assert visited == []


@pytest.mark.usefixtures("site")
def test_a_new_computation_is_read(visited: list[str]) -> None:
    warming.warm("an older computation")
    assert visited == list(warming.FIRST_PAGES)


def test_without_computation_it_waits(visited: list[str]) -> None:
    assert warming.warm() == ""
    assert visited == []


def test_a_page_that_cannot_be_read_leaves_the_others(
    site: Client, monkeypatch: pytest.MonkeyPatch, demo_home: Path
) -> None:
    asked: list[str] = []

    def away(request: HttpRequest) -> None:
        asked.append(request.get_full_path())
        raise DatabaseError("locked")

    monkeypatch.setattr(warming, "resolve", lambda _path: (away, (), {}))
    assert warming.warm() == in_force(demo_home)
    assert asked == list(warming.FIRST_PAGES)


def test_the_thread_ends_when_told(visited: list[str]) -> None:
    stop = threading.Event()
    thread = warming.keep_warm(stop)
    stop.set()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert thread.daemon
    assert visited == []
