"""Make the parts of a computation on this machine, in one process or several."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from portrea.base.errors import StoreError
from portrea.base.progress import silent
from portrea.sources.store import Store
from portrea.steering.batch_work import follow_parent
from portrea.steering.split import make_part

if TYPE_CHECKING:
    from portrea.base.progress import Progress
    from portrea.steering.split import Plan

TRIES = 3
"""Times that the parts left are given to new processes after one died."""


def make_parts(store: Store, plan: Plan, *, processes: int = 1, progress: Progress = silent) -> int:
    """Make the parts that are missing; return how many were made here.

    Raises
    ------
    StoreError
        A process died :data:`TRIES` times: without doubt, memory is short.
    """
    before = len(plan.missing)
    if processes == 1:
        for part in plan.missing:
            make_part(store, plan.id, part)
            _tell(plan, progress)
        return before
    for _ in range(TRIES):
        if not plan.missing or _together(store, plan, processes, progress):
            return before
    raise StoreError(
        f"Un des {processes} processus du calcul s’est arrêté plusieurs fois, sans doute faute de"
        f" mémoire : il reste {len(plan.missing)} parts sur {len(plan.parts)}.",
        remedy="Relancez avec « --processes 1 » : les parts faites sont gardées.",
    )


def _together(store: Store, plan: Plan, processes: int, progress: Progress) -> bool:
    """Make parts in processes of their own; say whether none of them died."""
    pool = ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=follow_parent
    )
    try:
        asked = [pool.submit(_make, str(store.home), plan.id, part) for part in plan.missing]
        for future in as_completed(asked):
            future.result()
            _tell(plan, progress)
    except BrokenProcessPool:
        return False
    finally:
        pool.shutdown(cancel_futures=True)
    return True


def _make(home: str, plan_id: str, part: str) -> None:
    make_part(Store(Path(home)), plan_id, part)


def _tell(plan: Plan, progress: Progress) -> None:
    done = len(plan.parts) - len(plan.missing)
    progress(0.5 * done / len(plan.parts), f"{done} parts sur {len(plan.parts)}")
