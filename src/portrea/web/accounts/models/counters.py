"""How often something was tried lately, counted for all processes at once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ThrottleCount(models.Model):
    """Tries of one key in one window of time; the key holds no address nor name, only digests."""

    key = models.CharField(max_length=200, primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    expires = models.DateTimeField(db_index=True)

    class Meta:
        """Counted by :mod:`portrea.web.accounts.throttling`."""

        verbose_name = "compteur de tentatives"
        verbose_name_plural = "compteurs de tentatives"
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return f"{self.key}: {self.tries}"
