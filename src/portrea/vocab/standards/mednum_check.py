"""Check mednum records: what the schema says, and what it forgets. One diagnostic per fault."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from portrea.base.errors import Diagnostic
from portrea.vocab.hours_check import check as check_hours
from portrea.vocab.standards.mednum import (
    SEPARATOR,
    Field,
    Record,
    fields,
    legacy_values,
    schema_spelling,
    straight,
    typologies,
)
from portrea.vocab.standards.mednum import bare as _bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
EMAIL = re.compile(
    r"[^@\s|;,<>()]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
)
URL = re.compile(r"https?://[^\s/|]+\.[^\s/|.]{2,}(?:[/?#:][^\s|]*)?")
ACCESLIBRE = re.compile(r"https://(?:www\.)?acceslibre\.(?:beta\.gouv|gouv|info)\.?(?:fr)?/.*")
NO_PUBLIC = "Ce lieu n'accueille pas de public"

REMEDIES = {
    "pivot": "Écrivez les 14 chiffres du SIRET, ou le numéro RNA (W et 9 chiffres), sans espace.",
    "code_postal": "Écrivez 5 chiffres (mettez la colonne en texte : un tableur efface le zéro).",
    "code_insee": "Écrivez le code officiel de la commune, 5 caractères (2A… ou 2B… en Corse).",
    "telephone": "Écrivez un seul numéro, au format international sans espace : +33299000000.",
    "date_maj": "Écrivez la date au format 2024-04-02, sans heure.",
    "latitude": "Écrivez des degrés avec un point décimal : 48.1372.",
    "longitude": "Écrivez des degrés avec un point décimal : -1.9570.",
}
BOXES = (
    (41.0, 51.5, -5.5, 9.8),  # métropole
    (14.2, 18.2, -63.3, -60.7),  # Antilles
    (2.0, 6.0, -55.0, -51.0),  # Guyane
    (-21.6, -12.5, 44.8, 56.0),  # Réunion, Mayotte
    (46.6, 47.3, -56.6, -56.0),  # Saint-Pierre-et-Miquelon
    (-23.5, -19.0, 158.0, 172.5),  # Nouvelle-Calédonie
    (-28.0, -7.5, -155.0, -134.0),  # Polynésie française
    (-14.6, -13.0, -178.4, -176.0),  # Wallis-et-Futuna
)
"""Latitude and longitude ranges of French land, generous: to tell a swap from a place."""


# -- what the schema says -------------------------------------------------------------------------


def check_schema(record: Mapping[str, str | None], *, row: int | None = None) -> list[Diagnostic]:
    """Return the faults that the 1.0.2 schema itself would find, at most one per field."""
    found = (_schema_fault(field, record.get(field.name), row) for field in fields().values())
    return [fault for fault in found if fault is not None]


def _schema_fault(field: Field, value: str | None, row: int | None) -> Diagnostic | None:
    if value is None or value == "":
        if not field.required:
            return None
        remedy = f"Renseignez « {field.title} »."
        return Diagnostic(
            "mednum-required", "champ obligatoire vide", row, field.name, None, remedy
        )
    message = _refusal(field, value)
    if message is None:
        return None
    code, words, remedy = message
    return Diagnostic(code, words, row, field.name, value, remedy)


def _refusal(field: Field, value: str) -> tuple[str, str, str] | None:
    remedy = REMEDIES.get(field.name, "")
    if field.type == "number" and not NUMBER.fullmatch(value):
        return "mednum-type", "ce n’est pas un nombre", remedy
    if field.type == "date" and not is_date(value):
        return "mednum-type", "ce n’est pas une date", remedy
    if field.pattern is not None and not field.pattern.fullmatch(value):
        return "mednum-pattern", "valeur hors du format attendu", remedy
    if field.longest is not None and len(value) > field.longest:
        text = f"{len(value)} caractères, {field.longest} au plus"
        return "mednum-length", text, "Raccourcissez le texte."
    return _list_refusal(field, value) if field.values else None


def _list_refusal(field: Field, value: str) -> tuple[str, str, str] | None:
    allowed = {schema_spelling(known) for known in field.values}
    parts = value.split(SEPARATOR)
    if parts[0] == "" and len(parts) > 1:  # the schema's pattern takes a leading bar
        parts = parts[1:]
    wrong = next((part for part in parts if part not in allowed), None)
    if wrong is None:
        return None
    return "mednum-value", f"valeur hors de la liste : « {wrong} »", _near(field, wrong, value)


def _near(field: Field, wrong: str, value: str) -> str:
    if ";" in value and field.name in legacy_values():
        return "Séparez les valeurs par « | » (le point-virgule est celui de la version 0.1)."
    same = [known for known in field.values if _bare(known) == _bare(wrong)]
    if same:
        return f"Écrivez exactement « {schema_spelling(same[0])} »."
    return f"Valeurs admises : {', '.join(field.values)}."


def is_date(value: str) -> bool:
    """Whether a text is an ISO calendar date without time."""
    if not ISO_DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


# -- what the schema forgets ----------------------------------------------------------------------


def check_beyond(record: Mapping[str, str | None], *, row: int | None = None) -> list[Diagnostic]:
    """Return the faults the schema lets pass: position, links, hours, contradictions."""
    given = {name: value for name, value in record.items() if value}
    checks = (_position, _kinds, _links, _lists, _contradictions)
    found = [fault for check in checks for fault in check(given, row)]
    osm = given.get("horaires")
    return found + (check_hours(osm, row=row) if osm else [])


def _position(given: Mapping[str, str], row: int | None) -> Iterator[Diagnostic]:
    latitude, longitude = given.get("latitude"), given.get("longitude")
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None:
        missing = "latitude" if latitude is None else "longitude"
        remedy = "Renseignez les deux coordonnées, ou aucune."
        yield Diagnostic("mednum-position", "position incomplète", row, missing, None, remedy)
        return
    if not (NUMBER.fullmatch(latitude) and NUMBER.fullmatch(longitude)):
        return
    problem = position_problem(float(latitude), float(longitude))
    if problem:
        value = f"{latitude}, {longitude}"
        yield Diagnostic(
            "mednum-position", problem, row, "latitude", value, "Vérifiez la position du lieu."
        )


def position_problem(latitude: float, longitude: float) -> str | None:
    """Return what is wrong with a position, ``None`` when it is on French land."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return "position hors des bornes"
    if _in_france(latitude, longitude):
        return None
    if _in_france(longitude, latitude):
        return "latitude et longitude sans doute inversées"
    return "position hors du territoire français"


