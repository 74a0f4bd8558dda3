"""The form of a whole sheet, drawn from the editable fields, and what a person changed in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.offer.content import FIELDS, SERVICES, Field, field_of, value_at
from portrea.offer.importing import contacts, values
from portrea.offer.record import Block
from portrea.vocab.french_hours import read_french
from portrea.vocab.standards import mednum
from portrea.web.accounts.forms import StyledForm
from portrea.web.offer.contribution_forms import SATURATIONS
from portrea.web.offer.form_fields import read_with
from portrea.web.offer.hours_form import words_of
from portrea.web.offer.wording import label_of, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DRAWN = {"text", "long", "phone", "email", "emails", "url", "urls", "hours", "choices", "words",
         "code", "kind", "date", "whole"}  # fmt: skip
"""Kinds of fields that the page draws; capacities are drawn part by part."""
FIGURES = ("hours_week", "persons_week", "share_procedures", "saturation")
FIGURE_LABELS = {
    "hours_week": _("Heures d’aide par semaine"),
    "persons_week": _("Personnes reçues par semaine"),
    "share_procedures": _("Part du temps pour les démarches en ligne (%)"),
    "saturation": _("En ce moment"),
}
LEFT_OUT = {"position", "hours_text", "hours_confirmed", "services.*.confirmed"}
NEW_BLOCK = "nouvelle-aide"


def paths_drawn(record: Mapping[str, Any]) -> list[str]:
    """Return the paths that the form of a sheet draws, services one by one."""
    own = [f.path for f in FIELDS if not f.of_service and f.kind in DRAWN]
    general = [f.path for f in FIELDS if f.of_service and f.kind in DRAWN]
    inside = [
        path.replace("*", service["key"], 1)
        for service in record.get(SERVICES, ())
        for path in general
        if path not in LEFT_OUT
    ]
    return [path for path in (*own, *inside) if path not in LEFT_OUT]


def seen_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a form shows: what a change is told from."""
    paths = [*paths_drawn(record), "hours_text"]
    paths += [f"{SERVICES}.{s['key']}.capacity" for s in record.get(SERVICES, ())]
    paths += [f"{SERVICES}.{service['key']}" for service in record.get(SERVICES, ())]
    return {path: value_at(record, path) for path in paths}


