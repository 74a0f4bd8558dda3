"""Spreadsheets tried apart before they are read: one cell far away asks for more than the memory.

The reader (calamine) makes room for every cell up to the last one of a sheet: a value alone in
XFD1048576 asks for hundreds of gigabytes, and the system then stops the program, which can catch
nothing. A process of its own, whose memory is bounded, therefore opens every sheet first.
"""

from __future__ import annotations

import subprocess
import sys

from portrea.base.errors import DataError

MOST_CELLS = 40_000_000
MEMORY = 4 << 30
"""Bytes the trial may use: forty million cells take a third of it."""
PATIENCE = 120
"""Seconds the trial may take."""
TOO_FAR = 3
_TRIAL = """
import io, resource, sys
memory, most = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
for name in book.sheet_names:
    page = book.get_sheet_by_name(name)
    if (page.total_height + 1) * (page.total_width + 1) > most:
        sys.exit(3)
"""


def refuse_far_cells(content: bytes, most: int = MOST_CELLS) -> None:
    """Refuse a workbook that cannot be held in memory, whatever its format (xlsx, xls, ods…).

    A damaged one passes: the reader says what is wrong with it.

    Raises
    ------
    DataError
        A sheet has more than ``most`` cells, or the trial was stopped.
    """
    command = [sys.executable, "-I", "-c", _TRIAL, str(MEMORY), str(most)]
    try:
        done = subprocess.run(  # noqa: S603 - our own words, the file comes by its input
            command, input=content, capture_output=True, timeout=PATIENCE, check=False
        )
        stopped = done.returncode == TOO_FAR or done.returncode < 0
    except subprocess.TimeoutExpired:
        stopped = True
    if stopped:
        raise DataError(
            "Ce classeur demande trop de mémoire : une feuille va bien plus loin que ses données.",
            remedy="Une cellule isolée est sans doute remplie très loin : supprimez les lignes et"
            " les colonnes vides, puis enregistrez de nouveau, ou exportez en CSV.",
        )
