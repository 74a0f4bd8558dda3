"""« Pourquoi ce lieu » : one French sentence, the same facts as the points."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from portrea.base.estimates import integer
from portrea.offer.calendar import (
    next_opening,
    say_day,
    status,
    timing_of,
    timing_of_presence,
)
from portrea.offer.freshness import Tier, freshness_of, freshness_of_service
from portrea.offer.orientation.asked import NONE, Way
from portrea.offer.orientation.doors import languages_told, organizations_of
from portrea.offer.orientation.procedures import procedure_of
from portrea.offer.record import Block, PresenceKind
from portrea.vocab.hours import MIDNIGHT, NARROW, say_time

if TYPE_CHECKING:
    from datetime import date

    from portrea.offer.calendar import Status, Timing
    from portrea.offer.freshness import Freshness
    from portrea.offer.orientation.answer import Ranked
    from portrea.offer.orientation.asked import Asked
    from portrea.offer.record import Place

COLON, SEMICOLON = f"{NARROW}: ", f"{NARROW}; "
_HELPS = {
    Block.AIDE: "aide pour les démarches",
    Block.INFORMATION: "renseigne et oriente",
    Block.EQUIPEMENT: "met un ordinateur ou un réseau à disposition",
    Block.FORMATION: "apprend à se servir du numérique",
    Block.DEPANNAGE: "répare, ou aide à s’équiper",
}
_ONLY_DIRECTS = {
    Block.DEPANNAGE: "ne dit pas réparer, mais met un ordinateur à disposition",
}
_CONFIRMED = {
    "fauteuil": "accessible en fauteuil, dit le lieu",
    "femmes": "réservé aux femmes",
    "domicile": "quelqu’un vient à domicile",
    "langue": "on y parle {language}",
}
_PERHAPS = {
    "femmes": "reçoit les femmes, avec d’autres publics",
    "domicile": "dit venir à domicile, à confirmer par téléphone",
    "langue": "reçoit en d’autres langues{COLON}demandez {language} par téléphone",
}
_LANGUAGE_TOLD = "dit pouvoir aider dans votre langue ({name}), à confirmer par téléphone"
_SILENT = {
    "fauteuil": "ne dit rien de l’accès en fauteuil{COLON}demandez par téléphone",
    "langue": "ne dit pas quelles langues y sont parlées{COLON}demandez {language} par téléphone",
    "soir": "demandez par téléphone s’il ouvre le soir",
    "samedi": "demandez par téléphone s’il ouvre le samedi",
}
_LANGUAGES = {"langue-des-signes": "la langue des signes"}


def why(place: Place, one: Ranked, asked: Asked, *, now: datetime) -> str:
    """Return why a place is proposed, as one sentence for the public.

    Parameters
    ----------
    place
        Its record.
    one
        What the ranking tells of it.
    asked, now
        The same as for the ranking.
    """
    fresh = _freshness(place, one, now)
    parts = [
        _grounds(place, one, asked),
        travel_told(one, asked),
        *_constraints(place, one, asked),
        opening_told(place, one, asked, now),
        *_itinerant(place, one),
        *_crowded(one),
        fresh.sentence,
    ]
    text = SEMICOLON.join(part for part in parts if part)
    return text[0].upper() + text[1:] + "."


def timing_of_door(place: Place, service: int, presence: int) -> Timing:
    """Return when a door is open."""
    if service < 0 or presence < 0:
        return timing_of(place)
    return timing_of_presence(place, place.services[service].presences[presence])


# -- parts -----------------------------------------------------------------------------------------


def _grounds(place: Place, one: Ranked, asked: Asked) -> str:
    need = asked.need or Block.INFORMATION
    helps = _HELPS[need]
    if one.level == "nomme":
        return "dit faire cette démarche"
    if one.level == "organisme":
        concerned = procedure_of(asked.procedure or NONE).organizations
        is_one = organizations_of(place)
        return f"c’est {next(one.name for one in concerned if one.code in is_one)}"
    if one.level == "france_services":
        return f"France services{COLON}{helps}"
    if one.level == "suppose":
        return f"{helps}, d’après ce genre de lieu{COLON}à demander"
    if one.level == "oriente":
        only = "ne fait pas la démarche avec vous, mais renseigne et oriente"
        return _ONLY_DIRECTS.get(need, only)
    return helps


def travel_told(one: Ranked, asked: Asked) -> str:
    """Say how far it is, in minutes; nothing when somebody comes."""
    if one.remote:
        return "par téléphone ou visio, sans se déplacer"
    if one.at_home:
        return ""
    way = "à pied" if asked.way is Way.FOOT else "en voiture"
    whole = round(one.minutes)
    if whole == 0:
        return f"à moins d’une minute {way}"
    hours, rest = divmod(whole, 60)
    said = f"{integer(whole)}{NARROW}minute{'s' if whole > 1 else ''}"
    if hours:
        said = f"{hours}{NARROW}h{f'{NARROW}{rest:02d}' if rest else ''}"
    far = "" if one.near else f"loin{COLON}"
    return f"{far}à environ {said} {way}"


def _constraints(place: Place, one: Ranked, asked: Asked) -> list[str]:
    language = _LANGUAGES.get(asked.language or "", f"l’{asked.language}" if _elided(asked) else "")
    language = language or f"le {asked.language}"
    found = []
    for name in asked.constraints:
        told = name in one.told
        book = _CONFIRMED if told and name not in one.asks else _PERHAPS if told else _SILENT
        said = book.get(name)
        if name == "langue" and book is _PERHAPS and asked.language in languages_told(place):
            said = _LANGUAGE_TOLD
        if said:
            found.append(said.format(language=language, name=asked.language, COLON=COLON))
    return found


def _elided(asked: Asked) -> bool:
    return (asked.language or "")[:1] in set("aeiou")


def opening_told(place: Place, one: Ranked, asked: Asked, now: datetime) -> str:
    """Say whether it is open, and what the person will find on arrival."""
    if not one.hours_known:
        presence = _presence(place, one)
        if presence is not None and presence.by_appointment:
            return "sur rendez-vous, horaires inconnus"
        return "horaires inconnus, à demander avant de vous déplacer"
    timing = timing_of_door(place, one.service, one.presence)
    said = _short(status(timing, now), _freshness(place, one, now))
    if one.opens is None or said.open is None or one.timeless:
        return said.sentence
    start = datetime.combine(now.date(), time()) + timedelta(minutes=one.opens)
    day, hour = say_day(start.date(), now.date()), _hour(start)
    if (asked.evening or asked.saturday) and not (said.open and start <= now):
        return f"ouvert {day} à partir de {hour}"
    coming = next_opening(timing, now)
    in_time = coming is None or coming.start is None or (coming.day, coming.start) == _at(start)
    if in_time or (one.open_on_arrival and said.open):
        return said.sentence
    return f"{said.sentence}{COLON}trop juste, ouvre ensuite {day} à {hour}"


def _short(said: Status, fresh: Freshness) -> Status:
    """Leave out a doubt that the end of the sentence tells."""
    if fresh.tier.penalty < Tier.TO_CONFIRM.penalty:
        return said
    return replace(said, sentence=said.sentence.removesuffix(" (horaires à confirmer)"))


def _at(moment: datetime) -> tuple[date, int]:
    return moment.date(), moment.hour * 60 + moment.minute


def _hour(moment: datetime) -> str:
    return say_time((moment.hour * 60 + moment.minute) % MIDNIGHT)


def _presence(place: Place, one: Ranked):  # type: ignore[no-untyped-def]
    if one.service < 0 or one.presence < 0:
        return None
    return place.services[one.service].presences[one.presence]


def _itinerant(place: Place, one: Ranked) -> list[str]:
    """Say that it moves, when its next stops are not told."""
    presence = _presence(place, one)
    moves = presence is not None and presence.kind in (
        PresenceKind.ITINERANT,
        PresenceKind.MARAUDE,
    )
    if presence is not None and presence.dates:
        return []
    if moves or place.itinerant == ("Itinérant",):
        return [f"itinérant{COLON}téléphonez pour savoir où il est ce jour-là"]
    return []


def _crowded(one: Ranked) -> list[str]:
    crowded = one.points.get("saturation", 0.0)
    if crowded >= 20:
        return ["peu de place en ce moment, téléphonez d’abord"]
    return ["quelques jours d’attente"] if crowded > 0 else []


def _freshness(place: Place, one: Ranked, now: datetime) -> Freshness:
    if one.service >= 0:
        return freshness_of_service(place, place.services[one.service], on=now.date())
    return freshness_of(confirmed=None, updated=place.updated, on=now.date())
