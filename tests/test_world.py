"""The harsh test world itself is tested: each guard must bite."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
CONFTEST = Path(__file__).with_name("conftest.py").read_text("utf-8")


def test_network_is_closed() -> None:
    with (
        pytest.raises(Exception, match="tried to use socket"),
        socket.create_connection(("192.0.2.1", 80), timeout=0.1),
    ):
        pass


def test_write_elsewhere_is_refused() -> None:
    with pytest.raises(AssertionError, match="outside its temporary folder"):
        Path(__file__).with_name("forbidden.txt").write_text("x", "utf-8")
    with pytest.raises(AssertionError, match="outside its temporary folder"):
        (Path.home() / "forbidden-portrea").mkdir()


def test_home_is_temporary(home: Path, tmp_path: Path) -> None:
    from portrea.sources.store import default_home

    assert default_home() == home
    assert home.is_relative_to(tmp_path)


@pytest.mark.parametrize(
    ("reason", "exit_code"),
    [("../shared/data absent", 0), ("../shared/data absent (peers)", 0), ("no chromium", 1)],
)
def test_skip_fails_the_session(pytester: pytest.Pytester, reason: str, exit_code: int) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        f"import pytest\n\ndef test_seen(): pass\n\ndef test_gone(): pytest.skip({reason!r})\n"
    )
    result = pytester.runpytest_subprocess("-p", "no:django", "-p", "no:randomly")
    result.assert_outcomes(passed=1, skipped=1)
    assert result.ret == exit_code


def test_absent_real_files_are_said_and_do_not_fail(pytester: pytest.Pytester) -> None:
    """Where ../shared is not, the tests that need it are skipped and counted, by both fixtures."""
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        "def test_data(shared_data): assert False\n"
        "def test_reference(shared_reference): assert False\n"
        "def test_else(): pass\n"
    )
    result = pytester.runpytest_subprocess("-p", "no:django", "-p", "no:randomly")
    result.assert_outcomes(passed=1, skipped=2)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["2 essais non montrés : ../shared/data est absent*"])


def test_a_module_skipped_whole_fails_the_session(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        test_kept="def test_seen(): pass\n",
        test_gone="import pytest\n\npytest.importorskip('nothing_of_that_name')\n",
    )
    result = pytester.runpytest_subprocess("-p", "no:django", "-p", "no:randomly")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*Essais passés sans raison admise*"])
