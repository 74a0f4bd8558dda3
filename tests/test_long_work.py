"""Every command and every task is in docs/developpeurs/longs-travaux.md; the long ones say more."""

from __future__ import annotations

import inspect
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from portrea.cli import portrea

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/developpeurs/longs-travaux.md").read_text("utf-8")
COMMANDS, TASKS, _ = re.split(r"^## (?=Travaux|Ce qui)", PAGE, flags=re.MULTILINE)
NAMED = r"`portrea ([a-z -]+?)`"
SILENT = "aucun"
"""How a row says that its tasks show no progress; why follows."""


def rows(part: str) -> list[list[str]]:
    """Cells of the rows of the tables of a part of the page, their headings left out."""
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return [row for row in cells if row[1] != "Avancement"]


@cache
def commands() -> dict[str, str]:
    """Final commands, without « portrea »: the text of the modules of the one that is called."""
    return dict(below(portrea, ""))


def below(group: click.Group, path: str) -> Iterator[tuple[str, str]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from below(command, f"{path}{name} ")
        elif command is not None and command.callback is not None:
            yield f"{path}{name}", text_of(inspect.unwrap(command.callback).__module__)


def text_of(module: str) -> str:
    """Text of the module of a command, and of those of the terminal that it calls."""
    text = Path(str(sys.modules[module].__file__)).read_text("utf-8")
    called = re.findall(r"from portrea\.cli\.(\w+) import", text)
    cli = ROOT / "src/portrea/cli"
    return text + "".join((cli / f"{name}.py").read_text("utf-8") for name in called)


def test_every_command_is_said_long_or_short_once() -> None:
    """Add a new command to the table, if it may last, or to the list of the short ones."""
    table = [name for row in rows(COMMANDS) for name in re.findall(NAMED, row[0])]
    prose = "".join(line for line in COMMANDS.splitlines(True) if not line.startswith("|"))
    named = sorted([*table, *re.findall(NAMED, prose)])
    assert named == sorted(commands())


def test_a_long_command_shows_where_it_is() -> None:
    long = [name for row in rows(COMMANDS) for name in re.findall(NAMED, row[0])]
    assert len(long) > 25
    assert [name for name in long if "progress_bar(" not in commands()[name]] == []


def test_every_row_says_where_it_is_how_it_stops_and_goes_on() -> None:
    assert {len(row) for row in rows(COMMANDS)} == {4}
    assert all(cell for row in rows(COMMANDS) for cell in row)


def test_every_task_is_there_by_its_french_name() -> None:
    from portrea.web.operation.work.names import NAMES

    missing = [str(name) for name in NAMES.values() if str(name) not in TASKS]
    assert missing == []


@pytest.mark.parametrize("row", rows(TASKS), ids=lambda row: row[0])
def test_a_long_task_listens_to_who_asks_it_to_stop(row: list[str]) -> None:
    """Its module calls ``running.report``, which tells where it is and stops it."""
    from importlib import import_module

    from portrea.web.operation.work.names import NAMES

    paths = {str(name): path for path, name in NAMES.items()}
    for name in row[0].split(", "):
        source = inspect.getsource(import_module(paths[name].rpartition(".")[0]))
        assert ("progress=report" in source) != row[1].startswith(SILENT), name
