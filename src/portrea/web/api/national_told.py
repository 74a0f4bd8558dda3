"""One place in the words of the national map: a line of a list, and the whole sheet."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from portrea.vocab.standards import mednum
from portrea.web.offer.addresses import email_address, web_address
from portrea.web.offer.cards import phone_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Row = Mapping[str, Any]

CULTURE = ("Loisirs et créations numériques", "Compréhension du monde numérique")
EQUIPMENT = (
    "Accès internet et matériel informatique",
    "Acquisition de matériel informatique à prix solidaire",
)
"""How they share the services of the standard out; the others are « competences »."""
FRANCE_SERVICES, CONUM = "France Services", "Conseillers numériques"
COME_IN, BOOK = "Se présenter", "Prendre un RDV en ligne"
_NUMBER = re.compile(r"(\d{1,5})\s*(bis|ter|quater|[a-d])?\s*,?\s+(\S.*)", re.IGNORECASE)


def number_of(text: str | None) -> float | None:
    """Read a position in degrees, ``None`` when it is none."""
    try:
        found = float((text or "")[:30])
    except ValueError:
        return None
    return found if math.isfinite(found) and abs(found) <= 180 else None


def item(row: Row, departement: str, region: str) -> dict[str, Any]:
    """Return a place of a list (their ``LieuListItem``)."""
    record = row["record"]
    told = {
        "id": row["pk"],
        "nom": record["name"],
        "departement": departement,
        "region": region,
        "adresse": _address(row),
        "isByAppointment": _only_by_appointment(record),
        **_programmes(record),
    }
    phone = record.get("phone")
    hours = record.get("hours")
    return told | _filled({"telephone": phone and phone_text(phone), "horaires": hours})


def _only_by_appointment(record: Mapping[str, Any]) -> bool:
    """Tell whether one must book: their code says yes of a place where one may just come in."""
    modes = _united(record, "access_modes")
    return COME_IN not in modes and (BOOK in modes or bool(record.get("appointment_url")))


def detail(row: Row, departement: str, region: str) -> dict[str, Any]:
    """Return the sheet of a place (their ``LieuDetails``); no helper is named here."""
    record = row["record"]
    offers = _united(record, "offers")
    address = _address(row)
    street = " ".join(filter(None, (address["numero_voie"] + address["repetition"],
                                    address["nom_voie"])))  # fmt: skip
    town = f"{address['code_postal']} {address['commune']}".strip()
    return {
        "id": row["pk"],
        "nom": record["name"],
        "adresse": f"{street}, {town}",
        "departement": departement,
        "region": region,
        **_programmes(record),
        **_reached(record),
        "labels": [*record.get("trainings", ()), *record.get("other_labels", ())],
        "source": record.get("source") or "",
        "dateMiseAJour": _day(row),
        "services": {
            "competences": [o for o in offers if o not in (*CULTURE, *EQUIPMENT)],
            "cultureNumerique": [o for o in offers if o in CULTURE],
            "materielInformatique": [o for o in offers if o in EQUIPMENT],
        },
        "typesAccompagnement": _united(record, "support_modes"),
        "publicsSpecifiques": _united(record, "publics"),
        "prisesEnChargeSpecifiques": _united(record, "special_care"),
        "fraisACharge": _united(record, "cost"),
        "modalitesAcces": _united(record, "access_modes"),
        "mediateurs": [],
    }


def _reached(record: Mapping[str, Any]) -> dict[str, Any]:
    emails = (email_address(text) for text in record.get("emails", ()))
    websites = (web_address(text) for text in record.get("websites", ()))
    return _filled(
        {
            "latitude": record.get("latitude"),
            "longitude": record.get("longitude"),
            "osmOpeningHours": record.get("hours"),
            "telephone": record.get("phone") and phone_text(record["phone"]),
            "courriel": next(filter(None, emails), None),
            "siteInternet": next(filter(None, websites), None),
            "accessibilite": web_address(record.get("accessibility_url")),
            "priseRDV": web_address(record.get("appointment_url")),
            "description": record.get("detail") or record.get("summary"),
        }
    )


def _address(row: Row) -> dict[str, str]:
    record = row["record"]
    found = _NUMBER.fullmatch((record.get("address") or "").strip())
    number, again, street = found.groups() if found else ("", "", record.get("address"))
    return {
        "numero_voie": number or "",
        "repetition": again or "",
        "nom_voie": street or "",
        "commune": record.get("city") or "",
        "code_postal": record.get("postcode") or "",
        "code_insee": row["commune"] or "",
    }


def _programmes(record: Mapping[str, Any]) -> dict[str, bool]:
    told = record.get("programmes", ())
    return {"isFranceServices": FRANCE_SERVICES in told, "isConum": CONUM in told}


def _day(row: Row) -> str:
    """Return the day of the last change, as they write it; empty when nobody told one."""
    told = row["record"].get("updated")
    days = (date.fromisoformat(told) if told else None, row["confirmed"])
    last = max(filter(None, days), default=None)
    return f"{last:%d/%m/%Y}" if last else ""


def _united(record: Mapping[str, Any], name: str) -> list[str]:
    values: Iterable[str] = (v for s in record.get("services", ()) for v in s.get(name, ()))
    return list(dict.fromkeys(values))


def _filled(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in (None, "")}


def services() -> tuple[str, ...]:
    """Return the services of the standard, for who checks that each one is shared out."""
    return tuple(mednum.fields()["services"].values)
