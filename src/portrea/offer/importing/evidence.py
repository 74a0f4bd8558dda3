"""What the values of a column look like: the share that a field could take, in [0, 1]."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portrea.offer.importing import contacts, positions, values, vocabularies
from portrea.offer.importing.spelling import plain, without_tags
from portrea.vocab import hours

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TIME = re.compile(r"\d{1,2}\s*[h:]\s*\d{0,2}|ferm[eé]|sur rendez|sur rdv", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_STREETS = (
    "rue|avenue|av|bd|boulevard|place|pl|route|chemin|impasse|allee|allees|quai|cours|square|"
    "esplanade|hameau|lieu|zone|za|zi|parc|centre|mairie|bourg|espace"
)
_STREET = re.compile(rf"\b(?:{_STREETS}|\d{{1,4}})\b")
_METRES = re.compile(r"\d{5,7}(?:[.,]\d+)?")
LATITUDES = ((41.0, 51.6), (14.2, 18.2), (2.0, 6.0), (-23.5, -12.5), (46.6, 47.3))
LONGITUDES = ((-5.6, 9.9), (-63.3, -51.0), (44.8, 56.0), (158.0, 172.5), (-56.6, -56.0))


def _share(sample: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(1 for cell in sample if fits(cell)) / len(sample)


def _reads(reader: Callable[[str], values.Read], *, strict: bool = True) -> Callable[[str], bool]:
    def fits(cell: str) -> bool:
        value, note = reader(cell)
        told = value not in (None, (), False) or value is False
        return told and (
            not strict or note is None or note.code in ("leading-zero", "several-phones")
        )

    return fits


def _coordinate(ranges: tuple[tuple[float, float], ...]) -> Callable[[str], bool]:
    def fits(cell: str) -> bool:
        bare = cell.replace(",", ".").replace(" ", "").replace("\u202f", "")
        try:
            value = float(bare)
        except ValueError:
            return False
        if any(low <= value <= high for low, high in ranges):
            return True
        return bool(_METRES.fullmatch(bare))

    return fits


def _worded(name: str) -> Callable[[str], bool]:
    def fits(cell: str) -> bool:
        found, strange = vocabularies.listed(name, cell)
        if not found and not strange:
            return values.untold(cell) or len(cell) < 30
        return any(target == name or name in ("publics", "programmes") for target, _ in found)

    return fits


def _kind(cell: str) -> bool:
    return vocabularies.kind(cell)[0] is not None


def _is_hours(cell: str) -> bool:
    return hours.is_valid(cell) or bool(_TIME.search(without_tags(cell)))


def _is_day_hours(cell: str) -> bool:
    return bool(_TIME.search(cell)) or values.untold(cell) or len(plain(cell)) < 12


def _is_name(cell: str) -> bool:
    return bool(_LETTERS.search(cell)) and len(cell) <= 150 and "@" not in cell


def _is_city(cell: str) -> bool:
    return bool(_LETTERS.search(cell)) and len(cell) <= 60 and "@" not in cell


def _is_address(cell: str) -> bool:
    return bool(_STREET.search(plain(cell))) and len(cell) <= 250 and "@" not in cell


def _is_number_of_street(cell: str) -> bool:
    return bool(re.match(r"\d{1,5}", cell.strip())) and len(cell) <= 12


def _is_text(cell: str) -> bool:
    return bool(_LETTERS.search(cell))


def _is_link(cell: str) -> bool:
    return bool(contacts.link(cell)[0])


def _is_phone(cell: str) -> bool:
    return contacts.phone(cell)[0] is not None and len(cell) < 80


def _is_site(cell: str) -> bool:
    return "." in cell and "@" not in cell and bool(contacts.websites(cell)[0])


def _is_date(cell: str) -> bool:
    found, note = values.date_of(plain(cell).strip())
    return found is not None or (note is not None and note.code == "vague-date")


_TESTS: dict[str, Callable[[str], bool]] = {
    "name": _is_name,
    "city": _is_city,
    "address": _is_address,
    "address.full": _is_address,
    "address.number": _is_number_of_street,
    "siret": _reads(values.siret),
    "commune": _reads(values.commune),
    "postcode": _reads(values.postcode),
    "latitude": _coordinate(LATITUDES),
    "longitude": _coordinate(LONGITUDES),
    "position": lambda cell: positions.position(cell)[0] is not None,
    "phone": _is_phone,
    "emails": lambda cell: bool(contacts.emails(cell)[0]),
    "websites": _is_site,
    "appointment_url": _is_link,
    "accessibility_url": lambda cell: "acceslibre" in cell.lower(),
    "accessibility": lambda cell: _is_text(cell) and "://" not in cell,
    "kind": _kind,
    "updated": _is_date,
    "hours": _is_hours,
    "itinerant": lambda cell: bool(vocabularies.listed("itinerance", cell)[0]),
    "offers": _worded("offers"),
    "cost": _worded("cost"),
    "publics": _worded("publics"),
    "special_care": _worded("special_care"),
    "support_modes": _worded("support_modes"),
    "access_modes": _worded("access_modes"),
    "programmes": _worded("programmes"),
    "block": lambda cell: vocabularies.single("blocks", cell)[0] is not None,
    "summary": _is_text,
    "detail": _is_text,
}
_BY_READER: dict[str, Callable[[str], bool]] = {
    "boolean": _reads(values.boolean, strict=False),
    "number": _reads(values.number, strict=False),
    "share": _reads(values.share, strict=False),
}


def fit(target: str, reader: str, sample: Sequence[str]) -> float | None:
    """Return the share of sampled values that a field could take; ``None`` when nothing is told."""
    if not sample:
        return None
    if target.startswith("hours.") and target != "hours.comment":
        return _share(sample, _is_day_hours)
    test = _TESTS.get(target) or _BY_READER.get(reader)
    return None if test is None else _share(sample, test)
