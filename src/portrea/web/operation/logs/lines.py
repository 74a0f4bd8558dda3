"""Lines of the journal of the machine: fields of a list, and no word a person typed.

A line holds what :data:`FIELDS` names. The arguments of a message are kept when their type cannot
carry an identity (numbers, dates, drawn identifiers); any text becomes « … ». Messages of other
libraries may be made of what was received: only where they come from is written. An exception is
told by its type and where it happened, never by its message nor its variables: those hold values.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from portrea.web.operation.logs.current import reference

if TYPE_CHECKING:
    from types import TracebackType

FIELDS = (
    "event", "method", "route", "status", "ms", "bytes", "role", "task", "name", "tries", "waited",
    "command", "code", "error", "at", "inside",
)  # fmt: skip
"""Fields that a call may add (``extra={"fields": {…}}``); another name is left out."""
SAFE = (bool, int, float, date, UUID, Enum)
"""Types of arguments that say nothing of a person."""
HIDDEN = "…"
OURS = ("portrea.", "__main__")
"""Loggers whose messages are constants of the code: a rule of the linter says so."""
DEEPEST = 12
"""Frames kept of an exception: the last ones."""
HERE = Path(__file__).parents[3]
"""Folder of the package: its files are written from it, the others by their name."""


def told(record: logging.LogRecord) -> str:
    """Return the message of a record with its texts hidden."""
    message = str(record.msg)
    if not record.args:
        return message
    given = record.args
    try:
        if isinstance(given, dict):
            return message % {name: _shown(value) for name, value in given.items()}
        return message % tuple(_shown(value) for value in given)
    except (TypeError, ValueError):  # « %d » of a text: the message without its arguments
        return message


def _shown(value: object) -> Any:
    if isinstance(value, Enum):
        return value.name
    return value if isinstance(value, SAFE) else HIDDEN


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a line says, by name, in the order it is written."""
    line: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "request": getattr(record, "reference", "") or reference(),
        "logger": record.name,
    }
    added = getattr(record, "fields", None)
    if added is not None:
        line |= {name: added[name] for name in FIELDS if name in added}
    elif record.name.startswith(OURS):
        line["message"] = told(record)
    else:
        line["from"] = f"{written(record.pathname)}:{record.lineno}"
    if record.exc_info and record.exc_info[0] is not None:
        kind, _, trace = record.exc_info
        line["error"] = f"{kind.__module__}.{kind.__qualname__}"
        line["at"] = frames(trace)
    return line


def frames(trace: TracebackType | None) -> list[str]:
    """Return where an exception went through, « file:line function », without any source line."""
    summary = traceback.extract_tb(trace)[-DEEPEST:]
    return [f"{written(frame.filename)}:{frame.lineno} {frame.name}" for frame in summary]


def written(name: str) -> str:
    """Return the path of a file from the package, or its name alone."""
    path = Path(name)
    return path.relative_to(HERE).as_posix() if path.is_relative_to(HERE) else path.name


class JsonFormatter(logging.Formatter):
    """One JSON object per line, for the machines that gather journals."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the line."""
        return json.dumps(fields(record), ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """The same fields for a reader: « 10:02:03 INFO reference route=… status=… »."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the line."""
        line = fields(record)
        head = f"{line.pop('time')} {line.pop('level')} {line.pop('request')} {line.pop('logger')}"
        message = line.pop("message", "")
        rest = " ".join(f"{name}={value}" for name, value in line.items() if name != "at")
        where = "".join(f"\n    {frame}" for frame in line.get("at", ()))
        return " ".join(part for part in (head, message, rest) if part) + where