class PlaceForm(StyledForm, forms.Form):
    """The fields of one place. ``changes`` are what differs from what the page showed."""

    def __init__(self, data: Any = None, *, seen: Mapping[str, Any], **kwargs: Any) -> None:
        self.seen = seen
        super().__init__(data, **kwargs)
        for path in self.paths:
            self.fields[path] = _drawn(field_of(path), seen[path], seen.get("hours_text"))
        for key in self.keys:
            told = seen.get(f"{SERVICES}.{key}.capacity") or {}
            for name in FIGURES:
                self.fields[f"{SERVICES}.{key}.capacity.{name}"] = _figure(name, told.get(name))
            self.fields[f"{SERVICES}.{key}.remove"] = forms.BooleanField(
                label=_("Cette aide n’existe plus"), required=False
            )
        free = [b for b in Block if str(b) not in self.keys]
        self.fields[NEW_BLOCK] = forms.ChoiceField(
            label=_("Ajouter une aide"),
            required=False,
            choices=[("", _("Aucune")), *((str(b), b.label) for b in free)],
        )
        for field in self.fields.values():  # those just made
            self._style(field)

    @staticmethod
    def _style(field: forms.Field) -> None:
        match field.widget:
            case forms.CheckboxInput() | forms.CheckboxSelectMultiple():
                field.widget.attrs.setdefault("class", "check__box")
            case forms.Select():
                field.widget.attrs.setdefault("class", "form-select")
            case _:
                field.widget.attrs.setdefault("class", "form-control")

    @property
    def paths(self) -> list[str]:
        """Paths drawn, in the order of the sheet."""
        whole = {f"{SERVICES}.{key}" for key in self.keys}
        parts = {f"{SERVICES}.{key}.capacity" for key in self.keys}
        return [path for path in self.seen if path not in whole | parts | {"hours_text"}]

    @property
    def keys(self) -> list[str]:
        """Keys of the services shown."""
        told = [path.split(".")[1] for path in self.seen if path.startswith(f"{SERVICES}.")]
        return list(dict.fromkeys(told))

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Fields as the page shows them: the place, then each service."""
        own = [self[path] for path in self.paths if not path.startswith(f"{SERVICES}.")]
        found: list[dict[str, Any]] = [{"title": _("Le lieu"), "fields": own}]
        for key in self.keys:
            mine = [self[name] for name in self.fields if name.startswith(f"{SERVICES}.{key}.")]
            found.append({"title": label_of(f"{SERVICES}.{key}"), "fields": mine})
        return [*found, {"title": _("Une aide de plus"), "fields": [self[NEW_BLOCK]]}]

    def clean(self) -> dict[str, Any]:
        """Read every field as the record takes it."""
        told = super().clean() or {}
        for path in self.paths:
            if path not in told:
                continue
            try:
                told[path] = _read(field_of(path), told[path])
            except forms.ValidationError as error:
                self.add_error(path, error)
        return told

    def changes(self) -> dict[str, Any]:
        """Return path → value of what the person changed."""
        told, found = self.cleaned_data, {}
        for path in self.paths:
            if field_of(path).kind == "hours":
                found |= self._hours(path)
            elif (told.get(path) or None) != (self.seen[path] or None):
                found[path] = told.get(path) or None
        for key in self.keys:
            if told.get(f"{SERVICES}.{key}.remove"):
                found = {p: v for p, v in found.items() if not p.startswith(f"{SERVICES}.{key}.")}
                found[f"{SERVICES}.{key}"] = None
            else:
                found |= self._capacity(key)
        block = told.get(NEW_BLOCK)
        return found | ({f"{SERVICES}.{block}": {"block": block, "key": block}} if block else {})

    def _hours(self, path: str) -> dict[str, Any]:
        text = " ".join(self.cleaned_data[path].split())
        shown = words_of(self.seen[path], self.seen.get("hours_text"))
        if text == " ".join(shown.split()):
            return {}
        found = read_french(self.cleaned_data[path])
        if found.complete and found.osm and found.every_weeks is None:
            return {path: found.osm}
        return {path: None, "hours_text": text or None}

    def _capacity(self, key: str) -> dict[str, Any]:
        path = f"{SERVICES}.{key}.capacity"
        before = self.seen.get(path) or {}
        told = {name: self.cleaned_data.get(f"{path}.{name}") for name in FIGURES}
        if told["share_procedures"] is not None:
            told["share_procedures"] = told["share_procedures"] / 100
        after = {name: value for name, value in told.items() if value not in (None, "")}
        same = all(after.get(name) == before.get(name) for name in FIGURES)
        return {} if same else {path: after or None}

    def hold(self, path: str, sentence: Any) -> None:
        """Say beside a field what somebody wrote there meanwhile."""
        name = path if path in self.fields else None
        if path == "hours_text":
            name = "hours"
        if path.endswith(".capacity"):
            name = f"{path}.hours_week"
        self.add_error(name, sentence)


# -- one field ------------------------------------------------------------------------------------


def _drawn(field: Field, value: Any, hours_text: str | None) -> forms.Field:
    label = field.label
    if field.kind in {"choices", "kind"}:
        return _choices(field, value)
    if field.kind in ("long", "hours"):
        text = words_of(value, hours_text) if field.kind == "hours" else value or ""
        widget = forms.Textarea(attrs={"rows": 3})
        return forms.CharField(
            label=label, required=False, max_length=5000, initial=text, widget=widget
        )
    if field.kind == "date":
        widget = forms.DateInput(attrs={"type": "date"})
        return forms.CharField(label=label, required=False, initial=value or "", widget=widget)
    many = isinstance(value, list)
    text = ", ".join(value) if many else "".join(say(field.path, value)) if value else ""
    if field.kind in ("code", "whole", "text"):
        text = "" if value is None else str(value)
    return forms.CharField(
        label=label,
        required=field.path == "name",
        max_length=1000,
        initial=text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _choices(field: Field, value: Any) -> forms.Field:
    if field.kind == "kind":
        codes = sorted({*mednum.typologies(), *(value or "").split("|")} - {""})
        told = sorted(((code, mednum.kind_label(code)) for code in codes), key=lambda p: p[1])
        shown = [(value, mednum.kind_label(value))] if "|" in (value or "") else []
        return forms.ChoiceField(
            label=field.label, required=False, initial=value or "",
            choices=[("", _("Non précisé")), *shown, *told],
        )  # fmt: skip
    known = mednum.fields()[str(field.vocabulary)].values
    extra = [one for one in value or () if one not in known]
    return forms.MultipleChoiceField(
        label=field.label,
        required=False,
        initial=value or [],
        choices=[(one, one) for one in (*known, *extra)],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check__box"}),
    )


def _figure(name: str, value: Any) -> forms.Field:
    label = FIGURE_LABELS[name]
    if name == "saturation":
        return forms.ChoiceField(
            label=label, required=False, choices=SATURATIONS, initial=value or ""
        )
    if name == "share_procedures":
        shown = None if value is None else round(100 * value)
        return forms.FloatField(
            label=label, required=False, min_value=0, max_value=100, initial=shown
        )
    return forms.FloatField(label=label, required=False, min_value=0, max_value=5000, initial=value)


_READERS: dict[str, Callable[[str], Any]] = {
    "phone": partial(read_with, contacts.phone),
    "email": lambda text: (read_with(contacts.emails, text) or [None])[0],
    "emails": partial(read_with, contacts.emails),
    "url": partial(read_with, contacts.link),
    "urls": partial(read_with, contacts.websites),
    "long": lambda text: text.replace("\r\n", "\n").strip() or None,
    "words": lambda text: [part.strip() for part in text.split(",") if part.strip()],
    "date": lambda text: text.strip() or None,
    "hours": lambda text: text,
    "text": lambda text: " ".join(text.split()) or None,
}
_CODES: dict[str, Callable[[str], Any]] = {
    "postcode": partial(read_with, values.postcode),
    "commune": partial(read_with, values.commune),
    "siret": partial(read_with, values.siret),
}


def _read(field: Field, told: Any) -> Any:
    """Return what a person wrote as the record takes it; raise what the field shows."""
    if field.kind in ("choices", "kind"):
        return told or None
    if field.kind == "code":
        return _CODES[field.name](told)
    if field.kind == "whole":
        return _whole(told)
    return _READERS[field.kind](told)


def _whole(told: str) -> int | None:
    if not told.strip():
        return None
    if not told.strip().isdigit():
        raise forms.ValidationError(_("Un nombre entier est attendu."))
    return int(told)
