"""The map of a measure and its values."""

from __future__ import annotations

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    """Public pages of this room."""

    name = "portrea.web.needs"
    label = "needs"
