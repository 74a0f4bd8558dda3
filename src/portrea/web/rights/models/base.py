"""What every thing of the room says: the territory it is about."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Placed(models.Model):
    """Something told by a territory."""

    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)

    class Meta:
        """No table."""

        abstract = True

    @property
    def territory(self) -> str:
        """Where, as permissions ask: ``commune:35188``."""
        return f"{self.level}:{self.code}"
