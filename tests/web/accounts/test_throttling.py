"""The throttle counts for all processes at once and keeps no address."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import RequestFactory

from portrea.web.accounts.models import ThrottleCount
from portrea.web.accounts.throttling import digest, forgive, read_rate, throttle, visitor

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

PREPARE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
"""
TRY = """
import sys
import django
django.setup()
from portrea.web.accounts.throttling import throttle
sys.stdin.readline()
print(sum(bool(throttle("connexion:jeanne", "50/j")) for _ in range(40)))
"""


@pytest.mark.parametrize(
    ("written", "read"),
    [("10/15min", (10, 900)), ("5/h", (5, 3600)), ("3/10s", (3, 10)), ("100/j", (100, 86_400))],
)
def test_rate(written: str, read: tuple[int, int]) -> None:
    assert read_rate(written) == read


@pytest.mark.parametrize("written", ["10", "10/", "x/h", "3/2semaines"])
def test_wrong_rate_is_a_bug(written: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_rate(written)


@pytest.mark.django_db
def test_a_window() -> None:
    with time_machine.travel("2026-11-22T10:00Z", tick=False) as now:
        found = [throttle("essai", "3/10min") for _ in range(5)]
        assert [one.left for one in found] == [2, 1, 0, 0, 0]
        assert [bool(one) for one in found] == [True, True, True, False, False]
        assert [one.wait for one in found] == [0, 0, 0, 600, 600]
        assert throttle("autre", "3/10min")
        assert throttle("essai", "3/h"), "each rate has its own count"
        now.shift(timedelta(seconds=599))
        assert throttle("essai", "3/10min").wait == 1
        now.shift(timedelta(seconds=1))
        assert throttle("essai", "3/10min")


@pytest.mark.django_db
def test_forgiven() -> None:
    with time_machine.travel("2026-11-22T10:00Z", tick=False):
        assert throttle("essai", "1/h")
        assert not throttle("essai", "1/h")
        forgive("essai", "1/h")
        assert throttle("essai", "1/h")


@pytest.mark.django_db
def test_the_salt_changes_each_day() -> None:
    with time_machine.travel("2026-11-22T10:00Z", tick=False) as now:
        first = digest("192.0.2.1")
        assert digest("192.0.2.1") == first
        now.shift(timedelta(days=1))
        assert digest("192.0.2.1") != first
    throttle("192.0.2.1", "1/h")
    assert not ThrottleCount.objects.filter(key__contains="192").exists()


@pytest.mark.django_db
def test_visitors(settings: SettingsWrapper) -> None:
    def seen(address: str, **headers: str) -> str:
        return visitor(RequestFactory().get("/", REMOTE_ADDR=address, **headers))

    assert seen("192.0.2.1") != seen("192.0.2.2")
    assert seen("2001:db8:1:2::3") == seen("2001:db8:1:2:ffff::9"), "one subscriber, one /64"
    assert seen("2001:db8:1:2::3") != seen("2001:db8:1:3::3")
    assert seen("") == seen("not an address")
    forged = {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 192.0.2.1"}
    assert seen("127.0.0.1", **forged) == seen("127.0.0.1"), "nobody is believed without a proxy"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert seen("127.0.0.1", **forged) == seen("192.0.2.1"), "the last address, the proxy's own"


@pytest.mark.slow
def test_four_processes_at_once(tmp_path: Path) -> None:
    """4 × 40 tries at a rate of 50: exactly 50 pass, whichever process asks."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PORTREA_HOME")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod",
        "PORTREA_HOME": str(tmp_path / "home"),
    }
    (tmp_path / "home").mkdir()
    subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", TRY],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    passed = [int(racer.communicate(timeout=120)[0]) for racer in racers]
    assert sum(passed) == 50, passed
