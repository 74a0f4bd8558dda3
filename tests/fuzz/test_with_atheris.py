"""The same readers, the inputs guided by the code that they reach (atheris, libFuzzer)."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from benchmarks import Measure

from endurance.conftest import keep
from endurance.sizes import sized
from fuzz.targets import TARGETS
from fuzz.test_parsers import fuzzed

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["keep"]
DRIVER = Path(__file__).with_name("with_atheris.py")
TOGETHER = 400
"""Inputs read in the part that everyone runs, all readers together."""
LONGEST = 30
"""Seconds that one input may take before it is a fault."""


def guided(reader: str, folder: Path, *options: str) -> tuple[int, int]:
    """Run libFuzzer; return how many inputs were read and how many places of the code reached.

    An input that is neither read nor refused in French fails, and is told.
    """
    ours = (f"-timeout={LONGEST}", f"-artifact_prefix={folder}/", "-print_final_stats=1")
    line = [sys.executable, str(DRIVER), reader, str(folder / "corpus"), *ours, *options]
    done = subprocess.run(line, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]
    read = re.findall(r"number_of_executed_units: (\d+)", done.stderr)
    reached = re.findall(r"cov: (\d+)", done.stderr)
    return int(read[-1]), int(reached[-1])


@pytest.mark.slow
def test_inputs_that_reach_new_code_are_read_or_refused(tmp_path: Path) -> None:
    if find_spec("atheris") is None:  # none for this Python: the other driver
        assert sys.version_info >= (3, 14)
        assert all(fuzzed(name, seed=2, count=TOGETHER // len(TARGETS)) for name in TARGETS)
        return
    read, reached = guided("all", tmp_path, f"-runs={TOGETHER}", "-seed=1")
    assert read >= TOGETHER
    assert reached > 500, "the readers are instrumented"


@pytest.mark.endurance
@pytest.mark.parametrize("name", TARGETS)
def test_a_long_time_of_guided_inputs(
    name: str, tmp_path: Path, keep: Callable[[Measure], None]
) -> None:
    seconds = max(1, round(sized(60)))
    read, reached = guided(name, tmp_path, f"-max_total_time={seconds}")
    note = f"{seconds} s, {reached} endroits du code atteints"
    title = f"Entrées guidées par le code, sans panne ({name})"
    keep(Measure(f"atheris-{name}", title, float(read), "entrées", note=note))
