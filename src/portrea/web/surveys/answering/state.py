"""What travels with each page of a form: the answers so far, the version begun, the identifier.

Nothing is kept before the last button and no cookie is set: the page itself carries its state, in
one hidden field. The answers are plain (whoever answers may read and change them, all is checked
again at the end); the identifier and the instant it was drawn are signed, so that it comes from
here and that a survey closed meanwhile can still take who began before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.core import signing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.surveys.expressions import Answers

SALT = "portrea.reponse"
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class State:
    """The state of an answer being written.

    ``words`` are the places as they were typed, by path; ``read`` the texts that were warned of.
    """

    uuid: UUID
    begun: datetime
    version: int
    answers: Answers = field(default_factory=dict)
    invitation: str = ""
    language: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    read: tuple[str, ...] = ()

    def having(self, path: str, value: str | Sequence[Answers]) -> State:
        """Return the state with one answer changed, or the rows of one repeat."""
        return replace(self, answers=placed(self.answers, path.split("/"), value))

    def rows(self, path: str) -> list[Answers]:
        """Return the rows of a repeat."""
        found = found_at(self.answers, path.split("/"))
        return [] if isinstance(found, str) else list(found)


def begun(version: int, **told: Any) -> State:
    """Return the state of who begins now, with an identifier that nobody has."""
    return State(uuid4(), datetime.now(UTC), version, **told)


def written(state: State) -> str:
    """Return the text of the hidden field."""
    stamp = signing.dumps([str(state.uuid), state.begun.isoformat()], salt=SALT)
    told = {"u": stamp, "v": state.version, "a": state.answers, "i": state.invitation,
            "l": state.language, "w": state.words, "r": state.read}  # fmt: skip
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def opened(text: str) -> tuple[State | None, bool]:
    """Return the state of a hidden field, and whether its identifier was drawn here.

    Damaged, it is ``None``; with a signature that is not ours, the answers are there under an
    identifier newly drawn.
    """
    try:
        told = json.loads(text)
        kept: dict[str, Any] = {
            "version": int(told["v"]),
            "answers": _answers(told["a"]),
            "invitation": str(told.get("i", "")),
            "language": str(told.get("l", "")),
            "words": {str(path): str(word) for path, word in dict(told.get("w", {})).items()},
            "read": tuple(map(str, told.get("r", ()))),
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None, False
    try:
        identifier, instant = signing.loads(str(told.get("u")), salt=SALT)
    except signing.BadSignature:
        return begun(**kept), False
    return State(UUID(identifier), datetime.fromisoformat(instant), **kept), True


def placed(answers: Answers, path: list[str], value: Any) -> dict[str, Any]:
    """Return answers with the one of a path (« personne/0/prenom ») changed."""
    told = dict(answers)
    if len(path) < 3:
        told[path[0]] = value
        return told
    rows, at = list(told.get(path[0]) or ()), int(path[1])
    if at >= MOST_ROWS:
        return told
    rows += [{} for _ in range(at + 1 - len(rows))]
    rows[at] = placed(rows[at] if isinstance(rows[at], dict) else {}, path[2:], value)
    told[path[0]] = rows
    return told


def found_at(answers: Answers, path: list[str]) -> Any:
    """Return what stands at a path of answers, an empty text when nothing does."""
    if len(path) < 3:
        return answers.get(path[0], "")
    rows = answers.get(path[0], ())
    at = int(path[1])
    if isinstance(rows, str) or not 0 <= at < len(rows):
        return ""
    return found_at(rows[at], path[2:])


def _answers(told: Any) -> dict[str, Any]:
    """Return answers read from outside; what is no text nor rows is refused."""
    kept: dict[str, Any] = {}
    for name, value in dict(told).items():
        if isinstance(value, str):
            kept[str(name)] = value
        elif isinstance(value, list):
            kept[str(name)] = [_answers(row) for row in value[:MOST_ROWS]]
        else:
            raise TypeError(name)
    return kept
