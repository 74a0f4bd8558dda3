"""What is known of the work outside requests: who may read it learns nothing of a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class TaskTrace(models.Model):
    """How far a task is, what asked for it, and whether somebody asked it to stop."""

    task = models.OneToOneField(
        "django_tasks_database.DBTaskResult",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="trace",
    )
    reference = models.CharField(max_length=12, blank=True, db_index=True)
    """Reference of the request that asked for it."""
    share = models.FloatField(default=0)
    """Part done, in [0, 1]."""
    step = models.CharField(max_length=200, blank=True)
    """What it is doing, in our words."""
    seen = models.DateTimeField(null=True)
    """When it last said so."""
    stop = models.DateTimeField(null=True)
    """When somebody asked it to stop."""

    class Meta:
        """Gone with its task."""

        verbose_name = "suivi d’un travail"
        verbose_name_plural = "suivis des travaux"

    def __str__(self) -> str:
        return f"{self.task_id} {self.share:.0%}"


class MailCount(models.Model):
    """How many e-mails left, and how many did not, on a day: a number, no address."""

    day = models.DateField()
    sent = models.BooleanField()
    why = models.CharField(max_length=80, blank=True)
    """Kind of the fault, as the code names it."""
    count = models.PositiveIntegerField(default=0)

    class Meta:
        """One row for each day and each way of ending."""

        verbose_name = "nombre de courriels"
        verbose_name_plural = "nombres de courriels"
        constraints = (
            models.UniqueConstraint(fields=("day", "sent", "why"), name="operation_mail_count"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.count}"


class Fault(models.Model):
    """A page that failed: its reference, where in the code, and nothing of who asked nor what."""

    reference = models.CharField(max_length=12, db_index=True)
    moment = models.DateTimeField(db_index=True)
    method = models.CharField(max_length=7)
    route = models.CharField(max_length=200)
    error = models.CharField(max_length=200)
    """Kind of the exception, as the code names it."""
    at = models.TextField()
    """Frames, « file:line function », one a line."""

    class Meta:
        """The last one first."""

        verbose_name = "panne"
        verbose_name_plural = "pannes"
        ordering: ClassVar = ["-moment", "-pk"]

    def __str__(self) -> str:
        return f"{self.reference} {self.error}"
