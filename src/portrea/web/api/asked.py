"""What programs ask: the same names and values as in the addresses of the pages, bounded."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from portrea.offer.record import Block  # noqa: TC001 - read by pydantic
from portrea.web.offer.filters import LONGEST, LONGEST_VALUE, Asked

Yes = Literal["oui"]
Value = Annotated[str, Field(max_length=LONGEST_VALUE)]
SITUATIONS = Literal["information", "equipement", "aide", "formation", "depannage"]
LEVELS = Literal["iris", "commune", "epci", "departement", "region", "france"]
MEASURES = Literal["a1", "a2", "a2_75", "a3", "b", "b_sum", "b_load", "c", "c_a2"]
MOST = 100


class Paged(Schema):
    """Une page d’une liste."""

    after: str | None = Field(
        None, alias="apres", max_length=2_000, description="Valeur « next » de la page d’avant."
    )
    size: int = Field(
        25, alias="taille", ge=1, le=MOST, description="Éléments par page (unité : éléments)."
    )


class TerritoriesAsked(Paged):
    """Territoires d’un nom, ou d’un niveau dans un autre."""

    words: str | None = Field(
        None, alias="q", max_length=LONGEST, description="Début d’un nom ou d’un code."
    )
    inside: str | None = Field(
        None,
        alias="dans",
        max_length=300,
        description="Territoire qui contient : « epci:243500139 ».",
    )
    level: LEVELS | None = Field(None, alias="niveau", description="Niveau voulu.")


class NeedsAsked(Paged):
    """Mesures d’un territoire, ou des zones qu’il contient."""

    territory: str = Field(
        "france", alias="territoire", max_length=300, description="« commune:35188 », « france »…"
    )
    level: LEVELS | None = Field(
        None, alias="niveau", description="Niveau des zones ; sans lui, le territoire lui-même."
    )
    measure: MEASURES | None = Field(None, alias="mesure", description="Une seule mesure.")


class PlacesFilter(Schema):
    """Filtres de la liste des lieux, comme sur la page « Lieux »."""

    territory: str = Field(
        "france", alias="territoire", max_length=300, description="« commune:35188 », « france »…"
    )
    words: str | None = Field(None, alias="q", max_length=LONGEST, description="Mots cherchés.")
    box: str | None = Field(
        None,
        alias="cadre",
        max_length=100,
        pattern=r"^-?\d{1,3}(\.\d{1,10})?(,-?\d{1,3}(\.\d{1,10})?){3}$",
        description="Rectangle « ouest,sud,est,nord » (unité : degrés).",
    )
    situation: SITUATIONS | None = Field(None, description="Besoin.")
    now: Yes | None = Field(None, alias="maintenant", description="Ouvert maintenant.")
    evening: Yes | None = Field(None, alias="soir", description="Ouvert le soir.")
    saturday: Yes | None = Field(None, alias="samedi", description="Ouvert le samedi.")
    wheelchair: Yes | None = Field(
        None, alias="fauteuil", description="Fauteuil roulant (déclaré)."
    )
    theme: Value | None = Field(None, description="Aide proposée (service mednum 1.0.2).")
    procedure: Value | None = Field(None, alias="demarche", description="Démarche nommée.")
    public: Value | None = Field(None, description="Public.")
    language: Value | None = Field(None, alias="langue", description="Langue parlée.")
    access: Value | None = Field(None, alias="acces", description="Modalité d’accès.")
    cost: Value | None = Field(None, alias="cout", description="Frais à charge.")
    presence: Value | None = Field(None, description="Forme de présence.")
    programme: Value | None = Field(None, alias="dispositif", description="Dispositif national.")
    kind: Value | None = Field(None, alias="type", description="Typologie du lieu.")
    freshness: Literal["fresh", "soon", "to_confirm", "old"] | None = Field(
        None, alias="fraicheur", description="État de la fiche."
    )

    def filters(self) -> Asked:
        """Return the same choices as the page reads them."""
        told: dict[str, Any] = self.model_dump(by_alias=True, exclude_none=True)
        chosen = {name: value for name, value in told.items() if name not in _NOT_FACETS and value}
        return Asked(self.territory.strip(), (self.words or "").strip(), chosen)


_NOT_FACETS = {"territoire", "q", "cadre", "apres", "taille"}


class PlacesAsked(PlacesFilter, Paged):
    """Lieux."""


class OrientationAsked(Schema):
    """Une situation, avec les mêmes noms que dans l’adresse de la page d’orientation."""

    commune: str | None = Field(
        None, max_length=5, description="Code officiel de la commune de départ."
    )
    longitude: str | None = Field(
        None, alias="lon", max_length=24, description="Longitude (degrés), arrondie à 0,001."
    )
    latitude: str | None = Field(
        None, alias="lat", max_length=24, description="Latitude (degrés), arrondie à 0,001."
    )
    need: Block | None = Field(None, alias="besoin", description="Besoin.")
    procedure: str | None = Field(
        None, alias="demarche", max_length=60, description="Code de « /procedures »."
    )
    way: Literal["voiture", "pied"] | None = Field(None, alias="trajet", description="Trajet.")
    language: str | None = Field(None, alias="langue", max_length=40, description="Langue.")
    wheelchair: Literal["oui", "non"] | None = Field(None, alias="fauteuil")
    women: Literal["oui", "non"] | None = Field(None, alias="femmes")
    home: Literal["oui", "non"] | None = Field(None, alias="domicile")
    evening: Literal["oui", "non"] | None = Field(None, alias="soir")
    saturday: Literal["oui", "non"] | None = Field(None, alias="samedi")
    size: int = Field(3, alias="taille", ge=1, le=50, description="Lieux rendus (unité : lieux).")
    start: int = Field(
        0, alias="debut", ge=0, le=500, description="Rang du premier, à partir de 0."
    )


class ProceduresAsked(Schema):
    """Démarches."""

    words: str | None = Field(
        None, alias="q", max_length=LONGEST, description="Mots de tous les jours."
    )


class ProposalSent(Schema):
    """Ce qu’un programme propose ; rien n’est publié avant l’avis du référent."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["new", "fix", "closed", "duplicate", "remark"] = Field(
        description="Nouveau lieu, correction, fermé, en double, remarque."
    )
    place: str | None = Field(None, max_length=200, description="Identifiant du lieu concerné.")
    place_version: int | None = Field(
        None, ge=1, le=2_000_000_000,
        description="« version » lue avec le lieu : 409 si la fiche a changé depuis.",
    )  # fmt: skip
    content: dict[Annotated[str, Field(max_length=120)], Any] = Field(
        default_factory=dict,
        max_length=60,
        description="Valeurs proposées, par chemin : « phone », « services.aide.cost »…",
    )
    other: str = Field("", max_length=40, description="L’autre lieu, pour un doublon.")
    words: str = Field("", max_length=1000, description="Remarque. Jamais le nom d’une personne.")
