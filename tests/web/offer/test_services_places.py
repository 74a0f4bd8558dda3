"""What people do to a place: nothing is lost, everybody sees what the others did."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.accounts.structures import structure
from portrea.web.offer.census import census_place, open_questions, place_history, place_sheet
from portrea.web.offer.models import Fix, Place, Question
from portrea.web.offer.services import (
    EditConflict,
    place_close,
    place_create,
    place_fix,
    place_hide,
    place_merge,
    place_reopen,
    place_split,
    place_withdraw_fix,
    question_answer,
)
from web.offer.census import LISTS, applied, only_place, record, state

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db


def fixed(place: Place, version: int | None = None, **changes: Any) -> Place:
    return place_fix(
        actor=SYSTEM, place_id=place.pk, version=version or place.version, changes=changes
    )


@pytest.fixture
def place() -> Place:
    applied(
        record(
            "1",
            phone="1",
            updated="2026-01-01",
            hours="Mo 09:00-12:00",
            hours_text="lundi matin",
            services=[{"block": "aide", "key": "aide", "cost": ["Gratuit"]}],
        )
    )
    return only_place()


# -- two people -----------------------------------------------------------------------------------


def test_two_people_change_two_fields_and_both_stay(place: Place):
    fixed(place, version=1, phone="2")
    second = fixed(place, version=1, summary="Ouvert à tous")
    assert (second.record["phone"], second.record["summary"]) == ("2", "Ouvert à tous")
    assert second.version == 3


def test_two_people_change_one_field_and_the_second_sees_it(place: Place):
    fixed(place, version=1, phone="2")
    with pytest.raises(EditConflict) as caught:
        fixed(place, version=1, phone="3", summary="Ouvert à tous")
    conflict = caught.value
    assert [(c.path, c.label, c.current, c.wanted) for c in conflict.conflicts] == [
        ("phone", "Téléphone", "2", "3")
    ]
    assert conflict.wanted == {"phone": "3", "summary": "Ouvert à tous"}, "nothing is lost"
    assert "Téléphone" in conflict.render()
    place.refresh_from_db()
    assert place.record["phone"] == "2"
    assert "summary" not in place.record
    assert fixed(place, **conflict.wanted).record["phone"] == "3"


def test_two_people_who_agree_do_not_conflict(place: Place):
    fixed(place, version=1, phone="2")
    assert fixed(place, version=1, phone="2").version == 2
    assert Fix.objects.count() == 1


def test_what_goes_together_conflicts_together(place: Place):
    fixed(place, version=1, hours="Tu 09:00-12:00")
    with pytest.raises(EditConflict):
        fixed(place, version=1, hours_text="sur rendez-vous")


def test_a_service_removed_and_its_field_changed_conflict(place: Place):
    fixed(place, version=1, **{"services.aide.cost": ["Payant"]})
    with pytest.raises(EditConflict):
        fixed(place, version=1, **{"services.aide": None})


def test_an_import_meanwhile_is_somebody_too(place: Place):
    applied(record("1", phone="7", updated="2026-02-01"))
    with pytest.raises(EditConflict) as caught:
        fixed(place, version=1, phone="3")
    assert caught.value.conflicts[0].current == "7"


# -- fixes ----------------------------------------------------------------------------------------


def test_a_fix_outlives_a_new_import_and_new_hours_drop_the_old_text(place: Place):
    fixed(place, hours="Tu 09:00-12:00", phone="9")
    applied(
        record("1", phone="1", updated="2026-12-31", hours="Mo 09:00-12:00", hours_text="lundi")
    )
    shown = only_place().content
    assert (shown.phone, shown.hours, shown.hours_text) == ("9", "Tu 09:00-12:00", None)
    assert shown.hours_confirmed
    assert not Question.objects.exists()


def test_the_same_value_is_no_fix(place: Place):
    assert fixed(place, phone="1").version == 1
    assert not Fix.objects.exists()


def test_going_back_to_what_lists_say_withdraws_the_fix(place: Place):
    fixed(place, phone="9")
    fixed(only_place(), phone="1")
    assert Fix.objects.get().state == "withdrawn"
    assert not place_sheet(only_place()).evidence["phone"].fixed


def test_a_withdrawn_fix_uncovers_the_former_one(place: Place):
    fixed(place, hours="Tu 09:00-12:00")
    fixed(only_place(), hours="We 09:00-12:00")
    last = Fix.objects.filter(path="hours").latest("pk")
    place_withdraw_fix(actor=SYSTEM, fix_id=last.pk)
    assert only_place().record["hours"] == "Tu 09:00-12:00"
    first = Fix.objects.filter(path="hours").earliest("pk")
    place_withdraw_fix(actor=SYSTEM, fix_id=first.pk)
    assert only_place().record["hours_text"] == "lundi matin"
    with pytest.raises(DataError, match="plus en vigueur"):
        place_withdraw_fix(actor=SYSTEM, fix_id=first.pk)


@pytest.mark.parametrize(
    "changes",
    [
        {"fax": "1"},
        {"phone": 3},
        {"name": None},
        {"services.aide": {"block": "aide", "key": "autre"}},
        {"services.aide": {"block": "sport", "key": "aide"}},
        {"closures": [{"start": "2026-02-30", "end": "2026-03-01"}]},
    ],
)
def test_what_is_not_a_record_is_refused_whole(place: Place, changes: dict[str, Any]):
    before = state()
    with pytest.raises(DataError):
        fixed(place, **{"summary": "x", **changes})
    assert state() == before


def test_evidence_says_who_told_what(place: Place):
    fixed(place, phone="9")
    sheet = place_sheet(only_place())
    assert sheet.evidence["phone"].fixed
    assert sheet.evidence["hours"].source == LISTS
    assert sheet.evidence["hours"].date == date(2026, 1, 1)
    assert [fix.path for fix in sheet.fixes] == ["phone"]
    assert len(sheet.cards) == 1


# -- questions ------------------------------------------------------------------------------------


@pytest.fixture
def asked(place: Place) -> Question:
    fixed(place, phone="9")
    applied(record("1", phone="3", updated="2100-01-01"))
    return Question.objects.get()


def test_a_question_waits_in_its_territory(asked: Question):
    assert list(open_questions("commune:35133")) == [asked]
    assert not open_questions("commune:22001")
    assert only_place().record["phone"] == "9"


def test_keeping_the_fix(asked: Question):
    question_answer(actor=SYSTEM, question_id=asked.pk, take=False)
    asked.refresh_from_db()
    assert (asked.state, only_place().record["phone"]) == ("kept", "9")
    applied(record("1", phone="3", updated="2100-02-01"))
    assert not open_questions()
    applied(record("1", phone="4", updated="2100-03-01"))
    assert open_questions().get().told == "4"


def test_taking_the_news(asked: Question):
    question_answer(actor=SYSTEM, question_id=asked.pk, take=True)
    asked.refresh_from_db()
    assert (asked.state, only_place().record["phone"]) == ("taken", "3")
    with pytest.raises(DataError, match="plus posée"):
        question_answer(actor=SYSTEM, question_id=asked.pk, take=True)


def test_a_question_without_object_goes(asked: Question):
    applied(record("1", phone="9", updated="2100-02-01"))
    asked.refresh_from_db()
    assert asked.state == "gone"


# -- adding, closing, hiding ----------------------------------------------------------------------


def test_a_place_typed_by_a_person():
    made = place_create(actor=SYSTEM, record=record("x", phone="1"), reason="vu sur place")
    assert made.pk.startswith("p")
    assert made.content.phone == "1"
    assert made.updated is not None
    assert fixed(made, phone="2").record["phone"] == "2"


def test_a_closed_place_is_kept_and_may_reopen(place: Place):
    place_close(actor=SYSTEM, place_id=place.pk, on=date(2026, 5, 1), reason="déménagement")
    closed = Place.objects.get(pk=place.pk)
    assert (closed.status, closed.closed_on) == ("closed", date(2026, 5, 1))
    assert closed.record == place.record
    place_reopen(actor=SYSTEM, place_id=place.pk)
    assert (only_place().status, only_place().closed_on) == ("open", None)


def test_hiding_asks_for_a_reason(place: Place):
    with pytest.raises(DataError, match="pourquoi"):
        place_hide(actor=SYSTEM, place_id=place.pk, reason=" ")
    place_hide(actor=SYSTEM, place_id=place.pk, reason="ce n’est pas un lieu")
    assert not Place.objects.filter(status="open").exists()


def test_who_may_change_a_place(place: Place, person: Callable[..., User]):
    keeper = person("acteur commune:35133", structure=place.pk)
    assert (
        place_fix(actor=keeper, place_id=place.pk, version=1, changes={"phone": "2"}).record[
            "phone"
        ]
        == "2"
    )
    stranger = person("referent departement:22")
    for refused in (
        lambda: place_fix(actor=stranger, place_id=place.pk, version=2, changes={"phone": "3"}),
        lambda: place_close(actor=stranger, place_id=place.pk, on=date(2026, 1, 1)),
        lambda: place_close(actor=keeper, place_id=place.pk, on=date(2026, 1, 1)),
        lambda: place_create(actor=stranger, record=record("x")),
    ):
        with pytest.raises(RefusedError):
            refused()
    assert only_place().record["phone"] == "2"


def test_the_accounts_know_structures(place: Place):
    found = structure(place.pk)
    assert found is not None
    assert (found.name, found.territory) == ("Lieu 1", "commune:35133")
    assert structure("nulle-part") is None


# -- history --------------------------------------------------------------------------------------


def test_history_tells_lists_and_people_newest_first(place: Place, person: Callable[..., User]):
    place_fix(
        actor=person("referent commune:35133", email="r@exemple.org"),
        place_id=place.pk,
        version=1,
        changes={"phone": "9"},
        reason="appelé",
    )
    applied(record("1", summary="b", updated="2026-02-01"))
    events = place_history(only_place())
    assert [event.act for event in events] == [
        "import.run.updated", "place.edit", "import.run.created",
    ]  # fmt: skip
    assert events[0].changes["summary"] == (None, "b")
    assert events[1].changes["phone"] == ("1", "9")
    assert (events[1].reason, events[1].who) == ("appelé", "r@exemple.org")


# -- merges ---------------------------------------------------------------------------------------


@pytest.fixture
def three() -> dict[str, Place]:
    applied(record("a", phone="1", updated="2026-01-01"))
    applied(record("b", summary="b", updated="2026-02-01"), source="liste-b")
    applied(record("c", detail="c", updated="2026-03-01"), source="liste-c")
    return {place.cards.get().source_id: place for place in Place.objects.all()}


def merge(three: dict[str, Place], kept: str, absorbed: str) -> Any:
    return place_merge(actor=SYSTEM, kept=three[kept].pk, absorbed=three[absorbed].pk)


def test_a_merge_unites_and_redirects(three: dict[str, Place]):
    fixed(three["b"], accessibility="rampe")
    merge(three, "a", "b")
    kept = census_place(three["b"].pk)
    assert kept is not None
    assert kept.pk == three["a"].pk
    assert (kept.record["phone"], kept.record["summary"]) == ("1", "b")
    assert kept.record["accessibility"] == "rampe"
    assert Place.objects.get(pk=three["b"].pk).status == "absorbed"
    with pytest.raises(DataError, match="déjà le même"):
        merge(three, "a", "b")


def test_a_split_gives_everything_back(three: dict[str, Place]):
    fixed(three["b"], accessibility="rampe")
    fixed(three["a"], summary="a")
    before = state()
    made = merge(three, "a", "b")
    assert only_place_of(three["a"]).record["summary"] == "a", "the kept place's fix wins"
    place_split(actor=SYSTEM, merge_id=made.pk)
    assert state() == before
    with pytest.raises(DataError, match="déjà défaite"):
        place_split(actor=SYSTEM, merge_id=made.pk)


def only_place_of(place: Place) -> Place:
    return Place.objects.get(pk=place.pk)


def test_merges_in_a_chain_part_in_any_order(three: dict[str, Place]):
    before = state()
    first = merge(three, "b", "c")
    second = merge(three, "a", "b")
    for name in ("b", "c"):
        found = census_place(three[name].pk)
        assert found is not None
        assert found.pk == three["a"].pk
    assert only_place().record["detail"] == "c"
    place_split(actor=SYSTEM, merge_id=first.pk)
    assert only_place_of(three["c"]).status == "open"
    assert "detail" not in only_place_of(three["a"]).record
    place_split(actor=SYSTEM, merge_id=second.pk)
    assert state() == before
    again = merge(three, "b", "c"), merge(three, "a", "b")
    for made in reversed(again):
        place_split(actor=SYSTEM, merge_id=made.pk)
    assert state() == before


def test_a_former_address_can_still_be_edited_and_imported(three: dict[str, Place]):
    merge(three, "a", "b")
    assert fixed(three["b"], version=2, phone="9").pk == three["a"].pk
    applied(record("b", summary="nouveau", updated="2026-04-01"), source="liste-b")
    assert only_place_of(three["a"]).record["summary"] == "nouveau"


def test_a_merge_is_in_the_journal_of_the_kept_place(three: dict[str, Place]):
    merge(three, "a", "b")
    line = journal.history(three["a"]).get()
    assert (line.act, line.after["absorbed"]) == ("place.merge", three["b"].pk)
