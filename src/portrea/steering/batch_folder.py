"""Where a batch of portraits is written: one folder, one writer at a time, what is already done.

A file is written whole or not at all. Each one done adds a line to the manifest, so that a batch
stopped in any way is taken up again where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError, system_fault

try:
    import fcntl
except ImportError:  # Windows: the lock is advisory
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST = "portraits.jsonl"
LOCK = ".portraits.lock"
DRAFT = ".draft"


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the batch: for which territory, from which state, its size and digest."""

    territory: str
    file: str
    state: str
    size: int
    sha256: str


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is never seen half written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}{DRAFT}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


class BatchFolder:
    """The folder of a batch, held by one batch at a time (:meth:`held`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._written: dict[str, Written] = {}

    @contextmanager
    def held(self) -> Iterator[BatchFolder]:
        """Hold the folder during the block; the manifest is put in order at its end.

        Raises
        ------
        ParameterError
            Another batch writes there, or the folder cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = (self.path / LOCK).open("w")
        except OSError as error:
            raise ParameterError(
                f"Impossible d’écrire dans le dossier « {self.path} » : {system_fault(error)}.",
                remedy="Choisissez un autre dossier avec « -o ».",
            ) from error
        with lock:
            self._take(lock.fileno())
            for draft in self.path.glob(f".*{DRAFT}"):
                draft.unlink(missing_ok=True)
            self._written = self._read()
            try:
                yield self
            finally:
                self._put_in_order()

    def is_done(self, file: str, state: str) -> bool:
        """Whether a file was written from this state and is still what was written."""
        known = self._written.get(file)
        if known is None or known.state != state:
            return False
        try:
            content = (self.path / file).read_bytes()
        except OSError:
            return False
        return hashlib.sha256(content).hexdigest() == known.sha256

    def add(self, written: Written) -> None:
        """Note a file just written."""
        self._written[written.file] = written
        with (self.path / MANIFEST).open("a", encoding="utf-8") as manifest:
            manifest.write(_line(written))

    def _take(self, descriptor: int) -> None:
        """Take the lock, which the system frees when the process ends, however it ends."""
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ParameterError(
                f"Un autre lot de portraits est en train d’écrire dans « {self.path} ».",
                remedy="Attendez qu’il finisse, ou choisissez un autre dossier avec « -o ».",
            ) from error

    def _read(self) -> dict[str, Written]:
        """Read the manifest; a line cut by a power failure is left out, its file made again."""
        try:
            lines = (self.path / MANIFEST).read_text("utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return {}
        found = (_written(line) for line in lines)
        return {written.file: written for written in found if written is not None}

    def _put_in_order(self) -> None:
        kept = [self._written[file] for file in sorted(self._written)]
        lines = [_line(written) for written in kept if (self.path / written.file).is_file()]
        write_whole(self.path / MANIFEST, "".join(lines).encode())


def _line(written: Written) -> str:
    return json.dumps(asdict(written), ensure_ascii=False) + "\n"


def _written(line: str) -> Written | None:
    try:
        return Written(**json.loads(line))
    except (ValueError, TypeError):
        return None
