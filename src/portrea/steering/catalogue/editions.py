"""Versions of a dataset: frozen files under ``$PORTREA_HOME/published``, never changed again.

Layout::

    published/<slug>/<day>-<digest>/
        card.json                     everything told of the version, its dictionary included
        <slug>.csv, .xlsx, .parquet…  one file by form

A version is made only when the content changes. It is written beside, then renamed: who reads never
meets a half. Only the command line and background tasks write here.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portrea import __version__
from portrea.base.errors import StoreError, system_fault
from portrea.sources.datasets import content_digest
from portrea.sources.exports.parquet import read_parquet
from portrea.sources.store import file_sha256
from portrea.steering.catalogue.entries import Variable
from portrea.steering.catalogue.forms import forms_of, write
from portrea.steering.catalogue.licences import LICENCES, Licence, licence_of
from portrea.steering.catalogue.made import Input
from portrea.steering.code import code_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portrea.steering.catalogue.entries import Entry
    from portrea.steering.catalogue.made import Box, Made

FOLDER, CARD = "published", "card.json"
TAKEN_BACK = "Une partie de ces données a été retirée par qui les avait publiées."
VERSION = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class File:
    """One file of a version: its form, its name, its bytes and the digest of them."""

    form: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, eq=False)
class Edition:
    """One version, as its card tells it."""

    folder: Path
    card: Mapping[str, Any]

    @property
    def slug(self) -> str:
        """Name of the dataset."""
        return str(self.card["slug"])

    @property
    def title(self) -> str:
        """Title of the dataset when it was frozen."""
        return str(self.card["title"])

    @property
    def version(self) -> str:
        """Identifier: the day and the beginning of the digest."""
        return str(self.card["version"])

    @property
    def day(self) -> date:
        """Day it was frozen."""
        return date.fromisoformat(self.card["day"])

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.card["rows"])

    @property
    def withdrawn(self) -> str:
        """Why its files are no longer given, empty when they are."""
        return str(self.card.get("withdrawn", ""))

    @property
    def variables(self) -> list[Variable]:
        """Dictionary of the columns."""
        return [Variable.of(told) for told in self.card["variables"]]

    @property
    def inputs(self) -> list[Input]:
        """Files that were read."""
        return [Input(**told) for told in self.card["inputs"]]

    @property
    def files(self) -> dict[str, File]:
        """Files by form."""
        return {told["form"]: File(**told) for told in self.card["files"]}

    @property
    def licence(self) -> Licence:
        """Licence of the version."""
        return LICENCES[self.card["licence"]]

    @property
    def box(self) -> Box | None:
        """West, south, east, north."""
        return tuple(self.card["box"]) if self.card["box"] else None

    @property
    def period(self) -> tuple[str, str] | None:
        """First and last day that the inputs tell of."""
        return period_of(one.vintage for one in self.inputs)

    def path(self, form: str) -> Path:
        """Return the file of a form."""
        return self.folder / self.files[form].name


def period_of(vintages: Iterable[str]) -> tuple[str, str] | None:
    """Return the first and last days of the years that vintages tell, ``None`` without any."""
    years = sorted(year for text in vintages for year in _YEAR.findall(text))
    return (f"{years[0]}-01-01", f"{years[-1]}-12-31") if years else None


def digest_of(made: Made) -> str:
    """Return a digest of the content: rows, outlines, dictionary; not of their order."""
    told = hashlib.sha256(content_digest(made.frame))
    if made.geometry is not None:
        told.update(content_digest(made.geometry.to_frame()))
    told.update(json.dumps([v.to_dict() for v in made.variables], sort_keys=True).encode())
    return told.hexdigest()


def next_version(last: Mapping[str, Any] | None, digest: str, day: date) -> str | None:
    """Name the version of a content, ``None`` when the last one holds it already."""
    if last is not None and last["digest"] == digest:
        return None
    return f"{day.isoformat()}-{digest[:8]}"


# -- reading --------------------------------------------------------------------------------------


def versions(home: Path, slug: str) -> list[Edition]:
    """Return every version of a dataset, the newest first."""
    found = (_read(path) for path in (home / FOLDER / slug).glob(f"*/{CARD}"))
    return sorted(found, key=lambda one: (one.card["rank"], one.version), reverse=True)


def latest(home: Path, slug: str) -> Edition | None:
    """Return the version in force: the newest one that was not withdrawn."""
    return next((one for one in versions(home, slug) if not one.withdrawn), None)


def find(home: Path, slug: str, version: str) -> Edition | None:
    """Return one version by its identifier."""
    path = home / FOLDER / slug / version / CARD
    return _read(path) if VERSION.fullmatch(version) and path.exists() else None


def _read(path: Path) -> Edition:
    return _edition(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _edition(path: Path, _changed: int) -> Edition:
    return Edition(path.parent, json.loads(path.read_text("utf-8")))


# -- writing --------------------------------------------------------------------------------------


def freeze(
    home: Path, entry: Entry, made: Made, *, day: date, facts: Mapping[str, Any]
) -> Edition | None:
    """Write a version of a dataset; ``None`` when nothing changed, or somebody took it back.

    Parameters
    ----------
    facts
        What else the card keeps: ``producer``, ``coverage``, ``computation``, ``computed_on``.

    Raises
    ------
    StoreError
        When it cannot be written there.
    """
    _revoke(home, entry.slug, made)
    last, digest = latest(home, entry.slug), digest_of(made)
    version = next_version(last.card if last else None, digest, day)
    if version is None or _refused(home, entry.slug, digest):
        return None
    target = home / FOLDER / entry.slug / version
    rank = 1 + max((one.card["rank"] for one in versions(home, entry.slug)), default=0)
    card = _card(entry, made, facts) | {
        "version": version, "digest": digest, "day": day.isoformat(), "rank": rank,
    }  # fmt: skip
    try:
        _write(target, entry, made, card)
    except OSError as error:
        raise StoreError(
            f"La version ne peut pas être écrite : {system_fault(error)}.",
            inside=str(target.parent),
            remedy="Vérifiez la place et les droits du dossier PORTREA_HOME.",
        ) from error
    return find(home, entry.slug, version)


def withdraw(edition: Edition, why: str) -> None:
    """Give the files of a version no more; its card stays, and says why.

    A permanent link must not keep what its owner takes back, nor a mistake that hurts somebody.
    """
    path = edition.folder / CARD
    told = {**edition.card, "withdrawn": why, "files": []}
    with tempfile.NamedTemporaryFile(
        "w", dir=edition.folder, prefix=".card-", delete=False, encoding="utf-8"
    ) as draft:
        draft.write(json.dumps(told, ensure_ascii=False, indent=1))
    Path(draft.name).replace(path)
    for one in edition.files.values():
        (edition.folder / one.name).unlink(missing_ok=True)


def _refused(home: Path, slug: str, digest: str) -> bool:
    """Tell whether somebody took this very content back: the night must not give it again."""
    same = (one for one in versions(home, slug) if one.card["digest"] == digest)
    return any(one.withdrawn not in ("", TAKEN_BACK) for one in same)


def _revoke(home: Path, slug: str, made: Made) -> None:
    if not made.revocable:
        return
    kept = set(made.frame[made.revocable])
    for edition in versions(home, slug):
        if edition.withdrawn:
            continue
        told = read_parquet(edition.path("parquet"))
        if set(told[made.revocable]) - kept:
            withdraw(edition, TAKEN_BACK)


def _card(entry: Entry, made: Made, facts: Mapping[str, Any]) -> dict[str, Any]:
    licence, untold = licence_of(made.inputs)
    return {
        **asdict(entry),
        **facts,
        "rows": made.frame.height,
        "variables": [variable.to_dict() for variable in made.variables],
        "key": list(made.key),
        "inputs": [asdict(one) for one in made.inputs],
        "licence": licence.id,
        "untold": list(untold),
        "box": made.box(),
        "software": __version__,
        "code": code_digest(),
    }


def _write(target: Path, entry: Entry, made: Made, card: Mapping[str, Any]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".draft-"))
    try:
        files = list(_files(draft, entry, made, card))
        text = json.dumps({**card, "files": files}, ensure_ascii=False, indent=1)
        (draft / CARD).write_text(text, "utf-8")
        draft.chmod(0o755)
        if target.exists():  # given back the day it was taken back
            shutil.rmtree(target)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _files(
    draft: Path, entry: Entry, made: Made, card: Mapping[str, Any]
) -> Iterable[dict[str, Any]]:
    lines = [
        card["title"], card["description"], card["quality"], f"Version {card['version']}.",
        f"Licence : {LICENCES[card['licence']].title}.",
        *(f"Source : {one.producer}, {one.title}, {one.vintage}." for one in made.inputs),
    ]  # fmt: skip
    for form in forms_of(made):
        path = draft / f"{entry.slug}.{form}"
        write(made, form, path, lines)
        yield _file(form, path)
    for form, writer in made.extras.items():
        path = draft / f"{entry.slug}.{form}"
        writer(path)
        yield _file(form, path)


def _file(form: str, path: Path) -> dict[str, Any]:
    return asdict(File(form, path.name, path.stat().st_size, file_sha256(path)))
