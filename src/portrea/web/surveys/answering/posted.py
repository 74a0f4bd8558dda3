"""Read what a page sends back: each control, in the words of the form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.surveys.answering import tidy
from portrea.surveys.form import Kind, Question
from portrea.surveys.privacy import findings
from portrea.web.surveys.answering.fields import PREFIX
from portrea.web.surveys.answering.pages import is_open_text
from portrea.web.surveys.answering.places import Located, place_named, place_of
from portrea.web.surveys.answering.state import MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from portrea.web.surveys.answering.pages import Place
    from portrea.web.surveys.answering.state import State


@dataclass
class Posted:
    """The state once a page was read; what the page alone can say of it.

    ``raw`` and ``faults`` are of what cannot be written as an answer (two choices at the same
    rank, a place that is not found); ``found`` the communes perhaps meant; ``seen`` what a text
    seems to tell of somebody, said once.
    """

    state: State
    paths: tuple[str, ...] = ()
    raw: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    found: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    seen: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read(data: QueryDict, state: State, places: Mapping[str, Place]) -> Posted:
    """Return the state with the answers of the page: those it says it showed (``vues``)."""
    posted = Posted(state)
    told = []
    for path in data.get("vues", "").split():
        question = _question(path, places)
        if question is None or question.read_only or question.kind.is_a_file:
            continue
        told.append(path)
        posted.state = posted.state.having(path, _value(data, path, question, posted))
        if is_open_text(question):
            _warn(data.get(PREFIX + path, ""), path, posted)
    posted.paths = tuple(told)
    return posted


def _question(path: str, places: Mapping[str, Place]) -> Question | None:
    """Return the question of a path; none if the path is not one of the form."""
    parts = path.split("/")
    place = places.get(parts[-1])
    if place is None or not isinstance(place.item, Question) or not place.item.kind.asks:
        return None
    repeats = [group.name for group in place.groups if group.repeats]
    rows = parts[1:-1:2]
    shaped = parts[:-1:2] == repeats and len(parts) == 2 * len(repeats) + 1
    within = all(row.isdecimal() and len(row) < 4 and int(row) < MOST_ROWS for row in rows)
    return place.item if shaped and within else None


def _value(data: QueryDict, path: str, question: Question, posted: Posted) -> str:
    name = PREFIX + path
    if question.kind is Kind.SEVERAL:
        return " ".join(data.getlist(name))
    if question.kind is Kind.RANK:
        return _ranked(data, path, posted)
    if question.kind is Kind.POINT:
        return _point(data, path, posted)
    return tidy(question, data.get(name, ""))


def _ranked(data: QueryDict, path: str, posted: Posted) -> str:
    """Return the choices in the order of their ranks; two at the same rank is a fault."""
    start = f"{PREFIX}{path}."
    given = {name[len(start) :]: data[name] for name in data if name.startswith(start)}
    ranks = {choice: int(rank) for choice, rank in given.items() if rank.isdecimal()}
    twice = [rank for rank, count in Counter(ranks.values()).items() if count > 1]
    if twice:
        posted.raw |= {f"{path}.{choice}": rank for choice, rank in given.items()}
        posted.faults[path] = _(
            "Deux réponses ont la place %(rank)s : donnez à chacune la sienne."
        ) % {"rank": twice[0]}
        return ""
    return " ".join(sorted(ranks, key=ranks.__getitem__))


def _point(data: QueryDict, path: str, posted: Posted) -> str:
    """Return « latitude longitude » of what was typed: a commune, an address, two numbers."""
    typed = data.get(PREFIX + path, "").strip()
    chosen = data.get(f"{PREFIX}{path}.commune", "")
    words = {key: word for key, word in posted.state.words.items() if key != path}
    found = place_of(chosen) if chosen else place_named(typed) if typed else Located()
    if found.point:
        words[path] = found.label or typed
        posted.state = replace(posted.state, words=words)
        return found.point
    if typed:
        words[path] = typed
        posted.found[path] = found.communes
        posted.faults[path] = found.why
    posted.state = replace(posted.state, words=words)
    return ""


def _warn(text: str, path: str, posted: Posted) -> None:
    """Say once what a text seems to tell of somebody; sent again as it is, it is accepted."""
    told = findings(text)
    if not told:
        return
    mark = f"{path}:{hash_of(text)}"
    if mark in posted.state.read:
        return
    posted.seen[path] = tuple(
        dict.fromkeys(f"{one.label} (« {text[one.start : one.end]} »)" for one in told)
    )
    posted.state = replace(posted.state, read=(*posted.state.read, mark)[-50:])


def hash_of(text: str) -> str:
    """Return a short mark of a text."""
    return sha256(text.strip().encode()).hexdigest()[:10]
