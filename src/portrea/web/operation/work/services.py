"""Start a failed task again, give up one that waits, ask one that runs to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act
from portrea.web.operation.work.models import TaskTrace
from portrea.web.operation.work.selectors import STOPPED

if TYPE_CHECKING:
    from uuid import UUID

ACT = "task.run"


@act(ACT)
@transaction.atomic
def task_retry(*, actor: Any, key: UUID) -> None:
    """Queue a failed task again, as new.

    Raises
    ------
    DataError
        The task is gone, or has not failed: somebody else acted meanwhile.
    """
    row = _locked(key, TaskResultStatus.FAILED, _("Ce travail n’est plus en échec."))
    row.status, row.started_at, row.finished_at = TaskResultStatus.READY, None, None
    row.run_after, row.worker_ids = get_date_max(), []
    row.exception_class_path = row.traceback = ""
    row.save()
    TaskTrace.objects.filter(pk=row.pk).update(stop=None, share=0, step="", seen=None)
    _note(actor, row, "recommencé")


@act(ACT)
@transaction.atomic
def task_stop(*, actor: Any, key: UUID) -> bool:
    """Give up a task that waits (``True``), or ask one that runs to stop at its next step.

    Raises
    ------
    DataError
        The task is gone, or ended meanwhile.
    """
    row = DBTaskResult.objects.select_for_update().filter(pk=key).first()
    if row is None or row.finished_at is not None:
        raise DataError(
            _("Ce travail est déjà fini."), remedy=_("Rechargez le tableau des travaux.")
        )
    TaskTrace.objects.update_or_create(task_id=row.pk, defaults={"stop": timezone.now()})
    waiting = row.status == TaskResultStatus.READY
    if waiting:
        row.status, row.finished_at = TaskResultStatus.FAILED, timezone.now()
        row.exception_class_path = STOPPED
        row.traceback = f"{STOPPED}: " + _(
            "Arrêté avant de commencer, à la demande d’une personne."
        )
        row.save()
    _note(actor, row, "arrêté")
    return waiting


def _locked(key: UUID, status: TaskResultStatus, otherwise: str) -> DBTaskResult:
    row = DBTaskResult.objects.select_for_update().filter(pk=key, status=status).first()
    if row is None:
        raise DataError(otherwise, remedy=_("Rechargez le tableau des travaux."))
    return row


def _note(actor: Any, row: DBTaskResult, what: str) -> None:
    """Write who acted; the arguments of the task are not written: they may hold an address."""
    told = {what: row.task_path.rpartition(".")[2]}
    journal.record(act=ACT, actor=actor, target=("travail", str(row.pk)), after=told)
