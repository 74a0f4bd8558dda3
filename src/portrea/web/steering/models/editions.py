"""What people write beside the figures of a portrait, and the editions that are frozen of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

SECTION = 80
"""Signs in the identifier of a section."""
NAME = 24
"""Signs in the name of an edition."""


class Passage(models.Model):
    """A version of the text of a section; the last one is in force, the others stay to be read.

    ``told`` holds plain paragraphs, a point of a list by paragraph (:mod:`steering.passages`);
    ``hidden`` leaves the section out of the portrait.
    """

    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    section = models.CharField(_("section"), max_length=SECTION)
    version = models.PositiveIntegerField(_("version"))
    told = models.JSONField(_("paragraphes"), default=list, blank=True)
    hidden = models.BooleanField(_("section masquée"), default=False)
    at = models.DateTimeField(_("écrit le"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("écrit par"),
    )

    class Meta:
        """Newest first, each version once."""

        verbose_name = _("texte d’un portrait")
        verbose_name_plural = _("textes d’un portrait")
        ordering: ClassVar = ["section", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["level", "code", "section", "version"], name="steering_passage_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.section} n° {self.version}"

    @property
    def territory(self) -> str:
        """Where, as permissions ask."""
        return f"{self.level}:{self.code}"


class FrozenError(RuntimeError):
    """An edition was about to change: only its publication may."""


class Edition(models.Model):
    """A complete portrait as it was on a day: its content never changes.

    ``content`` is the document as compressed JSON, drawings included; ``digest`` the SHA-256 of
    that JSON, which anyone may check on the file given away.
    """

    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    name = models.CharField(_("nom dans l’adresse"), max_length=NAME)
    title = models.CharField(_("titre"), max_length=120)
    content = models.BinaryField(_("document figé"))
    digest = models.CharField(_("empreinte"), max_length=64)
    computation = models.CharField(_("calcul"), max_length=80)
    version = models.CharField(_("version de Portrea"), max_length=60)
    frozen = models.DateTimeField(_("figée le"), default=timezone.now)
    published = models.DateTimeField(_("publiée le"), null=True, blank=True)
    withdrawn = models.DateTimeField(_("retirée le"), null=True, blank=True)
    reason = models.CharField(_("pourquoi elle est retirée"), max_length=300, blank=True)

    MAY_CHANGE = frozenset({"published", "withdrawn", "reason"})

    class Meta:
        """The last frozen first, each name once by territory."""

        verbose_name = _("édition d’un portrait")
        verbose_name_plural = _("éditions d’un portrait")
        ordering: ClassVar = ["-frozen", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["level", "code", "name"], name="steering_edition_once")
        ]

    def __str__(self) -> str:
        return f"{self.territory} {self.name}"

    def save(self, *arguments: Any, **named: Any) -> None:
        """Keep a new edition; later, only its publication changes.

        Raises
        ------
        FrozenError
            Something else would change.
        """
        told: Iterable[str] | None = named.get("update_fields")
        if self.pk is not None and (told is None or not set(told) <= self.MAY_CHANGE):
            raise FrozenError(str(self))
        super().save(*arguments, **named)

    @property
    def territory(self) -> str:
        """Where, as permissions ask."""
        return f"{self.level}:{self.code}"

    @property
    def place(self) -> str:
        """Where, as its public address writes it."""
        return f"{self.level}-{self.code}"

    @property
    def public(self) -> bool:
        """Whether anyone may read it."""
        return self.published is not None and self.withdrawn is None
