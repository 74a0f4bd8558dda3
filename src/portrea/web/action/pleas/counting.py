"""The numbers of a proposal: frozen from what is told, measured once the procedure changed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portrea.action.difficulties import safe_beside
from portrea.action.freezing import frozen, measured
from portrea.action.proposals import State
from portrea.base.errors import DataError
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.scope import contains, inside
from portrea.web.action.difficulties.counting import YEAR, table
from portrea.web.action.models import Difficulty, Proposal

if TYPE_CHECKING:
    import datetime

    import polars as pl


def facts_now(plea: Proposal) -> dict[str, Any]:
    """Return the facts of a proposal as of today, over the last year of its territory."""
    last = today_in(plea.territory)
    found = _table(plea, last - YEAR, last)
    return frozen(found, plea.procedure.key, plea.trouble, last=last, earlier=earlier(plea))


def earlier(plea: Proposal) -> list[dict[str, Any]]:
    """Return the facts already sent of the same procedure, in territories around or inside.

    Those inside one territory are also added up: a whole and its parts subtract too.
    """
    rows = Proposal.objects.filter(procedure=plea.procedure).exclude(state=State.DRAFT)
    near = [
        one
        for one in rows.exclude(pk=plea.pk).order_by("pk")
        if contains(one.territory, plea.territory) or contains(plea.territory, one.territory)
    ]
    told = [_numbers(one) for one in near]
    within = [_numbers(one) for one in near
              if one.trouble == plea.trouble and one.territory != plea.territory
              and contains(plea.territory, one.territory)]  # fmt: skip
    if len(within) > 1:
        total = sum(one["situations"] for one in within)
        told.append({"code": plea.trouble, "situations": total, "of": None})
    return told


def check_beside(plea: Proposal) -> None:
    """Refuse to send facts too near those that were sent since they were counted."""
    told = [one["situations"] for one in earlier(plea) if one["code"] == plea.trouble]
    if not safe_beside(plea.facts["situations"], told):
        raise DataError(
            "Une proposition envoyée entre-temps porte presque les mêmes nombres.",
            remedy="Recomptez plus tard, ou suivez celle qui est déjà partie.",
        )


def measured_now(plea: Proposal) -> dict[str, Any]:
    """Return the count before and after the change, as far as it may be told."""
    if plea.changed_on is None:
        raise DataError("La démarche n’a pas encore changé.", remedy="Notez d’abord la réponse.")
    last = today_in(plea.territory)
    found = _table(plea, plea.changed_on, last).filter(
        procedure=plea.procedure.key, code=plea.trouble
    )
    told = measured(
        plea.facts,
        after=found["situation"].n_unique(),
        places=found["place"].n_unique(),
        days=max((last - plea.changed_on).days + 1, 1),
        past=plea.compared.get("past", []),
    )
    return told | {"on": last.isoformat()}


def quotable(plea: Proposal) -> list[Difficulty]:
    """Return the texts read again that a proposal may quote, the last ones."""
    since = today_in(plea.territory) - timedelta(days=YEAR.days)
    rows = Difficulty.objects.filter(
        inside(plea.territory), procedure=plea.procedure, day__gte=since
    ).exclude(words="")
    read = rows.exclude(reviewed=None).order_by("-day", "-pk")
    return [one for one in read if plea.trouble in one.codes][:20]


def _table(plea: Proposal, first: datetime.date, last: datetime.date) -> pl.DataFrame:
    rows = Difficulty.objects.filter(inside(plea.territory))
    return table(rows, [(plea.level, plea.code)], first, last)


def _numbers(one: Proposal) -> dict[str, Any]:
    facts = one.facts
    return {"code": one.trouble, "situations": facts["situations"], "of": facts["of"]}
