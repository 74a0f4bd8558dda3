"""Help given, written once: where it lies, who may, what is refused, what is never kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from portrea.action.activity import UNKNOWN, Activity
from portrea.base.errors import DataError
from portrea.web.accounts import structures
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.models import JournalEntry, Membership, User
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.action.models import Record
from portrea.web.action.records import activity_of
from portrea.web.action.services.log import record_correct, record_log, record_remove

pytestmark = pytest.mark.django_db
COMMUNE = "commune:35188"
TODAY = today_in(COMMUNE)
HELP = Activity(
    kind="individuel", where="lieu_activite", day=TODAY, themes=("email",), result="oui"
)


def held(role: str, territory: str, structure: str = "") -> User:
    user = User.objects.create_user(f"{role}-{territory[-5:]}{structure}@exemple.org", "x")
    level, _, code = territory.partition(":")
    Membership.objects.create(user=user, role=role, level=level, code=code, structure=structure)
    return user


def logged(**told: Any) -> Record:
    whole: dict[str, Any] = {"actor": SYSTEM, "territory": COMMUNE, "activity": HELP} | told
    return record_log(**whole)


def test_a_record_is_read_back_as_it_was_told() -> None:
    made = logged(activity=replace(HELP, ages={"DouzeDixHuit": 1}, commune="35188"))
    told = activity_of(Record.objects.get())
    unknown = {UNKNOWN: 1}
    assert told == replace(
        HELP, ages={"DouzeDixHuit": 1}, statuses=unknown, genders=unknown, commune="35188"
    )
    assert made.territory == COMMUNE


def test_sent_again_it_is_the_same() -> None:
    first = logged(uuid=UUID(int=7))
    again = logged(uuid=UUID(int=7), activity=replace(HELP, result="non"))
    assert again == first
    assert Record.objects.get().result == "oui"
    assert JournalEntry.objects.filter(act="activity.log").count() == 1


def test_another_person_cannot_reach_a_record_by_its_number() -> None:
    logged(uuid=UUID(int=7))
    with pytest.raises(RefusedError):
        logged(uuid=UUID(int=7), actor=held("referent", "commune:44109"), territory="commune:44109")


def test_who_writes_where(monkeypatch: pytest.MonkeyPatch) -> None:
    found = structures.Structure("lieu", "Le lieu", COMMUNE)
    monkeypatch.setattr(structures, "_lookups", [{"lieu": found}.get])
    keeper = held("acteur", COMMUNE, "lieu")
    made = logged(actor=keeper, territory="", structure="lieu")
    assert (made.territory, made.structure, made.by) == (COMMUNE, "lieu", keeper)
    with pytest.raises(RefusedError):
        logged(actor=keeper)
    with pytest.raises(RefusedError):
        logged(actor=keeper, structure="autre")
    with pytest.raises(RefusedError):
        logged(actor=held("elu", COMMUNE))


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"where": "lune"}, "where"),
        ({"day": TODAY + timedelta(days=1)}, "day"),
        ({"reason": "temps"}, "reason"),
        ({"ages": {"DouzeDixHuit": 2}}, "ages"),
        ({"procedure": "mot de passe : Secret12"}, "procedure"),
        ({"tags": ("1 85 05 78 006 084 91",)}, "tags"),
    ],
)
def test_what_cannot_be_is_refused_by_field(told: dict[str, Any], field: str) -> None:
    with pytest.raises(DataError) as refused:
        logged(activity=replace(HELP, **told))
    assert [one.field for one in refused.value.diagnostics] == [field]
    assert not Record.objects.exists()


def test_a_name_in_the_words_is_not_kept() -> None:
    made = logged(activity=replace(HELP, procedure="RSA de Mme Durand"))
    assert made.procedure_words == "RSA de Mme [nom]"


def test_a_correction_says_what_changed() -> None:
    made = logged()
    record_correct(
        actor=SYSTEM, uuid=made.uuid, activity=replace(HELP, result="non", reason="temps")
    )
    entry = JournalEntry.objects.filter(act="activity.log").latest("pk")
    assert entry.before == {"result": "oui", "reason": ""}
    assert entry.after == {"result": "non", "reason": "temps"}
    assert Record.objects.get().reason == "temps"


def test_a_record_is_removed_with_a_reason() -> None:
    made = logged()
    with pytest.raises(DataError, match="pourquoi"):
        record_remove(actor=SYSTEM, uuid=made.uuid, reason="  ")
    record_remove(actor=SYSTEM, uuid=made.uuid, reason="Noté deux fois")
    assert not Record.objects.exists()
    assert JournalEntry.objects.latest("pk").reason == "Noté deux fois"
    with pytest.raises(DataError, match="n’existe plus"):
        record_correct(actor=SYSTEM, uuid=uuid4(), activity=HELP)
