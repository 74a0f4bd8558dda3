"""Put on the map what a list tells without position: its address asked online, else its commune."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from portrea.base.errors import PortreaError
from portrea.base.progress import silent
from portrea.offer.importing.locating import Communes, put_on_map
from portrea.offer.record import Place
from portrea.offer.rows import frame_of
from portrea.sources.ban import Found, geocode
from portrea.sources.store import Store
from portrea.steering.geocoding import addresses_of
from portrea.territory import complete_territories
from portrea.web.offer.columns import located_frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from portrea.base.progress import Progress
    from portrea.offer.importing.locating import Located, Queued
    from portrea.offer.importing.outcome import Imported

ASKED, DONE, FAILED = "asked", "done", "failed"
"""Where the search of addresses stands (``report["geocoding"]["state"]``)."""


def located(places: Iterable[Place], told: dict[str, Any]) -> Located:
    """Return places with the answers kept in the report of an import, else at their commune."""
    answers = [Found(**answer) for answer in told.get("answers", ())]
    return put_on_map(tuple(places), answers, known_communes())


def on_map(result: Imported, told: dict[str, Any]) -> tuple[Imported, tuple[Queued, ...]]:
    """Return what a list gives, put on the map, and what a person must locate."""
    found = located(result.places, told)
    return replace(result, places=found.places), found.queue


def known_communes() -> Communes | None:
    """Return the communes of the store; ``None`` when none is loaded."""
    store = Store(settings.PORTREA_HOME)
    manifest = store.root / "manifest.json"
    return _communes(store.home, manifest.stat().st_mtime_ns if manifest.exists() else 0)


@lru_cache(maxsize=2)
def _communes(home: Path, _stamp: int) -> Communes | None:
    table = Store(home).gather("territories")
    return Communes(complete_territories(table)) if table.height else None


def answers_to(
    places: Iterable[Place], *, waited_for: bool = False, progress: Progress = silent
) -> dict[str, Any]:
    """Ask the national address base; return what to keep of its answers, JSON-safe.

    A base that does not answer is told, and nothing is lost: the search can be asked again.
    """
    now = timezone.now().isoformat(timespec="minutes")
    try:
        found = geocode(addresses_of(places), waited_for=waited_for, progress=progress)
    except PortreaError as error:
        told = " ".join(filter(None, (error.message, error.remedy)))
        return {"state": FAILED, "at": now, "error": told, "answers": []}
    return {"state": DONE, "at": now, "answers": [asdict(one) for one in found]}


def communes_of(places: Sequence[Place]) -> dict[str, str | None]:
    """Return the commune of each place, by the position where no list tells it."""
    frame = located_frame(frame_of(places))
    return dict(frame.select("id", "commune").iter_rows())


def commune_at(latitude: float, longitude: float) -> str | None:
    """Return the commune whose contour holds a point; ``None`` where none is loaded."""
    point = Place(id="point", name="point", latitude=latitude, longitude=longitude)
    return communes_of([point])["point"]
