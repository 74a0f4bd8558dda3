"""The draws of a run made apart, one département at a time, then put together: the same bytes.

What needs the whole country is not cut: what it teaches of each commune, the benchmark, the
rates and their shared errors are prepared before the draws, by whoever makes a part (the same
tables give the same arrays); ranks, published totals that the draws are held to, and sums above
the département are made after them. A block of atoms drawn at once is never cut either, so that
every product of matrices has the shape that it has in one process: the block that straddles two
départements belongs to the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.base.progress import silent
from portrea.needs.estimation import Begun, Estimation, blocks_of, finish, hold, open_all
from portrea.stats.threads import each_in_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from portrea.base.progress import Progress
    from portrea.needs.aggregation import Part

    Arrays = Mapping[str, NDArray[Any]]

NOWHERE = "sans"
"""Part of the areas that are in no département."""


def parts_of(begun: Begun) -> dict[str, list[int]]:
    """Return the numbers of the blocks of each part, by code of département, in order."""
    owners = begun.drawing.model.atoms["departement"].fill_null(NOWHERE).to_list()
    found: dict[str, list[int]] = {}
    for number, rows in enumerate(blocks_of(begun.drawing)):
        found.setdefault(owners[rows.start], []).append(number)
    return found


def draw_part(begun: Begun, part: str, progress: Progress = silent) -> dict[str, NDArray[Any]]:
    """Make the draws of one part; return what the whole needs of them.

    Returns
    -------
    dict
        For each block ``k`` of the part, arrays named ``k/bounds/measure`` (atoms × 4, persons),
        ``k/kept/measure`` (atoms × draws kept for the ranks) and ``k/ids/measure/side``,
        ``k/sums/measure/side`` (pieces, pieces × draws).
    """
    drawing, tally = begun.drawing, begun.tally
    open_all(drawing, tally)
    blocks, numbers = blocks_of(drawing), parts_of(begun)[part]

    def draw(k: int) -> list[Part]:
        return tally.take(blocks[k], drawing.chunk(blocks[k]))

    found: dict[str, NDArray[Any]] = {}
    for k, made in zip(numbers, each_in_threads(draw, numbers), strict=True):
        for each in made:
            found[f"{k}/ids/{each.measure}/{each.side}"] = each.ids
            found[f"{k}/sums/{each.measure}/{each.side}"] = each.sums
        for name, kept in (("bounds", tally.bounds), ("kept", tally.kept)):
            found |= {f"{k}/{name}/{measure}": x[blocks[k]] for measure, x in kept.items()}
        progress((numbers.index(k) + 1) / len(numbers), "tirages")
    return found


def put_together(
    begun: Begun, read: Callable[[str], Arrays], progress: Progress = silent
) -> Estimation:
    """Return what the run gives, from its parts: ``read`` returns what :func:`draw_part` made.

    The sums are added block by block in the order of a run in one process, whoever drew them.
    """
    open_all(begun.drawing, begun.tally)
    owner = {k: part for part, numbers in parts_of(begun).items() for k in numbers}
    arrays: tuple[str, Arrays] = ("", {})
    for k, rows in enumerate(blocks_of(begun.drawing)):
        if arrays[0] != owner[k]:
            arrays = owner[k], read(owner[k])
            progress(k / len(owner), "réunion des parts")
        _add(begun, k, rows, arrays[1])
    hold(begun.drawing, begun.tally)
    return finish(begun, progress)


def _add(begun: Begun, k: int, rows: slice, arrays: Arrays) -> None:
    tally = begun.tally
    for measure, bounds in tally.bounds.items():
        bounds[rows] = arrays[f"{k}/bounds/{measure}"]
    for measure, kept in tally.kept.items():
        kept[rows] = arrays[f"{k}/kept/{measure}"]
    for (measure, side), sums in tally.sums.items():
        ids = f"{k}/ids/{measure}/{side}"
        if ids in arrays:
            sums[arrays[ids]] += arrays[f"{k}/sums/{measure}/{side}"]
