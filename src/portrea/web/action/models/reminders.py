"""Messages that a person asked for: a contact, a moment, a neutral text; erased once sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import KEY, new_key


class Reminder(models.Model):
    """One message to send; ``series`` is in its link, to stop it in one step.

    The reminders asked together share it: stopping one stops them all, those already sent being
    gone. ``about`` names what it is of (``rendez-vous``, ``atelier``, ``date``) and ``target`` its
    code there, so that what is cancelled is not reminded; a date of a person has no target at all.
    It is sent between ``due`` and ``until``, by day on the clocks of ``zone``.
    """

    class Channel(models.TextChoices):
        """By what."""

        EMAIL = "courriel", _("courriel")
        SMS = "sms", _("SMS")

    series = models.CharField(_("lien"), max_length=KEY, default=new_key)
    channel = models.CharField(_("par"), max_length=8, choices=Channel.choices)
    contact = models.CharField(_("contact"), max_length=254)
    about = models.CharField(_("de quoi"), max_length=12)
    target = models.CharField(_("code"), max_length=KEY, blank=True)
    subject = models.CharField(_("objet"), max_length=120, blank=True)
    text = models.TextField(_("texte"))
    due = models.DateTimeField(_("à envoyer le"))
    until = models.DateTimeField(_("au plus tard"))
    zone = models.CharField(_("fuseau horaire"), max_length=40, default="Europe/Paris")
    tries = models.PositiveSmallIntegerField(_("essais"), default=0)
    asked = models.DateTimeField(_("demandé le"), default=timezone.now)

    class Meta:
        """By moment."""

        verbose_name = _("rappel")
        verbose_name_plural = _("rappels")
        ordering: ClassVar = ["due", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["series"], name="action_reminder_series"),
            models.Index(fields=["about", "target"], name="action_reminder_target"),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.due:%Y-%m-%d}"
