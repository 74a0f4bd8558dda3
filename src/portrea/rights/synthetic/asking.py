"""Ask for the rights of many households: each situation once, by chunks, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.base.errors import ParameterError
from portrea.base.progress import Progress, silent
from portrea.rights.catalogue import rights
from portrea.rights.questions import question

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.rights.households import Household

    Floats = NDArray[np.float64]

Ask = Callable[[Mapping[str, Any]], Mapping[str, Sequence[Any]]]
CHUNK = 4_000
"""Households of one question: 4,000 keep OpenFisca under 1 GiB, 10,000 do not."""
STEP = "{} situations sur {}"


def amounts_of(
    households: Sequence[Household],
    names: Sequence[str],
    *,
    month: str,
    asks: Sequence[Ask],
    chunk: int = CHUNK,
    progress: Progress = silent,
) -> dict[str, Floats]:
    """Return what each household would get of each right (a condition met is 1, not met 0).

    Parameters
    ----------
    names
        Rights of ``params/droits.yaml`` that a family or a household holds, not a person.
    asks
        One callable for each process that answers: they work side by side.
    chunk
        Households of one question, 4,000 at most.

    Raises
    ------
    ParameterError
        A chunk that is too large, or a right that only a person holds.
    """
    _check(names, chunk)
    distinct = list(dict.fromkeys(households))
    rank = {one: place for place, one in enumerate(distinct)}
    parts = [distinct[start : start + chunk] for start in range(0, len(distinct), chunk)]
    free: SimpleQueue[Ask] = SimpleQueue()
    for ask in asks:
        free.put(ask)
    found: list[Floats] = []
    done = 0
    with ThreadPoolExecutor(len(asks)) as pool:
        for values in pool.map(lambda part: _in_turn(part, names, month, free), parts):
            found.append(values)
            done += values.shape[1]
            progress(done / len(distinct), STEP.format(done, len(distinct)))
    owners = np.fromiter((rank[one] for one in households), np.intp, len(households))
    whole = np.concatenate(found, axis=1)
    return {name: whole[row, owners] for row, name in enumerate(names)}


def _in_turn(
    part: Sequence[Household], names: Sequence[str], month: str, free: SimpleQueue[Ask]
) -> Floats:
    """Ask the first process that is free."""
    ask = free.get()
    try:
        return _asked(part, names, month, ask)
    finally:
        free.put(ask)


def _check(names: Sequence[str], chunk: int) -> None:
    if not 1 <= chunk <= CHUNK:
        raise ParameterError(
            f"Un lot de {chunk} foyers n’est pas possible.", remedy=f"De 1 à {CHUNK} foyers."
        )
    held = [name for name in names if rights()[name].entity == "individu"]
    if held:
        raise ParameterError(
            f"Ce droit se compte par personne, pas par foyer : {', '.join(held)}.",
            remedy="Choisissez un droit d’une famille ou d’un ménage.",
        )


def _asked(part: Sequence[Household], names: Sequence[str], month: str, ask: Ask) -> Floats:
    answer = ask(question(part, month=month, names=names))
    return np.array([answer[rights()[name].variable] for name in names], dtype=np.float64)


def zones_of(communes: Sequence[str], *, month: str, ask: Ask) -> NDArray[np.intp]:
    """Return the zone of the housing aid of each commune: 1, 2, 3 (2 when it is not told)."""
    answer = ask(
        {
            "persons": {
                "household": list(range(len(communes))),
                "role": ["first"] * len(communes),
            },
            "inputs": [{"variable": "depcom", "periods": [month], "values": list(communes)}],
            "asked": [{"variable": "zone_apl", "period": month}],
        }
    )
    zones = np.array(answer["zone_apl"], dtype=np.intp)
    return np.where(zones == 0, 2, zones)