def _in_france(latitude: float, longitude: float) -> bool:
    return any(a <= latitude <= b and c <= longitude <= d for a, b, c, d in BOXES)


def _kinds(given: Mapping[str, str], row: int | None) -> Iterator[Diagnostic]:
    for part in given.get("typologie", "").split(SEPARATOR):
        if part and part not in typologies():
            remedy = (
                "Employez un code de la liste nationale (MUNI pour une mairie, RFS, BIB, CCAS…)."
            )
            yield Diagnostic("mednum-kind", "typologie inconnue", row, "typologie", part, remedy)


def _links(given: Mapping[str, str], row: int | None) -> Iterator[Diagnostic]:
    shapes = (
        ("courriels", EMAIL, "adresse électronique mal écrite", "Exemple : accueil@exemple.fr."),
        ("site_web", URL, "adresse de site mal écrite", "Commencez par https://."),
        ("prise_rdv", URL, "adresse de prise de rendez-vous mal écrite", "Commencez par https://."),
        ("fiche_acces_libre", ACCESLIBRE, "ce n’est pas une fiche Acceslibre",
         "Collez l’adresse de la fiche sur acceslibre.beta.gouv.fr."),
    )  # fmt: skip
    for name, shape, words, remedy in shapes:
        for part in given.get(name, "").split(SEPARATOR):
            if part and not shape.fullmatch(part):
                yield Diagnostic("mednum-link", words, row, name, part, remedy)


def _lists(given: Mapping[str, str], row: int | None) -> Iterator[Diagnostic]:
    for field in fields().values():
        value = given.get(field.name)
        if not field.list or value is None:
            continue
        parts = value.split(SEPARATOR)
        if any(part != part.strip() or not part for part in parts):
            words, remedy = "barre en trop, ou espace autour d’une barre", "Écrivez « a|b »."
            yield Diagnostic("mednum-list", words, row, field.name, value, remedy)
        elif len(set(parts)) < len(parts):
            words, remedy = "valeur répétée", "Gardez chaque valeur une seule fois."
            yield Diagnostic("mednum-list", words, row, field.name, value, remedy)


def _contradictions(given: Mapping[str, str], row: int | None) -> Iterator[Diagnostic]:
    def parts(name: str) -> set[str]:
        return {straight(part.strip()) for part in given.get(name, "").split(SEPARATOR)}

    if {"Gratuit", "Payant"} <= parts("frais_a_charge"):
        words, remedy = "gratuit et payant à la fois", "Gardez l’un, ou « Gratuit sous condition »."
        yield Diagnostic(
            "mednum-contradiction", words, row, "frais_a_charge", given["frais_a_charge"], remedy
        )
    access = parts("modalites_acces")
    if NO_PUBLIC in access and len(access) > 1:
        words = "le lieu dit à la fois accueillir et ne pas accueillir de public"
        yield Diagnostic(
            "mednum-contradiction", words, row, "modalites_acces", given["modalites_acces"],
            f"Retirez « {NO_PUBLIC} », ou les autres modalités.",
        )  # fmt: skip


def check_record(record: Record, *, row: int | None = None) -> list[Diagnostic]:
    """Return every fault of a record: the schema's, then those it forgets."""
    return check_schema(record, row=row) + check_beyond(record, row=row)
