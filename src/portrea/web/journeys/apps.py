"""What crosses the rooms: from a person's situation to the right door."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JourneysConfig(AppConfig):
    """Orientation: questions, places, slip."""

    name = "portrea.web.journeys"
    label = "journeys"
    verbose_name = "parcours"

    def ready(self) -> None:
        """Add the pages of agents to the menu, and the daily jobs."""
        from portrea.web.accounts import space
        from portrea.web.journeys.services import mailing  # noqa: F401 - its daily jobs

        space.register(_("Orientations"), "/espace/orientations/", "orientation.send", order=15)
        space.register(_("Demandes sans réponse"), "/espace/demandes/", "demand.read", order=55)
