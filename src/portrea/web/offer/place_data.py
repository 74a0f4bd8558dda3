"""A place for machines: schema.org for search engines, a vCard for the address book of a phone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString, mark_safe

from portrea.vocab.hours import DAYS, describe, week_of

if TYPE_CHECKING:
    from portrea.offer.record import Place as Record
    from portrea.web.offer.cards import PlaceCard

SCHEMA_DAYS = dict(
    zip(
        DAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)

_OFFICES = (
    "CAF", "CC", "CCAS", "CD", "CDAS", "CFP", "CIAS", "CPAM", "DEETS", "DEPT", "EPCI", "ETAT",
    "FT", "MDA", "MDPH", "MDS", "MSA", "MSAP", "MUNI", "PREF", "REG", "RFS",
)  # fmt: skip
SCHEMA_TYPES = {
    **dict.fromkeys(_OFFICES, "GovernmentOffice"), "BIB": "Library", "LA_POSTE": "PostOffice",
}  # fmt: skip
"""Kind of place → its type in schema.org, the first one told; others are civic structures."""


def json_ld(card: PlaceCard, record: Record, address: str) -> SafeString:
    """Return schema.org data; ``<`` is escaped so that no field can end the script."""
    told = {
        "@context": "https://schema.org",
        "@type": _type(record.kind),
        "name": card.name,
        "url": address,
        "description": record.summary,
        "telephone": record.phone,
        "email": card.email,
        "sameAs": card.website,
        "address": _filled(
            {
                "@type": "PostalAddress",
                "streetAddress": record.address,
                "postalCode": record.postcode,
                "addressLocality": record.city,
                "addressCountry": "FR",
            }
        ),
        "geo": _geo(record),
        "openingHoursSpecification": [] if card.closed else _opening(record),
        "specialOpeningHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                "validFrom": closure.start.isoformat(),
                "validThrough": closure.end.isoformat(),
            }
            for closure in record.closures
        ],
        "isAccessibleForFree": True if _is_free(record) else None,
        "availableLanguage": sorted({lang for s in record.services for lang in s.languages}),
    }
    text = json.dumps(_filled(told), ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(text)  # noqa: S308 - JSON with every sign of HTML escaped


def _type(kind: str | None) -> str:
    told = (SCHEMA_TYPES.get(code) for code in (kind or "").split("|"))
    return next(filter(None, told), "CivicStructure")


def _filled(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value}


def _geo(record: Record) -> dict[str, Any] | None:
    if record.longitude is None or record.latitude is None:
        return None
    return {
        "@type": "GeoCoordinates",
        "latitude": record.latitude,
        "longitude": record.longitude,
    }


def _opening(record: Record) -> list[dict[str, Any]]:
    """Return the ordinary week; what is not the same every week has no words in schema.org."""
    days: dict[tuple[int, int], list[str]] = {}
    for day, spans in zip(DAYS, week_of(record.hours) or (), strict=False):
        for span in spans:
            days.setdefault(span, []).append(SCHEMA_DAYS[day])
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": names,
            "opens": _clock(start),
            "closes": _clock(min(end, 24 * 60 - 1)),
        }
        for (start, end), names in days.items()
    ]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _is_free(record: Record) -> bool:
    told = {cost for service in record.services for cost in service.cost}
    return told == {"Gratuit"}


def vcard(card: PlaceCard, record: Record, address: str) -> str:
    """Return the place as a vCard 4.0, lines folded by none: short enough for every phone."""
    street = ";".join(_escaped(t or "") for t in (record.address, record.city, "", record.postcode))
    located = record.longitude is not None and record.latitude is not None
    hours = " / ".join(describe(record.hours)) or record.hours_text or ""
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:org",
        f"FN:{_escaped(card.name)}",
        f"ORG:{_escaped(card.name)}",
        f"ADR:;;{street};France",
        f"TEL;VALUE=uri:{card.phone_link}" if card.phone else "",
        f"EMAIL:{_escaped(card.email)}" if card.email else "",
        f"URL:{card.website}" if card.website else "",
        f"GEO:geo:{record.latitude:.5f},{record.longitude:.5f}" if located else "",
        f"NOTE:{_escaped(hours)}",
        f"SOURCE:{address}",
        "END:VCARD",
    ]
    return "\r\n".join(line for line in lines if line) + "\r\n"


def _escaped(text: str) -> str:
    flat = " ".join(text.split())
    return flat.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
