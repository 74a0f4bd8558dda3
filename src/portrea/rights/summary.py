"""The summary that a person carries away: a small JSON, dated, that nobody else keeps.

Its schema is ``docs/utilisateurs/reference/resume-des-droits.schema.json``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError
from portrea.rights.catalogue import parameters, rights
from portrea.rights.hints import Cover, Saying

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portrea.rights.hints import Hint

FORMAT = "portrea-droits"
VERSION = 1
WARNING = "Estimation : seul l’organisme décide."
MOST_TEXT = 300
MEND = "Demandez à la personne le fichier qu’elle a pris sur la page « Mes droits »."


def summary_of(
    hints: Iterable[Hint],
    *,
    told: Sequence[Mapping[str, str]],
    day: date,
    month: str,
    assumed: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the summary of an estimate.

    Parameters
    ----------
    told
        Answers as the person read them: ``name``, ``label``, ``value``.
    day
        The day of the estimate.
    month
        Month of the amounts, « 2026-11 ».
    assumed
        What was supposed of the answers that are missing, in French.
    """
    engine = parameters()["engine"]
    return {
        "format": FORMAT,
        "version": VERSION,
        "warning": WARNING,
        "written": day.isoformat(),
        "month": month,
        "engine": f"{engine['package']} {engine['version']}",
        "answers": [dict(one) for one in told],
        "rights": [_right(hint) for hint in hints],
        "assumed": list(assumed),
    }


def _right(hint: Hint) -> dict[str, Any]:
    return {
        "name": hint.right.name,
        "label": hint.right.label,
        "body": hint.right.body,
        "saying": str(hint.saying),
        "low": hint.low,
        "high": hint.high,
        "pace": hint.right.unit,
        "cover": str(hint.cover) if hint.cover else None,
        "stale": hint.stale,
        "since": hint.right.since.isoformat(),
    }


def check_summary(told: Any) -> dict[str, Any]:
    """Return a summary as this site writes them.

    Raises
    ------
    DataError
        It is something else, another version, or a part of it cannot be.
    """
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise DataError("Ce fichier n’est pas un résumé de droits de Portrea.", remedy=MEND)
    if told.get("version") != VERSION:
        raise DataError(
            f"Ce résumé est d’une autre version ({str(told.get('version'))[:10]}).", remedy=MEND
        )
    for name, why in _faults(told):
        raise DataError(f"Résumé de droits, « {name} » : {why}.", remedy=MEND)
    return told


def _faults(told: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if not _is_day(told.get("written")):
        yield "written", "ce n’est pas une date"
    for name in ("month", "engine", "warning"):
        if not _is_text(told.get(name)):
            yield name, "ce n’est pas un texte court"
    if not _is_texts(told.get("assumed")):
        yield "assumed", "ce n’est pas une liste de textes"
    answers, found = told.get("answers"), told.get("rights")
    if not isinstance(answers, list) or not all(_is_answer(one) for one in answers):
        yield "answers", "une réponse a un nom, une question et une valeur"
    if not isinstance(found, list):
        yield "rights", "ce n’est pas une liste"
        return
    for rank, one in enumerate(found, 1):
        if not _is_right(one):
            yield "rights", f"le droit n° {rank} n’est pas lisible"


def _is_right(one: Any) -> bool:
    if not isinstance(one, dict) or one.get("name") not in rights():
        return False
    numbers = [one.get("low"), one.get("high")]
    return (
        one.get("saying") in set(Saying)
        and (one.get("cover") is None or one["cover"] in set(Cover))
        and all(isinstance(n, int | float) and n >= 0 for n in numbers)
        and one["low"] <= one["high"]
        and one.get("pace") in {"month", "year"}
        and isinstance(one.get("stale"), bool)
        and _is_day(one.get("since"))
        and _is_text(one.get("label"))
        and _is_text(one.get("body"))
    )


def _is_answer(one: Any) -> bool:
    return isinstance(one, dict) and all(_is_text(one.get(k)) for k in ("name", "label", "value"))


def _is_text(one: Any) -> bool:
    return isinstance(one, str) and len(one) <= MOST_TEXT


def _is_texts(told: Any) -> bool:
    return isinstance(told, list) and all(_is_text(one) for one in told)


def _is_day(one: Any) -> bool:
    try:
        date.fromisoformat(str(one))
    except ValueError:
        return False
    return True
