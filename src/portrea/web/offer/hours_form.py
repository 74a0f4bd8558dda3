"""Opening hours of the short sheet: in words, or by ticking days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.vocab.french_hours import read_french
from portrea.vocab.hours import NAMES, describe, say_time, week_of, write_week
from portrea.web.offer.form_fields import Step, radios, ticks

WEEKDAYS = tuple((str(rank), name) for rank, name in enumerate(NAMES))


class HoursStep(Step):
    """When: in words, or by ticking days."""

    title = _("Quand ?")
    text = forms.CharField(
        label=_("Horaires, en toutes lettres"),
        required=False,
        max_length=500,
        help_text=_("Exemple : lundi au vendredi 9h-12h et 14h-17h30, sauf mercredi après-midi"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    rhythm = radios(
        _("Chaque semaine ?"),
        (("1", _("Toutes les semaines")), ("2", _("1 semaine sur 2"))),
        initial="1",
    )
    first = forms.DateField(
        label=_("Si 1 semaine sur 2 : un jour de la prochaine semaine où c’est ouvert"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    by_appointment = forms.BooleanField(label=_("Sur rendez-vous"), required=False)

    GROUPS = ("a", "b")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in self.GROUPS:
            self.fields[f"days_{group}"] = ticks(_("Jours"), WEEKDAYS, required=False)
            for name, label in (
                ("morning_from", _("de")),
                ("morning_to", _("à")),
                ("afternoon_from", _("puis de")),
                ("afternoon_to", _("à")),
            ):
                self.fields[f"{name}_{group}"] = forms.TimeField(
                    label=label,
                    required=False,
                    widget=forms.TimeInput(
                        attrs={"type": "time", "class": "form-control"}, format="%H:%M"
                    ),
                )

    @property
    def plain_fields(self) -> list[Any]:
        """Fields shown first."""
        return [self["text"]]

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Fields of the picker, group by group."""
        names = ("morning_from", "morning_to", "afternoon_from", "afternoon_to")
        return [
            {"days": self[f"days_{g}"], "times": [self[f"{name}_{g}"] for name in names]}
            for g in self.GROUPS
        ]

    @property
    def rhythm_fields(self) -> list[Any]:
        """Fields about the rhythm."""
        return [self["rhythm"], self["first"], self["by_appointment"]]

    @property
    def picking(self) -> bool:
        """Whether the picker is opened at once."""
        return any(self[f"days_{group}"].value() for group in self.GROUPS)

    def clean(self) -> dict[str, Any]:
        """Read the picker, else the words; ask for a date of the fortnight."""
        told = super().clean() or {}
        picked = self._picked(told)
        found = read_french(told.get("text") or "")
        told["hours"] = picked or (found.osm if found.complete else None)
        told["hours_text"] = "" if told["hours"] else (told.get("text") or "").strip()
        told["understood"] = [] if picked else list(found.said)
        told["unread"] = [] if told["hours"] else [*found.unread, *found.remarks]
        told["every_weeks"] = 2 if told.get("rhythm") == "2" or found.every_weeks == 2 else 1
        told["by_appointment"] = bool(told.get("by_appointment") or found.by_appointment)
        if told["every_weeks"] == 2 and told["hours"] and not told.get("first"):
            self.add_error("first", _("Donnez un jour de la prochaine semaine où c’est ouvert."))
        return told

    def _picked(self, told: dict[str, Any]) -> str | None:
        week: list[list[tuple[int, int]]] = [[] for _day in NAMES]
        for group in self.GROUPS:
            spans = []
            for part in ("morning", "afternoon"):
                start, end = (told.get(f"{part}_{side}_{group}") for side in ("from", "to"))
                if start and end and start < end:
                    spans.append((start.hour * 60 + start.minute, end.hour * 60 + end.minute))
                elif start or end:
                    name = f"{part}_to_{group}"
                    self.add_error(name, _("Il faut une heure de début, puis une de fin."))
            days = told.get(f"days_{group}") or []
            if bool(days) != bool(spans) and not self.errors:
                self.add_error(f"days_{group}", _("Cochez les jours et donnez leurs heures."))
            for day in days:
                week[int(day)] += spans
        sound = tuple(_joined(spans) for spans in week)
        return write_week(sound) if any(sound) else None

    def answers(self) -> dict[str, Any]:
        """Keep what was understood, the words left, and the rhythm."""
        names = ("hours", "hours_text", "every_weeks", "by_appointment", "understood", "unread")
        told = {name: self.cleaned_data[name] for name in names}
        first = self.cleaned_data.get("first")
        return told | {"first": first.isoformat() if first else None}


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sort spans and join those that touch or overlap."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def words_of(hours: str | None, text: str | None = None) -> str:
    """Return hours as a person would type them; they read back to the same hours."""
    week = week_of(hours)
    if week is None:
        return text or ""
    said = "\n".join(part.replace("–", "-").replace("\u202f", " ") for part in describe(hours)
                     if "fermé" not in part.lower())  # fmt: skip
    return said if read_french(said).osm == hours else text or _week_words(week)


def _week_words(week: Any) -> str:
    told = [
        f"{NAMES[day]} " + " et ".join(f"{_time(a)}-{_time(b)}" for a, b in spans)
        for day, spans in enumerate(week)
        if spans
    ]
    return "\n".join(told)


def _time(minutes: int) -> str:
    return say_time(minutes).replace("\u202f", "")
