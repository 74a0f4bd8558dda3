"""Forms of those who run a survey."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.surveys.designs import Design
from portrea.web.accounts.forms import StyledForm
from portrea.web.surveys.rounds.words import WAYS

LONGEST_DAYS = 730
MOST_KEPT = 365


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


class RoundForm(StyledForm, forms.Form):
    """What a survey says of itself; its questionnaire and its territory are chosen once."""

    title = forms.CharField(
        label=gettext_lazy("Titre de l’enquête"),
        max_length=200,
        help_text=gettext_lazy(
            "Celui que liront les personnes. Par exemple « Vos démarches en ligne »."
        ),
    )
    purpose = forms.CharField(
        label=gettext_lazy("À quoi elle sert"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Une ou deux phrases, lues avant de répondre : ce qui sera décidé, par qui."
        ),
    )
    contact = forms.CharField(
        label=gettext_lazy("Qui contacter"),
        max_length=200,
        help_text=gettext_lazy(
            "Un service et son téléphone ou son courriel, jamais une personne : c’est publié."
        ),
    )
    design = forms.ChoiceField(
        label=gettext_lazy("Comment les personnes sont-elles interrogées ?"),
        choices=[(str(way.design), way.label) for way in WAYS],
        widget=forms.RadioSelect(attrs={"class": "check__box"}),
        initial=str(Design.CONVENIENCE),
    )
    population = forms.IntegerField(
        label=gettext_lazy("Combien sont concernées en tout ? (facultatif)"),
        required=False,
        min_value=1,
        max_value=70_000_000,
        help_text=gettext_lazy("Personnes ou structures de toute la population dont vous parlez."),
    )
    population_source = forms.CharField(
        label=gettext_lazy("Source de ce nombre"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Par exemple « INSEE, recensement 2021 » ou « recensement des lieux, novembre 2026 »."
        ),
    )
    opens = _day(gettext_lazy("Ouvre le"))
    closes = _day(gettext_lazy("Ferme le (ce jour compris)"))
    invited_only = forms.BooleanField(
        label=gettext_lazy("Sur invitation seulement"),
        required=False,
        help_text=gettext_lazy(
            "Chaque invitation a son lien. Sinon, toute personne qui a le lien répond."
        ),
    )
    keep_days = forms.IntegerField(
        label=gettext_lazy("Jours de conservation après la fin"),
        min_value=1,
        max_value=MOST_KEPT,
        initial=MOST_KEPT,
        help_text=gettext_lazy(
            "Ensuite, textes libres, lieux et dates précises sont effacés ; les "
            "choix restent. 365 au plus."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse dates that go backwards or too far, and a number without its source."""
        told = super().clean() or self.cleaned_data
        opens, closes = told.get("opens"), told.get("closes")
        if isinstance(opens, date) and isinstance(closes, date):
            if closes < opens:
                self.add_error("closes", _("Elle ferme avant d’ouvrir : vérifiez les deux dates."))
            elif closes - opens > timedelta(days=LONGEST_DAYS):
                self.add_error(
                    "closes",
                    _("Deux ans au plus : pour durer, ouvrez une nouvelle enquête chaque année."),
                )
        if told.get("population") and not told.get("population_source"):
            self.add_error(
                "population_source",
                _("Dites d’où vient ce nombre : il sera publié avec les résultats."),
            )
        return told


class OpeningForm(RoundForm):
    """A new survey: which questionnaire, where."""

    questionnaire = forms.ChoiceField(label=gettext_lazy("Questionnaire"))
    territory = forms.ChoiceField(label=gettext_lazy("Territoire"))
    field_order = ("questionnaire", "territory", "title", "purpose", "contact", "design")

    def __init__(
        self,
        *args: Any,
        questionnaires: list[tuple[str, str]],
        territories: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        today = timezone.localdate()
        first = {"opens": today, "closes": today + timedelta(days=60)}
        kwargs["initial"] = first | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["questionnaire"].choices = questionnaires  # type: ignore[attr-defined]
        self.fields["territory"].choices = territories  # type: ignore[attr-defined]


class ReopenForm(StyledForm, forms.Form):
    """Until when a closed survey is open again."""

    closes = _day(gettext_lazy("Nouvelle date de fin"))


class SizeForm(StyledForm, forms.Form):
    """How precise, among how many, how many will answer."""

    margin = forms.FloatField(
        label=gettext_lazy("Marge voulue, en points"),
        min_value=1,
        max_value=30,
        initial=5,
        help_text=gettext_lazy(
            "« ± 5 points » : si 40 % des réponses disent oui, la vérité est entre "
            "35 et 45 %, 19 fois sur 20."
        ),
    )
    people = forms.IntegerField(
        label=gettext_lazy("Personnes concernées en tout (facultatif)"),
        required=False,
        min_value=1,
        max_value=70_000_000,
        help_text=gettext_lazy("Dans un petit territoire, moins de réponses suffisent."),
    )
    rate = forms.FloatField(
        label=gettext_lazy("Sur 100 personnes interrogées, combien répondront ?"),
        min_value=1,
        max_value=100,
        initial=30,
        help_text=gettext_lazy(
            "Par courrier ou courriel, souvent 10 à 30 ; en face-à-face, davantage. "
            "C’est votre hypothèse."
        ),
    )
    effect = forms.FloatField(
        label=gettext_lazy("Effet de plan"),
        min_value=1,
        max_value=5,
        initial=1,
        help_text=gettext_lazy(
            "1 pour un tirage simple ; 1,5 si l’on tire des quartiers puis des "
            "logements, ou si l’on redresse beaucoup."
        ),
    )
    answers = forms.IntegerField(
        label=gettext_lazy("Ou : réponses que vous pensez avoir (facultatif)"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=gettext_lazy("Pour savoir quelle marge elles donneraient."),
    )


class InvitedForm(StyledForm, forms.Form):
    """Who is invited: a list pasted, one a line, or a file of two columns."""

    listed = forms.CharField(
        label=gettext_lazy("Une ligne par invitation"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Un mot pour la reconnaître, puis son groupe après un point-virgule : « "
            "CCAS de Guer ; commune ». Évitez les noms de personnes : « logement 12 "
            "» suffit."
        ),
    )
    file = forms.FileField(label=gettext_lazy("Ou un fichier CSV (qui ; groupe)"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for one or the other."""
        told = super().clean() or self.cleaned_data
        if not told.get("listed", "").strip() and not told.get("file"):
            self.add_error("listed", _("Écrivez au moins une ligne, ou choisissez un fichier."))
        return told
