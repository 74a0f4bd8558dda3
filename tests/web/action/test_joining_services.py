"""Places taken, given back, waited for; who came; opinions; what people asked to be told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.web.accounts.models import JournalEntry, Membership, User
from portrea.web.accounts.permissions import SYSTEM, VISITOR, RefusedError
from portrea.web.accounts.retention import retention_run
from portrea.web.action.models import Opinion, Registration, Reminder, Workshop
from portrea.web.action.services import calling, joining, opinions
from portrea.web.action.services.joining import ClosedError, FullError
from web.action.workshop_case import COMMUNE, over, workshop

pytestmark = pytest.mark.django_db


def take(found: Workshop, people: int = 1) -> Registration:
    return joining.registration_take(actor=VISITOR, key=found.key, people=people, needs=[])


def state_of(row: Registration) -> str:
    row.refresh_from_db()
    return str(row.state)


def test_the_last_place_then_the_list_then_nothing() -> None:
    found = workshop(capacity=3, waiting=2)
    states = [take(found, people).state for people in (2, 1, 2)]
    assert states == ["inscrit", "inscrit", "attente"]
    with pytest.raises(FullError, match="plus de place"):
        take(found)


def test_fewer_places_than_asked_says_how_many_are_left() -> None:
    found = workshop(capacity=3, waiting=0)
    take(found, 1)
    with pytest.raises(FullError, match="2 places"):
        take(found, 3)
    assert take(found, 2).state == "inscrit"


def test_who_leaves_lets_in_the_first_that_fits() -> None:
    found = workshop(capacity=3, waiting=4)
    one, two = take(found, 1), take(found, 2)
    pair, alone = take(found, 2), take(found, 1)
    joining.registration_leave(actor=VISITOR, code=one.code)
    assert [state_of(row) for row in (one, two, pair, alone)] == [
        "annule", "inscrit", "attente", "inscrit",
    ]  # fmt: skip
    joining.registration_leave(actor=VISITOR, code=one.code)
    joining.registration_leave(actor=VISITOR, code=f" {two.code[:4]} {two.code[4:].upper()}")
    assert state_of(pair) == "inscrit"


def test_registration_is_closed_when_it_must_be() -> None:
    cases = {
        "annulé": workshop(state=Workshop.State.CANCELLED),
        "a commencé": workshop(begins=timedelta(minutes=-1)),
        "en ligne": workshop(public=False),
    }
    for told, found in cases.items():
        with pytest.raises(ClosedError, match=told):
            take(found)
    assert not Registration.objects.exists()


@pytest.mark.parametrize(("people", "needs"), [(0, []), (6, []), (1, ["avocat"])])
def test_what_cannot_be_asked_is_refused(people: int, needs: list[str]) -> None:
    found = workshop()
    with pytest.raises(DataError) as refused:
        joining.registration_take(actor=VISITOR, key=found.key, people=people, needs=needs)
    assert refused.value.remedy


def test_a_code_that_is_not_known_or_too_late() -> None:
    with pytest.raises(DataError, match="pas connu"):
        joining.registration_leave(actor=VISITOR, code="")
    row = take(found := workshop())
    Workshop.objects.filter(pk=found.pk).update(starts=timezone.now())
    with pytest.raises(DataError, match="a commencé"):
        joining.registration_leave(actor=VISITOR, code=row.code)


def test_only_who_runs_the_workshop_registers_somebody() -> None:
    found = workshop(public=False)
    user = User.objects.create_user("r@exemple.org", "x")
    Membership.objects.create(user=user, role="referent", level="commune", code="44109")
    with pytest.raises(RefusedError):
        joining.registration_add(actor=user, key=found.key, people=1, needs=[])
    row = joining.registration_add(actor=SYSTEM, key=found.key, people=1, needs=["lsf"])
    assert (row.by_agent, row.state, row.needs) == (True, "inscrit", ["lsf"])
    other = workshop()
    with pytest.raises(DataError, match="pas celui"):
        joining.registration_remove(actor=SYSTEM, key=other.key, code=row.code)


def test_who_came_is_counted() -> None:
    found = over()
    rows = [
        Registration.objects.create(workshop=found, people=people) for people in (3, 1, 1)
    ]  # fmt: skip
    came = {rows[0].pk: 2, rows[1].pk: 0, rows[2].pk: None, 0: 4}
    joining.attendance_mark(actor=SYSTEM, key=found.key, came=came, walk_ins=4)
    found.refresh_from_db()
    assert joining.people_who_came(found) == 6
    assert [state_of(row) for row in rows] == ["venu", "absent", "inscrit"]
    with pytest.raises(DataError, match="de 0 à 3"):
        joining.attendance_mark(actor=SYSTEM, key=found.key, came={rows[0].pk: 4}, walk_ins=0)
    with pytest.raises(DataError, match="pas commencé"):
        joining.attendance_mark(actor=SYSTEM, key=workshop().key, came={}, walk_ins=0)


def test_no_code_enters_the_journal() -> None:
    row = take(found := workshop())
    joining.registration_leave(actor=VISITOR, code=row.code)
    lines = JournalEntry.objects.filter(target_id=str(found.pk), code="35188")
    assert lines.count() == 2
    assert row.code not in str(list(lines.values()))


def test_an_opinion_in_two_taps() -> None:
    found = over()
    made = opinions.opinion_give(actor=VISITOR, key=found.key, useful="oui")
    opinions.opinion_next(actor=VISITOR, opinion=made.pk, then="revenir")
    opinions.opinion_next(actor=VISITOR, opinion=made.pk, then="rien")
    assert Opinion.objects.get().next == "revenir"
    for late in (workshop(), workshop(begins=timedelta(days=-9)), over(state="annule")):
        with pytest.raises(DataError, match="pas d’avis"):
            opinions.opinion_give(actor=VISITOR, key=late.key, useful="oui")
    with pytest.raises(DataError, match="réponses"):
        opinions.opinion_give(actor=VISITOR, key=found.key, useful="bof")


def test_sent_twice_it_is_the_same_registration() -> None:
    found = workshop(capacity=2)
    sent = [
        joining.registration_take(
            actor=VISITOR, key=found.key, people=people, needs=[], code="abcdefgh"
        )
        for people in (1, 2)
    ]
    assert sent[0] == sent[1]
    assert Registration.objects.get().people == 1


def test_who_waited_is_told_and_reminded() -> None:
    found = workshop(capacity=1)
    first, second = take(found), take(found)
    calling.registration_remind(
        actor=VISITOR, code=second.code, channel="courriel", contact="moi@exemple.org"
    )
    waits = Reminder.objects.get()
    assert "liste d’attente" in waits.text
    joining.registration_leave(actor=VISITOR, code=first.code)
    now, eve = Reminder.objects.order_by("due")
    assert now.series == eve.series == waits.series
    assert "Une place s’est libérée" in now.text
    assert second.code in now.text
    assert "Impôts" not in now.text, "neutral: nothing of the subject"
    assert now.due < eve.due < eve.until == found.starts
    assert eve.text.startswith("Rappel : rendez-vous le ")
    joining.registration_leave(actor=VISITOR, code=second.code)
    assert not Reminder.objects.filter(target=second.code).exists(), "no reminder of what is over"


def test_a_workshop_called_off_is_told() -> None:
    row = take(found := workshop())
    for contact in ("moi@exemple.org", "elle@exemple.org"):
        calling.registration_remind(
            actor=VISITOR, code=row.code, channel="courriel", contact=contact
        )
    with pytest.raises(DataError, match="Deux rappels"):
        calling.registration_remind(
            actor=VISITOR, code=row.code, channel="courriel", contact="autre@exemple.org"
        )
    calling.called_off(found)
    assert {"est annulé" in told for told in Reminder.objects.values_list("text", flat=True)} == {
        True
    }
    assert found.territory == COMMUNE


def test_codes_and_needs_are_forgotten_after_thirty_days() -> None:
    old, recent = (over(), workshop())
    Workshop.objects.filter(pk=old.pk).update(ends=timezone.now() - timedelta(days=31))
    for found in (old, recent):
        for people in (1, 2):
            Registration.objects.create(
                workshop=found, people=people, came=people, state="venu", needs=["lsf"]
            )
    for _twice in range(2):
        retention_run(actor=SYSTEM, names=["action.registrations"])
    kept = old.registrations.order_by("pk")
    assert list(kept.values_list("code", "needs", "people", "came")) == [
        (None, [], 1, 1),
        (None, [], 2, 2),
    ]
    assert recent.registrations.filter(code=None).count() == 0
    assert set(map(str, recent.registrations.values_list("needs", flat=True))) == {"['lsf']"}
