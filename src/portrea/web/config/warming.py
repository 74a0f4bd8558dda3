"""Read the computation in force before the first visitor asks, then again when it changes.

Only a process that serves does this (``wsgi.py``): commands and tests pay nothing.
"""

from __future__ import annotations

import gc
import logging
import threading
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection
from django.test import RequestFactory
from django.urls import resolve

from portrea.base.errors import PortreaError

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

NAME = "portrea-warming"
"""Name of the thread."""
EVERY = 20.0
"""Seconds between two looks at the pointer of the computation in force."""
FIRST_PAGES = (
    "/",
    "/territoires/?q=mont",
    "/lieux/?territoire=france",
    "/territoires/france/FR/",
    "/carte/",
    "/carte/?niveau=region",
    "/carte/?niveau=epci",
    "/carte/?niveau=commune",
)
"""What a cold process answers slowly; the rest reads the same tables."""


def keep_warm(stop: threading.Event | None = None) -> threading.Thread:
    """Start the thread that warms this process, and warms it again after a new computation."""
    thread = threading.Thread(
        target=_watch, args=(stop or threading.Event(),), name=NAME, daemon=True
    )
    thread.start()
    return thread


def _watch(stop: threading.Event) -> None:
    warmed = ""
    while not stop.is_set():
        before, warmed = warmed, warm(warmed)
        if warmed:
            ready()
        if warmed != before:
            settle()
        stop.wait(EVERY)


def settle() -> None:
    """Set aside what was read for good: the collector would walk through it again and again."""
    gc.collect()
    gc.freeze()


def ready() -> None:
    """Keep at hand what answers and pages of access are made of, in this process and by the worker.

    Doors of the orientation, openings of the days near, places of the census, draws of the need.
    """
    from portrea.web.journeys.board import keep_ready
    from portrea.web.offer.living import living_offer
    from portrea.web.reach.tasks import ask_for_draws

    for step in (keep_ready, living_offer, ask_for_draws):
        try:
            step()
        except (PortreaError, DatabaseError) as error:
            logger.info("%s: %s", step.__name__, error)
    connection.close()


def warm(known: str = "") -> str:
    """Read what pages need when the computation is not ``known``; return its identifier."""
    from portrea.web.territories.selectors import reader

    try:
        current = reader().computation_id
    except PortreaError:
        return ""
    if current != known:
        for address in FIRST_PAGES:
            _visit(address)
    return current


def _visit(address: str) -> None:
    request = RequestFactory().get(address)
    view: Callable[..., object]
    view, arguments, named = resolve(request.path_info)
    try:
        view(request, *arguments, **named)
    except (PortreaError, DatabaseError) as error:
        logger.info("%s: %s", address, error)
