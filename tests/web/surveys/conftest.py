"""Surveys in tests: identifiers start again at each test, what is kept by identifier does not."""

from __future__ import annotations

import pytest

from portrea.web.surveys.answering.pages import places_of
from portrea.web.surveys.answering.selectors import watched
from portrea.web.surveys.collecting.selectors import portable_of
from portrea.web.surveys.versions import form_of


@pytest.fixture(autouse=True)
def forgotten_forms() -> None:
    """Forget the forms of the versions of other tests, which bore the same identifiers."""
    for kept in (form_of, places_of, portable_of, watched):
        kept.cache_clear()
