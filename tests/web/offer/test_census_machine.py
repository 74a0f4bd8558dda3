"""The census and its moderation, lived at random by several people, beside a model on one page.

The model knows of a place its two fields, its version, and the version of the last change of each
field; of a proposal its state and what it brings. Whatever is done in whatever order, with sheets
that are fresh or stale, the site says and keeps what the model says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as live

from portrea.base.errors import DataError
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM, VISITOR
from portrea.web.offer.models import Place, Proposal
from portrea.web.offer.services import EditConflict, place_fix
from portrea.web.offer.services.places import place_close, place_create, place_reopen
from portrea.web.offer.services.proposals import (
    DecidedError,
    proposal_decide,
    proposal_submit,
    proposal_undo,
)
from web.offer.census import record

if TYPE_CHECKING:
    from portrea.web.offer.models import Place as PlaceRow

FIELDS = {"phone": ("+33299000001", "+33299000002"), "address": ("1 rue A", "2 rue B")}
CHANGES = st.one_of(*(st.tuples(st.just(f), st.sampled_from(v)) for f, v in FIELDS.items()))
REFUSED = {"verdict": "refuse", "reason": "unverified"}
DAY = date(2026, 11, 1)
RANK, OLD = st.integers(0, 5), st.integers(0, 3)


@dataclass
class Sheet:
    """What the model knows of a place."""

    key: str
    values: dict[str, str] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    version: int = 1
    status: str = "open"

    def conflicts(self, path: str, value: str, seen: int) -> bool:
        """Whether somebody changed this field since, to another value."""
        return self.changed.get(path, 0) > seen and self.values.get(path, "") != value

    def write(self, path: str, value: str) -> None:
        """Change a field."""
        if self.values.get(path, "") != value:
            self.version += 1
            self.values[path], self.changed[path] = value, self.version


@dataclass
class Sent:
    """What the model knows of a proposal."""

    key: int
    sheet: Sheet
    path: str
    value: str
    seen: str
    state: str = "waiting"
    version: int = 1


class Census(RuleBasedStateMachine):
    """Several people and a référent."""

    def __init__(self) -> None:
        super().__init__()
        self.hold = transaction.atomic()
        self.hold.__enter__()
        self.sheets: list[Sheet] = []
        self.sent: list[Sent] = []
        self.acts = JournalEntry.objects.count()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.hold.__exit__(None, None, None)

    def sheet(self, rank: int) -> Sheet:
        return self.sheets[rank % len(self.sheets)]

    @precondition(lambda self: len(self.sheets) < 3)
    @rule()
    def a_place_is_added(self) -> None:
        made = place_create(actor=SYSTEM, record=record(f"n{len(self.sheets)}"))
        self.sheets.append(Sheet(made.pk))
        self.acts += 1

    @precondition(lambda self: self.sheets)
    @rule(rank=RANK, change=CHANGES, old=OLD)
    def somebody_corrects_a_sheet_perhaps_stale(
        self, rank: int, change: tuple[str, str], old: int
    ) -> None:
        sheet, (path, value) = self.sheet(rank), change
        seen = max(1, sheet.version - old)
        told: dict[str, Any] = {"place_id": sheet.key, "version": seen, "changes": {path: value}}
        if sheet.conflicts(path, value, seen):
            with pytest.raises(EditConflict):
                place_fix(actor=SYSTEM, **told)
            return
        before = sheet.version
        place_fix(actor=SYSTEM, **told)
        sheet.write(path, value)
        self.acts += sheet.version > before

    @precondition(lambda self: self.sheets)
    @rule(rank=RANK)
    def a_version_to_come_is_refused(self, rank: int) -> None:
        sheet = self.sheet(rank)
        with pytest.raises(DataError, match="n’existe pas encore"):
            place_fix(
                actor=SYSTEM, place_id=sheet.key, version=sheet.version + 1,
                changes={"phone": "+33299000009"},
            )  # fmt: skip

    @precondition(lambda self: self.sheets)
    @rule(rank=RANK)
    def a_place_closes_or_opens_again(self, rank: int) -> None:
        sheet = self.sheet(rank)
        if sheet.status == "open":
            place_close(actor=SYSTEM, place_id=sheet.key, on=DAY)
        else:
            place_reopen(actor=SYSTEM, place_id=sheet.key)
        sheet.status = "closed" if sheet.status == "open" else "open"
        sheet.version += 1
        self.acts += 1

    @precondition(lambda self: self.sheets)
    @rule(rank=RANK, change=CHANGES)
    def a_visitor_proposes(self, rank: int, change: tuple[str, str]) -> None:
        sheet, (path, value) = self.sheet(rank), change
        told: dict[str, Any] = {
            "actor": VISITOR, "kind": "fix", "title": "", "territory": None,
            "place": place_of(sheet), "content": {path: value},
        }  # fmt: skip
        if sheet.values.get(path, "") == value:
            with pytest.raises(DataError, match="Rien n’a été changé"):
                proposal_submit(**told)
            return
        found = proposal_submit(**told)
        if found.pk not in {one.key for one in self.sent}:
            self.sent.append(Sent(found.pk, sheet, path, value, sheet.values.get(path, "")))
            self.acts += 1
        else:
            assert (found.place_id, found.content) == (sheet.key, {path: value})

    @precondition(lambda self: self.sent)
    @rule(rank=RANK)
    def the_referent_refuses(self, rank: int) -> None:
        sent = self.sent[rank % len(self.sent)]
        if sent.state != "waiting":
            with pytest.raises(DataError):
                proposal_decide(actor=SYSTEM, key=sent.key, version=sent.version, **REFUSED)
            return
        proposal_decide(actor=SYSTEM, key=sent.key, version=sent.version, **REFUSED)
        sent.state, sent.version = "refused", sent.version + 1
        self.acts += 1

    @precondition(lambda self: self.sent)
    @rule(rank=RANK)
    def a_page_too_old_decides_nothing(self, rank: int) -> None:
        sent = self.sent[rank % len(self.sent)]
        with pytest.raises(DecidedError):
            proposal_decide(actor=SYSTEM, key=sent.key, version=sent.version + 1, **REFUSED)

    @precondition(lambda self: self.sent)
    @rule(rank=RANK)
    def the_referent_takes_a_refusal_back(self, rank: int) -> None:
        sent = self.sent[rank % len(self.sent)]
        if sent.state != "refused":
            return
        proposal_undo(actor=SYSTEM, key=sent.key, version=sent.version)
        sent.state, sent.version = "waiting", sent.version + 1
        self.acts += 1

    @invariant()
    def the_site_keeps_what_the_model_says(self) -> None:
        for sheet in self.sheets:
            row = place_of(sheet)
            kept = {path: row.record.get(path) or "" for path in FIELDS}
            assert kept == {path: sheet.values.get(path, "") for path in FIELDS}
            assert (row.version, row.status) == (sheet.version, sheet.status)
        for sent in self.sent:
            found = Proposal.objects.get(pk=sent.key)
            assert (found.state, found.version) == (sent.state, sent.version)
            assert found.content == {sent.path: sent.value}
        assert JournalEntry.objects.count() == self.acts, "each act is in the journal, once"


def place_of(sheet: Sheet) -> PlaceRow:
    return Place.objects.get(pk=sheet.key)


def lived(examples: int, steps: int) -> None:
    live(
        Census,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


@pytest.mark.django_db
def test_whatever_people_do_the_census_says_what_the_model_says() -> None:
    lived(examples=6, steps=15)


@pytest.mark.endurance
@pytest.mark.django_db
def test_long_lives_of_the_census() -> None:
    lived(examples=400, steps=60)
