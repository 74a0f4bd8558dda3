"""Every field of a place that a person may fix: path, French label, kind, criticality."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portrea.base.errors import DataError

SERVICES = "services"
ANY_SERVICE = "services.*"
KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")
"""Spelling of the key of a service (no dot: a path would be ambiguous)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One editable field: ``path`` (``services.*.cost`` for any service), French label and kind.

    ``kind`` tells a form what to draw: ``text``, ``long``, ``phone``, ``email``, ``emails``,
    ``url``, ``urls``, ``hours``, ``date``, ``number``, ``whole``, ``yes_no``, ``choice``,
    ``choices``, ``words`` (free list), ``code``, ``kind`` (typology codes joined by ``|``),
    ``closures``, ``presences``, ``capacity``, ``helpers`` or ``service``. ``vocabulary`` names the
    mednum field whose values are the choices.
    ``critical``: a wrong value sends somebody to a closed door.
    """

    path: str
    label: str
    kind: str
    critical: bool = False
    vocabulary: str | None = None

    @property
    def name(self) -> str:
        """Return the last part of the path: the attribute of the record."""
        return self.path.rsplit(".", 1)[-1]

    @property
    def of_service(self) -> bool:
        """Whether the field belongs to a service."""
        return self.path.startswith(f"{SERVICES}.")

    @property
    def many(self) -> bool:
        """Whether the value is a list."""
        return self.kind in _MANY


_MANY = {"emails", "urls", "choices", "words", "closures", "presences", "helpers"}

FIELDS: tuple[Field, ...] = (
    Field("name", "Nom", "text"),
    Field("kind", "Type de lieu", "kind", vocabulary="typologie"),
    Field("siret", "SIRET ou RNA", "code"),
    Field("parent", "Structure porteuse", "text"),
    Field("address", "Adresse", "text", critical=True),
    Field("address_more", "Complément d’adresse", "text"),
    Field("postcode", "Code postal", "code", critical=True),
    Field("city", "Ville ou village", "text", critical=True),
    Field("commune", "Code de la commune", "code", critical=True),
    Field("longitude", "Longitude", "number"),
    Field("latitude", "Latitude", "number"),
    Field("position", "Origine de la position", "choice"),
    Field("phone", "Téléphone", "phone", critical=True),
    Field("emails", "Courriels", "emails"),
    Field("websites", "Sites", "urls"),
    Field("appointment_url", "Prise de rendez-vous en ligne", "url"),
    Field("accessibility_url", "Fiche Acceslibre", "url"),
    Field("accessibility", "Accessibilité", "long"),
    Field("summary", "Présentation courte", "text"),
    Field("detail", "Présentation", "long"),
    Field("hours", "Horaires", "hours", critical=True),
    Field("hours_text", "Horaires tels que publiés", "text"),
    Field("hours_confirmed", "Horaires relus par une personne", "yes_no"),
    Field("closures", "Fermetures", "closures", critical=True),
    Field("itinerant", "Itinérance", "choices", vocabulary="itinerance"),
    Field("programmes", "Dispositifs", "choices", vocabulary="dispositif_programmes_nationaux"),
    Field("trainings", "Formations et labels", "choices", vocabulary="formations_labels"),
    Field("other_labels", "Autres formations et labels", "words"),
    Field(ANY_SERVICE, "Service", "service", critical=True),
    Field("services.*.name", "Nom du service", "text"),
    Field("services.*.description", "Description", "long"),
    Field("services.*.offers", "Ce qui est proposé", "choices", True, "services"),
    Field("services.*.procedures", "Démarches prises en charge", "words"),
    Field(
        "services.*.support_modes",
        "Accompagnement",
        "choices",
        vocabulary="modalites_accompagnement",
    ),
    Field("services.*.access_modes", "Comment y accéder", "choices", True, "modalites_acces"),
    Field(
        "services.*.publics",
        "Publics accueillis en priorité",
        "choices",
        vocabulary="publics_specifiquement_adresses",
    ),
    Field(
        "services.*.special_care",
        "Prise en charge particulière",
        "choices",
        vocabulary="prise_en_charge_specifique",
    ),
    Field("services.*.languages", "Langues", "words"),
    Field("services.*.cost", "Coût", "choices", vocabulary="frais_a_charge"),
    Field("services.*.cost_text", "Précisions sur le coût", "text"),
    Field("services.*.provider", "Proposé par", "text"),
    Field("services.*.phone", "Téléphone du service", "phone", critical=True),
    Field("services.*.email", "Courriel du service", "email"),
    Field("services.*.capacity", "Capacité d’accueil", "capacity"),
    Field("services.*.helpers", "Qui aide (métiers, jamais de noms)", "helpers"),
    Field("services.*.presences", "Jours et lieux de présence", "presences", critical=True),
    Field("services.*.update_months", "Fréquence de mise à jour (mois)", "whole"),
    Field("services.*.confirmed", "Confirmé le", "date"),
)
"""Every field a person may fix, in the order of a sheet."""

_BY_PATH = {field.path: field for field in FIELDS}


def field_of(path: str) -> Field:
    """Return the field that a path names; :class:`DataError` when there is none."""
    parts = path.split(".")
    general = path
    if parts[0] == SERVICES and 2 <= len(parts) <= 3 and KEY.fullmatch(parts[1]):
        general = ".".join([ANY_SERVICE, *parts[2:]])
    if general not in _BY_PATH or (general == path and "*" in path):
        raise DataError(f"Le champ « {path} » n’existe pas ou ne se corrige pas.")
    return _BY_PATH[general]
