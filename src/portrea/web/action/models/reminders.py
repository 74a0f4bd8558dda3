"""Messages that a person asked for: a contact, a moment, a neutral text; erased once sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import KEY, new_key


class Reminder(models.Model):
    """One message to send; ``key`` is in its link, to stop it in one step.

    ``about`` names what it is of (``rendez-vous``, ``atelier``, ``date``) and ``target`` its code
    there, so that what is cancelled is not reminded; a date of a person has no target at all.
    ``series`` is shared by the reminders asked together: stopping one stops them all.
    """

    class Channel(models.TextChoices):
        """By what."""

        EMAIL = "courriel", _("courriel")
        SMS = "sms", _("SMS")

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    series = models.CharField(_("demandés ensemble"), max_length=KEY, default=new_key)
    channel = models.CharField(_("par"), max_length=8, choices=Channel.choices)
    contact = models.CharField(_("contact"), max_length=254)
    about = models.CharField(_("de quoi"), max_length=12)
    target = models.CharField(_("code"), max_length=KEY, blank=True)
    subject = models.CharField(_("objet"), max_length=120, blank=True)
    text = models.TextField(_("texte"))
    due = models.DateTimeField(_("à envoyer le"))
    tries = models.PositiveSmallIntegerField(_("essais"), default=0)
    asked = models.DateTimeField(_("demandé le"), default=timezone.now)

    class Meta:
        """By moment."""

        verbose_name = _("rappel")
        verbose_name_plural = _("rappels")
        ordering: ClassVar = ["due", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["due"], name="action_reminder_due"),
            models.Index(fields=["about", "target"], name="action_reminder_target"),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.due:%Y-%m-%d}"
