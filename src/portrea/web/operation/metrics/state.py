"""The state of the site when it is measured: its queue, its e-mails, its data, its backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Count
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.core import GaugeMetricFamily

from portrea.web.operation.alerts import alerts, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

KNOWN_STATES = ("READY", "RUNNING", "SUCCESSFUL", "FAILED")


class StateCollector:
    """Reads the state each time it is asked: some ten short queries."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges; one that cannot be known is absent, never zero."""
        for name, help_text, value in _single():
            if value is not None:
                yield GaugeMetricFamily(f"portrea_{name}", help_text, value=value)
        yield _labelled("tasks", "Travaux de fond, par état.", "state", _tasks())
        yield _labelled(
            "mails", "Courriels depuis le début, par issue.", "outcome", measured.mail_totals()
        )
        yield _labelled("alerts", "Alertes, par gravité.", "level", _alerts())


def _single() -> Iterator[tuple[str, str, float | None]]:
    yield (
        "queue_delay_seconds",
        "Attente du plus ancien travail, en secondes.",
        measured.queue_delay(),
    )
    yield "disk_free_bytes", "Octets libres là où le site écrit.", measured.free_bytes()
    yield "database_bytes", "Taille de la base des saisies, en octets.", measured.database_bytes()
    yield "sessions", "Connexions ouvertes.", _sessions()
    yield (
        "computation_age_seconds",
        "Âge du calcul en vigueur, en secondes.",
        measured.computation_age(),
    )
    age = measured.backup_age(settings.PORTREA_HOME)
    yield "backup_age_seconds", "Âge de la dernière sauvegarde, en secondes.", age


def _labelled(name: str, told: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"portrea_{name}", told, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _tasks() -> dict[str, int]:
    rows = DBTaskResult.objects.order_by("status").values_list("status").annotate(n=Count("pk"))
    return dict.fromkeys(KNOWN_STATES, 0) | dict(rows)


def _alerts() -> dict[str, int]:
    counts = {"broken": 0, "watch": 0}
    for alert in alerts():
        counts[alert.level] += 1
    return counts


def _sessions() -> int:
    return Session.objects.filter(expire_date__gt=timezone.now()).count()
