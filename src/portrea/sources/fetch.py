"""Download a dataset of the catalogue: progress, resume, retries, checksum, atomic placing."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import httpx

from portrea.base.errors import DataError
from portrea.base.progress import silent
from portrea.sources.catalogue import Entry, entry
from portrea.sources.store import file_sha256

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portrea.base.progress import Progress

ATTEMPTS = 5
FIRST_PAUSE = 1.0
"""Seconds before the second attempt; doubled each time."""
TIMEOUT = httpx.Timeout(30.0, connect=15.0)
PASSING = (408, 425, 429, 500, 502, 503, 504)
BY_HAND = "Téléchargez le fichier dans un navigateur, puis : portrea data add FICHIER."


class _PassingError(Exception):
    """A fault that another attempt may cure."""


@dataclass(slots=True)
class _Draft:
    """A download under way: the bytes received and the server's mark of the version they are of."""

    path: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def mark_path(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    @property
    def mark(self) -> str | None:
        try:
            mark = json.loads(self.mark_path.read_text("utf-8"))["version"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return mark if isinstance(mark, str) else None

    def start(self, mark: str | None) -> None:
        """Forget the bytes received; keep the version of those to come."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(b"")
        self.mark_path.write_text(json.dumps({"version": mark}), "utf-8")

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self.mark_path.unlink(missing_ok=True)


def fetch(
    dataset_id: str,
    home: Path,
    *,
    progress: Progress = silent,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Download a dataset of the catalogue into ``home/downloads`` and return the file.

    Raises
    ------
    ParameterError
        The catalogue does not know this dataset.
    DataError
        No public address, no network, refusal of the server, or a wrong checksum.
    """
    known = entry(dataset_id)
    if not known.url:
        raise _no_address(known)
    name = known.file_name or unquote(PurePosixPath(urlsplit(known.url).path).name) or known.id
    return download(known, known.url, home / "downloads" / name, progress=progress, sleep=sleep)


def download(
    known: Entry,
    url: str,
    target: Path,
    *,
    progress: Progress = silent,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Download ``url`` to ``target``, which only changes when everything was received."""
    draft = _Draft(target.with_name(f".{target.name}.part"))
    with httpx.Client(timeout=TIMEOUT, follow_redirects=True) as client:
        for attempt in range(ATTEMPTS):
            try:
                _receive(client, url, draft, progress)
                break
            except (_PassingError, httpx.TransportError) as error:
                if attempt == ATTEMPTS - 1:
                    raise _unreachable(known, url, error) from error
                progress(0.0, f"nouvel essai ({attempt + 2} sur {ATTEMPTS})")
                sleep(FIRST_PAUSE * 2**attempt)
    return _place(known, draft, target)


def _receive(client: httpx.Client, url: str, draft: _Draft, progress: Progress) -> None:
    headers = {"Accept-Encoding": "identity"}
    if draft.size and draft.mark:
        headers |= {"Range": f"bytes={draft.size}-", "If-Range": draft.mark}
    with client.stream("GET", url, headers=headers) as response:
        _refuse_bad_status(response, draft, url)
        if response.status_code != 206 or _start(response) != draft.size:
            if response.status_code == 206:
                draft.discard()
                raise _PassingError("le serveur a repris au mauvais endroit")
            draft.start(_version(response))
        _append(response, draft, progress)


def _refuse_bad_status(response: httpx.Response, draft: _Draft, url: str) -> None:
    if response.status_code == 416:
        draft.discard()
        raise _PassingError("le serveur refuse de reprendre le téléchargement")
    if response.status_code in PASSING:
        raise _PassingError(f"le serveur répond {response.status_code}")
    if response.status_code >= 400:
        raise DataError(
            f"Le producteur refuse le téléchargement (réponse {response.status_code}) : {url}",
            remedy="L’adresse a peut-être changé. " + BY_HAND,
        )


def _append(response: httpx.Response, draft: _Draft, progress: Progress) -> None:
    length = response.headers.get("Content-Length")
    total = draft.size + int(length) if length and length.isdigit() else None
    with draft.path.open("ab") as stream:
        for chunk in response.iter_raw():
            stream.write(chunk)
            done = stream.tell()
            progress(done / total if total else 0.0, f"{done // 1024} Kio")
    if total is not None and draft.size != total:
        raise _PassingError(f"{draft.size} octets reçus sur {total}")


def _start(response: httpx.Response) -> int:
    """Return the first byte of a partial answer (``Content-Range: bytes 10-99/100``)."""
    value = response.headers.get("Content-Range", "").removeprefix("bytes ").split("-")[0]
    return int(value) if value.isdigit() else -1


def _version(response: httpx.Response) -> str | None:
    """Return what identifies this version of the file (a weak ETag does not)."""
    etag = response.headers.get("ETag")
    if etag and not etag.startswith("W/"):
        return str(etag)
    modified = response.headers.get("Last-Modified")
    return str(modified) if modified else None


def _place(known: Entry, draft: _Draft, target: Path) -> Path:
    received = file_sha256(draft.path)
    if known.sha256 and received != known.sha256:
        draft.discard()
        raise DataError(
            f"Le fichier reçu pour « {known.id} » n’est pas celui attendu : somme de contrôle"
            f" {received[:12]}…, attendue {known.sha256[:12]}….",
            remedy="Le producteur l’a peut-être remplacé, ou le téléchargement a été altéré : "
            "vérifiez sur sa page, puis chargez-le avec « portrea data add FICHIER ».",
        )
    draft.path.replace(target)
    draft.discard()
    return target


def _no_address(known: Entry) -> DataError:
    page = f"Page du producteur : {known.page} . " if known.page else ""
    return DataError(
        f"Aucune adresse publique de téléchargement n’a été vue pour « {known.id} »"
        f" ({known.producer}, {known.title}).",
        remedy=page + BY_HAND,
    )


def _unreachable(known: Entry, url: str, error: Exception) -> DataError:
    why = "pas de réseau" if isinstance(error, httpx.ConnectError) else str(error)
    return DataError(
        f"Téléchargement de « {known.id} » impossible après {ATTEMPTS} essais : {why or 'coupure'}"
        f" ({url}). Rien n’a été changé.",
        remedy="Vérifiez la connexion et recommencez : ce qui est déjà reçu sera repris. "
        + BY_HAND,
    )
