"""The board of the running of the site: what runs, waits, failed; nothing of anybody on it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail as outbox
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portrea.base.errors import DataError
from portrea.web.accounts import running, tasks
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import RefusedError
from portrea.web.operation.alerts.tasks import send_alerts
from portrea.web.operation.logs.current import referred
from portrea.web.operation.work import selectors, services
from portrea.web.operation.work.faults import MOST, old_faults
from portrea.web.operation.work.models import Fault, TaskTrace
from portrea.web.operation.work.names import NAMES
from portrea.web.operation.work.tracing import Listener
from portrea.web.steering import selectors as steering
from web.accounts.conftest import connected, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db

BOARD = "/espace/exploitation/"
ADDRESS = "jeanne@exemple.org"


def failed(path: str, error: BaseException | None = None) -> DBTaskResult:
    """A task that failed."""
    row = tasks.send_reset.enqueue(0).db_result
    row.task_path = path
    row.save()
    if error is None:
        row.status, row.finished_at = TaskResultStatus.FAILED, timezone.now()
        row.save()
    else:
        row.set_failed(error)
    return row


@pytest.fixture
def admin(client: Client, connected: Callable[..., User]) -> Client:
    connected("administrateur")
    return client


def page(client: Client, **asked: str) -> str:
    answer = client.get(BOARD, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_only_the_administrator(client: Client, connected: Callable[..., User]) -> None:
    assert client.get(BOARD).status_code == 302
    connected("referent epci:243500550")
    assert client.get(BOARD).status_code == 403


def test_empty(admin: Client) -> None:
    told = page(admin)
    assert "Aucune depuis un mois." in told
    assert "Appliquer les durées de conservation" in told
    assert "Aucun calcul n’est en vigueur" in told


def test_what_runs_waits_and_failed(admin: Client) -> None:
    waiting = tasks.send_reset.enqueue(0)
    running_row = tasks.end_loans.enqueue().db_result
    running_row.claim("machine:1:x")
    Listener(str(running_row.pk))(0.4, "commune 4 sur 10")
    failed("portrea.web.accounts.tasks.send_invitation", ConnectionRefusedError(ADDRESS))
    told = page(admin)
    assert "Envoyer un lien de mot de passe" in told
    assert "40 % commune 4 sur 10" in told
    assert "Le service appelé a refusé la connexion." in told
    assert ADDRESS not in told
    assert f"{waiting.id}/arreter/" in told


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DataError("Le fichier « x » manque."), "Le fichier « x » manque."),
        (ValueError(ADDRESS), "Panne inattendue (ValueError)."),
        (running.StoppedError("Arrêté à la demande d’une personne."), "Arrêté à la demande"),
        (None, "Le travailleur s’est arrêté à chaque essai."),
    ],
)
def test_why_it_failed(error: BaseException | None, words: str) -> None:
    row = failed("portrea.web.unknown.some_work", error)
    line = selectors.line(DBTaskResult.objects.get(pk=row.pk))
    assert line.why.startswith(words)
    assert line.name == "some work"
    assert ADDRESS not in line.why


def test_every_task_has_a_french_name() -> None:
    """Add a new task to ``work/names.py``."""
    from importlib import import_module
    from pathlib import Path

    from django_tasks.base import Task

    from portrea import web

    root = Path(next(iter(web.__path__)))
    holders = [path for path in root.rglob("*.py") if "@task(" in path.read_text("utf-8")]
    found = {
        value.module_path
        for path in holders
        for value in vars(
            import_module(".".join(("portrea.web", *path.relative_to(root).with_suffix("").parts)))
        ).values()
        if isinstance(value, Task)
    }
    assert len(found) > 12
    assert found - set(NAMES) == set()


def test_retry(admin: Client, run_tasks: Callable[[], None]) -> None:
    row = failed("portrea.web.accounts.tasks.end_loans", TimeoutError())
    row.args_kwargs = {"args": [], "kwargs": {}}
    row.save()
    answer = admin.post(f"{BOARD}{row.pk}/recommencer/", follow=True)
    assert "Le travail est remis dans la file." in answer.content.decode()
    run_tasks()
    row.refresh_from_db()
    assert row.status == TaskResultStatus.SUCCESSFUL
    assert JournalEntry.objects.filter(act="task.run", target_id=str(row.pk)).exists()
    answer = admin.post(f"{BOARD}{row.pk}/recommencer/", follow=True)
    assert "n’est plus en échec" in answer.content.decode()


def test_a_task_that_waits_is_given_up(admin: Client, run_tasks: Callable[[], None]) -> None:
    row = tasks.end_loans.enqueue().db_result
    answer = admin.post(f"{BOARD}{row.pk}/arreter/", follow=True)
    assert "retiré de la file" in answer.content.decode()
    run_tasks()
    row.refresh_from_db()
    assert row.status == TaskResultStatus.FAILED
    assert not row.worker_ids
    assert selectors.line(row).stopped


def test_a_task_that_runs_stops_at_its_next_step(
    admin: Client, run_tasks: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []

    def long_work(_now: object) -> int:
        for step in range(10):
            running.report(step / 10, f"étape {step}")
            seen.append(step)
            if step == 3:
                key = DBTaskResult.objects.running().get().pk
                assert (
                    "L’arrêt est demandé."
                    in admin.post(f"{BOARD}{key}/arreter/", follow=True).content.decode()
                )
        return 1

    monkeypatch.setattr("portrea.web.operation.work.tracing.EVERY", 0.0)
    monkeypatch.setattr("portrea.web.accounts.departures.loans_end", long_work)
    row = tasks.end_loans.enqueue().db_result
    run_tasks()
    row.refresh_from_db()
    assert seen == [0, 1, 2, 3]
    assert selectors.line(row).why == "Arrêté à la demande d’une personne."


def test_stopping_what_ended(person: Callable[..., User]) -> None:
    row = failed("portrea.web.accounts.tasks.end_loans", TimeoutError())
    with pytest.raises(DataError, match="déjà fini"):
        services.task_stop(actor=person("administrateur"), key=row.pk)
    with pytest.raises(RefusedError):
        services.task_stop(actor=person("technicien region:53"), key=row.pk)


def test_outside_a_worker_nobody_listens() -> None:
    running.report(0.5, "rien")
    assert not TaskTrace.objects.exists()


def test_progress_is_written_once_a_second() -> None:
    row = tasks.end_loans.enqueue().db_result
    with time_machine.travel(datetime(2026, 11, 23, tzinfo=UTC), tick=False):
        listener = Listener(str(row.pk))
        for share in (0.1, 0.2, 0.3):
            listener(share, "en cours")
    assert TaskTrace.objects.get().share == pytest.approx(0.1)
    listener(1.0, "fini")
    assert TaskTrace.objects.get().share == 1


def test_a_reference_leads_to_the_fault_and_the_tasks(
    admin: Client, site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError(ADDRESS)

    with monkeypatch.context() as patch:
        patch.setattr(steering, "datasets", fail)
        admin.raise_request_exception = False
        answer = admin.get("/sources/", {"q": ADDRESS})
    reference = answer["X-Request-ID"]
    with referred(reference):
        tasks.send_reset.enqueue(0)
    told = page(admin, reference=reference.upper())
    assert re.search(r"sources\s» \(GET\) est tombée en panne", told)
    assert "test_board.py" in told
    assert "Travail demandé" in told
    assert ADDRESS not in told
    assert "a douze caractères" in page(admin, reference="x")
    assert "Ni panne ni travail" in page(admin, reference="0" * 12)


def test_faults_are_bounded_and_forgotten(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    Fault.objects.bulk_create(
        Fault(reference=f"{n:012d}", moment=now, method="GET", route="x", error="e", at="")
        for n in range(MOST)
    )
    client.raise_request_exception = False
    monkeypatch.setattr(steering, "datasets", lambda: 1 / 0)
    assert client.get("/sources/").status_code == 500
    assert Fault.objects.count() == MOST
    Fault.objects.filter(reference="000000000000").delete()
    assert client.get("/sources/").status_code == 500
    assert Fault.objects.count() == MOST
    assert Fault.objects.first().error == "builtins.ZeroDivisionError"
    assert old_faults(now - timedelta(days=30), dry_run=False) == 0
    assert old_faults(now + timedelta(days=1), dry_run=True) == MOST
    assert old_faults(now + timedelta(days=1), dry_run=False) == MOST


def test_queries_do_not_grow(admin: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(40):
        failed("portrea.web.accounts.tasks.end_loans", TimeoutError())
        tasks.send_reset.enqueue(0)
    page(admin)
    with django_assert_max_num_queries(26):
        told = page(admin)
    assert "20 montrés sur 40" in told


# -- the letter of the alerts ----------------------------------------------------------------------


def test_the_letter_leaves_on_mondays_to_whoever_asked(
    settings: SettingsWrapper, run_tasks: Callable[[], None]
) -> None:
    for day in (23, 24):
        with time_machine.travel(datetime(2026, 11, day, 7, tzinfo=UTC), tick=False):
            settings.PORTREA_ALERTS_TO = [] if day == 24 else ["equipe@exemple.org"]
            send_alerts.enqueue()
            run_tasks()
    (letter,) = outbox.outbox
    assert letter.to == ["equipe@exemple.org"]
    assert letter.subject.startswith("Portrea : ")
    assert "Aucun calcul n’est en vigueur" in letter.body
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_what_a_trace_keeps_is_json_safe() -> None:
    row = tasks.end_loans.enqueue().db_result
    trace = TaskTrace.objects.create(task=row, step="x")
    assert json.dumps(str(trace)) == f'"{row.pk} 0%"'
