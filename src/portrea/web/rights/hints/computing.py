"""The estimate itself: OpenFisca asked with a short queue and a time limit, or why it was not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from portrea.base.errors import EngineError, ParameterError, StoreError
from portrea.rights.catalogue import amounts_month
from portrea.rights.estimating import estimate, first_hints
from portrea.rights.grid import is_of
from portrea.rights.questions import first_question
from portrea.sources.openfisca import process
from portrea.sources.rights_grid import read_grid
from portrea.web.rights.tasks import ask_for_first_ideas

if TYPE_CHECKING:
    from datetime import date

    from portrea.rights.answers import Answers
from portrea.rights.estimating import Estimate

SECONDS = 12.0
"""Seconds that one question may take: 3.5 at most once warm, the first one of a process longer."""
WAITING = 3
"""Questions in the queue of a process; the next ones are told to try again."""
_queue = BoundedSemaphore(WAITING)
_starting = Lock()
_served = Event()


class Missing(StrEnum):
    """Why there is no estimate, or none with the amounts of this month."""

    ABSENT = "absent"
    BUSY = "busy"
    SLOW = "slow"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Found:
    """An estimate, and why there is none or not a better one."""

    estimate: Estimate | None = None
    why: Missing | None = None


def found(answers: Answers, day: date) -> Found:
    """Return the estimate; instead of it, why there is none and the first idea of the grid."""
    if not _queue.acquire(blocking=False):
        return Found(idea(answers, day), Missing.BUSY)
    try:
        ask = partial(process().ask, seconds=SECONDS)
        made = estimate(answers, day=day, ask=ask)
        return Found(made, None if made.month == f"{day:%Y-%m}" else Missing.MONTH)
    except ParameterError:
        return Found(why=Missing.MONTH)
    except EngineError:
        why = Missing.SLOW if is_installed() else Missing.ABSENT
        return Found(idea(answers, day), why)
    finally:
        _queue.release()


def idea(answers: Answers, day: date) -> Estimate | None:
    """Return the first idea that the grid of the month gives at once, if it is there."""
    try:
        grid = read_grid(settings.PORTREA_HOME, amounts_month(day))
    except StoreError:
        return None
    return first_hints(answers, grid) if grid is not None and is_of(grid, day) else None


def is_installed() -> bool:
    """Whether OpenFisca is on this server."""
    try:
        process()
    except EngineError:
        return False
    return True


def serve() -> None:
    """Tell that this process serves: commands and tests start no engine in advance."""
    _served.set()


def prepare() -> None:
    """Start OpenFisca while the person answers, so that nobody waits for it."""
    if not _served.is_set() or not is_installed():
        return
    ask_for_first_ideas()
    if _starting.acquire(blocking=False):
        Thread(target=_warm, daemon=True).start()


def _warm() -> None:
    try:
        process().warm(first_question(amounts_month(timezone.localdate())))
    except EngineError:
        pass  # told to the person when she asks for the estimate
    finally:
        _starting.release()
