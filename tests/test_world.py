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
