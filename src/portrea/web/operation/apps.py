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
        from portrea.web.operation.work import mailing, tracing

        mailing.connect()
        tracing.connect()
