"""Facts read from the rooms of action, surveys, rights and from the comité."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.action.difficulties import poisson_interval, words
from portrea.action.proposals import State
from portrea.base.estimates import NARROW_SPACE, integer
from portrea.rights.outcomes import STAGES
from portrea.steering.committee import Fact
from portrea.steering.indicator_sections import accepted_share, answers_share
from portrea.steering.periods import last_whole, usual
from portrea.steering.troubles import answers, told
from portrea.steering.wording import uncapitalised
from portrea.web.accounts.scope import inside, key_of
from portrea.web.action.models import Proposal
from portrea.web.steering.actions.portrait_facts import counted, named
from portrea.web.steering.complete.difficulties import letters_of, seen_in
from portrea.web.steering.complete.rights import followed_in
from portrea.web.steering.indicators.selectors import activities
from portrea.web.steering.models import Meeting
from portrea.web.steering.models.meetings import MeetingState
from portrea.web.steering.network.selectors import network_of
from portrea.web.surveys.models import Publication

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from portrea.steering.indicators import Share

RESIDENTS = "habitants"
"""Name of the ready questionnaire whose answers are read here."""
WISHES = {
    "envie": ("envie", "Oui", gettext_lazy("Veulent apprendre à mieux s’en servir")),
    "ne_connait_pas": ("connait", "Non", gettext_lazy("Ne connaissent aucun lieu où l’on aide")),
}
"""Fact → question, answer, label."""
YEAR, TWO_YEARS = timedelta(days=365), timedelta(days=730)


def wishes(territory: str, _today: date) -> Iterator[Fact]:
    """Yield what residents answered in the last results published, in percents."""
    rows = _published(territory).filter(survey__questionnaire__model=RESIDENTS)
    for one in rows.order_by("-at", "-pk"):
        if one.content.get("synthetic"):
            continue
        found = [fact for key in WISHES if (fact := _answer(key, one)) is not None]
        if found:
            yield from found
            return


def _answer(key: str, one: Publication) -> Fact | None:
    question, choice, label = WISHES[key]
    blocks: list[Mapping[str, Any]] = one.content.get("blocks", [])
    bars = next((block["bars"] for block in blocks if block["name"] == question), [])
    bar = next((bar for bar in bars if bar["label"] == choice), None)
    if bar is None or bar["share"] is None:
        return None
    value, low, high = (
        None if bar[name] is None else round(100 * bar[name], 1)
        for name in ("share", "low", "high")
    )
    text = f"{round(value or 0)}{NARROW_SPACE}%"
    if low is not None and high is not None:
        text = f"{text} (entre {round(low)} et {round(high)}{NARROW_SPACE}%)"
    day = timezone.localdate(one.at).isoformat()
    source = f"«{NARROW_SPACE}{one.content['title']}{NARROW_SPACE}»"
    return Fact(key, key, str(label), text, value, low, high, None, day, source)


def _published(territory: str) -> Any:
    where = inside(territory, level="survey__level", code="survey__code")
    return Publication.objects.filter(where, withdrawn=None)


def surveys(territory: str, today: date) -> Iterator[Fact]:
    """Yield how many results were published in two years."""
    since = today - TWO_YEARS
    number = _published(territory).filter(at__date__gt=since).values("survey").distinct().count()
    yield counted("enquetes", _("Enquêtes publiées en deux ans"), number, today, _("ce site"))


def meetings(territory: str, today: date) -> Iterator[Fact]:
    """Yield how many times the comité met in a year."""
    level, code = key_of(territory)
    rows = Meeting.objects.filter(
        committee__level=level, committee__code=code, state=MeetingState.HELD, day__gt=today - YEAR
    )
    label = _("Réunions du comité en un an")
    yield counted("reunions", label, rows.count(), today, _("ce site"))


def isolated(territory: str, today: date) -> Iterator[Fact]:
    """Yield the structures without any link; nothing where no link was ever declared."""
    network = network_of(territory)
    if network.links:
        names = tuple(actor.label for actor in network.isolated)
        yield named("isoles", _("Structures sans lien déclaré"), names, today)


def blocked(territory: str, today: date) -> Iterator[Fact]:
    """Yield what blocks often and of which no proposal was sent; nothing where nothing was seen."""
    found = seen_in(territory, today)
    if found.total is None:
        return
    sent = Proposal.objects.filter(inside(territory)).exclude(state=State.DRAFT)
    asked = set(sent.values_list("procedure__name", "trouble"))
    names = tuple(
        f"{one.procedure} ({uncapitalised(str(words()['codes'].get(one.code, one.code)))})"
        for one in found.blocked
        if (one.procedure, one.code) not in asked
    )
    yield named("blocages", _("Blocages fréquents sans proposition"), names, today)


def unanswered(territory: str, today: date) -> Iterator[Fact]:
    """Yield how many proposals wait for too long; nothing where none was sent."""
    found = answers(letters_of(territory), on=today)
    if found.sent:
        label = _("Propositions sans réponse depuis deux mois")
        yield counted("sans_reponse", label, found.late, today, _("ce site"))


def opened(territory: str, today: date) -> Iterator[Fact]:
    """Yield how many rights followed are open, rounded, small counts untold."""
    found = followed_in(territory, today)
    count = told(found.whole[STAGES.index("opened")] or 0)
    if count is not None:
        label = _("Droits ouverts, parmi ceux repérés en douze mois")
        yield _events("droits_ouverts", label, count, today, _("droits suivis ici"))


def activity(territory: str, today: date) -> Iterator[Fact]:
    """Yield the indicators of activity over the last four quarters, as their page tells them."""
    period = usual(last_whole(today))
    (found,) = activities(territory, [period])
    number = found.number("kind")
    if number:
        label = _("Aides notées en quatre trimestres")
        yield _events("aides", label, number, today, str(period))
    labels = (
        ("satisfaites", _("Demandes entièrement satisfaites"), answers_share(found)),
        ("acceptees", _("Orientations acceptées"), accepted_share(found)),
    )
    for key, label, share in labels:
        if share is not None:
            yield _part(key, label, share, today, str(period))


def _events(key: str, label: str, count: int, today: date, source: str) -> Fact:
    """Return a number of events with what a like period might have given (Poisson, 95 %)."""
    low, high = (float(bound[0]) for bound in poisson_interval(np.array([float(count)])))
    text = f"environ {integer(count)} (de {integer(low)} à {integer(high)})"
    day = today.isoformat()
    return Fact(key, key, label, text, count, round(low), round(high), None, day, source)


def _part(key: str, label: str, share: Share, today: date, source: str) -> Fact:
    value, low, high = (round(100 * one) for one in (share.value, share.low, share.high))
    text = f"{value}{NARROW_SPACE}% (entre {low} et {high}{NARROW_SPACE}%)"
    return Fact(key, key, label, text, value, low, high, None, today.isoformat(), source)
