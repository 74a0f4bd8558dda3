"""Files that phones hand over when they never meet the network again: read once or ten times."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError
from portrea.web.accounts.permissions import act, require
from portrea.web.surveys.models import Survey
from portrea.web.surveys.services.batches import MOST, batch_take
from portrea.web.surveys.services.rounds import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMAT = "portrea-collecte"
MOST_ANSWERS = 5_000
CODE = "collecte_code"
"""Name, in ``Survey.report``, of « phones must have a code »."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of one file: how many of each fate, and why some were refused."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    refused: tuple[str, ...] = ()


@act("survey.run")
def files_take(*, actor: Any, key: str, files: Iterable[tuple[str, bytes]]) -> list[Handed]:
    """Keep what files of phones hold, for this survey and the others that one may run.

    A file that cannot be read says why and does not stop the others.
    """
    survey = Survey.objects.get(key=key)
    require(actor, "survey.run", survey.territory)
    found = [_file(actor, name, content) for name, content in files]
    new = sum(one.counts["new"] for one in found)
    write(actor, survey, {"fichiers de téléphones": len(found), "réponses nouvelles": new})
    return found


def _file(actor: Any, name: str, content: bytes) -> Handed:
    try:
        told = answers_of(content)
    except DataError as error:
        return Handed(name, refused=(" ".join(filter(None, (error.message, error.remedy))),))
    counts: Counter[str] = Counter()
    reasons: list[str] = []
    for key in dict.fromkeys(str(one.get("to", "")) for one in told):
        mine = [one for one in told if str(one.get("to", "")) == key]
        survey = Survey.objects.filter(key=key).first()
        if survey is not None:
            require(actor, "survey.run", survey.territory)
        for start in range(0, len(mine), MOST):
            got = batch_take(actor=actor, key=key, sent=mine[start : start + MOST])
            counts.update(one.taken for one in got)
            reasons += [one.why for one in got if one.why]
    return Handed(name, counts, tuple(dict.fromkeys(reasons)))


def answers_of(content: bytes) -> Sequence[dict[str, Any]]:
    """Return the answers of a file of a phone.

    Raises
    ------
    DataError
        It is not one, was cut, is ciphered, or holds too many.
    """
    remedy = "Choisissez le fichier « collecte-….json » que le téléphone a donné."
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DataError("Ce fichier ne se lit pas : il a été coupé.", remedy=remedy) from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise DataError("Ce n’est pas un fichier de téléphone.", remedy=remedy)
    if "box" in told:
        raise DataError(
            "Ce fichier est chiffré par le code du téléphone.",
            remedy="Écrivez ce code dans la page : le fichier est ouvert ici, le code ne part pas.",
        )
    answers = told.get("answers")
    if not isinstance(answers, list) or not all(isinstance(one, dict) for one in answers):
        raise DataError("Ce fichier ne contient pas de réponses.", remedy=remedy)
    if len(answers) > MOST_ANSWERS:
        raise DataError(f"Ce fichier a {len(answers)} réponses ; {MOST_ANSWERS} au plus.")
    return answers
