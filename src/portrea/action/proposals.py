"""A proposal to an administration: its facts in sentences, its states, when to write again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from portrea.action.difficulties import words
from portrea.action.telling import HARD, NARROW, say_period
from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

BOUND = (
    "Ces nombres viennent des lieux qui observent\u202f: ils ne disent pas combien de personnes"
    " sont touchées en tout."
)


class State(StrEnum):
    """Where a proposal stands."""

    DRAFT = "brouillon"
    SENT = "envoyee"
    ACKNOWLEDGED = "accusee"
    CHANGED = "changee"
    REFUSED = "refusee"
    NO_ANSWER = "sans_reponse"

    @property
    def label(self) -> str:
        """French participle."""
        return _LABELS[self]


_LABELS = {
    State.DRAFT: "brouillon",
    State.SENT: "envoyée",
    State.ACKNOWLEDGED: "reçue",
    State.CHANGED: "changée",
    State.REFUSED: "refusée",
    State.NO_ANSWER: "sans réponse",
}
_ANSWERS = {"accuser": State.ACKNOWLEDGED, "changer": State.CHANGED, "refuser": State.REFUSED}
MOVES: Mapping[State, Mapping[str, State]] = {
    State.DRAFT: {"envoyer": State.SENT},
    State.SENT: {**_ANSWERS, "abandonner": State.NO_ANSWER, "relancer": State.SENT},
    State.ACKNOWLEDGED: {"changer": State.CHANGED, "refuser": State.REFUSED},
    State.NO_ANSWER: _ANSWERS,
}
"""State → event → state. A proposal that was changed or refused is over."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A proposal's state, since when, when it was sent, when it was last written again."""

    state: State = State.DRAFT
    since: date | None = None
    sent: date | None = None
    reminded: date | None = None


def move(followed: Followed, event: str, *, on: date) -> Followed:
    """Return a proposal after an event.

    Raises
    ------
    ParameterError
        That cannot happen in this state.
    """
    then = MOVES.get(followed.state, {}).get(event)
    if then is None:
        possible = ", ".join(MOVES.get(followed.state, {})) or "rien, elle est terminée"
        raise ParameterError(
            f"On ne peut pas « {event} » une proposition {followed.state.label}.",
            remedy=f"Possible : {possible}.",
        )
    if event == "relancer":
        return replace(followed, reminded=on)
    sent = on if event == "envoyer" else followed.sent
    return replace(followed, state=then, since=on, sent=sent)


def due(followed: Followed, *, on: date) -> str | None:
    """Return what time itself asks for: « relancer », « abandonner », or nothing."""
    if followed.state is not State.SENT or followed.sent is None:
        return None
    if (on - followed.sent).days >= int(words()["no_answer_after"]["value"]):
        return "abandonner"
    last = followed.reminded or followed.sent
    return "relancer" if (on - last).days >= int(words()["remind_after"]["value"]) else None


def next_date(followed: Followed) -> date | None:
    """Return the day on which time will ask for something, ``None`` when it will not."""
    if followed.state is not State.SENT or followed.sent is None:
        return None
    again = (followed.reminded or followed.sent) + timedelta(
        days=int(words()["remind_after"]["value"])
    )
    return min(again, followed.sent + timedelta(days=int(words()["no_answer_after"]["value"])))


def facts(cluster: Mapping[str, Any]) -> list[str]:
    """Return the facts of a published row of ``CLUSTERS``, in French, with their doubt."""
    trouble = words()["codes"][cluster["code"]]
    sentences = [
        f"{say_period(cluster['first'], cluster['last'])}, {cluster['situations']}{HARD}situations"
        f" vues dans {cluster['places']}{HARD}lieux ont buté sur la même chose{NARROW}:"
        f" {trouble[0].lower()}{trouble[1:]}.",
        f"Une autre période semblable aurait pu en montrer de {cluster['low']:.0f} à"
        f" {cluster['high']:.0f}.",
    ]
    if cluster["of"] is not None:
        low, high = (round(100 * cluster[name]) for name in ("share_low", "share_high"))
        sentences.append(
            f"C’est {cluster['situations']} des {cluster['of']}{HARD}situations observées pour"
            f" cette démarche ({low} à {high}{NARROW}%)."
        )
    return [*sentences, BOUND]
