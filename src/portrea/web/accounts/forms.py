"""Forms of the accounts; the fields look like those of the rest of the site."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from portrea.base.unseen import without_unseen


class StyledForm(forms.BaseForm):
    """Give each field the class of its component, and no colon after its label."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            match field.widget:
                case forms.CheckboxInput():
                    field.widget.attrs.setdefault("class", "check__box")
                case forms.Select():
                    field.widget.attrs.setdefault("class", "form-select")
                case _:
                    field.widget.attrs.setdefault("class", "form-control")

    def _clean_fields(self) -> None:
        """Take out of every text what nobody sees; a password is left as typed."""
        super()._clean_fields()  # type: ignore[misc]
        for name, value in self.cleaned_data.items():
            secret = isinstance(self.fields[name].widget, forms.PasswordInput)
            if isinstance(value, str) and not secret:
                self.cleaned_data[name] = without_unseen(value)


class LoginForm(StyledForm, AuthenticationForm):
    """Address, password, and whether the computer is shared."""

    shared = forms.BooleanField(
        label=_("Je suis sur un ordinateur partagé"),
        help_text=_(
            "La connexion se ferme avec le navigateur, ou après une demi-heure sans un clic."
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Adresse de courriel")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"class": "form-control", "autocomplete": "username"}
        )
        self.fields["password"].label = _("Mot de passe")
        self.error_messages["invalid_login"] = _(
            "Adresse ou mot de passe inconnu. Le mot de passe distingue majuscules et minuscules."
        )


class AddressForm(StyledForm, forms.Form):
    """The address of an account whose password is forgotten."""

    email = forms.EmailField(
        label=_("Adresse de courriel"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class NewPasswordForm(StyledForm, SetPasswordForm):
    """A password, written twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = _("Mot de passe")
        self.fields["new_password1"].help_text = _(
            "Douze caractères au moins, sans autre règle : ni courant, ni seulement des chiffres. "
            "Une phrase que vous seul connaissez est facile à retenir."
        )
        self.fields["new_password2"].label = _("Le même, une seconde fois")


class OwnPasswordForm(NewPasswordForm, PasswordChangeForm):
    """The present password, then the new one."""

    field_order = ("old_password", "new_password1", "new_password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Mot de passe actuel")


class NameForm(StyledForm, forms.Form):
    """The name shown to the other people of the site."""

    name = forms.CharField(
        label=_("Nom affiché"),
        max_length=150,
        required=False,
        help_text=_("Facultatif : « Accueil du CCAS » convient. Vide, votre adresse est montrée."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CloseForm(StyledForm, forms.Form):
    """The password, to close one's account."""

    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Refuse another person's hand on an open session."""
        password = str(self.cleaned_data["password"])
        if not self.user.check_password(password):
            raise forms.ValidationError(_("Ce n’est pas votre mot de passe."))
        return password


class InviteForm(StyledForm, forms.Form):
    """Who is invited, with which role, where."""

    email = forms.EmailField(
        label=_("Adresse de courriel"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Rôle"))
    territory = forms.CharField(
        label=_("Territoire"),
        max_length=120,
        required=False,
        help_text=_("Nom exact ou code : « 35188 », « epci:243500550 », « departement:35 »."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    structure = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles


class JournalForm(StyledForm, forms.Form):
    """What to show of the journal."""

    ADDRESS: ClassVar = {
        "territory": "territoire",
        "act": "acte",
        "since": "depuis",
        "until": "jusque",
        "target": "objet",
        "author": "auteur",
        "before": "avant",
    }
    """Field → its name in the address of the page."""

    territory = forms.ChoiceField(label=_("Territoire"), required=False)
    act = forms.ChoiceField(label=_("Acte"), required=False)
    since = forms.DateField(
        label=_("Depuis le"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Jusqu’au"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    target = forms.CharField(
        label=_("Identifiant de l’objet"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    author = forms.EmailField(
        label=_("Adresse de l’auteur"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    before = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        territories: list[tuple[str, str]],
        acts: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].choices = territories
        self.fields["act"].choices = [("", _("Tous")), *acts]

    def add_prefix(self, field_name: str) -> str:
        """Return the name of a field in the address."""
        return self.ADDRESS.get(field_name, field_name)
