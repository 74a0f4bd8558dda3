"""Search of a territory, home page, map tiles."""

from __future__ import annotations

from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    """Public pages of this room."""

    name = "portrea.web.territories"
    label = "territories"
