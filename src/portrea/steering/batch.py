"""Portraits of many territories at once: « epci:* », resumable, on every processor."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from portrea import __version__
from portrea.base.errors import ParameterError, TerritoryError
from portrea.base.progress import silent
from portrea.steering.batch_folder import BatchFolder
from portrea.steering.batch_work import Job, work
from portrea.steering.code import code_digest
from portrea.steering.exchange_sharing import processors
from portrea.territory.codes import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.base.progress import Progress
    from portrea.steering.reading import Reader

GIB_PER_PROCESS = 1.0
"""Memory of a process that reads the computation of all France: 0.7 measured, and a margin."""
STEPS = 100
"""Times that progress is told, at most."""


@dataclass(slots=True)
class Outcome:
    """What a batch did: files written now, files already up to date, faults by territory."""

    made: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Territories asked for."""
        return len(self.made) + len(self.kept) + len(self.faults)


def is_pattern(text: str) -> bool:
    """Whether a territory as written stands for several: it holds « * » or « ? »."""
    return "*" in text or "?" in text


def expand(reader: Reader, text: str) -> list[str]:
    """Return the territories of a list whose members may be patterns: ``epci:*,commune:35*``.

    Raises
    ------
    ParameterError
        A pattern without a known level.
    TerritoryError
        A pattern that no territory of the computation matches, or an unknown territory.
    """
    found: dict[str, None] = {}
    for part in (word.strip() for word in text.split(",")):
        if is_pattern(part):
            keys = _matching(reader, part)
        else:
            keys = [territory.key for territory in reader.gazetteer.resolve(part).territories]
        found |= dict.fromkeys(keys)
    return list(found)


def _matching(reader: Reader, pattern: str) -> list[str]:
    level, _, wanted = pattern.partition(":")
    levels = [known.value for known in Level]
    if level not in levels or not wanted:
        raise ParameterError(
            f"« {pattern} » ne dit pas de quel niveau sont les territoires voulus.",
            remedy="Écrivez un niveau, deux-points, un début de code et « * » : « epci:* », "
            f"« commune:35* ». Niveaux : {', '.join(levels)}.",
        )
    codes = reader.gazetteer.table.filter(level=level)["code"].sort().to_list()
    found = [f"{level}:{code}" for code in codes if fnmatchcase(code, wanted.upper())]
    if not found:
        raise TerritoryError(
            f"Aucun territoire du calcul en service ne répond à « {pattern} ».",
            remedy="Vérifiez le début du code, ou chargez les données de ces territoires.",
        )
    return found


def make_portraits(
    reader: Reader,
    territories: Sequence[str],
    folder: Path,
    *,
    form: str = "pdf",
    processes: int | None = None,
    progress: Progress = silent,
) -> Outcome:
    """Write the portrait of each territory in a folder, on several processes.

    Parameters
    ----------
    territories
        ``level:code``, as :func:`expand` gives them.
    folder
        Made when it does not exist. What it already holds, made from the same computation by the
        same code, is left as it is; a killed batch is thus taken up again.
    form
        As :func:`portrea.steering.downloads.portrait_file` takes it.
    processes
        As many as processors and memory allow by default.

    Raises
    ------
    ParameterError
        Another batch writes in this folder, or it cannot be written.
    """
    state = f"{reader.computation_id}-{__version__}-{code_digest()}"
    outcome = Outcome()
    told = -1
    with BatchFolder(folder).held() as held:
        every = [_job(reader, key, folder, form, state) for key in territories]
        jobs = [job for job in every if not held.is_done(job.file, state)]
        missing = {job.territory for job in jobs}
        outcome.kept = [key for key in territories if key not in missing]
        for done in work(jobs, min(processes or usable_processes(), len(jobs) or 1)):
            if done.written is None:
                outcome.faults[done.job.territory] = done.fault
            else:
                held.add(done.written)
                outcome.made.append(done.job.territory)
            share = outcome.total / len(territories)
            if int(share * STEPS) > told:
                told = int(share * STEPS)
                progress(share, f"{outcome.total} sur {len(territories)}")
    return outcome


def _job(reader: Reader, key: str, folder: Path, form: str, state: str) -> Job:
    file = f"portrait-{key.replace(':', '-')}.{form}"
    return Job(str(reader.store.home), str(folder), key, file, form, reader.computation_id, state)


def usable_processes() -> int:
    """Return how many processes may work at once: one by processor, as memory allows."""
    return max(1, min(processors(), int(_free_gib() // GIB_PER_PROCESS)))


def _free_gib() -> float:
    """Return the memory available, in GiB (infinite where the system does not tell)."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return float("inf")
    told = dict(line.split(":", 1) for line in lines)
    return int(told["MemAvailable"].split()[0]) / 2**20
