"""Records of activity as others write them: the first national log (2021-2023), the Coop of today.

Both are read to :class:`~portrea.action.activity.Activity` and never completed: what they do not
say stays unknown.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from portrea.action.activity import Activity, band_of, faults, with_unknown, words
from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,{}]+)')


def read_former(row: Mapping[str, str]) -> Activity:
    """Return the record of one line of the first national log (« CRA » of conseillers numériques).

    Raises
    ------
    DataError
        The line cannot be: which column, what was read, why.
    """
    told = words()["former"]
    themes, strange = _themes(_array(row.get("themes", "")), told["themes"])
    people = _count(row, "nb_participants")
    minutes, band = _duration(row)
    return checked(
        Activity(
            kind=_coded(row, "activite", told["kinds"]),
            where=_coded(row, "canal", told["places"]),
            day=_day(row, "date_accompagnement"),
            people=people,
            minutes=minutes,
            band=band,
            known=_count(row, "nb_participants_recurrents"),
            themes=themes,
            other_themes=strange,
            bodies=tuple(_bodies(row)),
            oriented=_count(row, "accompagnement_redirection") > 0,
            commune=row.get("code_commune", ""),
            ages=with_unknown(_classes(row, told["ages"]), people),
            statuses=with_unknown(_classes(row, told["statuses"]), people),
        )
    )


def read_coop(attributes: Mapping[str, Any]) -> Activity:
    """Return the record of one « activite » of the Coop (the attributes of its JSON:API).

    Its participants are anonymous or followed elsewhere: their classes are not in the record.

    Raises
    ------
    DataError
        The record cannot be: which attribute, what was read, why.
    """
    both = words()["themes"] | words()["procedure_themes"]
    themes, strange = _themes(_list(attributes, "thematiques"), {name: name for name in both})
    people, minutes = (
        _integer(attributes, "accompagnements"),
        _integer(attributes, "duree", needed=False),
    )
    return checked(
        Activity(
            kind=_coded(attributes, "type", words()["coop_kinds"]),
            where=str(attributes.get("type_lieu")),
            day=_day(attributes, "date"),
            people=people or 0,
            minutes=minutes,
            band=band_of(minutes) if minutes else "",
            themes=themes,
            other_themes=strange,
            procedure=_text(attributes, "precisions_demarche"),
            autonomy=_text(attributes, "autonomie"),
            equipment=_list(attributes, "materiel"),
            oriented=_answer(attributes, "oriente_vers_structure"),
            oriented_to=_text(attributes, "structure_de_redirection"),
            title=_text(attributes, "titre_atelier"),
            level=_text(attributes, "niveau_atelier"),
            tags=_list(attributes, "tags"),
            commune=_text(attributes, "lieu_code_insee"),
            ages=with_unknown({}, people or 0),
            statuses=with_unknown({}, people or 0),
        )
    )


def write_coop(activity: Activity) -> dict[str, Any]:
    """Return a record as the attributes of an « activite » of the Coop."""
    return {
        "type": activity.kind,
        "accompagnements": activity.people,
        "date": activity.day.isoformat(),
        "duree": activity.minutes,
        "type_lieu": activity.where,
        "lieu_code_insee": activity.commune or None,
        "autonomie": activity.autonomy or None,
        "oriente_vers_structure": activity.oriented,
        "structure_de_redirection": activity.oriented_to or None,
        "materiel": list(activity.equipment),
        "thematiques": [*activity.themes, *activity.other_themes],
        "tags": list(activity.tags),
        "precisions_demarche": activity.procedure or None,
        "titre_atelier": activity.title or None,
        "niveau_atelier": activity.level or None,
    }


def checked(activity: Activity) -> Activity:
    """Return a record that can be; one that cannot is refused with every reason."""
    if wrong := faults(activity):
        raise DataError(
            "Ce compte rendu se contredit : " + " ; ".join(wrong.values()),
            remedy="Corrigez la ligne, puis importez-la de nouveau.",
        )
    return activity


def _themes(
    told: Iterable[str], known: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    read = list(told)
    found = dict.fromkeys(known[name] for name in read if name in known)
    return tuple(found), tuple(name for name in read if name not in known)


def _integer(row: Mapping[str, Any], name: str, *, needed: bool = True) -> int | None:
    told = row.get(name)
    if told is None and not needed:
        return None
    if isinstance(told, bool) or not isinstance(told, int | float) or told != int(told):
        raise wrong(name, told, "ce n’est pas un nombre")
    return int(told)


def _list(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    told = row.get(name) or []
    if not isinstance(told, list):
        raise wrong(name, told, "on attend une liste")
    return tuple(map(str, told))


def _text(row: Mapping[str, Any], name: str) -> str:
    told = row.get(name)
    return "" if told is None else str(told)


def _answer(row: Mapping[str, Any], name: str) -> bool | None:
    told = row.get(name)
    if told is not None and not isinstance(told, bool):
        raise wrong(name, told, "on attend vrai ou faux")
    return told


def _array(text: str) -> list[str]:
    """Return the members of an array as PostgreSQL writes it: ``{a,"b c"}``."""
    return [one[0] or one[1].strip() for one in _QUOTED.findall(text) if one[0] or one[1].strip()]


def _bodies(row: Mapping[str, str]) -> list[str]:
    try:
        told = json.loads(row.get("organismes") or "null")
    except ValueError as error:
        raise wrong("organismes", row.get("organismes"), "ce n’est pas du JSON") from error
    return list(told) if isinstance(told, dict) else []


def _duration(row: Mapping[str, str]) -> tuple[int | None, str]:
    told = row.get("duree", "")
    if told in words()["bands"]:
        return None, told
    minutes = _count(row, "duree")
    return minutes, band_of(minutes)


def _classes(row: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, int]:
    return {name: _count(row, column) for column, name in columns.items()}


def _count(row: Mapping[str, str], column: str) -> int:
    told = str(row.get(column, "") or "0").strip()
    if not re.fullmatch(r"\d{1,6}", told):
        raise wrong(column, told, "ce n’est pas un nombre")
    return int(told)


def _coded(row: Mapping[str, Any], column: str, known: Mapping[str, str]) -> str:
    told = str(row.get(column, "")).strip()
    if told not in known:
        raise wrong(column, told, f"on attend : {', '.join(known)}")
    return known[told]


def _day(row: Mapping[str, Any], column: str) -> date:
    told = str(row.get(column, ""))
    try:
        return date.fromisoformat(told[:10])
    except ValueError as error:
        raise wrong(column, told, "ce n’est pas un jour") from error


def wrong(column: str, told: object, why: str) -> DataError:
    """Return why a column cannot be read: which, what was read, why."""
    return DataError(
        f"Colonne « {column} » : « {told} », {why}.",
        remedy="Corrigez la ligne, puis importez-la de nouveau.",
    )
