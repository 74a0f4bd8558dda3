"""What the open interface tells, field by field: the source of its documentation."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - read by pydantic
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

Reference = Annotated[
    str, Field(max_length=60, description="Référence : « commune:35188 », « france ».")
]
Identifier = Annotated[str, Field(max_length=200, description="Identifiant du lieu.")]
Number = Annotated[int, Field(ge=1, le=2_000_000_000, description="Numéro.")]


def told(description: str, **options: Any) -> Any:
    """Describe a field that may be unknown."""
    return Field(None, description=description, **options)


# -- errors ----------------------------------------------------------------------------------------


class Refusal(Schema):
    """Une valeur refusée, ou un territoire qui était peut-être voulu."""

    where: list[str] = Field(description="Où : nom du paramètre, ou chemin dans le corps envoyé.")
    message: str = Field(description="Pourquoi, en français.")
    type: str | None = told("Code technique de la règle.")
    reference: str | None = told("Territoire proposé, s’il y en a un.")


class Problem(Schema):
    """Une erreur, toujours de cette forme (RFC 9457, « application/problem+json »)."""

    type: str = Field(description="Adresse de l’explication de cette erreur.")
    title: str = Field(description="Nom de l’erreur.")
    status: int = Field(description="Code HTTP.")
    detail: str = Field(description="Ce qui ne va pas, en français.")
    remedy: str = Field(description="Comment y remédier.")
    instance: str = Field(description="Adresse demandée.")
    code: str = Field(description="Code stable de l’erreur : « parametre », « territoire »…")
    exit_code: int | None = Field(
        description="Code de sortie de la même erreur dans la ligne de commande, s’il y en a un."
    )
    request: str | None = Field(description="Numéro de la demande, à donner à qui tient le site.")
    errors: list[Refusal] = Field(description="Détails, cinquante au plus.")


# -- pages -----------------------------------------------------------------------------------------


class Page(Schema):
    """Une page d’une liste."""

    total: int = Field(description="Nombre d’éléments de toute la liste, à cet instant.")
    next: str | None = Field(description="Curseur de la page suivante, à donner dans « apres ».")
    next_url: str | None = Field(description="Adresse de la page suivante.")


# -- territories -----------------------------------------------------------------------------------


class Territory(Schema):
    """Un territoire d’aujourd’hui."""

    reference: str = Field(description="Comment il s’écrit partout : « commune:35188 ».")
    level: str = Field(description="Niveau : iris, commune, epci, departement, region, france.")
    code: str = Field(description="Code officiel (COG) ; FR pour la France.")
    name: str = Field(description="Nom officiel.")
    label: str = Field(description="Nom qui se lit seul.")
    commune: str | None = told("Code de la commune qui le contient.")
    epci: str | None = told("SIREN de l’intercommunalité qui le contient.")
    departement: str | None = told("Code du département qui le contient.")
    region: str | None = told("Code de la région qui le contient.")
    area_km2: float | None = told("Superficie (unité : km²).")
    longitude: float | None = told("Longitude du point de référence (degrés, WGS 84).")
    latitude: float | None = told("Latitude du point de référence (degrés, WGS 84).")
    page: str = Field(description="Adresse de son portrait.")


class TerritoryDetail(Territory):
    """Un territoire et ceux qui le contiennent."""

    notes: list[str] = Field(description="Ce qu’il faut savoir : ancien code, arrondissement.")
    parents: list[Territory] = Field(description="Du plus petit à la France.")


class TerritoryPage(Page):
    """Une page de territoires."""

    items: list[Territory]


# -- needs -----------------------------------------------------------------------------------------


class Need(Schema):
    """Une mesure d’un territoire, avec son intervalle : jamais un nombre seul."""

    level: str = Field(description="Niveau du territoire.")
    code: str = Field(description="Code officiel du territoire.")
    name: str = Field(description="Nom du territoire.")
    measure: str = Field(description="Mesure : a1, a2, a2_75, a3, b, b_sum, b_load, c, c_a2.")
    label: str = Field(description="Nom de la mesure.")
    definition: str = Field(description="Ce qu’elle compte.")
    unit: str = Field(description="Unité de n : persons ou declarations_per_year.")
    population: float | None = told("Univers de la part (unité : personnes), arrondi.")
    n: float | None = told("Nombre, valeur centrale ; vide quand seules des bornes sont connues.")
    n_low: float | None = told("Borne basse de l’intervalle à 95 %.")
    n_high: float | None = told("Borne haute de l’intervalle à 95 %.")
    share: float | None = told("Part de l’univers, de 0 à 1.")
    share_low: float | None = told("Borne basse de la part (95 %).")
    share_high: float | None = told("Borne haute de la part (95 %).")
    n_low80: float | None = told("Borne basse de l’intervalle à 80 %.")
    n_high80: float | None = told("Borne haute de l’intervalle à 80 %.")
    share_low80: float | None = told("Borne basse de la part (80 %).")
    share_high80: float | None = told("Borne haute de la part (80 %).")
    p_top: float | None = told("Probabilité d’être dans le dixième le plus concerné de son niveau.")
    quality: str = Field(description="Note de qualité : A (sûre) à D, N (pas de chiffre).")
    status: Literal["ok", "bounds", "hidden", "unavailable"] = Field(
        description="ok ; bounds : bornes seules ; hidden : non publié (secret) ; unavailable."
    )
    reasons: str | None = told("Pourquoi cette note.")
    vintages: str = Field(description="Sources et millésimes des chiffres.")
    computation: str = Field(description="Calcul dont vient le chiffre.")


class NeedPage(Page):
    """Une page d’estimations."""

    items: list[Need]


class Source(Schema):
    """Un jeu de données dont vient ce que le site montre."""

    id: str = Field(description="Identifiant et empreinte du jeu.")
    source: str = Field(description="Code de la source.")
    title: str = Field(description="Titre.")
    producer: str = Field(description="Producteur.")
    vintage: str = Field(description="Millésime : période que les chiffres décrivent.")
    licence: str | None = told("Licence de réutilisation.")
    page: str | None = told("Page publique du producteur.")
    geography: int | None = told("Année du code officiel géographique.")
    retrieved: str | None = told("Jour où le fichier a été reçu.")
    verified: bool = Field(description="Faux : adresse ou format « non vérifié ».")


class SourceList(Schema):
    """Les jeux de données du calcul en service."""

    computation: str = Field(description="Calcul en service.")
    items: list[Source]


# -- places ----------------------------------------------------------------------------------------


class Place(Schema):
    """Un lieu qui aide."""

    id: str = Field(description="Identifiant, qui ne change pas.")
    name: str = Field(description="Nom.")
    kind: list[str] = Field(description="Typologies (codes du standard médiation numérique).")
    status: Literal["open", "closed"] = Field(description="closed : fermé définitivement.")
    closed_on: date | None = told("Jour de la fermeture.")
    situations: list[str] = Field(
        description="Besoins : information, equipement, aide, formation, depannage."
    )
    address: str | None = told("Adresse.")
    postcode: str | None = told("Code postal.")
    city: str | None = told("Ville ou village.")
    commune: str | None = told("Code officiel de la commune.")
    longitude: float | None = told("Longitude (degrés, WGS 84).")
    latitude: float | None = told("Latitude (degrés, WGS 84).")
    position: str | None = told("Origine du point : declared, address, street, commune.")
    phone: str | None = told("Téléphone.")
    website: str | None = told("Site.")
    hours: str | None = told("Horaires d’ouverture, format opening_hours d’OpenStreetMap.")
    hours_text: str | None = told("Horaires tels qu’ils sont publiés.")
    hours_confirmed: bool = Field(description="Vrai : une personne ou le producteur les confirme.")
    programmes: list[str] = Field(description="Dispositifs nationaux.")
    updated: date | None = told("Dernière mise à jour ou confirmation connue.")
    freshness: Literal["fresh", "soon", "to_confirm", "old"] = Field(
        description="Fiche à jour, à confirmer bientôt, à confirmer, ancienne."
    )
    source: str | None = told("Liste dont vient la fiche.")
    page: str = Field(description="Adresse de sa page.")


class PlacePage(Page):
    """Une page de lieux, dans l’ordre des identifiants."""

    items: list[Place]


class Closure(Schema):
    """Jours de fermeture, premier et dernier compris."""

    start: date
    end: date
    reason: str | None = told("Raison.")


class Opening(Schema):
    """Une ouverture."""

    day: date = Field(description="Jour.")
    start: str | None = told("Heure de début, HH:MM, heure du lieu.")
    end: str | None = told("Heure de fin.")
    sure: bool = Field(description="Faux : le rythme n’est pas sûr, appelez avant.")


class Presence(Schema):
    """Quand et comment un service est là."""

    kind: str = Field(description="fixe, permanence, itinerant, domicile, maraude ou distance.")
    hours: str | None = told("Horaires, format opening_hours.")
    hours_text: str | None = told("Horaires tels qu’ils sont publiés.")
    every_weeks: int | None = told("Toutes les combien de semaines.")
    first: date | None = told("Un jour d’une semaine où le service est là.")
    until: date | None = told("Dernier jour.")
    dates: list[date] = Field(description="Jours isolés.")
    closures: list[Closure] = Field(description="Fermetures.")
    by_appointment: bool | None = told("Sur rendez-vous.")
    host: str | None = told("Qui accueille.")
    address: str | None = told("Adresse, si elle n’est pas celle du lieu.")
    commune: str | None = told("Commune, si elle n’est pas celle du lieu.")
    longitude: float | None = told("Longitude, si elle n’est pas celle du lieu.")
    latitude: float | None = told("Latitude, si elle n’est pas celle du lieu.")
    next: Opening | None = told("Prochaine ouverture connue.")


class Capacity(Schema):
    """Ce qu’un service peut faire en une semaine."""

    hours_week: float | None = told("Heures de présence des aidants (unité : heures/semaine).")
    persons_week: float | None = told("Personnes reçues (unité : personnes/semaine).")
    share_procedures: float | None = told("Part donnée aux démarches en ligne, de 0 à 1.")
    saturation: str | None = told("faible, moderee ou forte.")
    declared: bool = Field(description="Faux : estimation, pas une déclaration.")


class Service(Schema):
    """Une forme d’aide donnée dans un lieu."""

    key: str = Field(description="Distingue deux services du même lieu.")
    block: str = Field(description="information, aide, equipement, formation ou depannage.")
    name: str | None = told("Nom.")
    description: str | None = told("Description.")
    offers: list[str] = Field(description="Services du standard médiation numérique 1.0.2.")
    procedures: list[str] = Field(description="Démarches nommées.")
    support_modes: list[str] = Field(description="Modalités d’accompagnement.")
    access_modes: list[str] = Field(description="Modalités d’accès.")
    publics: list[str] = Field(description="Publics spécifiquement adressés.")
    special_care: list[str] = Field(description="Prises en charge spécifiques.")
    languages: list[str] = Field(description="Langues parlées.")
    cost: list[str] = Field(description="Frais à charge.")
    cost_text: str | None = told("Frais, en clair.")
    provider: str | None = told("Qui assure le service, si ce n’est pas le lieu.")
    phone: str | None = told("Téléphone du service.")
    capacity: Capacity | None = told("Capacité d’accueil.")
    confirmed: date | None = told("Jour de la dernière confirmation.")


class ServiceOfPlace(Service):
    """Un service dans la fiche d’un lieu, avec ses présences."""

    presences: list[Presence]


class Told(Schema):
    """D’où vient un champ."""

    source: str = Field(description="Liste, ou personne (« person »).")
    date: date | None  # type: ignore[valid-type]
    fixed: bool = Field(description="Vrai : corrigé par une personne.")


class PlaceDetail(Place):
    """Tout ce que le site montre d’un lieu."""

    summary: str | None = told("Présentation.")
    detail: str | None = told("Présentation longue.")
    emails: list[str] = Field(description="Courriels publiés par le lieu.")
    appointment_url: str | None = told("Prise de rendez-vous en ligne.")
    accessibility: str | None = told("Accessibilité, telle que déclarée.")
    accessibility_url: str | None = told("Fiche Acceslibre.")
    closures: list[Closure] = Field(description="Fermetures annoncées.")
    itinerant: list[str] = Field(description="Fixe, Itinérant.")
    version: int | None = told("Version de la fiche, pour proposer une correction.")
    services: list[ServiceOfPlace]
    told: dict[str, Told] = Field(description="Origine de chaque champ.")


class ServiceItem(Service):
    """Un service, et le lieu où il est donné."""

    place: str = Field(description="Identifiant du lieu.")
    place_name: str = Field(description="Nom du lieu.")
    commune: str | None = told("Commune du lieu.")


class ServicePage(Page):
    """Les services d’une page de lieux ; « total » compte les lieux."""

    items: list[ServiceItem]


class PresenceItem(Presence):
    """Une présence, son service et son lieu."""

    place: str = Field(description="Identifiant du lieu.")
    place_name: str = Field(description="Nom du lieu.")
    service: str = Field(description="Clé du service.")
    block: str = Field(description="Forme d’aide du service.")


class PresencePage(Page):
    """Les présences d’une page de lieux ; « total » compte les lieux."""

    items: list[PresenceItem]


# -- the interface itself --------------------------------------------------------------------------


class Home(Schema):
    """Où l’on est."""

    name: str
    version: str = Field(description="Version du logiciel.")
    computation: str | None = Field(description="Calcul en service.")
    places: str = Field(description="Origine des lieux : census (recensement) ou computation.")
    links: dict[str, str] = Field(description="Adresses de l’interface.")
