"""The board of the work: what runs, what waits, what failed and why, what is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts.running import StoppedError
from portrea.web.accounts.schedule import jobs
from portrea.web.operation.models import Worker
from portrea.web.operation.work.models import Fault, TaskTrace
from portrea.web.operation.work.names import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

SHOWN = 20
"""Tasks shown in each list; how many there are is always said."""
ALIVE = timedelta(minutes=2)
"""After which a worker that says nothing is not shown any more."""
REFERENCE = re.compile(r"^[0-9a-f]{12}\Z")
EXPECTED = re.compile(r"^(?:\w+\.)+(\w*Error): (.+)$", re.MULTILINE)
STOPPED = f"{StoppedError.__module__}.{StoppedError.__qualname__}"


@dataclass(frozen=True, slots=True)
class Line:
    """One task as the board shows it: no argument of it, they may hold an address."""

    key: str
    name: str
    since: datetime
    reference: str = ""
    share: float | None = None
    step: str = ""
    stopping: bool = False
    tries: int = 0
    why: str = ""
    stopped: bool = False

    @property
    def percent(self) -> int | None:
        """Part done, in hundredths; ``None`` when the task says nothing of it."""
        return None if self.share is None else round(100 * self.share)


@dataclass(frozen=True, slots=True)
class Due:
    """One job of each day: when it comes next, when it last ended well."""

    name: str
    following: datetime
    last: datetime | None


def named(path: str) -> str:
    """Return the French name of a task, else its name in the code."""
    return str(NAMES.get(path, path.rpartition(".")[2].replace("_", " ")))


def board() -> dict[str, Any]:
    """Return the lists of the board and how many tasks each holds in all."""
    found: dict[str, Any] = {}
    for name, rows in _lists().items():
        shown = rows.select_related("trace")[:SHOWN]
        found[name] = {"lines": [line(row) for row in shown], "total": rows.count()}
    found["workers"] = Worker.objects.filter(seen__gte=timezone.now() - ALIVE).count()
    return found


def _lists() -> dict[str, Any]:
    tasks = DBTaskResult.objects
    return {
        "running": tasks.running().order_by("started_at", "pk"),
        "waiting": tasks.filter(status=TaskResultStatus.READY).order_by("enqueued_at", "pk"),
        "failed": tasks.failed().order_by("-finished_at", "pk"),
    }


def line(row: DBTaskResult) -> Line:
    """Return a task as the board shows it."""
    trace: TaskTrace | None = getattr(row, "trace", None)
    return Line(
        key=str(row.pk),
        name=named(row.task_path),
        since=row.finished_at or row.started_at or row.enqueued_at,
        reference=trace.reference if trace else "",
        share=trace.share if trace and trace.seen else None,
        step=trace.step if trace else "",
        stopping=bool(trace and trace.stop),
        tries=len(row.worker_ids),
        why=reason(row),
        stopped=row.exception_class_path == STOPPED,
    )


def reason(row: DBTaskResult) -> str:
    """Say in French why a task failed: our own sentence, else the kind of the fault."""
    path = row.exception_class_path
    if not path:
        return _("Le travailleur s’est arrêté à chaque essai.") if row.finished_at else ""
    if path.startswith("portrea.") and (told := EXPECTED.findall(row.traceback)):
        return told[-1][1]
    kind = path.rpartition(".")[2]
    return str(_kinds().get(kind) or _("Panne inattendue (%s).") % kind)


@cache
def _kinds() -> dict[str, Any]:
    away = gettext_lazy("Le serveur de courriel n’a pas répondu.")
    refused = gettext_lazy("Le serveur de courriel a refusé le message.")
    return {
        "ConnectionRefusedError": gettext_lazy("Le service appelé a refusé la connexion."),
        "TimeoutError": gettext_lazy("Le service appelé n’a pas répondu à temps."),
        "gaierror": gettext_lazy("Le nom du service appelé est introuvable."),
        "SMTPServerDisconnected": away,
        "SMTPConnectError": away,
        "SMTPRecipientsRefused": refused,
        "SMTPSenderRefused": refused,
        "SMTPDataError": refused,
        "SMTPAuthenticationError": gettext_lazy("Le mot de passe du courriel est refusé."),
        "OperationalError": gettext_lazy("La base de données n’a pas répondu."),
        "MemoryError": gettext_lazy("La machine manque de mémoire."),
        "SystemExit": gettext_lazy("Le travailleur a été arrêté."),
    }


def due() -> list[Due]:
    """Return the jobs of each day, the next one first."""
    now = timezone.now()
    done = DBTaskResult.objects.successful().filter(task_path__in=[job.name for job in jobs()])
    rows = done.order_by("task_path").values_list("task_path").annotate(last=Max("finished_at"))
    last = dict(rows)
    found = [Due(named(job.name), _following(job.hour, now), last.get(job.name)) for job in jobs()]
    return sorted(found, key=lambda one: (one.following, one.name))


def _following(hour: int, now: datetime) -> datetime:
    today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


def faults(limit: int = SHOWN) -> Iterable[Fault]:
    """Return the last pages that failed."""
    return Fault.objects.all()[:limit]


def told_by(reference: str) -> dict[str, Any]:
    """Return what is known of a reference: the page that failed, the tasks it asked for."""
    word = reference.strip().lower()
    if not REFERENCE.match(word):
        return {"word": "", "fault": None, "lines": []}
    rows = DBTaskResult.objects.filter(trace__reference=word).select_related("trace")
    fault = Fault.objects.filter(reference=word).first()
    return {"word": word, "fault": fault, "lines": [line(row) for row in rows]}
