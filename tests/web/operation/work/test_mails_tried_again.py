"""Every letter is a task of its own, tried again when the server of mail is away."""

from __future__ import annotations

import ast
from datetime import timedelta
from functools import cache
from pathlib import Path
from smtplib import SMTPServerDisconnected
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail as outbox
from django.db.utils import OperationalError
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portrea import web
from portrea.web.accounts import mail
from portrea.web.accounts.retries import ONCE, retry_of
from portrea.web.operation.alerts import tasks
from portrea.web.operation.queue.worker import Runner
from portrea.web.operation.work.models import MailCount

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

ROOT = Path(next(iter(web.__path__)))
OWN_WAY = {"portrea.web.action.services.reminders.send_reminder"}
"""Tried again by itself, at the hours of a reminder, until it is too late to be of use."""
LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@cache
def mailers() -> dict[str, ast.FunctionDef]:
    """Tasks that send, themselves or by a function of their module: path → definition."""
    found = {}
    for path in ROOT.rglob("*.py"):
        text = path.read_text("utf-8")
        if "@task(" not in text or "mail.send(" not in text:
            continue
        functions = {
            one.name: one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef)
        }
        module = ".".join(("portrea.web", *path.relative_to(ROOT).with_suffix("").parts))
        found |= {
            f"{module}.{name}": one
            for name, one in functions.items()
            if any("task()" in ast.unparse(mark) for mark in one.decorator_list)
            and sends(one, functions)
        }
    return found


def sends(one: ast.AST, functions: dict[str, ast.FunctionDef]) -> bool:
    called = {ast.unparse(node.func) for node in ast.walk(one) if isinstance(node, ast.Call)}
    below = [functions[name] for name in called if name in functions]
    return "mail.send" in called or any(sends(other, functions) for other in below)


def test_every_task_that_sends_is_tried_again() -> None:
    """Add ``@retried()`` above ``@task()``."""
    assert len(mailers()) > 12
    assert {path for path in mailers() if retry_of(path) == ONCE} == OWN_WAY


def test_no_task_sends_in_a_loop() -> None:
    """What is tried again would write again to those who received theirs."""
    looping = {
        path
        for path, one in mailers().items()
        for node in ast.walk(one)
        if isinstance(node, LOOPS) and "mail.send(" in ast.unparse(node)
    }
    assert looping == set()


@pytest.mark.django_db
def test_who_received_a_letter_does_not_receive_it_again(
    settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three addresses; the server goes away at the second, and comes back."""
    settings.PORTREA_ALERTS_TO = ["a@exemple.org", "b@exemple.org", "c@exemple.org"]
    real, away = mail.send, {"b@exemple.org"}

    def send(to: str, *args: Any, **named: Any) -> None:
        if to in away:
            away.remove(to)
            raise SMTPServerDisconnected
        real(to, *args, **named)

    monkeypatch.setattr(mail, "send", send)
    monday = timezone.now() + timedelta(days=-timezone.localdate().weekday() % 7)
    with time_machine.travel(monday, tick=False):
        tasks.send_alerts.enqueue()
        Runner(batch=True).run()
    assert [letter.to[0][0] for letter in outbox.outbox] == ["a", "c"]
    assert (
        "SMTPServerDisconnected"
        in DBTaskResult.objects.get(status=TaskResultStatus.READY).traceback
    )
    with time_machine.travel(monday + timedelta(minutes=2), tick=False):
        Runner(batch=True).run()
    assert sorted(letter.to[0][0] for letter in outbox.outbox) == ["a", "b", "c"]
    assert not DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).exists()


@pytest.mark.django_db
def test_a_count_that_fails_does_not_send_again(
    settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise OperationalError

    settings.PORTREA_ALERTS_TO = ["a@exemple.org"]
    monkeypatch.setattr(MailCount.objects, "get_or_create", fail)
    tasks.send_letter.enqueue(0)
    Runner(batch=True).run()
    assert len(outbox.outbox) == 1
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


@pytest.mark.django_db
def test_the_queue_holds_no_address(settings: SettingsWrapper) -> None:
    settings.PORTREA_ALERTS_TO = ["equipe@exemple.org"]
    with time_machine.travel(timezone.now().replace(year=2026, month=11, day=23), tick=False):
        assert tasks.send_alerts.func() == 1
    (row,) = DBTaskResult.objects.all()
    assert "exemple.org" not in str(row.args_kwargs)
