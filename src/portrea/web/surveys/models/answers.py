"""What people answered, the files they joined, and what came twice under the same identifier."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.surveys.models.questionnaires import Version
from portrea.web.surveys.models.rounds import Survey


class Channel(models.TextChoices):
    """How an answer came."""

    WEB = "web", _("en ligne")
    PHONE = "file", _("téléphone, envoyé plus tard")
    OPENROSA = "openrosa", _("application ODK")
    PAPER = "papier", _("papier saisi")
    IMPORT = "import", _("fichier importé")


class Submission(models.Model):
    """The answers of one person. ``uuid`` was drawn by who answered: sent again, it is the same.

    ``digest`` tells whether what is sent again is the same; ``faults`` are those of answers that
    were taken without a network (path → French): nothing of them is lost. ``waits_for`` names the
    files said by the answers and not yet received. ``replaces`` is the identifier of the answer
    that its author corrected with this one.
    """

    uuid = models.UUIDField(_("identifiant"), unique=True)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="submissions")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="submissions")
    answers = models.JSONField(_("réponses"))
    digest = models.CharField(_("empreinte"), max_length=64)
    channel = models.CharField(_("par où"), max_length=8, choices=Channel.choices)
    table = models.CharField(_("table ou appareil"), max_length=40, blank=True)
    faults = models.JSONField(_("à vérifier"), default=dict, blank=True)
    waits_for = models.JSONField(_("fichiers attendus"), default=list, blank=True)
    replaces = models.UUIDField(_("corrige"), null=True, blank=True, db_index=True)
    answered = models.DateTimeField(_("répondu le"), default=timezone.now)
    received = models.DateTimeField(_("reçu le"), default=timezone.now)
    set_aside = models.CharField(_("écartée parce que"), max_length=200, blank=True)
    reviewed = models.DateTimeField(_("texte libre relu le"), null=True, blank=True)
    anonymised = models.DateTimeField(_("anonymisée le"), null=True, blank=True)

    class Meta:
        """In the order they came."""

        verbose_name = _("réponse")
        verbose_name_plural = _("réponses")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["survey", "received"], name="surveys_submission_when")
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Clash(models.Model):
    """Answers sent under an identifier already used by others: kept, shown, decided by hand."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="clashes")
    answers = models.JSONField(_("réponses"))
    digest = models.CharField(_("empreinte"), max_length=64)
    channel = models.CharField(_("par où"), max_length=8, choices=Channel.choices)
    received = models.DateTimeField(_("reçu le"), default=timezone.now)
    decided = models.CharField(_("décision"), max_length=12, blank=True)

    class Meta:
        """In the order they came, each once."""

        verbose_name = _("réponse en double")
        verbose_name_plural = _("réponses en double")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "digest"], name="surveys_clash_once")
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.digest[:8]}"


class Correction(models.Model):
    """An answer as it was before someone of the team changed it: never silent, never lost."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="corrections")
    before = models.JSONField(_("réponses d’avant"))
    reason = models.CharField(_("pourquoi"), max_length=200)
    at = models.DateTimeField(_("le"), default=timezone.now)

    class Meta:
        """Newest first."""

        verbose_name = _("correction d’une réponse")
        verbose_name_plural = _("corrections de réponses")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.reason


class Attachment(models.Model):
    """A file joined to an answer; kept beside the database, under its own digest."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(_("nom"), max_length=120)
    kind = models.CharField(_("type"), max_length=80)
    size = models.PositiveIntegerField(_("octets"))
    digest = models.CharField(_("empreinte"), max_length=64)

    class Meta:
        """By name."""

        verbose_name = _("fichier joint")
        verbose_name_plural = _("fichiers joints")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "name"], name="surveys_file_once")
        ]

    def __str__(self) -> str:
        return self.name
