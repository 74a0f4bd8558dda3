"""Running the site: its health, its long work, its backups, what it says of itself to the law."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationConfig(AppConfig):
    """What an administrator, a host and an auditor need; no room knows it."""

    name = "portrea.web.operation"
    label = "operation"
    verbose_name = _("exploitation")

    def ready(self) -> None:
        """Follow what is done outside requests."""
        from portrea.web.accounts import space
        from portrea.web.operation.alerts import tasks  # noqa: F401 - its days are known by import
        from portrea.web.operation.security import events
        from portrea.web.operation.work import faults, mailing, tracing

        events.connect()
        faults.connect()
        mailing.connect()
        tracing.connect()
        space.register(
            _("Exploitation"), "/espace/exploitation/", "task.read", group="site", order=85
        )
        space.register(
            _("Audit d’accessibilité"),
            "/espace/accessibilite/",
            "accessibility.audit",
            group="site",
            order=86,
        )
        space.register(
            _("Registre des traitements"),
            "/espace/registre/",
            "register.read",
            group="site",
            order=87,
        )
        space.register(
            _("Emporter le territoire"),
            "/espace/emporter/",
            "estate.export",
            group="steering",
            order=90,
        )
        space.register(
            _("Demandes sur des données"),
            "/espace/demandes-donnees/",
            "people.rights",
            group="site",
            order=88,
        )
