"""The form of a help given: few taps for the commonest, nothing asked but what, where and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.action.activity import (
    LONGEST,
    MOST_PEOPLE,
    UNANSWERED,
    UNKNOWN,
    Activity,
    band_of,
    words,
)
from portrea.base.errors import DataError
from portrea.web.accounts.forms import StyledForm
from portrea.web.action.log.places import commune_named
from portrea.web.action.services.words import kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from portrea.action.activity import Activity as Told

MINUTES = (15, 30, 45, 60, 90, 120)
COUNTED = {"ages": "age", "statuses": "status", "genders": "gender"}
"""Counts of a group → the same asked of one person."""
HELP_WITH_PROCEDURES = "aide_aux_demarches_administratives"
_FOLDED = (
    "exact", "age", "status", "gender", "known_one", "autonomy", "equipment", "oriented",
    "oriented_to", "commune", "tags",
)  # fmt: skip
YES, NO = "oui", "non"
_TICKS = forms.CheckboxSelectMultiple
_RADIOS = forms.RadioSelect


def _one(label: Any, choices: dict[str, str], *, empty: bool = True) -> forms.ChoiceField:
    """Return a group of which one is chosen, « non renseigné » unless told."""
    offered = [(code, name) for code, name in choices.items() if code != UNKNOWN]
    if empty:
        offered = [*offered, ("", _("Non renseigné"))]
    return forms.ChoiceField(label=label, choices=offered, required=not empty, widget=_RADIOS)


def _several(label: Any, choices: dict[str, str]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(choices.items()), required=False, widget=_TICKS
    )


def _number(label: Any, most: int) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(
        label=label, min_value=0, max_value=most, required=False, widget=widget
    )


def _line(label: Any, most: int, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"} | attrs)
    return forms.CharField(label=label, max_length=most, required=False, widget=widget)


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice as shown."""

    id: str
    value: str
    label: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A group of choices as shown; written by hand, for a page of a hundred boxes is slow else."""

    id: str
    name: str
    label: str
    kind: str
    chips: tuple[Chip, ...]
    errors: Sequence[str]


class LogForm(StyledForm, forms.Form):
    """One help given; ``base`` is the record that is corrected, whose other words stay."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    holder = forms.ChoiceField(label=gettext_lazy("Vous notez pour"))
    day = forms.DateField(
        label=gettext_lazy("Jour"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self,
        *args: Any,
        holders: list[tuple[str, str]],
        today: date,
        base: Told | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"uuid": uuid4(), "day": today} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.base = base
        self.fields["holder"].choices = holders  # type: ignore[attr-defined]
        self.fields |= _asked() | _counts(base)
        if len(holders) == 1:
            self.initial.setdefault("holder", holders[0][0])
        for field in self.fields.values():
            if not isinstance(field.widget, _TICKS | _RADIOS):
                select = isinstance(field.widget, forms.Select)
                field.widget.attrs.setdefault("class", "form-select" if select else "form-control")

    @cached_property
    def groups(self) -> dict[str, Group]:
        """Return every group of choices as shown, by name."""
        return {
            name: self._group(name)
            for name, field in self.fields.items()
            if isinstance(field.widget, _TICKS | _RADIOS)
        }

    @property
    def counts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the boxes that count a group, under their title."""
        titles = {"ages": _("Âges"), "statuses": _("Situations"), "genders": _("Genres")}
        return [
            (title, [self[one] for one in self.fields if one.startswith(f"{name}_")])
            for name, title in titles.items()
        ]

    @property
    def alone(self) -> bool:
        """Whether only a workshop counts several people (a record corrected may have several)."""
        return self.base is None or self.base.kind != "individuel" or self.base.people == 1

    @property
    def more(self) -> bool:
        """Whether what is folded must be seen: it is filled, or to be mended."""
        counts = [field.name for _title, boxes in self.counts for field in boxes]
        return any(self[name].errors or self[name].value() for name in (*_FOLDED, *counts))

    def clean_commune(self) -> str:
        """Return the code of the commune told by code or by name."""
        return self._read("commune", commune_named)

    def clean_procedure(self) -> str:
        """Take out of the words what identifies somebody; refuse what is secret."""
        return self._read("procedure", lambda text: kept(text, 160))

    def clean_title(self) -> str:
        """Do the same of the title."""
        return self._read("title", lambda text: kept(text, 160))

    def clean_tags(self) -> str:
        """Do the same of the tags."""
        return self._read("tags", lambda text: kept(text, 200))

    def _read(self, name: str, read: Any) -> str:
        try:
            return str(read(self.cleaned_data[name]))
        except DataError as error:
            raise forms.ValidationError(f"{error.message} {error.remedy}") from error

    def activity(self) -> Activity:
        """Return the help that was told."""
        told = self.cleaned_data
        themes = [*told["themes"], *told["procedure_themes"]]
        if told["procedure_themes"]:
            themes.append(HELP_WITH_PROCEDURES)
        oriented = {YES: True, NO: False}.get(told["oriented"])
        blank = Activity(kind=told["kind"], where=told["where"], day=told["day"])
        return replace(
            self.base or blank,
            **{name: told[name] for name in ("kind", "where", "day", "procedure", "result")},
            **{name: told[name] for name in ("autonomy", "commune")},
            themes=tuple(dict.fromkeys(themes)),
            reason=told["reason"] if told["result"] in UNANSWERED else "",
            equipment=tuple(told["equipment"]),
            oriented=True if told["oriented_to"] and oriented is None else oriented,
            oriented_to=told["oriented_to"] if oriented is not False else "",
            tags=tuple(filter(None, map(str.strip, told["tags"].split(",")))),
            **self._duration(),
            **(self._alone() if told["kind"] == "individuel" and self.alone else self._group_of()),
        )

    def _duration(self) -> dict[str, Any]:
        told = self.cleaned_data
        minutes = told["exact"] or int(told["minutes"] or 0) or None
        former = self.base.band if self.base else ""
        return {"minutes": minutes, "band": band_of(minutes) if minutes else former}

    def _alone(self) -> dict[str, Any]:
        told = self.cleaned_data
        classes = {many: {told[one]: 1} if told[one] else {} for many, one in COUNTED.items()}
        known = {YES: 1, NO: 0}.get(told["known_one"])
        return classes | {"people": 1, "known": known, "title": "", "level": ""}

    def _group_of(self) -> dict[str, Any]:
        told = self.cleaned_data
        classes = {
            many: {name.removeprefix(f"{many}_"): count for name, count in told.items()
                   if name.startswith(f"{many}_") and count}
            for many in COUNTED
        }  # fmt: skip
        names = ("known", "title", "level")
        return classes | {name: told[name] for name in names} | {"people": told["people"] or 0}

    def _group(self, name: str) -> Group:
        bound, field = self[name], self.fields[name]
        several = isinstance(field.widget, _TICKS)
        value = bound.value()
        chosen = {str(one) for one in (value or ())} if several else {str(value or "")}
        chips = tuple(
            Chip(f"id_{name}_{rank}", code, label, code in chosen)
            for rank, (code, label) in enumerate(field.choices)  # type: ignore[attr-defined]
        )
        kind = "checkbox" if several else "radio"
        return Group(f"id_{name}", name, str(field.label), kind, chips, bound.errors)


def _asked() -> dict[str, forms.Field]:
    """Return the fields that are lists of words of the library."""
    told = words()
    minutes = {str(one): _("%d\u00a0min") % one for one in MINUTES}
    yes_no = {YES: _("Oui"), NO: _("Non")}
    return {
        "kind": _one(_("Type"), told["kinds"], empty=False),
        "where": _one(_("Où ?"), told["places"], empty=False),
        "themes": _several(_("De quoi s’agissait-il ?"), told["themes"]),
        "procedure_themes": _several(_("Démarches"), told["procedure_themes"]),
        "procedure": _line(_("Quelle démarche ?"), 160, list="demarches"),
        "result": _one(_("La demande a-t-elle trouvé réponse ?"), told["results"]),
        "reason": _one(_("Pourquoi pas, ou pas tout à fait ?"), told["reasons"]),
        "minutes": _one(_("Combien de temps ?"), minutes),
        "exact": _number(_("Autre durée, en minutes"), LONGEST),
        "people": _number(_("Nombre de personnes"), MOST_PEOPLE),
        "known": _number(_("Dont déjà venues"), MOST_PEOPLE),
        "title": _line(_("Titre de l’atelier"), 160),
        "level": _one(_("Niveau"), told["levels"]),
        "autonomy": _one(_("Autonomie"), told["autonomies"]),
        "equipment": _several(_("Matériel"), told["equipment"]),
        "oriented": _one(_("A-t-on orienté vers un autre lieu ?"), yes_no),
        "oriented_to": _one(_("Vers"), told["redirections"]),
        "age": _one(_("Âge"), told["ages"]),
        "status": _one(_("Situation"), told["statuses"]),
        "gender": _one(_("Genre"), told["genders"]),
        "known_one": _one(_("Déjà venue ?"), yes_no),
        "commune": _line(_("Commune, si ce n’est pas celle du lieu"), 80),
        "tags": _line(_("Étiquettes, séparées par des virgules"), 200),
    }


def _counts(base: Told | None) -> dict[str, forms.Field]:
    """Return the boxes that count a group: classes of today, and those of the record corrected."""
    labels = words()["former_ages"]
    found: dict[str, forms.Field] = {}
    for many in COUNTED:
        former = dict.fromkeys(getattr(base, many, {}))
        known = {code: name for code, name in words()[many].items() if code != UNKNOWN}
        shown = known | {one: labels.get(one, one) for one in former if one not in words()[many]}
        found |= {f"{many}_{code}": _number(name, MOST_PEOPLE) for code, name in shown.items()}
    return found


def starting(told: Told, *, like: bool) -> dict[str, Any]:
    """Return what the form shows first: a record to correct, or « another one ``like`` it »."""
    same = ("kind", "where", "procedure", "autonomy")
    found = {name: getattr(told, name) for name in same} | _themes(told)
    minutes = str(told.minutes or "")
    usual = told.minutes in MINUTES
    found |= {"minutes": minutes if usual else "", "exact": None if usual else told.minutes}
    found |= {"equipment": list(told.equipment), "tags": ", ".join(told.tags)}
    if like:
        return found
    names = ("day", "result", "reason", "oriented_to", "people", "known", "title", "level")
    found |= {name: getattr(told, name) for name in (*names, "commune")}
    found["oriented"] = {True: YES, False: NO}.get(told.oriented, "")  # type: ignore[call-overload]
    found["known_one"] = {1: YES, 0: NO}.get(told.known, "")  # type: ignore[call-overload]
    for many, one in COUNTED.items():
        counts = getattr(told, many)
        found |= {f"{many}_{code}": count for code, count in counts.items()}
        found[one] = next((code for code in counts if code != UNKNOWN), "")
    return found


def _themes(told: Told) -> dict[str, Any]:
    ours = words()["procedure_themes"]
    return {
        "themes": [one for one in told.themes if one not in ours],
        "procedure_themes": [one for one in told.themes if one in ours],
    }
