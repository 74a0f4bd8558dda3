"""However many come at once, few are answered at once, and who sends slowly holds nobody up."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.config.few_threads import HEAVY, FewThreads

if TYPE_CHECKING:
    from collections.abc import Callable

CROWD = 60


class Site:
    """A site that notes how many of its threads answer at once."""

    def __init__(self, pages: int = 3, lists: int = 1) -> None:
        self.now, self.most, self.names = 0, 0, set[str]()
        self.lock = threading.Lock()
        self.few = FewThreads(self.answer, pages=pages, lists=lists)

    def answer(self, environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.names.add(threading.current_thread().name)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        threading.Event().wait(0.002)
        with self.lock:
            self.now -= 1
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    def asked(
        self, body: io.RawIOBase | io.BytesIO | None = None, announced: str = "", **told: str
    ) -> bytes:
        begun: list[Any] = []
        environ = {"wsgi.input": body or io.BytesIO(), "CONTENT_LENGTH": announced, **told}
        answer = self.few(environ, lambda *told: begun.append(told))
        assert begun[0][0] == "200 OK"
        return b"".join(answer)


class Slow(io.RawIOBase):
    """A body whose end comes when it is told to."""

    def __init__(self) -> None:
        self.asked, self.end = threading.Event(), threading.Event()

    def read(self, _size: int = -1) -> bytes:
        self.asked.set()
        assert self.end.wait(60)
        return b"enfin"


def test_few_threads_answer_a_crowd() -> None:
    site = Site()
    with ThreadPoolExecutor(CROWD) as crowd:
        asked = [crowd.submit(site.asked, io.BytesIO(b"x" * n), str(n)) for n in range(CROWD)]
        assert [len(one.result()) for one in asked] == list(range(CROWD))
    assert 1 < site.most <= 3
    assert len(site.names) <= 3, "so many connections to the database"


@pytest.mark.parametrize("announced", ["5", str(HEAVY)])
def test_who_sends_slowly_holds_no_page_up(announced: str) -> None:
    site, slow = Site(pages=1, lists=1), Slow()
    with ThreadPoolExecutor(1) as crowd:
        late = crowd.submit(site.asked, slow, announced)
        assert slow.asked.wait(60)
        assert site.asked(io.BytesIO(b"vite"), "4") == b"vite"
        slow.end.set()
        assert late.result() == b"enfin"


NO_LENGTH = ["", "0", "-1", "beaucoup", "²", "9" * 400, "0" * 12 + "9" * 12]


class Light(io.BytesIO):
    """A body that nobody may ask for more than a light one."""

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert 0 <= size < HEAVY
        return super().read(size)


@pytest.mark.parametrize("announced", NO_LENGTH, ids=lambda text: text[:24])
def test_what_is_announced_is_never_believed(announced: str) -> None:
    """Nothing is read beforehand of a length that is not one: the site refuses it itself."""

    def refuse(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [])
        return [b"lu par le site"]

    few, site = FewThreads(refuse), Site()
    site.few = few
    assert site.asked(Light(), announced) == b"lu par le site"


def test_a_body_of_unknown_length_is_left_to_the_site() -> None:
    site, slow = Site(pages=1, lists=1), Slow()
    with ThreadPoolExecutor(1) as crowd:
        late = crowd.submit(site.asked, slow, "", HTTP_TRANSFER_ENCODING="chunked")
        assert slow.asked.wait(60)
        assert site.asked(io.BytesIO(b"vite"), "4") == b"vite"
        slow.end.set()
        assert late.result() == b"enfin"


def test_a_failure_is_that_of_the_request() -> None:
    def fail(_environ: object, _start: object) -> list[bytes]:
        raise RuntimeError("panne")

    with pytest.raises(RuntimeError, match="panne"):
        FewThreads(fail)({"wsgi.input": io.BytesIO()}, lambda *_: None)
