"""The open places of the census as access measures with them, in the memory of each process.

What changed since is read from the database within the request; a large census that was never read
here is taken from disk, else read beside: meanwhile, pages measure with the places of the
computation, and say so. Erasing what is on disk is safe.
"""

from __future__ import annotations

import os
import re
import threading
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from portrea.offer.calendar import say_date
from portrea.offer.content import from_dict
from portrea.reach.supply import SERVICES
from portrea.steering.code import code_digest
from portrea.steering.offering import CENSUS, Offer, offer_of_records
from portrea.steering.supply import POINT
from portrea.vocab.tables import PLACES
from portrea.web.offer.models import Place
from portrea.web.offer.reading import decoded, last_change
from portrea.web.territories.beside import beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from portrea.offer.record import Place as Record

AT_ONCE = 3_000
"""Places read within a request."""
LOOK = 60.0
"""Seconds after which places that left without a trace are looked for."""
LATE = timedelta(minutes=2)
"""How long a change may take to be seen after its stamp."""
EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Held:
    """The offer of the census until its last change; ``looked`` is a clock, ``week`` a Monday."""

    offer: Offer
    last: datetime
    week: date
    places: int
    looked: float


_held: dict[str, Held] = {}
_reading = threading.Lock()


def living_offer() -> Offer | None:
    """Return the places of the census as they are now; ``None`` when it holds none, or not yet."""
    last = _last()
    if last is None:
        return None
    held, week = _held.get(_home()), _week()
    if held is not None and held.week == week:
        if held.last == last and time.monotonic() - held.looked < LOOK:
            return held.offer
        return _renewed(held, last)
    kept = _load(week, last)
    if kept is not None:
        return _renewed(_hold(kept, _moment(kept), week), last)
    if _open().count() <= AT_ONCE:
        return _read(last, week).offer
    _beside()
    return held.offer if held is not None else None


def living_state() -> str:
    """Return the state of what :func:`living_offer` gives, empty without any."""
    offer = living_offer()
    return "" if offer is None else offer.state


def prepare() -> None:
    """Keep a large census on disk, so that no process makes a visitor wait."""
    last, week = _last(), _week()
    if last is None or _open().count() <= AT_ONCE:
        return
    kept = _load(week, last)
    if kept is None or _moment(kept) != last:
        _keep(_read(last, week))


# -- reading --------------------------------------------------------------------------------------


def _renewed(held: Held, last: datetime) -> Offer:
    """Lay what changed over what is held; read all again when places left without a trace."""
    changed = Place.objects.filter(changed__gt=held.last - LATE)
    if changed.count() > AT_ONCE:
        changed = Place.objects.filter(changed__gt=held.last)
    if changed.count() > AT_ONCE:
        _beside()
        return held.offer
    now = _patched(held.offer, changed)
    found = _hold(_told(now, last, held.week), last, held.week)
    if _open().count() == found.places:
        return found.offer
    if found.places > AT_ONCE:
        _beside()
        return found.offer
    return _read(last, held.week).offer


def _patched(offer: Offer, changed: QuerySet[Place]) -> Offer:
    gone = list(changed.values_list("pk", flat=True))
    if not gone or offer.services is None:
        return offer
    fresh = offer_of_records(_records(changed.filter(status=Place.Status.OPEN)), day=_week())
    assert fresh.services is not None
    places, services = offer.places, offer.services
    return Offer(
        pl.concat([places.filter(~_of("id", gone)), fresh.places]),
        pl.concat([services.filter(~_of("place", gone)), fresh.services]),
    )


def _records(places: QuerySet[Place]) -> Iterator[Record]:
    for pk, record in places.order_by("pk").values_list("pk", "record").iterator(2000):
        yield from_dict({**decoded(record), "id": pk})


def _of(column: str, ids: list[str]) -> pl.Expr:
    """Tell the rows of places, and of the points where they help elsewhere."""
    return _owner(column).is_in(ids)


def _owner(column: str) -> pl.Expr:
    """Return the identifier of the place, for itself and for its points."""
    return pl.col(column).str.replace(rf"{POINT}\d+$", "")


def _read(last: datetime, week: date) -> Held:
    """Read every open place, once for all the threads that ask."""
    with _reading:
        held = _held.get(_home())
        if held is None or held.week != week or held.last != last or held.places != _open().count():
            offer = offer_of_records(_records(_open()), day=week)
            return _hold(_told(offer, last, week), last, week)
        return held


def _beside() -> None:
    if not _reading.locked():
        beside(_read_beside)


def _read_beside() -> None:
    last = _last()
    if last is not None:
        _keep(_read(last, _week()))


def _hold(offer: Offer, last: datetime, week: date) -> Held:
    own = offer.places.filter(pl.col("id") == _owner("id")).height
    held = Held(offer, last, week, own, time.monotonic())
    _held.clear()
    _held[_home()] = held
    return held


def _told(offer: Offer, last: datetime, week: date) -> Offer:
    day = say_date(timezone.localdate(last), year=True)
    told = f"recensement vivant, modifié pour la dernière fois le {day}"
    state = f"{_micro(last)}-{week:%Y%m%d}-{offer.places.height}"
    return Offer(offer.places, offer.services, CENSUS, told, state)


def _last() -> datetime | None:
    try:
        return last_change()
    except DatabaseError:  # a site whose database was never prepared still shows its computation
        return None


def _open() -> QuerySet[Place]:
    return Place.objects.filter(status=Place.Status.OPEN)


def _home() -> str:
    return str(settings.PORTREA_HOME)


def _week() -> date:
    """Return the Monday from which dated hours are averaged."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())


# -- on disk --------------------------------------------------------------------------------------


def _folder() -> Path:
    """Return the folder of this database and of these rules."""
    name = re.sub(r"\W+", "-", f"{connection.vendor} {connection.settings_dict['NAME']}")
    root = Path(settings.PORTREA_HOME) / "cache" / "offer"
    return root / name[-80:].strip("-") / code_digest()


def _load(week: date, last: datetime) -> Offer | None:
    """Return the newest offer kept of this week, not newer than the database."""
    names = sorted(path.stem for path in _folder().glob(f"lieux-*-{week:%Y%m%d}-*.arrow"))
    known = [name for name in names if int(name.split("-")[1]) <= _micro(last)]
    if not known:
        return None
    try:
        places = pl.read_ipc(_folder() / f"{known[-1]}.arrow")
        services = pl.read_ipc(_folder() / f"{known[-1].replace('lieux', 'aide')}.arrow")
    except (OSError, pl.exceptions.PolarsError):
        return None
    if dict(places.schema) != PLACES.schema or dict(services.schema) != SERVICES.schema:
        return None
    since = EPOCH + timedelta(microseconds=int(known[-1].split("-")[1]))
    return _told(Offer(places, services), since, week)


def _keep(held: Held) -> None:
    """Write the offer beside, then erase the former ones; a folder not writable is no fault."""
    tables = {"aide": held.offer.services, "lieux": held.offer.places}
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        for name, frame in tables.items():
            assert frame is not None
            target = _folder() / f"{name}-{held.offer.state}.arrow"
            part = target.with_suffix(f".{os.getpid()}")
            frame.write_ipc(part)
            part.replace(target)
        for path in _folder().glob("*.arrow"):
            if not path.stem.endswith(held.offer.state):
                path.unlink(missing_ok=True)
    except OSError:
        return


def _moment(offer: Offer) -> datetime:
    return EPOCH + timedelta(microseconds=int(offer.state.split("-")[0]))


def _micro(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)
