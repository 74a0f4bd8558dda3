"""What the open interface tells of an orientation, of procedures and of proposals."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - read by pydantic
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from portrea.web.api.schemas import told

# -- orientation -----------------------------------------------------------------------------------


class Setting(Schema):
    """D’où part la personne."""

    label: str
    commune: str = Field(description="Code officiel de la commune.")
    exact: bool = Field(description="Vrai : sa position ; faux : le centre de la commune.")


class Choice(Schema):
    """Un lieu proposé, et pourquoi."""

    rank: int = Field(description="Rang, à partir de 1.")
    place: str = Field(description="Identifiant du lieu.")
    name: str
    address: str | None
    commune: str | None
    phone: str | None
    why: str = Field(description="Pourquoi ce lieu, en une phrase.")
    opening: str = Field(description="Quand y aller, en une phrase.")
    travel: str = Field(description="Trajet, en une phrase.")
    km: float = Field(description="Distance à vol d’oiseau (unité : km).")
    minutes: float = Field(description="Temps de trajet estimé (unité : minutes).")
    score: float = Field(description="Minutes pondérées qui font le rang ; le plus petit d’abord.")
    to_confirm: list[str] = Field(description="Contraintes à confirmer par téléphone.")
    page: str = Field(description="Adresse de la page du lieu.")


class Phone(Schema):
    """Un numéro national."""

    number: str
    whose: str = Field(description="De qui.")
    verified: bool = Field(description="Faux : numéro non vérifié.")
    source: str | None = told("Fichier public qui le donne.")


class Call(Schema):
    """Un lieu à appeler quand rien n’est proche."""

    name: str
    phone: str


class Orientation(Schema):
    """La réponse à une situation : les lieux, du meilleur au moins bon."""

    as_of: datetime = Field(description="Heure du calcul, à l’horloge du départ.")
    departure: Setting
    near: bool = Field(description="Faux : rien à portée, le téléphone d’abord.")
    total: int = Field(description="Lieux qui répondent.")
    choices: list[Choice]
    calls: list[Call]
    phones: list[Phone]
    left_out: dict[str, int] = Field(description="Lieux écartés, par raison.")
    page: str = Field(description="La même réponse, en page.")


class Organization(Schema):
    """À qui une démarche s’adresse."""

    code: str
    name: str
    phone: str | None = told("Numéro national.")
    phone_verified: bool = Field(description="Faux : numéro non vérifié.")


class Procedure(Schema):
    """Une démarche, en mots de tous les jours."""

    code: str = Field(description="À donner dans « demarche ».")
    label: str
    need: str = Field(description="Besoin dont elle relève.")
    phrases: list[str] = Field(description="Mots que les gens emploient.")
    organizations: list[Organization]
    deadline: str | None = told("Ce que l’on sait de sa date.")
    deadline_source: str | None = told("D’où l’on tient cette date.")
    note: str | None = told("Remarque.")


class ProcedureList(Schema):
    """Les démarches, ou celles que des mots désignent, la plus probable d’abord."""

    items: list[Procedure]


# -- proposals -------------------------------------------------------------------------------------


class ProposalState(Schema):
    """Une proposition, et ce qu’elle devient."""

    id: int
    kind: str
    state: Literal["waiting", "accepted", "partly", "refused"] = Field(
        description="En attente, acceptée, acceptée en partie, refusée."
    )
    title: str
    place: str | None = told("Lieu concerné.")
    territory: str = Field(description="Où.")
    content: dict[str, Any] = Field(description="Valeurs proposées, par chemin.")
    words: str = Field(description="Remarque.")
    created: datetime
    decided: datetime | None = told("Quand le référent a décidé.")
    reason: str = Field(description="Raison du refus, s’il y en a une.")
    note: str = Field(description="Précision du référent.")
