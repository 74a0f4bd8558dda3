"""What somebody should look at: data grown old, work that fails, backups that are late."""

from __future__ import annotations

from portrea.web.operation.alerts.reading import Alert, alerts

__all__ = ["Alert", "alerts"]
