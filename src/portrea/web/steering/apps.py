"""The portrait of a territory, its downloads, the sources, the method, the comité de pilotage."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SteeringConfig(AppConfig):
    """Public pages of this room, and the comité."""

    name = "portrea.web.steering"
    label = "steering"
    verbose_name = _("pilotage")

    def ready(self) -> None:
        """Add the comité to the menu of those who read it."""
        from portrea.web.accounts import space
        from portrea.web.steering.catalogue import tasks  # noqa: F401 - its daily job

        home = "/pilotage/indicateurs/"
        space.register(
            _("Indicateurs et moyens"), home, "indicator.read", group="steering", order=55
        )
        space.register(
            _("Portrait complet"),
            "/pilotage/portraits/",
            "portrait.draft",
            group="steering",
            order=54,
        )
        space.register(
            _("Comité de pilotage"), "/espace/comite/", "committee.read", group="steering", order=56
        )
        actions = "/pilotage/actions/"
        space.register(
            _("Actions recommandées"), actions, "recommendation.read", group="steering", order=56
        )
        space.register(
            _("Réseau des acteurs"), "/pilotage/reseau/", "network.read", group="steering", order=57
        )
        space.register(
            _("Données ouvertes"),
            "/espace/donnees-ouvertes/",
            "opendata.publish",
            group="site",
            order=58,
        )
