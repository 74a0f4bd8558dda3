"""The notebook of somebody who helps where there is no network: a link to write, for a time."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import KEY, new_key
from portrea.web.action.models.base import Made


class Notebook(Made):
    """A page of a phone that adds records and difficulties for one holder, and reads nothing."""

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    label = models.CharField(_("nom"), max_length=80)
    expires = models.DateTimeField(_("expire le"))
    revoked = models.DateTimeField(_("fermé le"), null=True, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = _("carnet de terrain")
        verbose_name_plural = _("carnets de terrain")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["level", "code"], name="action_notebook_where")]

    def __str__(self) -> str:
        return self.label

    @property
    def is_open(self) -> bool:
        """Whether it still takes what is sent."""
        return self.revoked is None and self.expires > timezone.now()
