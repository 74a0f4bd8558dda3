"""The open interface: what machines read, and the keys of those that write."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Versioned interface, its documentation and its keys."""

    name = "portrea.web.api"
    label = "api"
    verbose_name = _("interface ouverte")

    def ready(self) -> None:
        """Add the page of the keys to the menu of those who may issue them."""
        from portrea.web.accounts import space

        space.register(_("Clés d’API"), "/espace/cles/", "key.issue", group="site", order=45)
