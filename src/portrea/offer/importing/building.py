"""What a row tells → a place: address, position, hours, contacts, without anything personal."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from portrea.offer.importing import people, positions, values
from portrea.offer.importing.addresses import put_together, taken_apart
from portrea.offer.importing.mapping import DAYS
from portrea.offer.importing.offering import services_of
from portrea.offer.importing.spelling import key, without_tags
from portrea.offer.importing.values import Note
from portrea.offer.record import Place
from portrea.vocab import french_hours, hours

if TYPE_CHECKING:
    from portrea.offer.importing.cells import Draft
    from portrea.offer.importing.people import People
    from portrea.offer.record import Service

NOWHERE = Note(
    "nowhere",
    "lieu sans position, ni adresse, ni commune, ni code postal",
    "Renseignez la commune et le code postal, ou la latitude et la longitude.",
)
_HOURS_OF = {day: f"hours.{day}" for day in DAYS}
LONGEST_NAME = 300
"""Characters of a name: what lists and pages show."""
NAMELESS = Note("nameless", "lieu sans nom", "Renseignez le nom du lieu.")


def build_place(draft: Draft, source: str, found: People) -> tuple[Place | None, Note | None]:
    """Return the place told by a row, or the reason why there is none."""
    name = draft.get("name")
    if not name or not re.search(r"\w", name):
        return None, NAMELESS
    if len(name) > LONGEST_NAME:
        draft.note(Note("too-long", f"nom de {len(name)} caractères, coupé à {LONGEST_NAME}"),
                   "name", name[:80], kept=True)  # fmt: skip
        name = name[:LONGEST_NAME].strip()
    where = _where(draft)
    if not any(where[part] for part in ("latitude", "commune", "postcode", "city", "address")):
        return None, NOWHERE
    near = (name, where["city"] or "")
    told = _told(draft, near, found)
    opening = _opening(draft, near, found)
    services = cleaned_services(
        services_of(draft, told["kind"], told["programmes"]), draft.line, near, found
    )
    place = Place(
        id=f"{source}--{_local_id(draft, name, where)}",
        name=name,
        source=draft.get("source") or source,
        services=services,
        **where,
        **told,
        **opening,
    )
    return place, None


def _local_id(draft: Draft, name: str, where: dict[str, Any]) -> str:
    told = draft.get("id")
    if told:
        return re.sub(r"[^\w.:@~+-]+", "-", told.removesuffix(".0")).strip("-")[:100] or "0"
    parts = (name, where["address"], where["postcode"], where["city"], where["commune"])
    text = values.digest_key(*parts)
    if not any(parts[1:]):
        text += f"|{where['latitude']}|{where['longitude']}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


# -- where ----------------------------------------------------------------------------------------


def _where(draft: Draft) -> dict[str, Any]:
    get = draft.get
    address = put_together(
        get("address.number"), get("address.repeat"), get("address.type"), get("address.street")
    )
    line = get("address") or address or get("address.full")
    postcode, city = get("postcode"), get("city")
    if line:
        street, inside, town = taken_apart(line)
        if inside and values.postcode(inside)[0] and inside in (postcode or inside):
            line, postcode, city = street, inside, city or town
        elif inside and postcode and inside != postcode and town:
            note = Note(
                "two-postcodes", f"l’adresse dit {inside}, la colonne {postcode}", "Vérifiez-les."
            )
            draft.note(note, None, line, kept=True)
    if not (postcode and city) and get("address.full"):
        _, inside, town = taken_apart(get("address.full"))
        postcode, city = postcode or values.postcode(inside or "")[0], city or town
    point = _point(draft)
    return {
        "commune": get("commune"),
        "city": city,
        "postcode": postcode,
        "address": line,
        "latitude": point[0] if point else None,
        "longitude": point[1] if point else None,
        "position": "declared" if point else None,
    }


def _point(draft: Draft) -> tuple[float, float] | None:
    latitude, longitude = draft.get("latitude"), draft.get("longitude")
    if latitude is not None or longitude is not None:
        point, note = positions.coordinates(latitude or "", longitude or "")
        column = next(
            (c for c, _ in draft.raw.get("latitude", draft.raw.get("longitude", []))), None
        )
        draft.note(note, column, f"{latitude} ; {longitude}", kept=point is not None)
        if point is not None:
            return float(point[0]), float(point[1])
    found: tuple[float, float] | None = draft.get("position")
    return found


# -- contacts and words ---------------------------------------------------------------------------


def _told(draft: Draft, near: tuple[str, ...], found: People) -> dict[str, Any]:
    get, listed = draft.get, draft.listed
    programmes = dict.fromkeys(listed("programmes"))
    for target, value in draft.values.items():
        if target.startswith("programmes.") and value is True:
            programmes[target.partition(".")[2]] = None
    accessibility_url = get("accessibility_url")
    return {
        "kind": get("kind"),
        "siret": get("siret"),
        "parent": get("parent"),
        "address_more": clean(draft, "address_more", near, found),
        "phone": _phone(draft, "phone", found),
        "emails": own_emails(draft, "emails", near, found),
        "websites": listed("websites"),
        "appointment_url": get("appointment_url"),
        "accessibility_url": accessibility_url,
        "accessibility": clean(draft, "accessibility", near, found),
        "summary": clean(draft, "summary", near, found),
        "detail": clean(draft, "detail", near, found),
        "itinerant": listed("itinerant"),
        "programmes": tuple(programmes),
        "trainings": listed("trainings"),
        "other_labels": listed("other_labels"),
        "updated": get("updated"),
    }


def clean(draft: Draft, target: str, near: tuple[str, ...], found: People) -> str | None:
    """Return a text without what belongs to persons."""
    text = draft.get(target)
    if not text:
        return None
    kept, kinds = people.strip_text(text, *near)
    if kinds:
        column = next((c for c, _ in draft.raw.get(target, []) if c), None) or target
        for kind in kinds:
            found.add(column, kind, draft.line)
        draft.note(Note("personal", "donnée personnelle retirée du texte"), column, None, kept=True)
    return kept


def _phone(draft: Draft, target: str, found: People) -> str | None:
    value: str | None = draft.get(target)
    for column, cell in draft.raw.get(target, [])[:1]:
        if value and people.personal_phone(column or "", cell):
            found.add(column or target, "mobile", draft.line)
            draft.note(Note("personal", "mobile d’une personne, retiré"), column, None, kept=False)
            return None
    return value


def own_emails(draft: Draft, target: str, near: tuple[str, ...], found: People) -> tuple[str, ...]:
    """Return the addresses that are the place's own."""
    kept = []
    for address in draft.listed(target):
        personal, sure = people.personal_email(address, *near)
        if not personal:
            kept.append(address)
            continue
        column = next((c for c, _ in draft.raw.get(target, []) if c), None) or target
        found.add(column, "email", draft.line, sure=sure)
        words = (
            "courriel d’une personne, retiré" if sure else "courriel peut-être personnel, retiré"
        )
        draft.note(
            Note("personal", words, "Donnez le courriel de la structure."), column, None, kept=False
        )
    return tuple(kept)


