"""« Pourquoi ce lieu » : one sentence, the same facts as the points; French unless told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from portrea.base.estimates import integer
from portrea.offer.calendar import (
    HOURS_TO_CONFIRM,
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
from portrea.vocab.languages import FRENCH, capital

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from portrea.offer.calendar import Status, Timing
    from portrea.offer.freshness import Freshness
    from portrea.offer.orientation.answer import Ranked
    from portrea.offer.orientation.asked import Asked
    from portrea.offer.record import Place
    from portrea.vocab.languages import Words

SEMICOLON = f"{NARROW}; "
_HELPS = {
    Block.AIDE: "aide pour les démarches",
    Block.INFORMATION: "renseigne et oriente",
    Block.EQUIPEMENT: "met un ordinateur ou un réseau à disposition",
    Block.FORMATION: "apprend à se servir du numérique",
    Block.DEPANNAGE: "répare, ou aide à s’équiper",
}
_DIRECTS = "ne fait pas la démarche avec vous, mais renseigne et oriente"
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
    "langue": "reçoit en d’autres langues\u202f: demandez {language} par téléphone",
}
_LANGUAGE_TOLD = "dit pouvoir aider dans votre langue ({name}), à confirmer par téléphone"
_SILENT = {
    "fauteuil": "ne dit rien de l’accès en fauteuil\u202f: demandez par téléphone",
    "langue": "ne dit pas quelles langues y sont parlées\u202f: demandez {language} par téléphone",
    "soir": "demandez par téléphone s’il ouvre le soir",
    "samedi": "demandez par téléphone s’il ouvre le samedi",
}
_LANGUAGES = {
    "arabe": "l’arabe",
    "anglais": "l’anglais",
    "espagnol": "l’espagnol",
    "turc": "le turc",
    "portugais": "le portugais",
    "russe": "le russe",
    "ukrainien": "l’ukrainien",
    "chinois": "le chinois",
    "italien": "l’italien",
    "allemand": "l’allemand",
    "breton": "le breton",
    "langue-des-signes": "la langue des signes",
}


@dataclass(frozen=True, slots=True)
class Sentences:
    """What is said of a place: all in one sentence, and its parts.

    ``reasons`` is the same sentence where opening and travel are told beside it.
    """

    why: str
    reasons: str
    opening: str
    travel: str


def sentences(
    place: Place, one: Ranked, asked: Asked, *, now: datetime, words: Words = FRENCH
) -> Sentences:
    """Return why a place is proposed, for the public.

    Parameters
    ----------
    place
        Its record.
    one
        What the ranking tells of it.
    asked, now
        The same as for the ranking.
    words
        The language.
    """
    fresh = _freshness(place, one, now)
    grounds = _grounds(place, one, asked, words)
    constraints = _constraints(place, one, asked, words)
    last = (*_itinerant(place, one, words), *_crowded(one, words), fresh.say(words))
    travel = travel_told(one, asked, words)
    opening = _opening(place, one, asked, now, words)
    return Sentences(
        why=_sentence((grounds, travel, *constraints, opening, *last), words),
        reasons=_sentence((grounds, *constraints, *last), words),
        opening=opening,
        travel=travel,
    )


def _sentence(parts: Iterable[str], words: Words) -> str:
    return capital(_joint(words).join(part for part in parts if part)) + "."


def _joint(words: Words) -> str:
    """Return what stands between the parts of a sentence."""
    return SEMICOLON if words.french else "؛ " if words.language == "ar" else "; "


def timing_of_door(place: Place, service: int, presence: int) -> Timing:
    """Return when a door is open."""
    if service < 0 or presence < 0:
        return timing_of(place)
    return timing_of_presence(place, place.services[service].presences[presence])


# -- parts -----------------------------------------------------------------------------------------


def _grounds(place: Place, one: Ranked, asked: Asked, words: Words) -> str:
    need = asked.need or Block.INFORMATION
    helps = words.say(_HELPS[need])
    if one.level == "nomme":
        return words.say("dit faire cette démarche")
    if one.level == "organisme":
        concerned = procedure_of(asked.procedure or NONE).organizations
        is_one = organizations_of(place)
        name = next(one.name for one in concerned if one.code in is_one)
        return words.say("c’est {organization}", organization=words.say(name))
    if one.level == "france_services":
        return words.say("France services\u202f: {helps}", helps=helps)
    if one.level == "suppose":
        return words.say("{helps}, d’après ce genre de lieu\u202f: à demander", helps=helps)
    if one.level == "oriente":
        return words.say(_ONLY_DIRECTS.get(need, _DIRECTS))
    return helps


def travel_told(one: Ranked, asked: Asked, words: Words = FRENCH) -> str:
    """Say how far it is, in minutes; nothing when somebody comes."""
    if one.remote:
        return words.say("par téléphone ou visio, sans se déplacer")
    if one.at_home:
        return ""
    way = words.say("à pied" if asked.way is Way.FOOT else "en voiture")
    whole = round(one.minutes)
    if whole == 0:
        return words.say("à moins d’une minute {way}", way=way)
    said = _minutes(whole) if words.french else words.minutes(whole)
    if one.near:
        return words.say("à environ {time} {way}", time=said, way=way)
    return words.say("loin\u202f: à environ {time} {way}", time=said, way=way)


def _minutes(count: int) -> str:
    hours, rest = divmod(count, 60)
    if hours:
        return f"{hours}{NARROW}h{f'{NARROW}{rest:02d}' if rest else ''}"
    return f"{integer(count)}{NARROW}minute{'s' if count > 1 else ''}"


def _constraints(place: Place, one: Ranked, asked: Asked, words: Words) -> list[str]:
    language = words.say(_LANGUAGES.get(asked.language or "", ""))
    found = []
    for name in asked.constraints:
        told = name in one.told
        book = _CONFIRMED if told and name not in one.asks else _PERHAPS if told else _SILENT
        said = book.get(name)
        if name == "langue" and book is _PERHAPS and asked.language in languages_told(place):
            said = _LANGUAGE_TOLD
        if said:
            found.append(words.say(said, language=language, name=words.say(asked.language or "")))
    return found


def _opening(place: Place, one: Ranked, asked: Asked, now: datetime, words: Words) -> str:
    """Say whether it is open, and what the person will find on arrival."""
    if not one.hours_known:
        presence = _presence(place, one)
        if presence is not None and presence.by_appointment:
            return words.say("sur rendez-vous, horaires inconnus")
        return words.say("horaires inconnus, à demander avant de vous déplacer")
    timing = timing_of_door(place, one.service, one.presence)
    said = _short(status(timing, now, words), _freshness(place, one, now), words)
    if one.opens is None or said.open is None or one.timeless:
        return said.sentence
    start = datetime.combine(now.date(), time()) + timedelta(minutes=one.opens)
    day, hour = say_day(start.date(), now.date(), words), _hour(start, words)
    if (asked.evening or asked.saturday) and not (said.open and start <= now):
        return words.say("ouvert {day} à partir de {hour}", day=day, hour=hour)
    coming = next_opening(timing, now)
    in_time = coming is None or coming.start is None or (coming.day, coming.start) == _at(start)
    if in_time or (one.open_on_arrival and said.open):
        return said.sentence
    return words.say(
        "{status}\u202f: trop juste, ouvre ensuite {day} à {hour}",
        status=said.sentence,
        day=day,
        hour=hour,
    )


def _short(said: Status, fresh: Freshness, words: Words) -> Status:
    """Leave out a doubt that the end of the sentence tells."""
    if fresh.tier.penalty < Tier.TO_CONFIRM.penalty:
        return said
    return replace(said, sentence=said.sentence.removesuffix(f" {words.say(HOURS_TO_CONFIRM)}"))


def _at(moment: datetime) -> tuple[date, int]:
    return moment.date(), moment.hour * 60 + moment.minute


def _hour(moment: datetime, words: Words) -> str:
    return say_time((moment.hour * 60 + moment.minute) % MIDNIGHT, words)


def _presence(place: Place, one: Ranked):  # type: ignore[no-untyped-def]
    if one.service < 0 or one.presence < 0:
        return None
    return place.services[one.service].presences[one.presence]


def _itinerant(place: Place, one: Ranked, words: Words) -> list[str]:
    """Say that it moves, when its next stops are not told."""
    presence = _presence(place, one)
    moves = presence is not None and presence.kind in (
        PresenceKind.ITINERANT,
        PresenceKind.MARAUDE,
    )
    if presence is not None and presence.dates:
        return []
    if moves or place.itinerant == ("Itinérant",):
        return [words.say("itinérant\u202f: téléphonez pour savoir où il est ce jour-là")]
    return []


def _crowded(one: Ranked, words: Words) -> list[str]:
    crowded = one.points.get("saturation", 0.0)
    if crowded >= 20:
        return [words.say("peu de place en ce moment, téléphonez d’abord")]
    return [words.say("quelques jours d’attente")] if crowded > 0 else []


def _freshness(place: Place, one: Ranked, now: datetime) -> Freshness:
    if one.service >= 0:
        return freshness_of_service(place, place.services[one.service], on=now.date())
    return freshness_of(confirmed=None, updated=place.updated, on=now.date())
