"""The portrait of a territory and the datasets behind it, composed once per computation."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from portrea.sources.store import Store
from portrea.steering.portrait import build_portrait
from portrea.web.territories.selectors import reader, territory_find, trail

if TYPE_CHECKING:
    from portrea.sources.datasets import Dataset
    from portrea.steering.document import Portrait
    from portrea.web.territories.selectors import Crumb

KEPT_PORTRAITS = 256
KEPT_DOCUMENTS = 16
PARTS = {("lieux", "csv"), ("lieux", "geojson"), ("tableaux", "csv")}
"""What is given away beside the estimates, and in which form."""


def portrait_of(reference: str) -> Portrait:
    """Return the portrait of a territory, or of a list joined by commas."""
    selection = territory_find(reference)
    current = reader()
    return _portrait(str(current.store.home), current.computation_id, selection.key)


def portrait_pdf(reference: str) -> bytes:
    """Return the portrait as a PDF document."""
    portrait = portrait_of(reference)
    return _pdf(str(settings.PORTREA_HOME), portrait.computation_id, portrait.territory)


def portrait_trail(reference: str) -> list[Crumb]:
    """Return the breadcrumb of a portrait."""
    return trail(territory_find(reference))


def portrait_notes(reference: str) -> tuple[str, ...]:
    """Return what the reader must know when another territory is shown than the one written."""
    return territory_find(reference).notes


def datasets() -> list[Dataset]:
    """Return the datasets in force, by producer then title."""
    found = Store(settings.PORTREA_HOME).datasets()
    return sorted(found, key=lambda d: (d.provenance.producer, d.provenance.title, d.id))


@lru_cache(maxsize=KEPT_PORTRAITS)
def _portrait(_home: str, _computation: str, key: str) -> Portrait:
    return build_portrait(reader(), territory_find(key))


@lru_cache(maxsize=KEPT_DOCUMENTS)
def _pdf(home: str, computation: str, key: str) -> bytes:
    from portrea.steering.pdf import portrait_pdf as render_pdf

    return render_pdf(_portrait(home, computation, key))


def portrait_data(reference: str, kind: str) -> str:
    """Return everything shown about a territory as ``csv``, ``geojson`` or ``json``."""
    from portrea.steering import opendata

    if kind == "json":
        return opendata.to_json(portrait_of(reference))
    write = opendata.to_csv if kind == "csv" else opendata.to_geojson
    return write(reader(), territory_find(reference))


def portrait_part(reference: str, part: str, kind: str) -> str:
    """Return the places of a territory, or every table of its portrait (see :data:`PARTS`)."""
    from portrea.steering import downloads

    if part == "tableaux":
        return downloads.tables_csv(portrait_of(reference))
    write = downloads.places_csv if kind == "csv" else downloads.places_geojson
    return write(reader(), territory_find(reference))
