"""Nothing about a person is kept without a reason, a duration and an end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import models
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portrea.base.errors import ParameterError
from portrea.web.accounts import journal, services, tasks
from portrea.web.accounts.models import (
    Invitation,
    JournalActor,
    JournalEntry,
    ThrottleCount,
    User,
)
from portrea.web.accounts.permissions import SYSTEM, Actor, RefusedError
from portrea.web.accounts.retention import not_personal, read, registry, retention_run
from portrea.web.accounts.throttling import throttle

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
NAMES = re.compile(
    r"e?mail|courriel|phone|telephone|(first|last|full|family)?_?name|surname|contact|person"
    r"|author|\bip\b|address|birth|session_data|args_kwargs|traceback",
)
"""Names of columns that may say who someone is."""


def personal_columns(model: type[models.Model]) -> set[str]:
    """Columns of a table that may tell who someone is, by type, by name or by declaration."""
    found = set(getattr(model, "personal_data", ()))
    for field in model._meta.get_fields():
        if not isinstance(field, models.Field):
            continue
        to_a_person = field.is_relation and field.related_model is User
        typed = isinstance(field, models.EmailField | models.GenericIPAddressField)
        if to_a_person or typed or NAMES.search(field.name):
            found.add(field.name)
    label = model._meta.label
    return {name for name in found if f"{label}.{name}" not in not_personal()}


def all_models() -> list[type[models.Model]]:
    """Every table of the site, those that Django makes for links between tables included."""
    return apps.get_models(include_auto_created=True)


def test_every_table_with_personal_data_has_an_end() -> None:
    declared = {label for entry in registry() for label in entry.models}
    personal = {model._meta.label: personal_columns(model) for model in all_models()}
    through_user = {"accounts.User_groups", "accounts.User_user_permissions"}  # end with the user
    missing = {label: sorted(names) for label, names in personal.items() if names}
    assert {k: v for k, v in missing.items() if k not in declared | through_user} == {}


def test_the_walk_sees_personal_data() -> None:
    assert personal_columns(User) >= {"email", "name"}
    assert personal_columns(Invitation) >= {"email", "by"}
    assert "user" in personal_columns(JournalActor)
    assert personal_columns(ThrottleCount) == set()


def test_the_registry_names_what_exists() -> None:
    known = {model._meta.label for model in all_models()}
    for entry in registry():
        assert set(entry.models) <= known, entry.name
        assert entry.why
        assert entry.basis
        assert entry.days >= 0
        assert entry.run(NOW - timedelta(days=entry.days), dry_run=True) == 0, entry.name


def test_columns_said_not_personal_exist_and_have_a_reason() -> None:
    known = {f"{m._meta.label}.{f.name}" for m in all_models() for f in m._meta.get_fields()}
    assert set(not_personal()) <= known
    assert all(len(reason) > 10 for reason in not_personal().values())


def test_a_fault_of_the_file_is_seen() -> None:
    card = "{what: x, models: [], why: x, basis: x, days: 1, then: burn, function: 'a:b'}"
    with pytest.raises(ValueError, match="burn"):
        read(f"entries: {{x: {card}}}")
    with pytest.raises(TypeError):
        read("entries: {x: {what: x, models: [], then: delete}}")


def test_only_the_administrator(person: Callable[..., User]) -> None:
    with pytest.raises(RefusedError):
        retention_run(actor=person("referent region:53"))
    assert retention_run(actor=person("administrateur"), dry_run=True)


def test_unknown_entry() -> None:
    with pytest.raises(ParameterError, match="Entrée inconnue"):
        retention_run(actor=SYSTEM, names=["accounts.nothing"])


def run(now: datetime = NOW, *, dry_run: bool = False) -> dict[str, int]:
    with time_machine.travel(now, tick=False):
        found = retention_run(actor=SYSTEM, now=now, dry_run=dry_run)
    return {outcome.entry.name: outcome.rows for outcome in found if outcome.rows}


def test_journal_forgets_people_after_a_year_and_keeps_the_lines(
    person: Callable[..., User],
) -> None:
    user = person("referent departement:35", last_login=NOW)
    # erased on 22 November 2026: what was written in October 2025 or before (365 days → 22 Nov.
    # 2025, whose month is not over)
    for day in ("2025-10-31", "2025-11-01", "2026-11-20"):
        with time_machine.travel(f"{day}T12:00Z"):
            journal.record(act="place.edit", actor=user, target=("place", day))
            journal.record(act="place.edit", actor=Actor.link("lien 3"), target=("place", day))
            journal.record(
                act="place.edit", actor=Actor.source("acceslibre"), target=("place", day)
            )
    content = list(JournalEntry.objects.order_by("id").values())
    assert run(dry_run=True) == {"accounts.journal": 2}
    assert run() == {"accounts.journal": 2}
    assert run() == {}
    lines = JournalEntry.objects.filter(target_kind="place").order_by("id")
    assert list(lines.values()) == content, "no line has changed"
    told = [str(line.actor) for line in lines]
    kept = [str(user), "lien 3", "acceslibre"]
    forgotten = ["une personne (identité effacée)", "un lien de contribution", "acceslibre"]
    assert told == [*forgotten, *kept * 2]
    said = JournalEntry.objects.get(act="retention.run")
    assert (said.target_id, said.after["lignes"]) == ("accounts.journal", 2)


def test_inactive_accounts_are_warned_then_closed(
    person: Callable[..., User], run_tasks: Callable[[], None]
) -> None:
    long_ago = NOW - timedelta(days=731)
    person("administrateur", email="chef@exemple.org", last_login=NOW)
    person("administrateur", email="autre@exemple.org", last_login=NOW)
    person("acteur", email="partie@exemple.org", joined=long_ago, last_login=long_ago)
    person("acteur", email="jamais@exemple.org", joined=long_ago)
    person("acteur", email="revenue@exemple.org", joined=long_ago, last_login=NOW)
    assert run(dry_run=True) == {}
    assert not User.objects.exclude(warned=None).exists(), "counting warns nobody"
    assert run() == {}, "nobody is closed without a warning"
    run_tasks()
    assert sorted(m.to[0] for m in mail.outbox) == ["jamais@exemple.org", "partie@exemple.org"]
    assert "trente jours" in mail.outbox[0].body
    assert "accounts.inactive" not in run(NOW + timedelta(days=29))
    assert len(mail.outbox) == 2, "warned once"
    User.objects.filter(email="jamais@exemple.org").update(last_login=NOW + timedelta(days=3))
    closed = run(NOW + timedelta(days=31))
    assert closed["accounts.inactive"] == 1
    assert not User.objects.filter(email="partie@exemple.org").exists()
    assert User.objects.count() == 4


def test_the_last_administrator_is_never_closed(person: Callable[..., User]) -> None:
    long_ago = NOW - timedelta(days=2000)
    person("administrateur", joined=long_ago)
    run()
    run(NOW + timedelta(days=60))
    assert User.objects.filter(warned=None).count() == 1


def test_ended_invitations() -> None:
    with time_machine.travel(NOW - timedelta(days=60), tick=False):
        services.invitation_send(actor=SYSTEM, email="a@exemple.org", role="elu")
    with time_machine.travel(NOW - timedelta(days=40), tick=False):
        services.invitation_send(actor=SYSTEM, email="b@exemple.org", role="elu")
    assert run()["accounts.invitations"] == 1  # 60 − 14 = 46 days after its end; the other 26
    assert Invitation.objects.get().email == "b@exemple.org"


def test_finished_tasks_and_counters() -> None:
    tasks.send_reset.enqueue(0)
    done = DBTaskResult.objects.get()
    done.status, done.finished_at = TaskResultStatus.FAILED, NOW - timedelta(days=8)
    done.save()
    tasks.send_reset.enqueue(0)
    with time_machine.travel(NOW - timedelta(days=2)):
        throttle("essai", "1/h")
    with time_machine.travel(NOW):
        throttle("essai", "1/h")
    assert run() == {"accounts.tasks": 1, "accounts.throttle": 1}
    assert DBTaskResult.objects.count() == 1
    assert ThrottleCount.objects.count() == 1


def test_sessions_and_administration(person: Callable[..., User]) -> None:
    from django.contrib.admin.models import LogEntry
    from django.contrib.sessions.models import Session

    person("administrateur", last_login=NOW)
    for days in (-1, 1):
        Session.objects.create(
            session_key=f"k{days}", session_data="x", expire_date=NOW + timedelta(days=days)
        )
        LogEntry.objects.create(
            user=User.objects.get(),
            action_flag=1,
            action_time=NOW + timedelta(days=days) - timedelta(days=365),
            object_repr="x",
        )
    assert run() == {"accounts.sessions": 1, "accounts.administration": 1}
    assert Session.objects.get().session_key == "k1"


def test_it_is_done_each_day(run_tasks: Callable[[], None]) -> None:
    from portrea.web.accounts import schedule

    assert [job.name for job in schedule.jobs()].count(tasks.apply_retention.module_path) == 1
    throttle("essai", "1/h")
    ThrottleCount.objects.update(expires=timezone.now() - timedelta(days=3))
    tasks.apply_retention.enqueue()
    run_tasks()
    (result,) = DBTaskResult.objects.all()
    assert result.status == TaskResultStatus.SUCCESSFUL
    assert result.return_value["accounts.throttle"] == 1
