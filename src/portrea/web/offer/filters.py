"""What a reader asks of the list of places, from the address of the page and back to it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.base.errors import ParameterError
from portrea.offer.freshness import Tier
from portrea.offer.record import Block
from portrea.offer.searching.tags import YES
from portrea.sources.catalogue import title_of
from portrea.vocab.situations import Situation
from portrea.web.offer.cards import kind_label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import QueryDict

LONGEST = 120
LONGEST_VALUE = 200
SITUATIONS = {**{str(s): s.label for s in Situation}, str(Block.DEPANNAGE): Block.DEPANNAGE.label}
PRESENCES = {
    "fixe": gettext_lazy("Sur place"),
    "permanence": gettext_lazy("Permanence"),
    "itinerant": gettext_lazy("Itinérant (bus, tournée)"),
    "domicile": gettext_lazy("À domicile"),
    "maraude": gettext_lazy("Maraude"),
    "distance": gettext_lazy("À distance"),
}
SWITCHES = {
    "maintenant": gettext_lazy("Ouvert maintenant"),
    "soir": gettext_lazy("Ouvert le soir"),
    "samedi": gettext_lazy("Ouvert le samedi"),
    "fauteuil": gettext_lazy("Fauteuil roulant (déclaré)"),
}
CHOICES = {
    "theme": gettext_lazy("Aide proposée"),
    "demarche": gettext_lazy("Démarche"),
    "public": gettext_lazy("Public"),
    "langue": gettext_lazy("Langue"),
    "acces": gettext_lazy("Comment y accéder"),
    "cout": gettext_lazy("Coût"),
    "presence": gettext_lazy("Forme de présence"),
    "dispositif": gettext_lazy("Dispositif"),
    "type": gettext_lazy("Type de lieu"),
    "fraicheur": gettext_lazy("Fiche"),
    "manque": gettext_lazy("Ce qui manque à la fiche"),
}
MISSING = {
    "position": gettext_lazy("position sur la carte"),
    "adresse": gettext_lazy("adresse"),
    "horaires": gettext_lazy("horaires lisibles"),
    "telephone": gettext_lazy("téléphone"),
    "services": gettext_lazy("ce qui est proposé"),
    "acces": gettext_lazy("comment y accéder"),
    "cout": gettext_lazy("coût"),
    "capacite": gettext_lazy("capacité d’accueil"),
    "date": gettext_lazy("date de la fiche"),
    "type": gettext_lazy("type de lieu"),
}
FACETS = ("situation", *SWITCHES, *CHOICES)
MOST_OPTIONS = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """A reader's choices: territory, words, one value by facet."""

    reference: str
    words: str
    chosen: Mapping[str, str]

    @property
    def situation(self) -> str:
        """The need asked for, empty for all."""
        return self.chosen.get("situation", "")

    def address(self, **changes: str) -> str:
        """Return the query string of this list, with changes (empty: without)."""
        told = {"territoire": self.reference, "q": self.words, **self.chosen, **changes}
        kept = {name: value for name, value in told.items() if value}
        return urlencode(kept, safe=":,")


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet: how many places it would leave, and the address that (un)sets it."""

    value: str
    label: str
    count: int
    current: bool
    query: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter as shown."""

    name: str
    label: str
    options: tuple[Option, ...]
    value: str

    @property
    def choices(self) -> SafeString:
        """The options of the form, escaped here: in a template they would take most of its time."""
        lines = []
        for option in self.options:
            selected = " selected" if option.current else ""
            count = f" ({option.count})" if option.count else ""
            lines.append(
                f'<option value="{escape(option.value)}"{selected}>'
                f"{escape(option.label)}{count}</option>"
            )
        return mark_safe("".join(lines))  # noqa: S308 - every value and label is escaped


def asked_of(query: QueryDict) -> Asked:
    """Read the choices of an address; a need that does not exist is explained."""
    chosen = {
        name: query.get(name, "").strip()[:LONGEST_VALUE]
        for name in FACETS
        if query.get(name, "").strip()
    }
    situation = chosen.get("situation", "")
    if situation and situation not in SITUATIONS:
        raise ParameterError(
            f"La situation « {situation} » n’existe pas.",
            remedy=f"Situations : {', '.join(SITUATIONS)}.",
        )
    words = query.get("q", "").strip()[:LONGEST]
    return Asked(query.get("territoire", "").strip()[:2000], words, chosen)


def facets_of(asked: Asked, counts: Mapping[str, Mapping[str, int]]) -> tuple[Facet, ...]:
    """Return the filters with choices, those that would change nothing left out."""
    found = []
    for name in ("situation", *CHOICES):
        if name == "manque" and name not in asked.chosen:
            continue  # for those who keep the census: reached from the statistics
        options = _options(asked, name, counts.get(name, {}))
        if len(options) > 1 or asked.chosen.get(name) or name == "situation":
            label = _("Besoin") if name == "situation" else str(CHOICES[name])
            found.append(Facet(name, label, options, asked.chosen.get(name, "")))
    return tuple(found)


def switches_of(asked: Asked, counts: Mapping[str, Mapping[str, int]]) -> tuple[Option, ...]:
    """Return the filters that are on or off, as links."""
    found = []
    for name, label in SWITCHES.items():
        current = bool(asked.chosen.get(name))
        count = counts.get(name, {}).get(YES, 0)
        if count or current:
            query = asked.address(**{name: "" if current else YES})
            found.append(Option(name, str(label), count, current, query))
    return tuple(found)


def removable(asked: Asked) -> tuple[Option, ...]:
    """Return the choices in force among those of the form, each with the address without it."""
    told = [(n, label_of(n, v)) for n, v in asked.chosen.items() if n not in SWITCHES]
    if asked.words:
        told.append(("q", f"« {asked.words} »"))
    return tuple(Option(name, text, 0, True, asked.address(**{name: ""})) for name, text in told)


def label_of(facet: str, value: str) -> str:
    """Return how a value is said to a reader."""
    words = _WORDS.get(facet)
    return words(value) if words else str(SWITCHES.get(facet, value))


def _tier_label(value: str) -> str:
    return Tier(value).label.capitalize() if value in set(Tier) else value


_WORDS: dict[str, Callable[[str], str]] = {
    "situation": lambda value: SITUATIONS.get(value, value),
    "presence": lambda value: str(PRESENCES.get(value, value)),
    "fraicheur": _tier_label,
    "manque": lambda value: str(MISSING.get(value, value)),
    "type": kind_label,
    "liste": title_of,
}


def _options(asked: Asked, name: str, counts: Mapping[str, int]) -> tuple[Option, ...]:
    value = asked.chosen.get(name, "")
    if name == "situation":
        ordered = [key for key in SITUATIONS if key in counts or key == value or key != "depannage"]
    else:
        ordered = sorted(counts, key=lambda key: (-counts[key], key))[:MOST_OPTIONS]
        ordered += [value] if value and value not in ordered else []
    return tuple(
        Option(key, label_of(name, key), counts.get(key, 0), key == value, "") for key in ordered
    )
