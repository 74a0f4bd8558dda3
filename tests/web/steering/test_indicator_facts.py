"""What the indicators read beside the records: handovers, proposals, rights, places; their ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from portrea.steering.indicator_sections import accepted_share
from portrea.steering.periods import Period, month_of
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.action.models import Difficulty, Exchange, Procedure, Proposal
from portrea.web.journeys.models import Handover
from portrea.web.rights.models import Outcome
from portrea.web.steering import erasing
from portrea.web.steering.indicators import facts
from portrea.web.steering.indicators.selectors import activities
from portrea.web.steering.models import FundedAction, SharedView
from portrea.web.steering.services import indicators, means
from web.accounts.conftest import person
from web.steering.activity_case import EPCI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

__all__ = ["person"]
pytestmark = pytest.mark.django_db
YEAR = Period(month_of("2025-01"), month_of("2025-12"))
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel("2026-11-23 12:00", tick=False):
        yield


def sent_on(day: date, events: dict[str, int], procedure: Procedure) -> None:
    """Send a proposal, then let each event happen so many days later."""
    made = Proposal.objects.create(
        level="epci", code="243500618", procedure=procedure, trouble="panne", title="Essai",
        state="envoyee", sent=day,
    )  # fmt: skip
    for event, days in events.items():
        at = datetime(day.year, day.month, day.day, 12, tzinfo=PARIS) + timedelta(days=days)
        Exchange.objects.create(proposal=made, event=event, at=at)


def test_delays_are_those_of_the_first_answer(site: Client) -> None:
    procedure = Procedure.objects.create(key="essai", name="Essai", checked=date(2026, 1, 1))
    sent_on(date(2025, 3, 1), {"envoyer": 0, "accuser": 10, "changer": 40}, procedure)
    sent_on(date(2025, 5, 1), {"envoyer": 0, "refuser": 30}, procedure)
    sent_on(date(2025, 12, 31), {"envoyer": 0, "relancer": 5}, procedure)
    sent_on(date(2026, 1, 1), {"accuser": 1}, procedure)
    found = facts.delays_of(EPCI, YEAR)
    assert (found.sent, found.answered, found.changed, found.median) == (3, 2, 1, 20.0)
    assert facts.delays_of("epci:243500550", YEAR).sent == 0


def test_rights_are_read_by_whole_year_only(site: Client) -> None:
    for rank in range(30):
        day = date(2025, 2, 1)
        opened = day + timedelta(days=30) if rank < 12 else None
        Outcome.objects.create(
            level="epci", code="243500618", right="rsa", detected=day, opened=opened
        )
    steps = facts.steps_of(EPCI, YEAR)
    assert steps is not None
    assert (steps[0].reached, steps[-1].reached) == (30, 12)
    assert facts.steps_of(EPCI, Period(YEAR.first, YEAR.first + 2)) is None
    assert facts.steps_of(EPCI, YEAR.year_ago) == ()


def test_handovers_and_difficulties_are_counted_by_month(site: Client) -> None:
    states = ["accepted"] * 18 + ["refused"] * 6 + ["expired"] * 6
    for rank, state in enumerate(states):
        at = datetime(2025, 1 + rank % 3, 15, 12, tzinfo=PARIS)
        Handover.objects.create(
            place_name="CCAS", level="commune", code="35211", sender_name="Agent", need="aide",
            state=state, digest=f"d{rank}", nonce=f"n{rank}", created=at, expires=at,
        )  # fmt: skip
    procedure = Procedure.objects.create(key="essai", name="Essai", checked=date(2026, 1, 1))
    for _rank in range(7):
        Difficulty.objects.create(
            level="commune", code="35211", day=date(2025, 2, 3), procedure=procedure,
            codes=["panne"], place="Mairie",
        )  # fmt: skip
    (now,) = activities(EPCI, [YEAR])
    share = accepted_share(now)
    assert share is not None
    assert (share.yes, share.of) == (18, 30)
    assert now.number("difficulty", "panne") == 7
    (quarter,) = activities(EPCI, [Period(YEAR.first, YEAR.first + 2)])
    assert quarter.number("handover", "refused") == 6
    (month,) = activities(EPCI, [Period(YEAR.first, YEAR.first)])
    assert month.number("handover", "refused") is None


def test_links_and_authors_are_forgotten(site: Client, person: Callable[..., Any]) -> None:
    link = indicators.view_share(actor=SYSTEM, territory=EPCI, label="x", asked={}, days=7)
    author = person(f"referent {EPCI}")
    made = means.action_describe(
        actor=author, territory=EPCI, told={"title": "Bus", "kind": "bus", "counted": "rien"}
    )
    now = timezone.now()
    assert erasing.shared_views(now, dry_run=True) == 0
    later = link.expires + timedelta(days=1)
    assert erasing.shared_views(later, dry_run=True) == 1
    erasing.shared_views(later, dry_run=False)
    assert not SharedView.objects.exists()
    assert made.by == author
    assert erasing.means_authors(now, dry_run=False) == 0
    assert erasing.means_authors(now + timedelta(days=1), dry_run=False) == 1
    assert FundedAction.objects.get().by is None
