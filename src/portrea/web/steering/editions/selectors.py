"""Editions as they are listed, read and given away: from the frozen document, never anew."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portrea.base.errors import DataError
from portrea.steering.document import Portrait
from portrea.steering.downloads import document_file
from portrea.steering.edition_changes import changes_section
from portrea.steering.editions import compared
from portrea.steering.readiness import Gravity, remarks_on
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.scope import key_of
from portrea.web.steering.models import Edition
from portrea.web.steering.pack_selectors import FORMS as DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from portrea.steering.document import Section
    from portrea.steering.readiness import Remark

FORMS = DOCUMENTS
LABELS = {
    "pdf": "PDF",
    "docx": "Word (DOCX)",
    "odt": "LibreOffice (ODT)",
    "xlsx": "Tableaux (XLSX)",
    "csv": "Tableaux (CSV)",
    "json": "JSON",
}
"""Files offered, in their order."""
KEPT = 16
KEPT_FILES = 8


def editions_of(territory: str) -> QuerySet[Edition]:
    """Return every edition of a territory, the last frozen first, without its content."""
    level, code = key_of(territory)
    return Edition.objects.filter(level=level, code=code).defer("content")


def shelf(place: str) -> list[Edition]:
    """Return the editions ever published of ``level-code``, the withdrawn ones too (404: none)."""
    level, _, code = place.partition("-")
    found = [*editions_of(f"{level}:{code}").exclude(published=None)]
    if not found:
        raise Http404(place)
    return found


def readable(editions: Sequence[Edition]) -> list[Edition]:
    """Return those that anyone may read."""
    return [one for one in editions if one.public]


def edition_named(editions: Sequence[Edition], name: str) -> Edition:
    """Return an edition of a list by name (404 when there is none)."""
    found = next((one for one in editions if one.name == name), None)
    if found is None:
        raise Http404(name)
    return found


def latest_of(reference: str) -> Edition | None:
    """Return the last edition that anyone may read of a territory, ``None`` without one."""
    if "," in reference:
        return None
    rows = editions_of(reference).exclude(published=None).filter(withdrawn=None)
    return rows.first()


def editions_published() -> Iterator[tuple[str, date]]:
    """Yield the address of every edition that anyone may read, and the day it was published."""
    rows = Edition.objects.exclude(published=None).filter(withdrawn=None).order_by("pk")
    for level, code, name, at in rows.values_list("level", "code", "name", "published"):
        yield reverse("edition", args=[f"{level}-{code}", name]), timezone.localdate(at)


def told_page(edition: Edition, editions: Sequence[Edition]) -> dict[str, Any]:
    """Return what the page of an edition shows, beside the others of its territory."""
    document = document_of(edition)
    return {"edition": edition, "portrait": document, "editions": editions, "files": offered()}


def told_of(edition: Edition) -> bytes:
    """Return the JSON of an edition, as it was frozen.

    Raises
    ------
    DataError
        It is not what was frozen: the database was changed by hand, or is damaged.
    """
    told = gzip.decompress(bytes(edition.content))
    if hashlib.sha256(told).hexdigest() != edition.digest:
        raise DataError(
            f"L’édition {edition.name} n’est plus celle qui a été figée.",
            remedy="Rétablissez la base depuis une sauvegarde.",
        )
    return told


def document_of(edition: Edition) -> Portrait:
    """Return the portrait that an edition froze."""
    return _document(edition.pk, edition.digest)


def file_of(edition: Edition, form: str) -> bytes:
    """Return an edition in one of :data:`FORMS`; the JSON is the very text that was frozen."""
    return told_of(edition) if form == "json" else _file(edition.pk, edition.digest, form)


def minutes_of(edition: Edition) -> bytes:
    """Return the two pages « en dix minutes » of an edition as PDF."""
    from portrea.steering.minutes_pdf import minutes_pdf

    return minutes_pdf(document_of(edition))


def changes_of(before: Edition, after: Edition) -> Section | None:
    """Return what changed between two editions, ``None`` for the same one."""
    if before.pk == after.pk:
        return None
    found = compared(document_of(before), document_of(after))
    return changes_section(found, before.name, after.name)


@lru_cache(maxsize=KEPT)
def _document(key: int, _digest: str) -> Portrait:
    told: dict[str, Any] = json.loads(told_of(Edition.objects.get(pk=key)))
    return Portrait.from_dict(told)


@lru_cache(maxsize=KEPT_FILES)
def _file(key: int, digest: str, form: str) -> bytes:
    return document_file(_document(key, digest), form)


def offered() -> list[tuple[str, str]]:
    """Return the forms an edition is given away in, with their label."""
    return [(form, label) for form, label in LABELS.items() if form in FORMS]


def proposed(former: Sequence[Edition], territory: str) -> dict[str, str]:
    """Return what a new edition is called unless somebody decides otherwise: its month."""
    today = today_in(territory)
    public = readable(former)
    return {
        "name": f"{today:%Y-%m}",
        "title": _("Édition de {}").format(date_format(today, "F Y")),
        "since": public[0].name if public else "",
    }


def to_read_again(edition: Edition) -> list[Remark]:
    """Return what an edition may tell of somebody, to be read again before it is public."""
    remarks = remarks_on(document_of(edition), today=today_in(edition.territory))
    return [one for one in remarks if one.gravity is Gravity.READ_AGAIN]
