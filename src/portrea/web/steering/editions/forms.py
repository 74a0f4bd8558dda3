"""Forms of texts and editions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.web.accounts.forms import StyledForm
from portrea.web.steering.models.editions import NAME
from portrea.web.steering.services.passages import LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.web.steering.models import Edition


class TextForm(StyledForm, forms.Form):
    """The text of a section, and the version it was written over."""

    text = forms.CharField(
        label=gettext_lazy("Votre texte"),
        help_text=gettext_lazy(
            "Une ligne vide sépare deux paragraphes. Une ligne qui commence par un tiret fait une "
            "liste. Vide, le texte n’est plus montré. N’écrivez le nom d’aucune personne."
        ),
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=LONGEST * 2,
        required=False,
        strip=False,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class FreezeForm(StyledForm, forms.Form):
    """The name and the title of an edition, and the edition it is compared with."""

    name = forms.CharField(
        label=gettext_lazy("Nom dans l’adresse"),
        help_text=gettext_lazy("L’année d’abord, sans espace : 2026, ou 2026-11."),
        max_length=NAME,
    )
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=120)
    since = forms.ChoiceField(
        label=gettext_lazy("Ajouter « Ce qui a changé depuis… »"), required=False
    )

    def __init__(self, *args: Any, editions: Sequence[Edition] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.name, f"{one.name} – {one.title}") for one in editions]
        self.fields["since"].choices = [*choices, ("", _("ne rien ajouter"))]  # type: ignore[attr-defined]
        if not choices:
            del self.fields["since"]


class PublishForm(StyledForm, forms.Form):
    """Whether what tells of somebody was read again."""

    read_again = forms.BooleanField(
        label=gettext_lazy("J’ai relu ce qui est signalé : rien n’y désigne une personne."),
        required=False,
    )


class WithdrawForm(StyledForm, forms.Form):
    """Why an edition is taken away."""

    reason = forms.CharField(
        label=gettext_lazy("Pourquoi la retirer"),
        help_text=gettext_lazy("Cette phrase sera lue à l’adresse de l’édition."),
        max_length=300,
    )
