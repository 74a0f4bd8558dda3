"""How far people are from help, and what would change it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReachConfig(AppConfig):
    """Access, « Et si ? », priorities and tours."""

    name = "portrea.web.reach"
    label = "reach"
    verbose_name = "accès"

    def ready(self) -> None:
        """Add the trials kept by référents to their menu."""
        from portrea.web.accounts import space

        space.register(
            _("Essais « Et si ? »"), "/espace/essais/", "scenario.save", group="steering", order=45
        )
