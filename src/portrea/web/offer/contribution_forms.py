"""The short sheet in steps, the report of an error, a link: few fields, plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portrea.offer.importing import contacts, values
from portrea.offer.record import Block
from portrea.vocab.french_hours import read_french
from portrea.vocab.hours import NAMES, describe, say_time, week_of, write_week
from portrea.vocab.standards.mednum import kind_label
from portrea.web.accounts.forms import StyledForm
from portrea.web.offer.wording import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portrea.offer.importing.values import Read

KINDS = ("", "CCAS", "MUNI", "BIB", "CS", "CSC", "ASSO", "RFS", "EPN", "TIERS_LIEUX", "ML", "CAF",
         "CPAM", "FT", "CDAS", "PIMMS", "ENM", "EPCI", "Autre")  # fmt: skip
COSTS = (
    ("Gratuit", _("Gratuit")),
    ("Gratuit sous condition", _("Gratuit sous condition")),
    ("Payant", _("Payant")),
)
ACCESS = (
    ("Se présenter", _("On vient sans rendez-vous")),
    ("Téléphoner", _("On téléphone")),
    ("Contacter par mail", _("On écrit un courriel")),
    ("Prendre un RDV en ligne", _("On prend rendez-vous sur internet")),
)
SATURATIONS = (
    ("", _("Je ne sais pas")),
    ("faible", _("Il y a de la place")),
    ("moderee", _("Quelques jours d’attente")),
    ("forte", _("C’est complet, ou presque")),
)
BLOCKS = tuple((str(block), block.label) for block in Block)
WEEKDAYS = tuple((str(rank), name) for rank, name in enumerate(NAMES))


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


class WhereStep(Step):
    """Who and where."""

    title = _("Quel lieu ?")
    name = line(_("Nom du lieu"), 150, required=True, help_text=_("Jamais le nom d’une personne."))
    kind = forms.ChoiceField(
        label=_("C’est plutôt…"),
        required=False,
        choices=[(code, kind_label(code) if code else _("Je ne sais pas")) for code in KINDS],
    )
    address = line(_("Numéro et rue"), help_text=_("Laissez vide si le lieu se déplace."))
    postcode = line(_("Code postal"), 5, attrs={"inputmode": "numeric"})
    commune = forms.ChoiceField(label=_("Ville ou village"))

    def __init__(self, *args: Any, communes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.communes = dict(communes)
        first = [("", _("Choisissez…"))] if len(communes) != 1 else []
        self.fields["commune"].choices = [*first, *communes]  # type: ignore[attr-defined]

    def clean_postcode(self) -> Any:
        """Refuse what is not five digits."""
        return read_with(values.postcode, self.cleaned_data["postcode"])

    def answers(self) -> dict[str, Any]:
        """Add the name of the town, as it was written when the town is the same."""
        told = super().answers()
        same = told["commune"] == self.initial.get("commune")
        city = self.initial.get("city") if same else None
        return told | {"city": city or self.communes[told["commune"]]}


class HelpStep(Step):
    """Which help."""

    title = _("Quelle aide ?")
    blocks = ticks(_("Ce que l’on y trouve"), BLOCKS)
    cost = ticks(_("Prix"), COSTS, required=False)
    access_modes = ticks(_("Comment y accéder"), ACCESS, required=False)
    description = forms.CharField(
        label=_("En quelques mots (facultatif)"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def answers(self) -> dict[str, Any]:
        """Normalise the ends of lines."""
        told = super().answers()
        return told | {"description": told["description"].replace("\r\n", "\n")}


class ContactStep(Step):
    """How to reach the place."""

    title = _("Comment joindre le lieu ?")
    phone = line(_("Téléphone de l’accueil"), 40, attrs={"inputmode": "tel"})
    emails = line(
        _("Courriel de l’accueil"),
        help_text=_("Une adresse de la structure, jamais celle d’une personne."),
        attrs={"inputmode": "email"},
    )
    websites = line(_("Site"), 300, attrs={"inputmode": "url"})

    def clean_phone(self) -> Any:
        """Read a French number however it is written."""
        return read_with(contacts.phone, self.cleaned_data["phone"])

    def clean_emails(self) -> Any:
        """Read one or several addresses."""
        return read_with(contacts.emails, self.cleaned_data["emails"])

    def clean_websites(self) -> Any:
        """Read web addresses only: nothing else may become a link."""
        return read_with(contacts.websites, self.cleaned_data["websites"])


class CapacityStep(Step):
    """How many people can be received."""

    title = _("Combien de personnes ? (facultatif)")
    hours_week = forms.FloatField(
        label=_("Heures d’aide par semaine"),
        help_text=_("Toutes les personnes qui aident, ensemble."),
        required=False,
        min_value=0,
        max_value=2000,
    )
    persons_week = forms.FloatField(
        label=_("Personnes reçues par semaine"), required=False, min_value=0, max_value=5000
    )
    share = forms.IntegerField(
        label=_("Part du temps pour les démarches en ligne (%)"),
        required=False,
        min_value=0,
        max_value=100,
    )
    saturation = forms.ChoiceField(label=_("En ce moment"), choices=SATURATIONS, required=False)

    def answers(self) -> dict[str, Any]:
        """Write the share in [0, 1]."""
        told = super().answers()
        share = told.pop("share")
        told["share_procedures"] = None if share is None else share / 100
        told["saturation"] = told["saturation"] or None
        return told


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


class ReviewStep(Step):
    """The last look; an address if one wants to be told."""

    title = _("Est-ce bien cela ?")
    email = forms.EmailField(
        label=_("Pour connaître la suite (facultatif)"),
        required=False,
        max_length=254,
        help_text=_("Votre courriel. Il n’est montré à personne et s’efface dès la réponse."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ReportForm(StyledForm, forms.Form):
    """What is wrong with a place, by anyone."""

    about = radios(
        _("Que voulez-vous signaler ?"),
        (
            ("fix", _("Une information est fausse")),
            ("closed", _("Ce lieu est fermé pour de bon")),
            ("duplicate", _("Ce lieu est là deux fois")),
        ),
        initial="fix",
    )
    phone = line(_("Téléphone"), 40, attrs={"inputmode": "tel"})
    hours = forms.CharField(
        label=_("Horaires, en toutes lettres"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    address = line(_("Numéro et rue"))
    websites = line(_("Site"), 300, attrs={"inputmode": "url"})
    words = forms.CharField(
        label=_("Autre chose, en quelques mots"),
        required=False,
        max_length=1000,
        help_text=_("N’écrivez le nom de personne."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    email = forms.EmailField(
        label=_("Pour connaître la suite (facultatif)"),
        required=False,
        max_length=254,
        help_text=_("Votre courriel. Il n’est montré à personne et s’efface dès la réponse."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    clean_phone = ContactStep.clean_phone
    clean_websites = ContactStep.clean_websites

    @property
    def sheet_fields(self) -> list[Any]:
        """Fields of the sheet, already filled."""
        return [self[name] for name in ("phone", "hours", "address", "websites")]

    @property
    def last_fields(self) -> list[Any]:
        """What comes after."""
        return [self["words"], self["email"]]


class LinkForm(StyledForm, forms.Form):
    """A link to be made."""

    label = line(
        _("Nom du lien"),
        120,
        required=True,
        help_text=_("Pour vous y retrouver : « Réunion du 3 décembre ». Jamais une personne."),
    )
    territory = forms.ChoiceField(label=_("Territoire"))
    days = forms.TypedChoiceField(
        label=_("Valable"),
        coerce=int,
        choices=((1, _("1 jour")), (7, _("7 jours")), (30, _("30 jours")), (90, _("3 mois")),
                 (365, _("1 an"))),
        initial=30,
    )  # fmt: skip

    def __init__(self, *args: Any, territories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].choices = territories  # type: ignore[attr-defined]


class CampaignForm(StyledForm, forms.Form):
    """A campaign to be opened."""

    title = line(_("Nom de la campagne"), 200, required=True)
    territory = forms.ChoiceField(label=_("Territoire"))

    def __init__(self, *args: Any, territories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].choices = territories  # type: ignore[attr-defined]


def shown_fields(record: Mapping[str, Any]) -> dict[str, str]:
    """Return what the report of an error shows of a sheet."""
    return {
        "phone": "".join(say("phone", record.get("phone"))),
        "hours": words_of(record.get("hours"), record.get("hours_text")),
        "address": record.get("address") or "",
        "websites": "\n".join(record.get("websites") or ()),
    }


def report_form(record: Mapping[str, Any]) -> ReportForm:
    """Return the report of an error, filled with what a sheet tells."""
    return ReportForm(initial=shown_fields(record))


class UploadForm(StyledForm, forms.Form):
    """A list to be received."""

    title = line(
        _("Nom de la liste"),
        120,
        required=True,
        help_text=_("Le même à chaque nouvelle version de cette liste : « CCAS du département »."),
    )
    territory = forms.ChoiceField(label=_("Territoire"))
    file = forms.FileField(
        label=_("Fichier"), help_text=_("CSV, Excel, LibreOffice, JSON ou GeoJSON, 20 Mo au plus.")
    )
    whole = forms.BooleanField(
        label=_("C’est la liste entière"),
        help_text=_("Ce qui n’y est plus sera noté « disparu de la liste »."),
        required=False,
    )

    def __init__(self, *args: Any, territories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].choices = territories  # type: ignore[attr-defined]
