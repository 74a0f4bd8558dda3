"""How far people are from help, and what would change it."""

from __future__ import annotations

from django.apps import AppConfig


class ReachConfig(AppConfig):
    """Access, « Et si ? », priorities and tours."""

    name = "portrea.web.reach"
    label = "reach"
    verbose_name = "accès"
