"""What is read of audits: the open one, its progress, the declaration in force."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from portrea.web.operation.accessibility.criteria import (
    VERSION,
    criteria,
    results,
    sample,
    seen,
    themes,
)
from portrea.web.operation.accessibility.models import AccessibilityAudit, AccessibilityVerdict
from portrea.web.operation.accessibility.rate import FAILED, NONE, Rate, rate_of

if TYPE_CHECKING:
    from portrea.web.operation.accessibility.criteria import Looked

PLACED = re.compile(r"\{\w+\}")
"""The territory in an address of the sample."""
YEARS = 3
"""Years that a declaration holds (model of declaration, DISIC)."""


def audit_open_now(*, lock: bool = False) -> AccessibilityAudit | None:
    """Return the audit being filled in, if any."""
    rows = AccessibilityAudit.objects.filter(published=None)
    return (rows.select_for_update() if lock else rows).first()


def pages_of(audit: AccessibilityAudit) -> tuple[Looked, ...]:
    """Return the pages of an audit."""
    return sample(audit.seed)


def verdicts_of(audit: AccessibilityAudit) -> dict[tuple[str, str], AccessibilityVerdict]:
    """Return what people found: (page, criterion) → verdict."""
    return {(row.page, row.criterion): row for row in audit.verdicts.all()}


def audit_rate(audit: AccessibilityAudit) -> Rate:
    """Return the rate of an audit; the verdicts that nobody gave are counted as missing."""
    found, pages = verdicts_of(audit), [page.name for page in pages_of(audit)]

    def given(page: str, number: str) -> str | None:
        row = found.get((page, number))
        return row.verdict if row else None

    return rate_of({number: [given(page, number) for page in pages] for number in criteria()})


def valid_until(audit: AccessibilityAudit) -> date:
    """Return the last day of a published audit."""
    day = audit.published or audit.opened
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + YEARS, day=28 if leap else day.day)


@dataclass(frozen=True, slots=True)
class Progress:
    """A page of an audit: how many criteria of each theme have a verdict."""

    page: Looked
    themes: tuple[tuple[int, int, int], ...]

    @property
    def done(self) -> int:
        """Verdicts given."""
        return sum(given for _number, given, _all in self.themes)


def progress(audit: AccessibilityAudit) -> list[Progress]:
    """Return the pages of an audit, each with (theme, verdicts given, criteria)."""
    found = verdicts_of(audit).keys()
    return [
        Progress(
            page,
            tuple(
                (number, sum((page.name, one.number) in found for one in ones), len(ones))
                for number, (_name, ones) in themes().items()
            ),
        )
        for page in pages_of(audit)
    ]


def in_force(today: date | None = None) -> AccessibilityAudit | None:
    """Return the last published audit, unless it is too old."""
    last = AccessibilityAudit.objects.exclude(published=None).order_by("-published", "-pk").first()
    return last if last and (today or timezone.localdate()) <= valid_until(last) else None


def declaration() -> dict[str, Any]:
    """Return what the site declares, ready to be shown or sent as JSON.

    ``rate`` is ``None`` and ``state`` « non » as long as no person has filled in a whole audit.
    """
    audit = in_force()
    rate = audit_rate(audit) if audit else Rate(0, 0, len(criteria()), ())
    run = results()
    return {
        "reference": f"RGAA {VERSION}",
        "version": settings.PORTREA_VERSION,
        "state": rate.state if audit else NONE,
        "rate": rate.percent if audit else None,
        "respected": rate.respected if audit else None,
        "applicable": rate.applicable if audit else None,
        "audited": audit.published if audit else None,
        "until": valid_until(audit) if audit else None,
        "tools": audit.tools if audit else "",
        "exempted": audit.exempted if audit else "",
        "sample": [
            (one.title, PLACED.sub("…", one.url), one.kind)
            for one in sample(audit.seed if audit else 1)
        ],
        "faults": faults(audit) if audit else [],
        "run": {name: run.get(name, "") for name in ("axe", "browser")}
        | {"day": date.fromisoformat(run["day"]) if run.get("day") else None},
        "run_pages": list(run.get("pages", {})),
        "criteria": criteria_told(rate if audit else None),
    }


def faults(audit: AccessibilityAudit) -> list[dict[str, str]]:
    """Return what a person found not respected, page by page."""
    named = {page.name: page.title for page in pages_of(audit)}
    rows = audit.verdicts.filter(verdict=FAILED).order_by("pk")
    return [
        {"page": named[row.page], "criterion": row.criterion, "comment": row.comment}
        for row in rows
    ]


def criteria_told(rate: Rate | None) -> list[dict[str, Any]]:
    """Return the 106 criteria: what tries each, what the last automatic run saw, the audit."""
    return [
        {
            "number": one.number,
            "theme": one.theme,
            "title": one.title,
            "axe": list(one.axe),
            "own": list(one.own),
            "manual": one.tests,
            "seen": seen(one).words,
            "failed": None if rate is None else one.number in rate.failed,
        }
        for one in criteria().values()
    ]
