"""What watching costs a page: its line in the journal, its counters shared by processes.

The same page is answered by the whole site with and without the middleware that writes the line
(JSON, in a file) and counts (in the files that processes share), turn by turn in one process. The
page is one of the lightest, without data: the share of any other is smaller.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import Measure, clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

PAGE = "/connexion/"
ROUNDS, REQUESTS = 12, 40
MOST = 1.10
"""Times the page without it that the page may cost: the lightest one, and all is written."""


def run() -> list[Measure]:
    """Measure processor time per request, the best round of each."""
    with tempfile.TemporaryDirectory(prefix="portrea-watching-") as folder:
        home = Path(folder)
        _prepare(home)
        from portrea.web.operation.logs.requests import RequestLineMiddleware

        watched = f"{RequestLineMiddleware.__module__}.{RequestLineMiddleware.__qualname__}"
        answers = {"with": _site(without=""), "without": _site(without=watched)}
        best = {name: float("inf") for name in answers}
        for _ in range(ROUNDS):
            for name, answer in answers.items():
                best[name] = min(best[name], _cpu(answer))
        lines = (home / "journal").read_text("utf-8").count('"event": "request"')
    assert lines == ROUNDS * REQUESTS, "each page watched has its line"
    cost = 1000 * (best["with"] - best["without"])
    return [
        Measure("watching-page", "Page légère, journal et mesures compris (processeur)",
                1000 * best["with"], "ms", limit=MOST * 1000 * best["without"],
                floor=1000 * best["without"], note=f"journal et mesures : {cost:.3f} ms"),
    ]  # fmt: skip


def _prepare(home: Path) -> None:
    """Configure a site that writes its journal in a file, its database in a folder of its own."""
    (home / "mesures").mkdir()
    os.environ |= {
        "PORTREA_HOME": str(home),
        "PORTREA_LOG_LEVEL": "INFO",
        "PORTREA_LOG_FORMAT": "json",
        "PROMETHEUS_MULTIPROC_DIR": str(home / "mesures"),
    }
    from portrea.cli.serve import prepare_database

    prepare_database()
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream((home / "journal").open("w", encoding="utf-8"))


def _site(*, without: str) -> Callable[[], HttpResponseBase]:
    """Return what answers the page through every middleware of the site but one."""
    from django.conf import settings
    from django.core.handlers.base import BaseHandler
    from django.test import RequestFactory, override_settings

    kept = [name for name in settings.MIDDLEWARE if name != without]
    assert len(kept) == len(settings.MIDDLEWARE) - bool(without)
    handler = BaseHandler()
    with override_settings(MIDDLEWARE=kept):
        handler.load_middleware()
    return lambda: handler.get_response(RequestFactory(SERVER_NAME="127.0.0.1").get(PAGE))


def _cpu(answer: Callable[[], HttpResponseBase]) -> float:
    """Return processor seconds per request."""
    with clock() as measured:
        for _ in range(REQUESTS):
            assert answer().status_code == 200
    return measured.cpu / REQUESTS
