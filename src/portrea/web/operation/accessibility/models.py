"""Audits of accessibility by people."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class AccessibilityAudit(models.Model):
    """An audit: which pages, by whom, until the day it was published."""

    opened = models.DateField()
    published = models.DateField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    version = models.CharField(max_length=40)
    seed = models.PositiveIntegerField()
    tools = models.TextField(blank=True)
    exempted = models.TextField(blank=True)

    class Meta:
        """One open at a time; a published one never changes."""

        verbose_name = "audit d’accessibilité"
        verbose_name_plural = "audits d’accessibilité"
        ordering: ClassVar = ["-opened", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version"],
                condition=models.Q(published=None),
                name="one_open_accessibility_audit",
            )
        ]

    def __str__(self) -> str:
        return f"{self.opened:%d/%m/%Y}"


class AccessibilityVerdict(models.Model):
    """What a person found of one criterion on one page of the sample."""

    audit = models.ForeignKey(AccessibilityAudit, models.CASCADE, related_name="verdicts")
    page = models.CharField(max_length=40)
    criterion = models.CharField(max_length=6)
    verdict = models.CharField(max_length=2)
    comment = models.CharField(max_length=500, blank=True)

    class Meta:
        """One per criterion and page; none means « nobody looked »."""

        verbose_name = "constat d’accessibilité"
        verbose_name_plural = "constats d’accessibilité"
        ordering: ClassVar = ["page", "criterion"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["audit", "page", "criterion"], name="one_verdict_by_criterion_and_page"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=("C", "NC", "NA")), name="known_verdict"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page} {self.criterion} {self.verdict}"
