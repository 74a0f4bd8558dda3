"""A round that lives: announced, then something is called off, the rest kept; each step told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portrea.reach.tours.changes import difference, follow
from portrea.reach.tours.replanning import replan
from portrea.steering.tour_words import day_words, hours_words
from portrea.steering.tours import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portrea.reach.tours.changes import Change
    from portrea.reach.tours.plan import Plan, Visit
    from portrea.reach.tours.replanning import Stability
    from portrea.steering.reading import Reader
    from portrea.steering.tours import Answer, Ground, Terms


@dataclass(frozen=True, eq=False)
class Story:
    """The answer in force, every plan announced until it, and how much the last step kept."""

    answer: Answer
    plans: tuple[Plan, ...]
    stability: Stability | None = None


def begun(answer: Answer) -> Story:
    """Return the story of a plan just made."""
    return Story(answer, (answer.plan,))


def announced(reader: Reader, ground: Ground, plan: Plan, terms: Terms) -> Story:
    """Return the story of a plan announced earlier, its days and hours held."""
    whole, _ = replan(ground.request, plan)
    return begun(told(reader, ground, whole, terms))


def then(reader: Reader, story: Story, change: Change, terms: Terms) -> Story:
    """Return the story once something more is called off."""
    ground = story.answer.ground
    request, plan, measured = follow(ground.request, story.plans[-1], change)
    answer = told(reader, replace(ground, request=request), plan, terms)
    return Story(answer, (*story.plans, plan), measured)


def sentences(story: Story, names: Mapping[str, str]) -> Iterator[str]:
    """Yield what the last step changed, the share kept first.

    ``names`` are those of the stops, the ones no longer visited too.
    """
    if story.stability is None or len(story.plans) < 2:
        return
    before, after = story.plans[-2:]
    found = difference(before, after)
    yield _kept(story.stability)
    for visit in found.gone:
        yield f"Annulé : {_passage(visit, names)}."
    for old, new in found.moved:
        yield f"Déplacé : {_passage(old, names)}, au {_when(new)}."
    for old, new in found.shifted:
        yield f"Autre heure : {_passage(old, names)}, maintenant {hours_words(new)}."
    for visit in found.added:
        yield f"Ajouté : {_passage(visit, names)}."


def _kept(measured: Stability) -> str:
    count, same = measured.visits, measured.same_hour
    if not count:
        return "Aucun des passages annoncés n’est gardé."
    if same == count == 1:
        return "L’autre passage annoncé garde son jour et son heure."
    if same == count:
        return f"Les {count} autres passages annoncés gardent leur jour et leur heure."
    return (
        f"{same} des {count} passages annoncés des arrêts gardés restent au même jour et à la même "
        "heure."
    )


def _passage(visit: Visit, names: Mapping[str, str]) -> str:
    return f"{names.get(visit.stop, visit.stop)}, {_when(visit)}"


def _when(visit: Visit) -> str:
    return f"{day_words(visit.day)}, {hours_words(visit)}"
