"""What a person writes of one theme on one page, and before she publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.web.operation.accessibility.criteria import seen
from portrea.web.operation.accessibility.rate import ABSENT, FAILED, RESPECTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.web.operation.accessibility.criteria import Criterion
    from portrea.web.operation.accessibility.models import AccessibilityVerdict

VERDICTS = (
    ("", gettext_lazy("Pas encore regardé")),
    (RESPECTED, gettext_lazy("Conforme")),
    (FAILED, gettext_lazy("Non conforme")),
    (ABSENT, gettext_lazy("Non applicable")),
)


class ThemeForm(forms.Form):
    """One choice and one comment for each criterion of a theme."""

    def __init__(
        self,
        criteria: Sequence[Criterion],
        given: Mapping[str, AccessibilityVerdict],
        *arguments: Any,
    ) -> None:
        """Take the criteria, and the verdicts already given by criterion."""
        super().__init__(*arguments)
        self.numbers = [one.number for one in criteria]
        for one in criteria:
            row = given.get(one.number)
            self.fields[_choice(one.number)] = forms.ChoiceField(
                label=f"{one.number} {one.title}",
                choices=VERDICTS,
                required=False,
                initial=row.verdict if row else "",
                help_text=_("{} tests à faire. Dernier essai automatique : {}.").format(
                    one.tests, seen(one).words
                ),
            )
            self.fields[_comment(one.number)] = forms.CharField(
                label=_("Constat {} (obligatoire si non conforme)").format(one.number),
                required=False,
                max_length=500,
                initial=row.comment if row else "",
            )

    @property
    def told(self) -> dict[str, tuple[str, str]]:
        """Criterion → (verdict, comment)."""
        data = self.cleaned_data
        return {one: (data[_choice(one)], data[_comment(one)]) for one in self.numbers}


def _choice(number: str) -> str:
    return f"constat-{number.replace('.', '-')}"


def _comment(number: str) -> str:
    return f"note-{number.replace('.', '-')}"


class PublishForm(forms.Form):
    """What the declaration says beside the results."""

    tools = forms.CharField(
        label=gettext_lazy("Navigateurs, lecteurs d’écran et outils employés, avec leur version"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    exempted = forms.CharField(
        label=gettext_lazy("Contenus exemptés ou dérogations, avec leur motif (facultatif)"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
