"""Many may send or read at once; few are answered at once, by threads that keep their connection.

Granian gives each request a thread, hundreds of them: so many connections are more than PostgreSQL
accepts, so many writers more than one file lets wait. Its threads receive here, and send; the site
itself answers in a few of its own.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from portrea.base.bodies import announced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PAGES = 8
"""Requests that one process answers at once; as many connections to its database."""
LISTS = 2
"""Heavy bodies that one process reads at once, beside its pages."""
HEAVY = 1_000_000
"""Bytes from which a body is not received beforehand: hundreds of them would fill the memory."""


class FewThreads:
    """A WSGI application that answers in few threads, once what is sent to it is there.

    A client that sends or reads slowly holds a thread of the server, none of these; one that sends
    a heavy list slowly holds one of those kept for lists.
    """

    def __init__(
        self, application: WSGIApplication, *, pages: int = PAGES, lists: int = LISTS
    ) -> None:
        self.application = application
        self.pages = ThreadPoolExecutor(pages, "portrea-page")
        self.lists = ThreadPoolExecutor(lists, "portrea-list")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Receive, let one of the threads answer, begin the answer from the server's own thread."""
        size, known = announced(environ), "HTTP_TRANSFER_ENCODING" not in environ
        light = known and size < HEAVY
        if light:
            environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(size))
        pool = self.pages if light else self.lists
        begun, answer = pool.submit(self._answer, environ).result()
        start_response(*begun)
        return answer

    def _answer(self, environ: WSGIEnvironment) -> tuple[tuple[Any, ...], Iterable[bytes]]:
        begun: list[tuple[Any, ...]] = []

        def begin(*told: Any) -> Callable[[bytes], object]:
            begun.append(told)
            return _unused

        answer = self.application(environ, begin)
        return begun[-1], answer


def _unused(_content: bytes) -> object:
    raise NotImplementedError("Nothing is written beside the answer.")
