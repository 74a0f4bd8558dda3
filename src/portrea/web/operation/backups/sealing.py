"""Encryption of a backup by age (https://age-encryption.org): streams, whatever their length.

With a recipient, the file is an age file. With a passphrase it is a tar of two age files, which the
programs of age open without Portrea: ``cle.age`` (a key, sealed by the passphrase) and
``sauvegarde.age`` (everything, sealed by that key): age seals only short things by a passphrase in
memory, and a backup is long.
"""

from __future__ import annotations

import io
import os
import tarfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from portrea.base.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEADER = b"age-encryption.org/v1\n"
KEY, SEALED = "cle.age", "sauvegarde.age"


@dataclass(frozen=True, slots=True)
class Seal:
    """Who will be able to open: a recipient (``age1…``) or who knows a passphrase; neither: all."""

    recipient: str = ""
    passphrase: str = ""

    def __bool__(self) -> bool:
        return bool(self.recipient or self.passphrase)

    @property
    def ending(self) -> str:
        """End of the name of a file."""
        return ".tar.age" if self.recipient else ".chiffre.tar" if self.passphrase else ".tar"


def check(seal: Seal) -> None:
    """Refuse a recipient that age cannot read, or encryption where pyrage is not installed."""
    if seal:
        _age()
    if seal.recipient:
        _recipient(seal.recipient)


@contextmanager
def sealing(target: IO[bytes], seal: Seal) -> Iterator[tuple[IO[bytes], Any]]:
    """Yield where to write what is sealed into ``target``, and a key to read it again at once.

    The key is drawn for this file and kept in memory only: who makes a backup for a recipient can
    check what was written, and nobody can later.
    """
    if not seal:
        yield target, None
        return
    age = _age()
    own = age.x25519.Identity.generate()
    readers = [own.to_public()]
    if seal.recipient:
        readers.append(_recipient(seal.recipient))
        with _piped(lambda source: age.encrypt_io(source, target, readers)) as entry:
            yield entry, own
        return
    with tarfile.open(fileobj=target, mode="w") as outer:
        sealed_key = age.passphrase.encrypt(str(own).encode(), seal.passphrase)
        key = tarfile.TarInfo(KEY)
        key.size = len(sealed_key)
        outer.addfile(key, io.BytesIO(sealed_key))
        with (
            _member(outer, target),
            _piped(lambda source: age.encrypt_io(source, target, readers)) as entry,
        ):
            yield entry, own


@contextmanager
def opening(path: Path, *, key: Any = None, secret: str = "") -> Iterator[IO[bytes]]:
    """Yield the bytes of a backup, opened by a key in memory, an age identity or a passphrase.

    Raises
    ------
    DataError
        The file is sealed and what is given does not open it.
    """
    with path.open("rb") as source:
        head = source.read(len(HEADER))
        source.seek(0)
        if head == HEADER:
            with _unsealed(source, key or _identity(secret)) as opened:
                yield opened
            return
        held = _held_key(source)
        if held is None:
            source.seek(0)
            yield source
            return
        sealed_key, sealed = held
        with _unsealed(sealed, key or _by_passphrase(sealed_key, secret)) as opened:
            yield opened


def _held_key(source: IO[bytes]) -> tuple[bytes, IO[bytes]] | None:
    """Return the sealed key of a passphrase file, and its sealed part."""
    try:
        outer = tarfile.open(fileobj=source, mode="r:")  # noqa: SIM115 - its file is the caller's
        first = outer.next()
        if first is None or first.name != KEY:
            return None
        content = outer.extractfile(first)
        second = outer.next()
        sealed = outer.extractfile(second) if second else None
    except tarfile.TarError:
        return None
    return (content.read(), sealed) if content and sealed else None


@contextmanager
def _member(outer: tarfile.TarFile, target: IO[bytes]) -> Iterator[None]:
    """Keep the room of a header, then write it once the length of the member is known."""
    start = target.tell()
    info = tarfile.TarInfo(SEALED)
    target.write(bytes(tarfile.BLOCKSIZE))
    yield
    info.size = target.tell() - start - tarfile.BLOCKSIZE
    header = info.tobuf(tarfile.USTAR_FORMAT if info.size < 8 << 30 else tarfile.GNU_FORMAT)
    target.write(bytes(-info.size % tarfile.BLOCKSIZE))
    end = target.tell()
    target.seek(start)
    target.write(header)
    target.seek(end)
    outer.offset = end


@contextmanager
def _piped(work: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """Yield where to write what ``work`` reads in a thread; raise what stopped it."""
    read_end, write_end = os.pipe()
    failed: list[Exception] = []

    def run() -> None:
        with os.fdopen(read_end, "rb") as source:
            try:
                work(source)
            except Exception as error:  # noqa: BLE001 - raised again where the writing is
                failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        with os.fdopen(write_end, "wb", buffering=1 << 16) as entry:
            yield entry
    except BrokenPipeError:
        thread.join()
    finally:
        thread.join()
        if failed:
            raise failed[0]


@contextmanager
def _unsealed(source: IO[bytes], identity: Any) -> Iterator[IO[bytes]]:
    """Yield the clear bytes of an age stream, opened in a thread."""
    read_end, write_end = os.pipe()
    failed: list[Exception] = []

    def run() -> None:
        with os.fdopen(write_end, "wb", buffering=1 << 16) as target:
            try:
                _age().decrypt_io(source, target, [identity])
            except BrokenPipeError:
                return
            except Exception as error:  # noqa: BLE001 - told where the reading is
                failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        with os.fdopen(read_end, "rb") as opened:
            yield opened
    except Exception as error:  # noqa: BLE001 - what the reader saw may be the end of a fault
        thread.join()
        raise (_closed() if failed else error) from (failed[0] if failed else None)
    thread.join()
    if failed:
        raise _closed() from failed[0]


def _closed() -> DataError:
    return DataError(
        "Cette sauvegarde est chiffrée et ne s’ouvre pas avec la clé donnée, ou elle a été abîmée.",
        remedy="Donnez la bonne clé : --identity FICHIER (clé age) ou --passphrase-file FICHIER.",
    )


def _identity(secret: str) -> Any:
    """Read an age identity among the lines of a file of keys."""
    found = [line for line in secret.split() if line.startswith("AGE-SECRET-KEY-")]
    if not found:
        raise _closed()
    try:
        return _age().x25519.Identity.from_str(found[0])
    except Exception as error:
        raise _closed() from error


def _by_passphrase(sealed_key: bytes, secret: str) -> Any:
    try:
        return _identity(_age().passphrase.decrypt(sealed_key, secret).decode())
    except _age().DecryptError as error:
        raise _closed() from error


def _recipient(text: str) -> Any:
    try:
        return _age().x25519.Recipient.from_str(text.strip())
    except Exception as error:
        raise ParameterError(
            f"« {text[:20]}… » n’est pas une clé publique age.",
            remedy="Forme attendue : age1 suivi de lettres et chiffres (age-keygen la donne).",
        ) from error


def _age() -> Any:
    try:
        import pyrage
    except ImportError as error:
        raise ParameterError(
            "Le chiffrement des sauvegardes demande le complément « chiffrement ».",
            remedy="Installez-le : pip install 'portrea[chiffrement]'.",
        ) from error
    return pyrage
