"""What the census keeps about people ends when ``retention.yaml`` says, and not before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.accounts.retention import DURATIONS, registry, retention_run
from portrea.web.offer import uploads
from portrea.web.offer.models import (
    Campaign,
    ContributionLink,
    ImportBatch,
    ImportRow,
    OptOut,
    Place,
    Proposal,
)
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
DAYS = {entry.name: entry.days for entry in registry() if entry.name.startswith("offer.")}


def batch(at: datetime, user: User, **more: Any) -> ImportBatch:
    return ImportBatch.objects.create(source="l", created=at, by=user, **more)


def refused_row(at: datetime, user: User) -> None:
    card = batch(at, user, state=ImportBatch.State.APPLIED)
    ImportRow.objects.create(batch=card, row=2, action=ImportRow.Action.REFUSED, before={"n": "x"})


def link(at: datetime, user: User, **more: Any) -> ContributionLink:
    told = {"expires": at, "digest": f"{at}{more}", "by": user, "label": "Réunion"}
    return ContributionLink.objects.create(**told, level="commune", code="35133", **more)


def proposal(at: datetime, **more: Any) -> Proposal:
    told = {"kind": "remark", "title": "x", "level": "commune", "code": "35133", "created": at}
    return Proposal.objects.create(**told, **more)


def campaign(at: datetime, closed: datetime | None) -> None:
    made = Campaign.objects.create(
        title="c", level="commune", code="35133", created=at - timedelta(days=90), closed=closed
    )
    if not Place.objects.exists():
        applied(record("1"))
    made.asks.create(place=Place.objects.get())


def upload(at: datetime, user: User) -> None:
    uploads.keep_file(batch(at, user, file_name="l.csv"), ContentFile(b"nom\nMarie\n", "l.csv"))


CASES: dict[str, tuple[Callable[[datetime, User], object], Callable[[], int]]] = {
    "offer.imports": (batch, lambda: ImportBatch.objects.filter(by__isnull=False).count()),
    "offer.refused": (refused_row, ImportRow.objects.count),
    "offer.links": (link, ContributionLink.objects.count),
    "offer.proposals": (
        lambda at, _user: proposal(at, email="moi@exemple.org"),
        lambda: Proposal.objects.exclude(email="").count(),
    ),
    "offer.remarks": (
        lambda at, _user: proposal(at, state="refused", decided=at, words="x"),
        Proposal.objects.count,
    ),
    "offer.asks": (lambda at, _user: campaign(at, closed=at), Campaign.objects.count),
    "offer.optouts": (
        lambda at, _user: OptOut.objects.create(digest=str(at), at=at),
        OptOut.objects.count,
    ),
    "offer.uploads": (upload, lambda: len(list(Path(settings.PORTREA_HOME).glob("imports/*/*")))),
}


def test_every_entry_has_its_case() -> None:
    assert set(CASES) == set(DAYS)


@pytest.mark.parametrize("name", CASES)
def test_erased_after_its_days_and_not_before(name: str, person: Callable[..., User]) -> None:
    make, count = CASES[name]
    user, limit = person("referent commune:35133"), NOW - timedelta(days=DAYS[name])
    make(limit - timedelta(hours=1), user)
    make(limit + timedelta(hours=1), user)
    assert count() == 2
    (told,) = retention_run(actor=SYSTEM, now=NOW, dry_run=True, names=[name])
    assert (told.rows, count()) == (1, 2), "a trial only counts"
    (told,) = retention_run(actor=SYSTEM, now=NOW, names=[name])
    assert (told.rows, count()) == (1, 1)


def test_what_lasts_longer_is_left(person: Callable[..., User]) -> None:
    """A link revoked lately, a proposal that waits or was accepted, an import that was applied."""
    old, user = NOW - timedelta(days=3000), person("referent commune:35133")
    link(NOW + timedelta(days=9), user)
    for state in ("waiting", "accepted", "partly"):
        proposal(old, state=state, decided=None if state == "waiting" else old)
    batch(old, user, state=ImportBatch.State.APPLIED)
    retention_run(actor=SYSTEM, now=NOW)
    assert ContributionLink.objects.count() == 1
    assert Proposal.objects.count() == 3
    assert ImportBatch.objects.get().by is None


def test_a_link_goes_and_what_came_by_it_stays(person: Callable[..., User]) -> None:
    made = link(NOW - timedelta(days=400), person("referent commune:35133"))
    proposal(NOW, link=made)
    retention_run(actor=SYSTEM, now=NOW, names=["offer.links"])
    assert Proposal.objects.get().link is None


def test_the_privacy_page_says_what_is_applied(client: Client) -> None:
    page = unescape(client.get("/donnees-personnelles/").content.decode())
    for entry in registry():
        row = page.partition(entry.what)[2].partition("</tr>")[0]
        assert f"{entry.duration}, puis {entry.outcome}" in row, entry.name
    prose = page.partition("Toutes les durées")[0].replace("\N{NO-BREAK SPACE}", " ")
    for name, words in {
        "offer.proposals": "au plus tard après {}",
        "offer.remarks": "refusée : effacé après {}",
        "offer.links": "effacés {} après sa fin",
        "offer.asks": "effacé {} après la fin de la campagne",
        "offer.optouts": "gardée, {}, pour ne plus écrire",
        "offer.refused": "refusées sont effacées après {}",
        "offer.uploads": "jamais importée après {}",
        "offer.imports": "attaché après {}",
    }.items():
        assert words.format(DURATIONS[DAYS[name]]) in prose, name
