"""What is done to help, what went wrong in procedures, and the next step never forgotten."""

from __future__ import annotations

from django.apps import AppConfig


class ActionConfig(AppConfig):
    """Activity, workshops, difficulties, dates."""

    name = "portrea.web.action"
    label = "action"
    verbose_name = "action"
