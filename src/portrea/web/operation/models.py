"""Tables of the running of the site."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from portrea.web.operation.accessibility.models import AccessibilityAudit, AccessibilityVerdict
from portrea.web.operation.work.models import Fault, MailCount, TaskTrace


class Worker(models.Model):
    """A background process: where it runs, what it does, when it last said that it lives.

    The queue takes back the task of a worker that has been silent for too long.
    """

    id = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=40)
    process = models.PositiveIntegerField()
    started = models.DateTimeField()
    seen = models.DateTimeField(db_index=True)
    doing = models.UUIDField(null=True)

    class Meta:
        """Written by :mod:`portrea.web.operation.queue.lease`."""

        verbose_name = "travail de fond"
        verbose_name_plural = "travaux de fond"
        ordering: ClassVar = ["started", "id"]

    def __str__(self) -> str:
        return self.id


__all__ = [
    "AccessibilityAudit",
    "AccessibilityVerdict",
    "Fault",
    "MailCount",
    "TaskTrace",
    "Worker",
]
