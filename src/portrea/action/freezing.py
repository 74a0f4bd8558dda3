"""Facts of a proposal, frozen when it is written; what is measured once the procedure changed.

Facts of the same procedure are published at several dates and in territories one inside another:
none is given when a subtraction would tell a number under the threshold of disclosure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.action.difficulties import (
    before_after,
    clusters,
    published,
    safe_beside,
    words,
)
from portrea.action.proposals import facts
from portrea.base.errors import ParameterError
from portrea.stats.disclosure import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    import polars as pl

SHARES = ("of", "share", "share_low", "share_high")
KEPT = ("situations", "places", "low", "high", *SHARES)


def frozen(
    found: pl.DataFrame,
    procedure: str,
    code: str,
    *,
    last: date,
    earlier: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return what a proposal may say of one thing that blocks, ready for JSON.

    Parameters
    ----------
    found
        A table of ``DIFFICULTIES``: those of the territory, over the period observed.
    procedure, code
        Which ones.
    last
        Last day of the period; ``days`` counts from the first difficulty seen, whatever it was.
    earlier
        Facts already published of this procedure (``code``, ``situations``, ``of``), around.

    Raises
    ------
    ParameterError
        Too few situations, one place only, or numbers too near those already published.
    """
    rows = published(clusters(found)).filter(procedure=procedure, code=code)
    if rows.is_empty():
        raise ParameterError(
            f"Il faut au moins {rule('threshold')} situations, et pas un seul lieu.",
            remedy="Attendez d’en avoir plus\u202f: rien ne doit faire reconnaître quelqu’un.",
        )
    row = rows.row(0, named=True)
    if not safe_beside(row["situations"], [one["situations"] for one in earlier
                                           if one["code"] == code]):  # fmt: skip
        raise ParameterError(
            "Ces nombres sont trop proches de ceux d’une proposition déjà envoyée.",
            remedy="Leur différence dirait un petit nombre de personnes\u202f: attendez.",
        )
    if not _whole_told(row, earlier):
        row |= dict.fromkeys(SHARES)
    told = {name: row[name] for name in KEPT} | {"procedure": procedure, "code": code}
    seen: date = min(found["day"].to_list())
    days = (last - seen).days + 1
    sentences = facts(told | {"first": row["first"], "last": row["last"]})
    dated = {name: row[name].isoformat() for name in ("first", "last")}
    return told | dated | {"days": days, "until": last.isoformat(), "sentences": sentences}


def measured(
    before: Mapping[str, Any], *, after: int, places: int, days: int, past: Iterable[int]
) -> dict[str, Any]:
    """Return the count before and after a change, ready for JSON.

    Parameters
    ----------
    before
        Facts of :func:`frozen`: ``situations`` in ``days``.
    after, places, days
        Situations since the change, in how many places, in how many days.
    past
        Counts of « after » already published of this proposal.

    Notes
    -----
    Under the threshold, in a single place or too near a former one, the count is not told, nor the
    ratio, which would tell it; « less often » stays. None at all points at nobody.
    """
    found = before_after(
        before=before["situations"], before_days=before["days"], after=after, after_days=days
    )
    former = list(past)
    enough = after >= int(rule("threshold")) and places >= int(words()["least_places"]["value"])
    told = (enough and safe_beside(after, former)) or (after == 0 and _apart(former))
    numbers = {"after": after, "ratio": found.ratio, "low": found.low, "high": found.high}
    return {
        "saying": str(found.saying),
        "before": before["situations"],
        "before_days": before["days"],
        "after_days": days,
        "past": [*former, after] if told and after not in former else former,
        **(numbers if told else dict.fromkeys(numbers)),
    }


def _whole_told(row: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the situations of the procedure, and those left out, may be told too."""
    if row["of"] is None:
        return False
    wholes = [one["of"] for one in earlier if one["of"] is not None]
    rests = [one["of"] - one["situations"] for one in earlier
             if one["of"] is not None and one["code"] == row["code"]]  # fmt: skip
    left = row["of"] - row["situations"]
    return safe_beside(row["of"], wholes) and (left == 0 or safe_beside(left, rests))


def _apart(former: Sequence[int]) -> bool:
    return all(count >= int(rule("threshold")) or count == 0 for count in former)
