"""Progress of long commands, on the terminal's error stream."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.base.progress import Progress as Reporter


@contextmanager
def progress_bar(title: str) -> Iterator[Reporter]:
    """Show a bar while the block runs; yield the function that moves it.

    Without a terminal (a log file, CI) one plain line is printed per step instead.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        last = ""

        def report(share: float, step: str) -> None:
            nonlocal last
            if step != last:
                console.print(f"{title} : {share:4.0%} {step}", highlight=False, soft_wrap=True)
                last = step

        yield report
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda share, step: bar.update(task, completed=share, description=f"{title} : {step}")
