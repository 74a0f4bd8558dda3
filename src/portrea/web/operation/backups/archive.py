"""The file of a backup: a tar that streams, whose last member proves the others.

Members, in order:

``entete.json``     what one must know before reading on (:class:`Head`)
``tables/<app.model>.jsonl.gz``   one per table (:mod:`rows`)
``fichiers/<path>`` files of ``PORTREA_HOME``
``manifeste.json``  sha256 and length of every member before it, rows of every table

A file cut short has no manifest: it is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, Any

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = 1
HEAD, MANIFEST = "entete.json", "manifeste.json"
TABLES, FILES = "tables/", "fichiers/"
ENDING = ".jsonl.gz"
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup says first.

    ``migrations``: those that its tables have had; ``computation``: the one in force, "" if none;
    ``engine``: the database that was read; ``secret``: the secret key is among the files.
    """

    version: str
    date: str
    engine: str
    migrations: list[str]
    computation: str = ""
    secret: bool = False
    format: int = FORMAT


@dataclass(slots=True)
class Proof:
    """What a backup says last: ``members`` name → [sha256, bytes], ``rows`` table → rows."""

    members: dict[str, list[Any]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all members."""
        return sum(length for _, length in self.members.values())


class Hashed:
    """A binary stream being read, with the digest and the length of what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._digest = hashlib.sha256()
        self.length = 0

    def read(self, size: int = -1) -> bytes:
        """Read bytes, counted."""
        try:
            content = self._source.read(size)
        except tarfile.TarError as error:
            raise _damaged("elle est coupée ou abîmée") from error
        self._digest.update(content)
        self.length += len(content)
        return content

    def seal(self) -> list[Any]:
        """Return [sha256, bytes]."""
        return [self._digest.hexdigest(), self.length]


class Writer:
    """Write the members of a backup, one after the other; use :func:`written`."""

    def __init__(self, target: IO[bytes]) -> None:
        self._tar = tarfile.open(  # noqa: SIM115 - closed by close()
            fileobj=target, mode="w|", format=tarfile.PAX_FORMAT
        )
        self.proof = Proof()

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """Copy ``size`` bytes of a stream into a member.

        Raises
        ------
        DataError
            The stream is shorter: its file changed meanwhile.
        """
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashed = Hashed(source)
        try:
            self._tar.addfile(info, hashed)  # type: ignore[arg-type] - only read() is called
        except OSError as error:
            if "unexpected end of data" not in str(error):
                raise
            raise DataError(
                f"« {name.removeprefix(FILES)} » a changé pendant la sauvegarde.",
                remedy="Relancez la sauvegarde.",
            ) from error
        self.proof.members[name] = hashed.seal()

    def add_text(self, name: str, content: Any) -> None:
        """Write a JSON member."""
        told = json.dumps(content, ensure_ascii=False, indent=1).encode()
        self.add(name, io.BytesIO(told), len(told))

    def add_proof(self) -> None:
        """Write the manifest."""
        self.add_text(MANIFEST, asdict(self.proof))
        del self.proof.members[MANIFEST]

    def close(self) -> None:
        """Write the end of the file."""
        self._tar.close()


@contextmanager
def written(target: IO[bytes], head: Head) -> Iterator[Writer]:
    """Yield the writer of a backup whose head is written; its manifest is, at the end."""
    writer = Writer(target)
    writer.add_text(HEAD, asdict(head))
    try:
        yield writer
        writer.add_proof()
    finally:
        writer.close()


class Reading:
    """Read a backup once, from its first byte to its last."""

    def __init__(self, source: IO[bytes]) -> None:
        try:
            self._tar = tarfile.open(fileobj=source, mode="r|")  # noqa: SIM115 - read to its end
        except tarfile.TarError as error:
            raise _damaged("ce n’est pas une sauvegarde, ou son début manque") from error
        self._seen: dict[str, list[Any]] = {}
        self.head = self._head()
        self.proof: Proof | None = None

    def members(self) -> Iterator[tuple[str, Hashed]]:
        """Yield name and content of each table and file; then check all against the manifest.

        Raises
        ------
        DataError
            Something is missing, added or altered.
        """
        for info in self._infos():
            if info.name == MANIFEST:
                self.proof = self._manifest(info)
                continue
            content = Hashed(self._opened(info))
            yield info.name, content
            while content.read(PIECE):
                pass
            self._seen[info.name] = content.seal()
        self._check()

    def _infos(self) -> Iterator[tarfile.TarInfo]:
        try:
            while (info := self._tar.next()) is not None:
                yield info
        except (tarfile.TarError, EOFError) as error:
            raise _damaged("elle est coupée ou abîmée") from error

    def _opened(self, info: tarfile.TarInfo) -> IO[bytes]:
        parts = info.name.split("/")
        inside = info.name.startswith((TABLES, FILES)) and not {"", ".", ".."} & set(parts)
        content = self._tar.extractfile(info) if info.isreg() and inside else None
        if content is None:
            raise _damaged(f"« {info.name} » n’a rien à y faire")
        return content

    def _head(self) -> Head:
        info = next(self._infos(), None)
        if info is None or info.name != HEAD:
            raise _damaged("ce n’est pas une sauvegarde de Portrea")
        content = Hashed(self._tar.extractfile(info) or io.BytesIO())
        told = _json(content.read())
        self._seen[HEAD] = content.seal()
        if told.get("format") != FORMAT:
            raise DataError(
                f"Cette sauvegarde est d’une autre forme ({told.get('format')}) que celle lue ici"
                f" ({FORMAT}).",
                remedy="Installez la version de Portrea qui l’a faite.",
            )
        try:
            return Head(**told)
        except TypeError as error:
            raise _damaged("son entête n’est pas comprise") from error

    def _manifest(self, info: tarfile.TarInfo) -> Proof:
        content = Hashed(self._tar.extractfile(info) or io.BytesIO())
        try:
            return Proof(**_json(content.read()))
        except TypeError as error:
            raise _damaged("son manifeste n’est pas compris") from error

    def _check(self) -> None:
        if self.proof is None:
            raise _damaged("sa fin manque")
        told = self.proof.members
        wrong = sorted(n for n in told.keys() | self._seen if told.get(n) != self._seen.get(n))
        if wrong:
            raise _damaged(f"« {wrong[0]} » n’est pas ce qui avait été écrit")


def _json(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except ValueError as error:
        raise _damaged("elle n’est pas lisible") from error
    if not isinstance(told, dict):
        raise _damaged("elle n’est pas lisible")
    return told


def _damaged(why: str) -> DataError:
    return DataError(
        f"Cette sauvegarde ne peut pas servir : {why}.",
        remedy="Prenez-en une autre ; celle-ci n’a rien changé.",
    )
