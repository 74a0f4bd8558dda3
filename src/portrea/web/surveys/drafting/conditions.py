"""The rows « si [question] [est] [valeur] » of a form, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.surveys import telling
from portrea.surveys.conditions import (
    Comparison,
    Condition,
    condition_understood,
    condition_written,
)
from portrea.surveys.expressions import names_in, read
from portrea.surveys.expressions.reading import ExpressionError
from portrea.surveys.form import Form, Kind, Question, said

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 4
EVERY, ONE_OF = "toutes", "une"
JOINS = [
    (EVERY, gettext_lazy("toutes ces conditions sont vraies")),
    (ONE_OF, gettext_lazy("une de ces conditions est vraie")),
]
_SILENT = {Kind.NOTE, Kind.START, Kind.END, Kind.TODAY, Kind.HIDDEN}


class ConditionMixin:
    """What a form of a question or a section needs to ask when it is shown."""

    form: Form
    own: str
    fields: Any
    initial: Any
    cleaned_data: dict[str, Any]
    add_error: Any
    data: Any

    def add_conditions(self, relevant: str) -> None:
        """Add the fields of the builder, filled with a condition when the builder can say it."""
        known = condition_understood(relevant) if relevant else Condition(())
        self.formula_only = known is None
        choices = [("", _("Choisissez une question…")), *self.questions(relevant)]
        tests = known.tests if known else ()
        for rank in range(max(ROWS, len(tests) + 1)):
            test = tests[rank] if rank < len(tests) else None
            self.add_row(rank, choices, test)
        self.rows = max(ROWS, len(tests) + 1)
        join = EVERY if known is None or known.every else ONE_OF
        self.fields["join"] = forms.ChoiceField(
            label=_("Poser la question si"),
            choices=JOINS,
            required=False,
            initial=join,
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        self.fields["formula"] = forms.CharField(
            label=_("Formule"),
            required=False,
            max_length=4_000,
            initial=relevant if known is None else "",
            widget=forms.Textarea(
                attrs={"class": "form-control", "rows": 2, "spellcheck": "false"}
            ),
            help_text=_("Pour qui connaît XLSForm. Elle remplace les lignes ci-dessus."),
        )

    def add_row(self, rank: int, choices: Any, test: Comparison | None) -> None:
        """Add the three fields of one row."""
        language = self.form.languages[0]
        value = telling.value_said(self.form, test.question, test.value, language) if test else ""
        self.fields[f"q{rank}"] = forms.ChoiceField(
            label=_("Question"),
            choices=choices,
            required=False,
            initial=test.question if test else "",
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        self.fields[f"o{rank}"] = forms.ChoiceField(
            label=_("Comparaison"),
            choices=list(telling.OPERATORS.items()),
            required=False,
            initial=test.operator if test else "est",
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        self.fields[f"v{rank}"] = forms.CharField(
            label=_("Valeur"),
            required=False,
            max_length=200,
            initial=value,
            widget=forms.TextInput(
                attrs={"class": "form-control", "list": "valeurs", "autocomplete": "off"}
            ),
        )

    def questions(self, relevant: str) -> Iterator[tuple[str, str]]:
        """Yield the questions that come before this one, and those its condition already names."""
        try:
            named = names_in(read(relevant)) if relevant else frozenset()
        except ExpressionError:
            named = frozenset()
        language = self.form.languages[0]
        before = True
        for item in self.form.every():
            before = before and item.name != self.own
            usable = isinstance(item, Question) and item.kind not in _SILENT
            if usable and item.name != self.own and (before or item.name in named):
                yield item.name, (said(item.label, language) or item.name)[:90]

    @property
    def conditional(self) -> bool:
        """Whether something is told of when to ask it."""
        return bool(self["q0"].value()) or self.formula_only  # type: ignore[index]

    def shown_rows(self) -> list[tuple[Any, Any, Any]]:
        """Return the fields of each row, for the template."""
        return [
            tuple(self[f"{letter}{rank}"] for letter in "qov")  # type: ignore[index]
            for rank in range(self.rows)
        ]

    def values(self) -> list[str]:
        """Return the words of every choice, proposed as values."""
        language = self.form.languages[0]
        words = (
            said(choice.label, language)
            for listed in self.form.lists.values()
            for choice in listed[:40]
        )
        return list(dict.fromkeys(filter(None, words)))[:200]

    def relevant(self, before: str) -> str:
        """Return the condition told; the same words leave what was written untouched."""
        told = self.cleaned_data
        if told.get("formula", "").strip():
            return str(told["formula"]).strip()
        tests = [test for rank in range(self.rows) if (test := self.test(rank)) is not None]
        if not tests:
            return ""
        found = Condition(tuple(tests), told.get("join") != ONE_OF or len(tests) == 1)
        if condition_understood(before) == found:
            return before
        kinds = {one.name: one.kind for one in self.form.questions()}
        return condition_written(found, kinds)

    def test(self, rank: int) -> Comparison | None:
        """Return one row: the words of a choice are turned into its name."""
        told = self.cleaned_data
        name, operator = told.get(f"q{rank}", ""), told.get(f"o{rank}") or "est"
        value = (told.get(f"v{rank}") or "").strip()
        if not name:
            return None
        if operator in telling.ALONE:
            return Comparison(name, operator)
        question = self.form.item(name)
        if isinstance(question, Question) and question.kind.chooses:
            value = self.choice_named(question, value, rank)
            if question.kind is Kind.SEVERAL:
                operator = {"est": "contient", "pas": "sans"}.get(operator, operator)
        elif not value:
            self.add_error(f"v{rank}", _("Écrivez une valeur, ou choisissez « a une réponse »."))
        return Comparison(name, operator, value)

    def choice_named(self, question: Question, value: str, rank: int) -> str:
        """Return the name of the choice whose words are told; else say which there are."""
        language = self.form.languages[0]
        listed = self.form.lists.get(question.choices, ())
        plain = value.casefold()
        for choice in listed:
            if plain in {said(choice.label, language).casefold(), choice.name.casefold()}:
                return choice.name
        words = ", ".join(f"« {said(one.label, language)} »" for one in listed[:12])
        self.add_error(f"v{rank}", _("Recopiez un des choix de cette question : %s.") % words)
        return value
