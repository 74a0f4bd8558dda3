"""A question asked again within the minute: the same answer, left as soon as something changes."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings as configured

from portrea.base.errors import StoreError
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.journeys import board, selectors, views
from portrea.web.offer.models import Place
from portrea.web.offer.services import place_close
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
HERE = "/orientation/?commune=35133&besoin=aide&demarche=aucune&vu=oui"
NOW = datetime(2026, 11, 24, 9, 30, 5, tzinfo=UTC)
PLACES = tuple(
    record(
        str(rank), name=name, services=[{"block": "aide", "key": "aide"}],
        latitude=48.13, longitude=-2.03, position="declared", updated="2026-11-01",
    )
    for rank, name in enumerate(("Maison d’Iffendic", "Bus du numérique"), start=1)
)  # fmt: skip


@pytest.fixture
def made(site: Client, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A census of one place, pages kept for a minute; the addresses of the pages really made."""
    local = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {**configured.CACHES, "answers": {"BACKEND": local, "LOCATION": "essai"}}
    applied(*PLACES[:1])
    pages: list[str] = []
    real = views._page

    def counted(request, *rest):  # type: ignore[no-untyped-def]
        pages.append(request.get_full_path())
        return real(request, *rest)

    monkeypatch.setattr(views, "_page", counted)
    board.board()  # a process that has not read every place keeps nothing
    return pages


def test_made_once_a_minute(made: list[str], site: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        first, again = site.get(HERE), site.get(HERE)
        assert first.content == again.content
        assert "Iffendic" in first.content.decode()
        assert again["Cache-Control"] == "no-store"
        assert len(made) == 1
        clock.shift(timedelta(seconds=60))
        site.get(HERE)
        assert len(made) == 2


def test_a_place_that_closes_is_no_longer_proposed(made: list[str], site: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        assert "Maison d’Iffendic" in site.get(HERE).content.decode()
        clock.shift(timedelta(seconds=2))
        place = Place.objects.get()
        place_close(actor=SYSTEM, place_id=place.pk, on=NOW.date())
        assert "Maison d’Iffendic" not in site.get(HERE).content.decode()
        assert len(made) == 2


def test_a_place_taken_out_without_a_word_is_no_longer_proposed(
    made: list[str], site: Client
) -> None:
    applied(*PLACES)
    with time_machine.travel(NOW, tick=False):
        assert "Bus du numérique" in site.get(HERE).content.decode()
        last = Place.objects.order_by("changed").last()
        gone = Place.objects.exclude(pk=last.pk).get()
        Place.objects.filter(pk=gone.pk).delete()
        assert gone.name not in site.get(HERE).content.decode()
        assert last.name in site.get(HERE).content.decode()
        assert len(made) == 2


def told(answer: HttpResponse) -> dict[str, str]:
    """The headers of an answer; its number is its own."""
    headers = dict(answer.items())
    assert headers.pop("X-Request-ID")
    return headers


def test_the_answer_sent_again_has_the_same_headers(made: list[str], site: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        first, again = site.get(HERE), site.get(HERE)
        assert len(made) == 1
        assert told(first) == told(again)
        assert first["X-Request-ID"] != again["X-Request-ID"]
        assert {"Content-Security-Policy", "X-Frame-Options", "Permissions-Policy"} <= set(
            told(again)
        )
        assert again["Cache-Control"] == "no-store"
        assert not again.cookies
        head = site.head(HERE)
        assert (head.status_code, head.content) == (200, b"")
        assert told(head) == told(first)
        asked = site.get(HERE, headers={"If-None-Match": "*", "If-Modified-Since": "x"})
        assert asked.content == first.content, "nothing is kept by browsers, so nothing is spared"


def test_who_reads_no_compressed_page_receives_none(made: list[str], site: Client) -> None:
    squeezed = {"Accept-Encoding": "gzip"}
    with time_machine.travel(NOW, tick=False):
        for _again in range(2):
            plain, small = site.get(HERE), site.get(HERE, headers=squeezed)
            assert "Content-Encoding" not in plain
            assert small["Content-Encoding"] == "gzip"
            assert int(small["Content-Length"]) == len(small.content) < len(plain.content)
            assert gzip.decompress(small.content) == plain.content
    assert len(made) == 2


def test_languages_sites_and_frames_never_mix(made: list[str], site: Client) -> None:
    local = {"headers": {"Host": "localhost"}}
    asked = {
        "fr": (HERE, {}),
        "en": (f"/en{HERE}", {}),
        "ar": (f"/ar{HERE}", {}),
        "simple": (f"{HERE}&version=simple", {}),
        "secure": (HERE, {"secure": True}),
        "host": (HERE, local),
        "framed": (f"/integre{HERE}", {}),
    }
    with time_machine.travel(NOW, tick=False):
        first = {name: site.get(address, **more) for name, (address, more) in asked.items()}
        again = {name: site.get(address, **more) for name, (address, more) in asked.items()}
        assert site.get(HERE, headers={"Host": "ailleurs.test"}).status_code == 400
    assert len({answer.content for answer in first.values()}) == len(asked)
    for name, answer in first.items():
        assert answer.status_code == 200, name
        assert again[name].content == answer.content, name
        assert told(again[name]) == told(answer), name
    assert (first["en"]["Content-Language"], first["ar"]["Content-Language"]) == ("en", "ar")
    assert first["framed"]["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(made) == len(asked) + 1, "a frame is made each time"


def test_only_what_was_found_is_sent_again(made: list[str], site: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        for _again in range(2):
            assert site.get(HERE.replace("35133", "35999")).status_code == 404
            assert site.post(HERE).status_code == 405
            assert site.get(f"{HERE}&besoin=n-existe-pas").status_code == 400
    assert len(made) == 2


def test_when_nothing_is_computed_any_more_the_page_says_it(
    made: list[str], site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_asked: object, **_more: object) -> object:
        raise StoreError("Rien n’est calculé.")

    with time_machine.travel(NOW, tick=False):
        assert site.get(HERE).status_code == 200
        monkeypatch.setattr(board, "board", nothing)
        monkeypatch.setattr(selectors, "board", nothing)
        assert site.get(HERE).status_code == 503


def test_before_every_place_is_read_nobody_waits_nor_keeps_a_part(
    made: list[str], site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "_held", {})
    around: list[object] = []
    real = board._first

    def first(state, point):  # type: ignore[no-untyped-def]
        around.append(point)
        return real(state, point)

    monkeypatch.setattr(board, "_first", first)
    with time_machine.travel(NOW, tick=False):
        for _again in range(3):
            site.get(HERE)
    assert around
    assert None not in around, "asked without a place, everything would be read first"
    assert len(made) == 2, "the first page, made with what was around, is not kept"


def test_nothing_is_kept_of_someone(
    made: list[str], site: Client, connected: Callable[..., object]
) -> None:
    with time_machine.travel(NOW, tick=False):
        near = HERE.replace("commune=35133", "lon=-2.030&lat=48.130")
        for address in (near, near):
            site.get(address)
        assert len(made) == 2, "a position"
        connected("acteur commune:35133")
        site.get(HERE)
        site.get(HERE)
        assert len(made) == 4, "an account"
