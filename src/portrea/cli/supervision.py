"""Keep one process running: start it, start it again when it dies, stop it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKER = (sys.executable, "-c", "from portrea.cli import main; main()", "worker")
"""Command of the supervised worker; ``--follow`` and our process number are added."""
STOPPING = 20.0
"""Seconds left to a process to end its task before it is killed."""


class Supervisor:
    """Run a command as long as this process lives.

    Parameters
    ----------
    command
        Program and arguments; the background worker by default.
    wait
        Seconds before the first new start; doubled at each death, back to this after ``steady``
        seconds of life.
    longest
        Longest wait, in seconds.
    """

    def __init__(
        self,
        command: Sequence[str] = (),
        *,
        wait: float = 1.0,
        longest: float = 60.0,
        steady: float = 60.0,
    ) -> None:
        self.command = tuple(command) or (*WORKER, "--follow", str(os.getpid()))
        self.wait, self.longest, self.steady = wait, longest, steady
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="portrea-worker", daemon=True)

    def start(self) -> None:
        """Start the process and watch it from a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the process: politely, then by force."""
        self._stopping.set()
        process = self.process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOPPING)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join(STOPPING)

    def _watch(self) -> None:
        pause = self.wait
        while not self._stopping.is_set():
            began = time.monotonic()
            code = self._run()
            if self._stopping.is_set():
                return
            pause = self.wait if time.monotonic() - began > self.steady else pause
            click.echo(
                f"Le travail de fond s’est arrêté (code {code}) : redémarrage dans {pause:.0f} s.",
                err=True,
            )
            self._stopping.wait(pause)
            pause = min(2 * pause, self.longest)

    def _run(self) -> int:
        """Run the process once, in its own group: Ctrl-C reaches it through :meth:`stop` only."""
        with subprocess.Popen(  # noqa: S603 - our own command
            self.command, stdin=subprocess.DEVNULL, start_new_session=True
        ) as process:
            self.process = process
            self.starts += 1
            if self._stopping.is_set():
                process.terminate()
            return process.wait()
