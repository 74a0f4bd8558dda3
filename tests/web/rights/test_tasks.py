"""The grid of the month makes itself, once, where OpenFisca is."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.cache import caches
from django_tasks_db.models import DBTaskResult

from portrea.rights import grid
from portrea.sources.rights_grid import grid_path, read_grid
from portrea.web.rights import tasks
from web.rights.hinted import Engine

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

FEW = list(islice(grid.archetypes(), 5))


class Stopped(Engine):
    """An engine that says when it was stopped."""

    stopped = 0

    def stop(self) -> None:
        Stopped.stopped += 1


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch, settings: SettingsWrapper, tmp_path: Path) -> Path:
    settings.PORTREA_HOME = tmp_path
    monkeypatch.setattr(grid, "archetypes", lambda: iter(FEW))
    monkeypatch.setattr(tasks, "python_with_openfisca", lambda: "python")
    monkeypatch.setattr(tasks, "Process", lambda _python: Stopped())
    Stopped.stopped = 0
    return tmp_path


def made() -> int:
    return int(tasks.prepare_first_ideas.func())


def test_the_first_visitor_asks_and_only_she(db: None) -> None:
    with time_machine.travel("2026-11-23 10:00"):
        assert [tasks.ask_for_first_ideas() for _visitor in "abc"] == [True, False, False]
        (waiting,) = DBTaskResult.objects.all()
        assert waiting.task_path == tasks.prepare_first_ideas.module_path
        assert waiting.args_kwargs == {"args": [], "kwargs": {}}
        made()
        caches["shared"].clear()
        assert not tasks.ask_for_first_ideas()
    with time_machine.travel("2026-12-01 10:00"):
        assert tasks.ask_for_first_ideas()
    with time_machine.travel("2027-04-05 10:00"):
        assert not tasks.ask_for_first_ideas()


def test_a_month_is_prepared_once_then_the_next_one(world: Path) -> None:
    with time_machine.travel("2026-11-23 04:00"):
        assert (made(), made()) == (5, 0)
        assert read_grid(world, "2026-11") is not None
    with time_machine.travel("2026-12-01 04:00"):
        assert made() == 5
    assert [path.name for path in (world / "rights").iterdir()] == ["grid-2026-12.parquet"]
    assert Stopped.stopped == 2


def test_a_damaged_grid_is_made_again(world: Path) -> None:
    with time_machine.travel("2026-11-23 04:00"):
        made()
        grid_path(world, "2026-11").write_bytes(b"rien")
        assert made() == 5


@pytest.mark.parametrize("when", ["2027-04-05 04:00", "2026-11-23 04:00"])
def test_nothing_is_made_without_amounts_or_engine(
    when: str, world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if when < "2027":
        monkeypatch.setattr(tasks, "python_with_openfisca", lambda: None)
    with time_machine.travel(when):
        assert made() == 0
    assert not (world / "rights").exists()


def test_an_engine_that_fails_is_stopped(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "Process", lambda _python: Stopped(error=OSError("parti")))
    with time_machine.travel("2026-11-23 04:00"), pytest.raises(OSError, match="parti"):
        made()
    assert Stopped.stopped == 1
    assert not (world / "rights").exists()
