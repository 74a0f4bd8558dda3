"""What crosses the rooms: from a person's situation to the right door."""

from __future__ import annotations

from django.apps import AppConfig


class JourneysConfig(AppConfig):
    """Orientation: questions, places, slip."""

    name = "portrea.web.journeys"
    label = "journeys"
    verbose_name = "parcours"
