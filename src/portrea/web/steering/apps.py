"""The portrait of a territory, its downloads, the sources and the method."""

from __future__ import annotations

from django.apps import AppConfig


class SteeringConfig(AppConfig):
    """Public pages of this room."""

    name = "portrea.web.steering"
    label = "steering"
