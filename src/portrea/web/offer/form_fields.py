"""What forms of the census are made of: lines, boxes to tick, values read with our readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.forms import StyledForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.offer.importing.values import Read


def read_with(read: Callable[[str], Read], text: str) -> Any:
    """Return what a reader of cells understands; its French note is the error of the field."""
    if not text.strip():
        return None
    value, note = read(text.strip())
    if not value:
        sentence = (
            f"{note.message[:1].upper()}{note.message[1:]}. {note.remedy}"
            if note
            else _("Illisible.")
        )
        raise forms.ValidationError(sentence)
    return list(value) if isinstance(value, tuple) else value


def ticks(label: Any, choices: Any, **more: Any) -> forms.MultipleChoiceField:
    """Return a group of boxes to tick."""
    widget = forms.CheckboxSelectMultiple(attrs={"class": "check__box"})
    return forms.MultipleChoiceField(label=label, choices=choices, widget=widget, **more)


def radios(label: Any, choices: Any, **more: Any) -> forms.ChoiceField:
    """Return a group of which one is chosen."""
    widget = forms.RadioSelect(attrs={"class": "check__box"})
    return forms.ChoiceField(label=label, choices=choices, widget=widget, **more)


def line(label: Any, most: int = 200, **more: Any) -> forms.CharField:
    """Return a line of text; what the browser knows of the person is not proposed."""
    attrs = {"autocomplete": "off"} | more.pop("attrs", {})
    more.setdefault("required", False)
    return forms.CharField(
        label=label, max_length=most, widget=forms.TextInput(attrs=attrs), **more
    )


class Step(StyledForm, forms.Form):
    """A step of the sheet: ``answers`` are what it tells, JSON-safe."""

    title: Any = ""

    def answers(self) -> dict[str, Any]:
        """Return what this step tells; ``None`` for what it tells to be empty."""
        return dict(self.cleaned_data)
