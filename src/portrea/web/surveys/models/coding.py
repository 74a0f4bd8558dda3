"""Open answers put under themes by hand: the codebook, and who put what."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from portrea.web.surveys.models.answers import Submission
from portrea.web.surveys.models.rounds import Survey


def new_seed() -> str:
    """Return a seed: whoever knows it draws the same answers again."""
    return get_random_string(8, "0123456789abcdef")


class Coding(models.Model):
    """How the answers of an open question are coded: the share that two people code, its draw."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="codings")
    question = models.CharField(_("question"), max_length=120)
    twice = models.PositiveSmallIntegerField(_("part codée deux fois, en %"), default=20)
    seed = models.CharField(_("graine du tirage"), max_length=16, default=new_seed)

    class Meta:
        """One by question."""

        verbose_name = _("codage d’une question")
        verbose_name_plural = _("codages des questions")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "question"], name="surveys_coding_once")
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.question}"


class Theme(models.Model):
    """One code of the codebook of an open question: when to use it, when not."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="themes")
    question = models.CharField(_("question"), max_length=120)
    name = models.SlugField(_("code"), max_length=40)
    label = models.CharField(_("thème"), max_length=120)
    definition = models.TextField(_("quand l’employer"), blank=True)
    exclusion = models.TextField(_("quand ne pas l’employer"), blank=True)
    example = models.TextField(_("exemple écrit par vous"), blank=True)
    rank = models.PositiveSmallIntegerField(_("rang"), default=0)

    class Meta:
        """By question, then rank."""

        verbose_name = _("thème")
        verbose_name_plural = _("thèmes")
        ordering: ClassVar = ["question", "rank", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey", "question", "name"], name="surveys_theme_once"
            )
        ]

    def __str__(self) -> str:
        return self.label


class Mark(models.Model):
    """The themes one coder gave to one open answer (none: read, nothing fits).

    ``path`` is the address of the answer in its form (``remarque``, ``service/0/avis``). A
    settled mark is what two coders agreed on together after they differed: it is the result, and
    theirs stay as they were. A coder whose account is gone leaves the mark.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="marks")
    path = models.CharField(_("question"), max_length=200)
    coder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("codé par"),
    )
    settled = models.BooleanField(_("décidé ensemble"), default=False)
    themes = models.ManyToManyField(Theme, related_name="marks", blank=True)
    at = models.DateTimeField(_("le"), default=timezone.now)

    class Meta:
        """One by coder and answer, and one that was settled."""

        verbose_name = _("codage")
        verbose_name_plural = _("codages")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission", "path", "coder"],
                condition=models.Q(settled=False),
                name="surveys_mark_once",
            ),
            models.UniqueConstraint(
                fields=["submission", "path"],
                condition=models.Q(settled=True),
                name="surveys_settled_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.path}"
