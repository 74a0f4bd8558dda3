"""What the pages of open data read: the shelf of versions, who publishes, what it covers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from portrea.steering.catalogue import dcat, editions, telling
from portrea.steering.catalogue.entries import entries
from portrea.web.accounts.links import absolute
from portrea.web.accounts.scope import FRANCE
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from portrea.steering.catalogue.dcat import Site
    from portrea.steering.catalogue.editions import Edition, File
    from portrea.steering.catalogue.entries import Entry
    from portrea.web.accounts.scope import Key

NEWEST = "derniere"
"""Written instead of a version: the one in force."""
STALE = {"weekly": 14, "annual": 400, "irreg": 400}
"""Days after which a dataset of each frequency is late."""
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@dataclass(frozen=True, slots=True)
class Download:
    """A file as a page offers it."""

    form: str
    label: str
    name: str
    size: int
    permanent: str
    newest: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Row:
    """A dataset in the list; ``late`` when its version in force is older than it should be."""

    entry: Entry
    edition: Edition | None
    forms: tuple[str, ...] = ()
    late: bool = False


def site_told() -> Site:
    """Return who publishes, and the public address of the catalogue."""
    return dcat.Site(absolute(reverse("opendata")), publisher())


def publisher() -> str:
    """Return the name of who publishes, without its address."""
    name = str(settings.PORTREA_PUBLISHER).partition(",")[0].strip()
    return name or "Portrea"


def newest() -> list[Edition]:
    """Return the version in force of every dataset that has one."""
    found = (editions.latest(settings.PORTREA_HOME, slug) for slug in entries())
    return [edition for edition in found if edition is not None]


def rows() -> list[Row]:
    """Return every dataset, in the order of the catalogue."""
    known = {edition.slug: edition for edition in newest()}
    today = timezone.localdate()
    found = []
    for slug, entry in entries().items():
        edition = known.get(slug)
        if edition is None:
            found.append(Row(entry, None))
            continue
        late = (today - edition.day).days > STALE[entry.frequency]
        forms = tuple(dcat.label_of(edition, form) for form in edition.files)
        found.append(Row(entry, edition, forms, late))
    return found


def entry_found(slug: str) -> Entry:
    """Return a dataset of the catalogue (404 when there is none)."""
    entry = entries().get(slug)
    if entry is None:
        raise Http404(slug)
    return entry


def edition_found(slug: str, version: str = NEWEST) -> Edition:
    """Return a version of a dataset (404 when there is none)."""
    entry_found(slug)
    home = settings.PORTREA_HOME
    found = editions.latest(home, slug) if version == NEWEST else editions.find(home, slug, version)
    if found is None:
        raise Http404(version)
    return found


def versions_of(slug: str) -> list[Edition]:
    """Return every version of a dataset, the newest first."""
    return editions.versions(settings.PORTREA_HOME, slug)


def downloads(edition: Edition) -> list[Download]:
    """Return the files of a version, with their permanent address and that of the last one."""
    return [
        Download(
            form, dcat.label_of(edition, form), one.name, one.size,
            address(edition, one.name), address(edition, one.name, NEWEST), one.sha256,
        )
        for form, one in edition.files.items()
    ]  # fmt: skip


def address(edition: Edition, name: str, version: str = "") -> str:
    """Return the address of a file of a version on this site."""
    return reverse("opendata-file", args=[edition.slug, version or edition.version, name])


def file_found(edition: Edition, name: str) -> File | None:
    """Return one of the data files of a version by its name."""
    return next((one for one in edition.files.values() if one.name == name), None)


def citing(site: Site, edition: Edition) -> dict[str, Any]:
    """Return what a citation tells of a version."""
    return {
        "title": edition.title,
        "producer": edition.card["producer"],
        "version": edition.version,
        "day": edition.day,
        "url": site.page(edition, edition.version),
        "licence": edition.licence.title,
    }


def citation(site: Site, edition: Edition) -> str:
    """Return the sentence that cites a version."""
    return telling.citation(**citing(site, edition))


def for_engines(site: Site, edition: Edition) -> SafeString:
    """Return what search engines read, ready to be put in a page."""
    text = json.dumps(dcat.schema_org(site, edition), ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(text)  # noqa: S308 - JSON with every sign of HTML escaped


def covered() -> Key:
    """Return the smallest territory that holds all that the computation estimates."""
    known = reader().estimates(level="departement", measure="a1").filter(pl.col("quality") != "N")
    codes = known["code"].to_list()
    if len(codes) == 1:
        return "departement", str(codes[0])
    regions = {reader().territory("departement", code)["region"] for code in codes}
    return ("region", str(next(iter(regions)))) if len(regions) == 1 else FRANCE
