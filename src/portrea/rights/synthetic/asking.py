"""Ask for the rights of many households: each situation once, by chunks, several at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.base.errors import ParameterError
from portrea.rights.catalogue import rights
from portrea.rights.questions import question

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from portrea.rights.households import Household

    Floats = NDArray[np.float64]

Ask = Callable[[Mapping[str, Any]], Mapping[str, Sequence[Any]]]
CHUNK = 2_500
"""Households of one question: two processes side by side then stay about 1 GiB together."""


def streamed(
    parts: Iterable[Sequence[Household]], names: Sequence[str], *, month: str, asks: Sequence[Ask]
) -> Iterator[Floats]:
    """Yield what the households of each part would get (rights × households), in their order.

    A condition that is met is 1, not met 0. No more parts are held at once than there are
    processes, whatever their number: a million households take the memory of one part.

    Parameters
    ----------
    names
        Rights of ``params/droits.yaml`` that a family or a household holds, not a person.
    asks
        One callable for each process that answers: they work side by side.

    Raises
    ------
    ParameterError
        A part that is too large, or a right that only a person holds.
    """
    _check_names(names)
    free: SimpleQueue[Ask] = SimpleQueue()
    for ask in asks:
        free.put(ask)
    waiting: deque[Future[Floats]] = deque()
    with ThreadPoolExecutor(len(asks)) as pool:
        for part in parts:
            waiting.append(pool.submit(_in_turn, part, names, month, free))
            if len(waiting) > len(asks):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def amounts_of(
    households: Sequence[Household],
    names: Sequence[str],
    *,
    month: str,
    asks: Sequence[Ask],
    chunk: int = CHUNK,
) -> dict[str, Floats]:
    """Return what each household would get of each right (see :func:`streamed`)."""
    parts = (households[at : at + chunk] for at in range(0, len(households), chunk))
    whole = np.concatenate(list(streamed(parts, names, month=month, asks=asks)), axis=1)
    return dict(zip(names, whole, strict=True))


def _in_turn(
    part: Sequence[Household], names: Sequence[str], month: str, free: SimpleQueue[Ask]
) -> Floats:
    """Ask the first process that is free, once for each situation of the part."""
    if len(part) > CHUNK:
        raise ParameterError(
            f"Un lot de {len(part)} foyers n’est pas possible.", remedy=f"{CHUNK} foyers au plus."
        )
    distinct = list(dict.fromkeys(part))
    rank = {one: place for place, one in enumerate(distinct)}
    ask = free.get()
    try:
        answer = ask(question(distinct, month=month, names=names))
    finally:
        free.put(ask)
    found = np.array([answer[rights()[name].variable] for name in names], dtype=np.float64)
    owners = np.fromiter((rank[one] for one in part), np.intp, len(part))
    whole: Floats = found[:, owners]
    return whole


def _check_names(names: Sequence[str]) -> None:
    held = [name for name in names if rights()[name].entity == "individu"]
    if held:
        raise ParameterError(
            f"Ce droit se compte par personne, pas par foyer : {', '.join(held)}.",
            remedy="Choisissez un droit d’une famille ou d’un ménage.",
        )


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
