"""Make many portraits in other processes: one that fails, or whose process dies, stops no other.

Few jobs wait in the processes at once, so that memory does not grow with the number of portraits.
"""

from __future__ import annotations

import hashlib
import os
import signal
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from portrea.base.errors import DataError, PortreaError, system_fault
from portrea.sources.store import Store
from portrea.steering.batch_folder import Written, write_whole
from portrea.steering.downloads import portrait_file
from portrea.steering.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

DIED = "le processus qui faisait ce portrait s’est arrêté, sans doute faute de mémoire"


@dataclass(frozen=True, slots=True)
class Job:
    """A portrait to make: where the data are, of which territory, in which file and form."""

    home: str
    folder: str
    territory: str
    file: str
    form: str
    computation: str
    state: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a job: the file written, or why there is none (``fault``, in French)."""

    job: Job
    written: Written | None
    fault: str = ""


def work(jobs: Iterable[Job], processes: int) -> Iterator[Done]:
    """Yield what became of each job, as they end.

    When a process dies, the jobs it may have had are tried again, each alone in its process.
    """
    waiting = deque(jobs)
    while waiting:
        for job in (yield from _together(waiting, processes)):
            if (yield from _together(deque([job]), 1)):
                yield Done(job, None, DIED)


def _together(waiting: deque[Job], processes: int) -> Generator[Done, None, list[Job]]:
    """Do the jobs that wait; return those that were being done when a process died."""
    flying: dict[Future[Done], Job] = {}
    pool = ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=follow_parent
    )
    try:
        while waiting or flying:
            while waiting and len(flying) < 2 * processes:
                flying[pool.submit(make, waiting[0])] = waiting[0]
                waiting.popleft()
            ended, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in ended:
                done = future.result()
                del flying[future]
                yield done
    except BrokenProcessPool:
        return list(flying.values()) or [waiting.popleft()]
    finally:
        pool.shutdown(cancel_futures=True)
    return []


def make(job: Job) -> Done:
    """Make one portrait; whatever goes wrong is told, never raised."""
    try:
        return Done(job, _make(job))
    except PortreaError as error:
        return Done(job, None, f"{error.message} {error.remedy}".strip())
    except OSError as error:
        return Done(job, None, f"{system_fault(error)} ({error.filename or job.file})")
    except Exception as error:  # noqa: BLE001 - a defect met on one territory must not stop the others
        return Done(job, None, f"défaut du programme, {type(error).__name__} : {error}")


def _make(job: Job) -> Written:
    reader = Reader(Store(Path(job.home)))
    if reader.computation_id != job.computation:
        raise DataError(
            "Un autre calcul a été mis en service pendant le lot.",
            remedy="Relancez la même commande : elle refait ce qui a changé.",
        )
    content = portrait_file(reader, reader.gazetteer.resolve(job.territory), job.form)
    write_whole(Path(job.folder) / job.file, content)
    digest = hashlib.sha256(content).hexdigest()
    return Written(job.territory, job.file, job.state, len(content), digest)


def follow_parent() -> None:
    """End with the process that asked, even killed; leave it the keyboard's interruption."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


def end_with_parent() -> None:
    """End when the process that started this one by ``multiprocessing`` does, even killed."""
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)
