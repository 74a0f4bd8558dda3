"""Forms of the connection beside the password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.forms import StyledForm

SIX = _("Les six chiffres que montre l’application de votre téléphone.")
SIX_OR_PAPER = _(
    "Les six chiffres que montre l’application de votre téléphone, ou un de vos codes de secours."
)


class SharedForm(StyledForm, forms.Form):
    """Whether the computer is shared."""

    shared = forms.BooleanField(
        label=_("Je suis sur un ordinateur partagé"),
        help_text=_(
            "La connexion se ferme avec le navigateur, ou après une demi-heure sans un clic."
        ),
        required=False,
    )


class CodeForm(StyledForm, forms.Form):
    """A code of the telephone, or of paper when one is in place; what to do with it."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}
        ),
    )
    what = forms.ChoiceField(label=_("Ce que vous voulez faire"), widget=forms.Select)

    field_order = ("what", "code")

    def __init__(
        self,
        *args: Any,
        recovery: bool = True,
        choices: list[tuple[str, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = SIX_OR_PAPER if recovery else SIX
        if choices:
            self.fields["what"].choices = choices
        else:
            del self.fields["what"]

    def refuse(self) -> None:
        """Say that the code is not good, and what to try."""
        self.add_error(
            "code",
            _(
                "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, et vérifiez "
                "que le téléphone est à l’heure."
            ),
        )
