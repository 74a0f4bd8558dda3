"""Checks of the background work: workers, delay, failures, backups, retention."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts.tasks import apply_retention
from portrea.web.operation.alerts import measured
from portrea.web.operation.alerts.reading import alerts, limits
from portrea.web.operation.doctor.checks import broken, check, good, look
from portrea.web.operation.queue.lease import living

if TYPE_CHECKING:
    from portrea.web.operation.doctor.checks import Finding

GROUP = "Travaux de fond"
BACKUP = "Lancez « portrea backup »"
OLD_RETENTION = timedelta(days=2)


@check("travail", "Programme des travaux de fond", group=GROUP, database=True)
def workers() -> Finding:
    """Look for a worker that gave a sign of life."""
    found = living()
    if not found:
        return broken(
            "Aucun programme ne fait les travaux de fond : ni courriels, ni imports, ni ménage.",
            "« portrea serve » en lance un ; sinon « portrea worker » ou l’unité "
            "portrea-worker.service.",
        )
    hosts = ", ".join(sorted({row.host for row in found.values()}))
    return good(f"{len(found)} en marche ({hosts})")


@check("file", "File d’attente", group=GROUP, database=True)
def queue() -> Finding:
    """Look at how long the oldest task waits."""
    delay = measured.queue_delay()
    if delay >= measured.LATE:
        return broken(
            f"Un travail attend depuis {delay / 60:.0f} minutes.",
            "Lancez un travail de fond de plus (« portrea worker »), ou voyez ce que fait le "
            "premier.",
        )
    return good(f"{DBTaskResult.objects.ready().count()} travaux attendent")


@check("echecs", "Travaux en échec", group=GROUP, database=True)
def failures() -> Finding:
    """Look for failed tasks and e-mails."""
    found = [each for each in alerts() if each.key in {"failures", "mail"}]
    if found:
        return look(" ".join(each.what for each in found), found[0].remedy)
    return good("aucun depuis sept jours")


@check("sauvegarde", "Dernière sauvegarde", group=GROUP)
def backup() -> Finding:
    """Look at what the last backup said of itself."""
    home = settings.PORTREA_HOME
    age = measured.backup_age(home)
    if age is None:
        return broken("Aucune sauvegarde n’a été faite.", f"{BACKUP}, chaque nuit.")
    told = measured.last_backup(home)
    days = age / 86_400
    if days > limits()["backup_broken"]:
        return broken(f"La dernière sauvegarde a {days:.0f} jours.", BACKUP)
    if days > limits()["backup_watch"]:
        return look(f"La dernière sauvegarde a {days:.0f} jours.", BACKUP)
    if not told.get("verified"):
        return look(
            "La dernière sauvegarde n’a pas été rétablie pour essai.",
            "« portrea backup » avec la vérification, ou « portrea restore » à blanc.",
        )
    return good(f"{told['date']}, vérifiée")


@check("conservation", "Durées de conservation", group=GROUP, database=True)
def retention() -> Finding:
    """Look at when the retention was last applied."""
    done = DBTaskResult.objects.successful().filter(task_path=apply_retention.module_path)
    last = done.aggregate(last=Max("finished_at"))["last"]
    if last is None or timezone.now() - last > OLD_RETENTION:
        since = f"depuis le {last:%d/%m/%Y}" if last else "depuis sept jours au moins"
        return look(
            f"Les durées de conservation n’ont pas été appliquées {since}.",
            "Un travail de fond le fait chaque nuit ; tout de suite : « portrea retention run ».",
        )
    return good(f"appliquées le {last:%d/%m/%Y}")
