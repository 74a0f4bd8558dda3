"""A published page asked again within the minute: as it was sent, until what it shows changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as configured
from django.core.cache import caches
from django.db import OperationalError

from portrea.web.steering import selectors
from portrea.web.territories import resending
from portrea.web.territories import selectors as territories

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db
PAGE = "/sources/"
SQUEEZED = {"Accept-Encoding": "gzip"}


@pytest.fixture
def made(settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Pages are kept for a minute; one number by page really made."""
    local = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {**configured.CACHES, "answers": {"BACKEND": local, "LOCATION": "publiees"}}
    caches["answers"].clear()
    found: list[int] = []
    real = selectors.datasets

    def counted() -> Any:
        found.append(1)
        return real()

    monkeypatch.setattr(selectors, "datasets", counted)
    return found


def test_made_once_and_sent_as_it_was(made: list[int], site: Client) -> None:
    first, again = (site.get(PAGE, headers=SQUEEZED) for _ in "ab")
    assert len(made) == 1
    assert first.content == again.content
    told = [dict(answer.items()) for answer in (first, again)]
    assert all(one.pop("X-Request-ID") for one in told)
    assert told[0] == told[1]
    assert site.get(PAGE).content != first.content, "who reads no compressed page receives none"


def test_who_has_it_is_told_so(made: list[int], site: Client) -> None:
    first = site.get(PAGE)
    answer = site.get(PAGE, headers={"If-None-Match": first["ETag"]})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["ETag"] == first["ETag"]
    assert len(made) == 1


def test_another_computation_makes_it_again(
    made: list[int], site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.get(PAGE)
    monkeypatch.setattr(type(territories.reader()), "computation_id", "un-autre")
    site.get(PAGE)
    assert len(made) == 2


def test_nothing_is_kept_of_someone(
    made: list[int], site: Client, django_user_model: type[User]
) -> None:
    site.force_login(django_user_model.objects.create_user("a@exemple.org", "une longue phrase"))
    site.get(PAGE)
    site.get(PAGE)
    assert len(made) == 2
    site.logout()
    site.get(PAGE)
    assert len(made) == 3, "what was made for someone is sent to nobody else"


def test_a_page_that_holds_a_mark_of_the_reader_is_not_kept(
    made: list[int], site: Client, settings: SettingsWrapper
) -> None:
    site.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32
    site.get(PAGE)
    site.get(PAGE)
    assert len(made) == 2


def test_a_large_answer_is_made_again(
    made: list[int], site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portrea.web.journeys.same_minute.LARGEST", 10)
    site.get(PAGE)
    site.get(PAGE)
    assert len(made) == 2


def test_the_page_itself_says_that_its_data_are_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> object:
        raise OperationalError

    monkeypatch.setitem(resending._tellers, "essai", lambda: "un")
    known = resending.made_of("essai")
    assert known is not None
    assert known.still()
    resending.register("essai", away)
    assert not known.still()