_WORDS_OF_SERVICE = ("name", "description", "cost_text", "provider")


def cleaned_services(
    services: tuple[Service, ...], line: int, near: tuple[str, ...], found: People
) -> tuple[Service, ...]:
    """Return services whose texts and contacts are without what belongs to persons."""

    def bare(text: str | None, column: str) -> str | None:
        if not text:
            return text
        kept, kinds = people.strip_text(text, *near)
        for kind in kinds:
            found.add(column, kind, line)
        return kept

    cleaned = []
    for service in services:
        changes: dict[str, Any] = {
            name: bare(getattr(service, name), f"services : {name}")
            for name in _WORDS_OF_SERVICE
            if getattr(service, name)
        }
        if service.email and people.personal_email(service.email, *near)[0]:
            found.add("services : email", "email", line)
            changes["email"] = None
        changes["presences"] = tuple(
            replace(presence, hours_text=bare(presence.hours_text, "services : hours"))
            for presence in service.presences
        )
        cleaned.append(replace(service, **changes))
    return tuple(cleaned)


# -- hours ----------------------------------------------------------------------------------------


def _opening(draft: Draft, near: tuple[str, ...], found: People) -> dict[str, Any]:
    """Return hours, the text published, and whether the producer told them in OSM form."""
    by_day = {day: draft.values.get(target) for day, target in _HOURS_OF.items()}
    comment = clean(draft, "hours.comment", near, found)
    told = clean(draft, "hours", near, found)
    if any(by_day.values()):
        osm, text = daily(tuple(by_day.values()))
        sure = False
    else:
        osm, text, sure = weekly(told) if told else (None, None, False)
    if osm is None and comment:
        osm, _, sure = weekly(comment)
    texts = dict.fromkeys(part for part in (text, told if not sure else None, comment) if part)
    if osm is None and texts and told is None and not any(by_day.values()):
        osm = None
    return {
        "hours": osm,
        "hours_text": " ; ".join(texts) or None,
        "hours_confirmed": sure,
    }


@lru_cache(maxsize=65536)
def weekly(told: str) -> tuple[str | None, str | None, bool]:
    """Return (OSM hours, text, whether the text was OSM itself) of hours on one line."""
    if told.startswith("[["):  # the State's directory tells its hours as JSON
        osm = hours.from_weekly_json(told)
        return (osm, None, True) if osm else (None, told, False)
    told = without_tags(told)
    if hours.is_valid(told):
        return told.strip(), None, True
    return french_hours.from_french(told), told, False


@lru_cache(maxsize=65536)
def daily(told: tuple[str | None, ...]) -> tuple[str | None, str | None]:
    """Return (OSM hours, text) of one text per day, Monday first."""
    by_day = {day: without_tags(text or "") for day, text in zip(DAYS, told, strict=True)}
    names = dict(zip(DAYS, hours.NAMES, strict=True))
    text = " ; ".join(f"{names[day]} : {words}" for day, words in by_day.items() if words)
    try:
        osm = french_hours.from_days(by_day)
    except (ValueError, TypeError):
        osm = None
    return osm, text or None


def same_name(first: Place, second: Place) -> bool:
    """Whether two rows of one identifier speak of the same place."""
    return key(first.name) == key(second.name)
