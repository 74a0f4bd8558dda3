"""What every thing of the room says: the territory it lies in and the structure that holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from typing import Any


class Placed(models.Model):
    """Something that lies in a territory, held by a structure of it or by the territory itself."""

    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    structure = models.CharField(_("structure"), max_length=100, blank=True)

    class Meta:
        """No table."""

        abstract = True

    @property
    def territory(self) -> str:
        """Where, as permissions ask."""
        return f"{self.level}:{self.code}"


class Made(Placed):
    """The same, with who made it and when."""

    created = models.DateTimeField(_("créé le"), default=timezone.now)
    by: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("créé par"),
    )

    class Meta:
        """No table."""

        abstract = True
