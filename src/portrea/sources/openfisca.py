"""The process that holds OpenFisca: started once, asked in turn, killed when it is too long."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from portrea.base.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

WORKER = Path(__file__).with_name("openfisca_worker.py")
BESIDE = ".venv-rights"
MEBIBYTES = 1_536
SECONDS_TO_START = 60.0
SECONDS_TO_ANSWER = 20.0
ABSENT = "Le calcul des droits n’est pas installé sur ce serveur."
INSTALL = "Installez-le : pip install « portrea[droits] », ou donnez PORTREA_RIGHTS_PYTHON."


@cache
def python_with_openfisca() -> str | None:
    """Return the interpreter that has OpenFisca: told, else our own environment, else this one."""
    told = os.environ.get("PORTREA_RIGHTS_PYTHON")
    if told:
        return told
    beside = Path(sys.prefix).parent / BESIDE / "bin" / "python"
    if beside.is_file():
        return str(beside)
    return sys.executable if find_spec("openfisca_france") else None


@dataclass(slots=True)
class Process:
    """OpenFisca in a process of its own; what it is asked is written nowhere.

    Questions wait for their turn. One that takes too long, or more memory than allowed, costs the
    process: the next question starts another.
    """

    python: str
    mebibytes: int = MEBIBYTES
    version: str = ""
    _running: subprocess.Popen[bytes] | None = None
    _rest: bytes = b""
    _asked: int = 0
    _cold: bool = True
    _turn: Lock = field(default_factory=Lock)

    def ask(
        self, question: Mapping[str, Any], *, seconds: float = SECONDS_TO_ANSWER
    ) -> dict[str, list[Any]]:
        """Return the values that a question asks for.

        Raises
        ------
        EngineError
            No answer in time, no memory left, or a question that OpenFisca refuses.
        """
        with self._turn:
            self._start()
            self._asked += 1
            line = json.dumps({**question, "id": self._asked}) + "\n"
            told = self._exchange(line.encode(), seconds)
            self._cold = False
        if told.get("id") != self._asked or "values" not in told:
            raise EngineError(
                f"Le calcul des droits a refusé la question : {told.get('error', 'sans raison')}",
                remedy="Signalez-le avec les réponses données, sans nom.",
            )
        return dict(told["values"])

    def warm(self, first: Mapping[str, Any] | None = None) -> None:
        """Start the process if it is not, and ask it a first question, several times slower.

        So that nobody waits for either.
        """
        with self._turn:
            self._start()
            is_cold = self._cold
        if first is not None and is_cold:
            self.ask(first, seconds=SECONDS_TO_START)

    @property
    def pid(self) -> int | None:
        """Number of the process, while it runs."""
        return self._running.pid if self._running is not None else None

    def stop(self) -> None:
        """End the process."""
        running, self._running, self._rest = self._running, None, b""
        if running is not None:
            running.kill()
            running.communicate()

    def _start(self) -> None:
        if self._running is not None and self._running.poll() is None:
            return
        self.stop()
        self._running = subprocess.Popen(  # noqa: S603 - our own script
            [self.python, "-W", "ignore", str(WORKER), str(self.mebibytes)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._cold = True
        self.version = str(self._exchange(b"", SECONDS_TO_START).get("ready", ""))

    def _exchange(self, line: bytes, seconds: float) -> dict[str, Any]:
        try:
            return self._heard(line, monotonic() + seconds)
        except (OSError, ValueError, TimeoutError) as error:
            self.stop()
            raise EngineError(
                "Le calcul des droits n’a pas répondu à temps.",
                remedy="Essayez de nouveau dans une minute ; rien n’a été gardé.",
            ) from error

    def _heard(self, line: bytes, end: float) -> dict[str, Any]:
        running = self._running
        if running is None or running.stdin is None or running.stdout is None:
            raise OSError("the process is not there")
        if line:
            running.stdin.write(line)
            running.stdin.flush()
        with DefaultSelector() as selector:
            selector.register(running.stdout, EVENT_READ)
            while b"\n" not in self._rest:
                if not selector.select(max(end - monotonic(), 0)):
                    raise TimeoutError
                part = os.read(running.stdout.fileno(), 1 << 20)
                if not part:
                    raise OSError("the process ended")
                self._rest += part
        first, _newline, self._rest = self._rest.partition(b"\n")
        return dict(json.loads(first))


def process() -> Process:
    """Return the process of this site, not yet started.

    Raises
    ------
    EngineError
        OpenFisca is not installed.
    """
    python = python_with_openfisca()
    if python is None:
        raise EngineError(ABSENT, remedy=INSTALL)
    return _of(python)


@cache
def _of(python: str) -> Process:
    return Process(python)
