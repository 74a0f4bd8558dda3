"""What a phone needs to collect alone: the forms of a survey, or of all those of a day."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.http import Http404

from portrea.surveys.portable import portable
from portrea.web.surveys.models import Day, Survey
from portrea.web.surveys.versions import KEPT, form_of

if TYPE_CHECKING:
    from collections.abc import Callable

_MORE: list[Callable[[Day], list[dict[str, Any]]]] = []
"""What other rooms let a day collect besides answers (``collect_also``)."""


def collect_also(forms: Callable[[Day], list[dict[str, Any]]]) -> None:
    """Let a day collect something else, from an ``AppConfig.ready``."""
    _MORE.append(forms)


_OTHERS: list[Callable[[str], dict[str, Any] | None]] = []
"""What else has a page on phones, by its key (``collect_for``)."""


def collect_for(found: Callable[[str], dict[str, Any] | None]) -> None:
    """Give a page on phones to something of another room, from an ``AppConfig.ready``.

    ``found(key)`` returns its ``title``, ``purpose`` and ``forms``, ``None`` when it has not this
    key.
    """
    _OTHERS.append(found)


def collecting(key: str) -> dict[str, Any]:
    """Return what a page of phones is made of (404 when nothing has this key)."""
    told = _of_surveys(key) or next(filter(None, (found(key) for found in _OTHERS)), None)
    if told is None:
        raise Http404(key)
    whole = {"key": key, "contact": "", "code": False} | told
    return whole | {"state": state_of(whole)}


def _of_surveys(key: str) -> dict[str, Any] | None:
    survey = Survey.objects.filter(key=key).first()
    day = None if survey else Day.objects.filter(key=key).first()
    if survey is None and day is None:
        return None
    surveys = [survey] if survey else list(day.surveys.order_by("pk"))
    open_ones = [one for one in surveys if not (one.closed or one.invited_only)]
    forms = [_asked(one) for one in open_ones]
    if day:
        forms += [one for more in _MORE for one in more(day)]
    return {
        "title": (survey or day).title,
        "purpose": survey.purpose if survey else "",
        "contact": survey.contact if survey else "",
        "code": any(one.report.get("collecte_code") for one in surveys),
        "forms": forms,
    }


def state_of(told: dict[str, Any]) -> str:
    """Return what changes when something that a phone holds has changed."""
    brief = [(one["to"], one["kind"], one["version"], one["title"]) for one in told["forms"]]
    text = json.dumps([told["title"], told["code"], brief])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _asked(survey: Survey) -> dict[str, Any]:
    number, form = portable_of(survey.version_id)
    return {
        "to": survey.key,
        "kind": "reponse",
        "title": survey.title,
        "purpose": survey.purpose,
        "version": number,
        "form": form,
    }


@lru_cache(maxsize=KEPT)
def portable_of(version: int) -> tuple[str, dict[str, Any]]:
    """Return the number and the portable form of a version, by its primary key."""
    form = form_of(version)
    return form.version, portable(form)
