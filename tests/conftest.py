"""A test world harsher than production.

No network but this machine, random order and seeds, warnings are errors, no write outside the
temporary folder, no skipped test but for the real files that a user's machine does not have.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
LOADED_ON = "2026-11-22"
"""Day of the worked cases of the documentation."""
ALLOWED_SKIP = "../shared/data absent"
DEMO_DEPARTEMENT = "35"
DEMO_EPCI = "243500550"

hypothesis.settings.register_profile("portrea", deadline=None, print_blob=True, max_examples=40)
hypothesis.settings.load_profile("portrea")


# -- real files, absent from a user's machine ------------------------------------------------------


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real files for development; absent on a user's machine: skip, visibly."""
    path = SHARED / "data"
    if not path.is_dir():
        pytest.skip(ALLOWED_SKIP)
    return path


@pytest.fixture(scope="session")
def whole_home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A ``$PORTREA_HOME`` with the embedded data and the whole shared folder, and what the command
    said. Nothing is computed. Never write in it: copy it."""
    import time_machine
    from click.testing import CliRunner

    from portrea.cli import portrea
    from portrea.sources.loading import load_embedded
    from portrea.sources.store import Store

    path = tmp_path_factory.mktemp("whole") / "home"
    with time_machine.travel(LOADED_ON):
        load_embedded(Store(path))
        words = ("data", "add", str(shared_data))
        done = CliRunner(env={"PORTREA_HOME": str(path)}).invoke(
            portrea, words, catch_exceptions=False
        )
    assert done.exit_code == 0, done.output
    return path, done.stdout


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """Folder of reference tables; absent on a user's machine: skip, visibly."""
    path = SHARED / "reference"
    if not path.is_dir():
        pytest.skip(f"{ALLOWED_SKIP} (../shared/reference)")
    return path


# -- $PORTREA_HOME ---------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty ``$PORTREA_HOME``, for every test."""
    path = tmp_path / "portrea-home"
    monkeypatch.setenv("PORTREA_HOME", str(path))
    return path


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ``$PORTREA_HOME`` with the embedded data of département 35, computed. Never write in it."""
    from portrea.sources.loading import load_embedded
    from portrea.sources.store import Store
    from portrea.steering.computation import compute

    path = tmp_path_factory.mktemp("demo") / "home"
    store = Store(path)
    load_embedded(store, departements={DEMO_DEPARTEMENT})
    compute(store)
    return path


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ``$PORTREA_HOME`` with an empty database and the static files, as ``serve`` prepares them.

    Copied, it saves each site that a test starts the half of its time.
    """
    path = tmp_path_factory.mktemp("ready") / "home"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    subprocess.run(
        [sys.executable, "-c", "from portrea.cli.serve import prepare_site; prepare_site()"],
        env=clean | {"PORTREA_HOME": str(path)},
        check=True,
    )
    return path


@pytest.fixture
def demo_copy(demo_home: Path, home: Path) -> Path:
    """A copy of ``demo_home`` to be changed, which is also this test's ``$PORTREA_HOME``."""
    shutil.copytree(demo_home, home)
    return home


# -- no write elsewhere ----------------------------------------------------------------------------

_CACHES = (".pytest_cache", ".hypothesis", ".import_linter_cache", ".mypy_cache", ".ruff_cache")
_IN_CHECKOUT = (Path(sys.prefix).resolve(), *(ROOT / name for name in _CACHES))
_WRITABLE = (Path(tempfile.gettempdir()).resolve(), Path("/dev"), Path("/proc"), *_IN_CHECKOUT)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_watching = False


def _refuse_writes(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook: while a test runs, refuse to open, make, move or delete files elsewhere."""
    if not _watching or event not in {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}:
        return
    if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & _WRITING):
        return
    target = arguments[1] if event == "os.rename" else arguments[0]
    if not isinstance(target, (str, bytes, os.PathLike)):
        return
    # shutil.rmtree names files relatively to an open folder, given by its descriptor last
    folder = arguments[-1] if event in {"os.remove", "os.rmdir", "os.mkdir"} else -1
    base = f"/proc/self/fd/{folder}" if isinstance(folder, int) and folder >= 0 else ""
    path = Path(os.path.realpath(Path(base) / os.fsdecode(target)))
    if path.parent.name == "__pycache__" or path.name == "__pycache__":
        return
    allowed = _IN_CHECKOUT if path.is_relative_to(ROOT) else _WRITABLE  # a checkout may be in /tmp
    if not any(path.is_relative_to(root) for root in allowed):
        raise AssertionError(f"A test writes outside its temporary folder: {event} {path}")


sys.addaudithook(_refuse_writes)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Watch the files written while a test's body runs."""
    global _watching  # noqa: PLW0603 - an audit hook has no other way to be told
    _watching = True
    try:
        return (yield)
    finally:
        _watching = False


# -- every mark written in its file ----------------------------------------------------------------

_CHOSEN = {"slow", "browser", "postgres", "package", "shared"}


@cache
def _marks_written(path: Path) -> set[str]:
    return set(re.findall(r"mark\.(\w+)", path.read_text("utf-8")))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse a mark that comes from elsewhere: ``scripts/test.sh`` finds files by their marks."""
    absent = {mark.name for mark in item.iter_markers()} & _CHOSEN - _marks_written(item.path)
    if absent:
        raise pytest.UsageError(f"{item.nodeid}: write the mark {sorted(absent)[0]} in its file.")


# -- long runs only when asked for ----------------------------------------------------------------

ENDURANCE = "PORTREA_ENDURANCE"
"""Set by ``scripts/endurance.sh``: the tests that last minutes or hours are then collected."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long runs to ``make endurance``, whatever marks the command asks for."""
    if os.environ.get(ENDURANCE):
        return
    left = [item for item in items if item.get_closest_marker("endurance")]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


# -- no silent skip --------------------------------------------------------------------------------


class SkipWatch:
    """Fail the session when a test is skipped for another reason than absent real files."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self.absent = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Judge one test."""
        self._judge(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Judge one module."""
        self._judge(report)

    def _judge(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if reason.removeprefix("Skipped: ").startswith(ALLOWED_SKIP):
            self.absent += 1
        else:
            self.refused.append(f"{report.nodeid}: {reason}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a refused skip into a failed session."""
        if self.refused and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was not shown, and what must not be skipped."""
        if self.absent:
            terminalreporter.write_line(
                f"{self.absent} essais non montrés : ../shared/data est absent de cette machine."
            )
        if self.refused:
            terminalreporter.section("Essais passés sans raison admise", red=True)
            for line in self.refused:
                terminalreporter.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    """Register the watch over skipped tests."""
    config.pluginmanager.register(SkipWatch(), "portrea-skip-watch")
