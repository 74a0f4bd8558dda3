"""Help given, counted: one number by dimension (« kind », « theme », « age »…) and value.

A count is additive: those of a month, of a structure, of a commune are added to make a board.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.action.activity import UNANSWERED, with_unknown
from portrea.stats.disclosure import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Cell = tuple[str, str]
"""Dimension and value."""
ONCE = ("kind", "where", "band", "autonomy", "result", "commune")
"""Columns of a record counted as they are, « » when it does not say."""
PEOPLE = {"ages": "age", "statuses": "status", "genders": "gender"}
"""Columns that count people → dimension."""
PARTITIONS = (*ONCE, "procedure", "oriented", *PEOPLE.values())
"""Dimensions whose values add up to a known total."""
_SAID = {True: "oui", False: "non", None: ""}


def tally(records: Iterable[Mapping[str, Any]]) -> Counter[Cell]:
    """Count records given as the columns of a record, ``procedure_id`` for the procedure.

    ``total`` holds ``records``, ``people``, ``known`` (people who had come before) among
    ``known_of``, ``minutes`` in ``minutes_of`` records. ``unmet`` and ``unmet_procedure`` count by
    theme and procedure the demands without answer, or with part of one.
    """
    counts: Counter[Cell] = Counter()
    for record in records:
        _add_total(counts, record)
        procedure = str(record["procedure_id"] or "")
        themes = set(record["themes"]) or {""}
        cells: list[Cell] = [(name, record[name]) for name in ONCE]
        cells += [("procedure", procedure), ("oriented", _SAID[record["oriented"]])]
        cells += [("theme", one) for one in themes]
        if record["result"] in UNANSWERED:
            cells += [("unmet", one) for one in themes] + [("unmet_procedure", procedure)]
            cells += [("reason", record["reason"])]
        for cell in cells:
            counts[cell] += 1
        for column, name in PEOPLE.items():
            for value, number in with_unknown(record[column], record["people"]).items():
                counts[name, value] += number
    return counts


def _add_total(counts: Counter[Cell], record: Mapping[str, Any]) -> None:
    counts["total", "records"] += 1
    counts["total", "people"] += record["people"]
    if record["known"] is not None:
        counts["total", "known"] += record["known"]
        counts["total", "known_of"] += record["people"]
    if record["minutes"] is not None:
        counts["total", "minutes"] += record["minutes"]
        counts["total", "minutes_of"] += 1


def packed(counts: Mapping[int, int]) -> bytes:
    """Return counts by number of cell as bytes; several of them, one after the other, are added."""
    pairs = [pair for pair in sorted(counts.items()) if pair[1]]
    return np.array(pairs, dtype="<i4").tobytes()


def added(parts: Iterable[bytes]) -> dict[int, int]:
    """Return the sum of counts that were :func:`packed`."""
    pairs = np.frombuffer(b"".join(parts), dtype="<i4").reshape(-1, 2)
    if not len(pairs):
        return {}
    sums = np.bincount(pairs[:, 0], weights=pairs[:, 1])
    return {int(number): round(float(sums[number])) for number in np.flatnonzero(sums)}


def hidden(counts: Mapping[str, int], *, whole: bool) -> dict[str, int | None]:
    """Return counts where small ones are ``None``.

    Parameters
    ----------
    counts
        Value → number of people or of records.
    whole
        Whether their sum is known: what is hidden is then at least two values, and together no
        fewer than the threshold, or it would be found by subtraction. Zero hides nobody.
    """
    least = int(rule("threshold"))
    small = {name for name, count in counts.items() if 0 < count < least}
    if small and whole:
        others = sorted((name for name in counts if counts[name] >= least), key=counts.__getitem__)
        while others and (len(small) < 2 or sum(counts[name] for name in small) < least):
            small.add(others.pop(0))
    return {name: None if name in small else count for name, count in counts.items()}
