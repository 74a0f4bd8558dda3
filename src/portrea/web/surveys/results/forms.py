"""Forms of the report: its head, then one question of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.surveys.form import Kind, said
from portrea.surveys.report import LONGEST, WHO

if TYPE_CHECKING:
    from portrea.surveys.report import Block, Report
    from portrea.web.surveys.results.reading import Found


def _area(label: Any, most: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=most, help_text=help_text,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )  # fmt: skip


def _line(label: Any, most: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=most, help_text=help_text,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )  # fmt: skip


class ReportForm(forms.Form):
    """The head of the report; ``edits`` says which state was read."""

    title = _line(_("Titre"), LONGEST["title"], _("Vide : celui de l’enquête."))
    intro = _area(_("Introduction"), LONGEST["intro"], _("Qui, pourquoi, avec qui."))
    who = forms.ChoiceField(
        label=_("Ce que compte une réponse"),
        choices=[(one, f"une {one}") for one in WHO],
        help_text=_("Les phrases s’y accordent : « 6 structures sur 10 »."),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    weighted = forms.BooleanField(
        label=_("Redresser sur les totaux de la population, quand l’enquête en a"), required=False
    )
    method = _area(
        _("Note de méthode"),
        LONGEST["method"],
        _("Ce qui s’est passé et que le lecteur doit savoir."),
    )
    edits = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def of(report: Report) -> dict[str, Any]:
        """Return a report as its form shows it."""
        return {name: getattr(report, name) for name in ReportForm.base_fields}

    def changed(self, report: Report) -> Report:
        """Return the report with what was written."""
        return replace(report, **self.cleaned_data)


class BlockForm(forms.Form):
    """One question of the report."""

    shown = forms.BooleanField(label=_("Montrer cette question"), required=False)
    title = _line(_("Titre"), LONGEST["title"], _("Vide : les mots de la question."))
    comment = _area(_("Commentaire"), LONGEST["comment"], _("Vos mots, sous la figure."))
    by = forms.ChoiceField(
        label=_("Croiser avec"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    together = forms.MultipleChoiceField(
        label=_("Choix à dire ensemble"), required=False, widget=forms.CheckboxSelectMultiple
    )
    named = _line(
        _("Ce que ces choix disent"),
        LONGEST["named"],
        _("Par exemple « sont aidées » : « 6 personnes sur 10 (59 %) sont aidées »."),
    )  # fmt: skip
    quotes = forms.MultipleChoiceField(
        label=_("Réponses libres citées"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Seulement celles que quelqu’un a relues."),
    )  # fmt: skip
    edits = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, found: Found, block: Block, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        form, language = found.form, found.form.languages[0]
        asked = {one.name: one for one in form.questions()}
        question = asked[block.question]
        groups = [
            (one.name, said(one.label, language) or one.name)
            for one in form.questions()
            if one.kind is Kind.ONE and one.name != block.question
            and one.name in found.counted.tallies.places
        ]  # fmt: skip
        choices = found.counted.tallies.choices.get(block.question, ())
        texts = found.read_texts().get(block.question, [])
        self._offer("by", [("", _("Personne : l’ensemble")), *groups], bool(choices))
        self._offer("together", [(c.name, said(c.label, language)) for c in choices], bool(choices))
        self._offer("quotes", texts, question.kind is Kind.TEXT)
        if not choices:
            del self.fields["named"]

    def _offer(self, name: str, choices: list[tuple[str, Any]], kept: bool) -> None:
        if kept:
            self.fields[name].choices = choices
        else:
            del self.fields[name]

    @staticmethod
    def of(block: Block, edits: int) -> dict[str, Any]:
        """Return a block as its form shows it."""
        names = [name for name in BlockForm.base_fields if name != "edits"]
        return {"edits": edits, **{name: getattr(block, name) for name in names}}

    def changed(self, report: Report, question: str) -> Report:
        """Return the report with this block as written."""
        told = dict(self.cleaned_data)
        edits = told.pop("edits")
        for name in ("together", "quotes"):
            if name in told:
                told[name] = tuple(told[name])
        blocks = tuple(
            replace(one, **told) if one.question == question else one for one in report.blocks
        )
        return replace(report, blocks=blocks, edits=edits)
