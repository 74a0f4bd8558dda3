"""What each table of a board is called, what its numbers count, how its values are said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from portrea.action.activity import UNKNOWN, words
from portrea.action.tallies import PARTITIONS, PEOPLE
from portrea.web.accounts.scope import find
from portrea.web.action.models import Procedure

if TYPE_CHECKING:
    from collections.abc import Iterable

UNSAID = _("Non renseigné")
_ASKED = {"oui": _("Oui"), "non": _("Non")}


@dataclass(frozen=True, slots=True)
class Spec:
    """A table: its dimension of :mod:`portrea.action.tallies`, its words, the list of its values.

    ``listed`` names a vocabulary of ``activite.yaml``, whose order is kept when ``ordered``;
    ``most`` is how many rows a page shows.
    """

    dimension: str
    title: Any
    definition: Any
    listed: str = ""
    most: int = 12
    ordered: bool = False

    @property
    def people(self) -> bool:
        """Whether it counts people, else records."""
        return self.dimension in PEOPLE.values()

    @property
    def whole(self) -> bool:
        """Whether its rows add up to a known total."""
        return self.dimension in PARTITIONS or self.dimension == "reason"


SPECS = (
    Spec(
        "kind", _("Type d’aide"), _("Comptes rendus. Un atelier est un seul compte rendu."), "kinds"
    ),
    Spec("where", _("Lieu de l’aide"), _("Comptes rendus."), "places"),
    Spec(
        "theme",
        _("Thèmes"),
        _("Comptes rendus qui disent ce thème ; un compte rendu peut en dire plusieurs."),
        "themes",
    ),
    Spec("procedure", _("Démarches"), _("Comptes rendus qui nomment cette démarche du catalogue.")),
    Spec(
        "result",
        _("Demande satisfaite"),
        _("Comptes rendus, selon qui a aidé."),
        "results",
    ),
    Spec(
        "reason",
        _("Pourquoi pas"),
        _("Comptes rendus dont la demande est restée sans réponse, ou en partie."),
        "reasons",
    ),
    Spec(
        "unmet",
        _("Sans réponse, par thème"),
        _("Comptes rendus « non » ou « en partie » qui disent ce thème."),
        "themes",
    ),
    Spec(
        "unmet_procedure",
        _("Sans réponse, par démarche"),
        _("Comptes rendus « non » ou « en partie » qui nomment cette démarche."),
    ),
    Spec(
        "oriented",
        _("Personnes orientées ailleurs"),
        _("Comptes rendus où une orientation a été faite."),
    ),
    Spec("autonomy", _("Autonomie"), _("Comptes rendus, selon qui a aidé."), "autonomies"),
    Spec(
        "band",
        _("Durée"),
        _("Comptes rendus, dans les tranches de la Coop de la médiation numérique."),
        "bands",
        ordered=True,
    ),
    Spec(
        "age",
        _("Âges"),
        _("Personnes, à chaque aide. Un âge non dit est « non renseigné », jamais réparti."),
        "ages",
        ordered=True,
    ),
    Spec(
        "status",
        _("Situations"),
        _("Personnes, à chaque aide. Même règle que pour les âges."),
        "statuses",
    ),
    Spec(
        "gender",
        _("Genres"),
        _("Personnes, à chaque aide. Même règle que pour les âges."),
        "genders",
    ),
    Spec(
        "commune",
        _("Communes"),
        _("Comptes rendus, par commune où l’aide a eu lieu (à domicile : où vit la personne)."),
        most=20,
    ),
)

TOTALS = {
    "records": (_("Comptes rendus"), _("Une aide donnée, à une personne ou à un atelier.")),
    "people": (
        _("Personnes aidées"),
        _("Somme des personnes de chaque compte rendu : qui est venu deux fois compte deux fois."),
    ),
    "known": (
        _("Dont déjà venues"),
        _("Parmi les personnes dont le compte rendu dit combien étaient déjà venues."),
    ),
    "hours": (
        _("Heures d’aide"),
        _("Somme des durées écrites en minutes ; les comptes rendus sans durée n’y sont pas."),
    ),
}


def rank(spec: Spec, value: str) -> int:
    """Return the place of a value in its vocabulary, where its order matters."""
    known = list(_listed(spec.listed)) if spec.ordered else []
    return known.index(value) if value in known else len(known)


def labels(spec: Spec, values: Iterable[str]) -> dict[str, str]:
    """Return the French of the values of a table."""
    if spec.dimension in ("procedure", "unmet_procedure"):
        named = {str(one.pk): str(one) for one in Procedure.objects.filter(
            pk__in=[value for value in values if value]
        )}  # fmt: skip
    elif spec.dimension == "commune":
        named = {value: find(("commune", value)).name for value in values if value}
    elif spec.dimension == "oriented":
        named = {value: str(label) for value, label in _ASKED.items()}
    else:
        named = _listed(spec.listed)
    return {value: named.get(value, value) or str(UNSAID) for value in values}


def _listed(name: str) -> dict[str, str]:
    known = dict(words()[name])
    if name == "ages":
        known = words()["former_ages"] | known
    if name == "themes":
        known = words()["procedure_themes"] | known
    return known | {UNKNOWN: str(UNSAID)}
