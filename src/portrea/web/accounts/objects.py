"""Files that people send: on the disk of the machine, or in a bucket that all machines share.

A file is written whole under ``$PORTREA_HOME`` first; :func:`keep` then leaves it there, or sends
it to the bucket of ``PORTREA_OBJECTS_URL`` and takes it off the disk: nothing erased later stays on
another machine. Its name in the bucket is its path under ``$PORTREA_HOME``.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.conf import settings

from portrea.base.errors import ParameterError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

WHOLE = 64 << 20
"""Bytes under which a file is sent in one piece; those we accept are smaller."""


def keep(path: Path) -> None:
    """Keep a file already written, where every machine finds it.

    Raises
    ------
    StoreError
        The bucket does not answer or refuses: the file is not kept.
    """
    bucket = _bucket()
    if bucket is None:
        return
    with _told_of_the_bucket(), path.open("rb") as content:
        bucket.save(_name(path), content)
    path.unlink()


def read(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    FileNotFoundError
        Nobody kept it.
    StoreError
        The bucket does not answer.
    """
    bucket = _bucket()
    if bucket is None or path.exists():
        return path.read_bytes()
    with _told_of_the_bucket(), bucket.open(_name(path)) as content:
        return bytes(content.read())


def exists(path: Path) -> bool:
    """Tell whether a file is kept, on this machine or in the bucket."""
    bucket = _bucket()
    if bucket is None or path.exists():
        return path.is_file()
    with _told_of_the_bucket():
        return bool(bucket.exists(_name(path)))


@contextmanager
def at_hand(path: Path) -> Iterator[Path]:
    """Give a file a place on the disk while it is read, by what only reads files."""
    if path.exists() or _bucket() is None:
        yield path
        return
    with TemporaryDirectory(prefix="portrea-") as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(read(path))
        yield copy


def forget(path: Path) -> None:
    """Erase a file, wherever it is; already erased, nothing happens."""
    path.unlink(missing_ok=True)
    bucket = _bucket()
    if bucket is not None:
        with _told_of_the_bucket():
            bucket.delete(_name(path))


def kept(folder: Path) -> Iterator[tuple[Path, float]]:
    """Return the files under a folder, with the instant each was written (seconds since 1970)."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.stat().st_mtime
    bucket = _bucket()
    if bucket is None:
        return
    home = Path(settings.PORTREA_HOME)
    start = f"{bucket.location}/" if bucket.location else ""
    with _told_of_the_bucket():
        for found in bucket.bucket.objects.filter(Prefix=f"{start}{_name(folder)}/"):
            yield home / found.key.removeprefix(start), found.last_modified.timestamp()


def _name(path: Path) -> str:
    return path.relative_to(settings.PORTREA_HOME).as_posix()


def _bucket() -> Any:
    options = settings.PORTREA_OBJECTS
    return _opened(tuple(sorted(options.items()))) if options else None


@lru_cache(maxsize=4)
def _opened(options: tuple[tuple[str, Any], ...]) -> Any:
    try:
        from boto3.s3.transfer import TransferConfig
        from botocore.config import Config
        from storages.backends.s3 import S3Storage
    except ImportError as error:
        raise ParameterError(
            "PORTREA_OBJECTS_URL nomme un stockage d’objets, que ce Portrea ne sait pas lire.",
            remedy="Installez « portrea[objets] », ou videz PORTREA_OBJECTS_URL.",
        ) from error
    given = dict(options)
    style = given.pop("addressing_style")
    config = Config(
        connect_timeout=5, read_timeout=20, retries={"max_attempts": 3},
        s3={"addressing_style": style} if style else None,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )  # fmt: skip
    return S3Storage(
        **given, client_config=config, file_overwrite=True,
        transfer_config=TransferConfig(multipart_threshold=WHOLE, use_threads=False),
    )  # fmt: skip


@contextmanager
def _told_of_the_bucket() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StoreError(
            f"Le stockage des fichiers ne répond pas comme il faut ({type(error).__name__}).",
            remedy="Essayez dans quelques minutes ; sinon, prévenez la personne qui tient le site.",
        ) from error
