"""The real server, started by the real command, answers and follows the computation in force."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from portrea.base.errors import ParameterError
from portrea.cli.serve import refuse_taken
from portrea.sources.store import Store
from portrea.steering.computation import compute

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EPCI = "/territoires/epci/243500550/"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(home: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-c", "from portrea.cli import main; main()"]
    environment = {**os.environ, "PORTREA_HOME": str(home)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen(
        [*command, "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def read(address: str, *, patience: float = 60) -> str:
    limit = time.monotonic() + patience
    while True:
        try:
            with urlopen(address, timeout=30) as answer:
                return answer.read().decode()
        except (URLError, ConnectionError):
            if time.monotonic() > limit:
                raise
            time.sleep(0.3)


@pytest.mark.slow
def test_the_site_is_served_and_follows_a_new_computation(
    demo_copy: Path, ready_home: Path
) -> None:
    shutil.copytree(ready_home, demo_copy, dirs_exist_ok=True)
    store = Store(demo_copy)
    first = store.current()
    assert first is not None
    with served(demo_copy) as site:
        assert "Votre territoire" in read(f"{site}/")
        assert first.id[:8] in read(site + EPCI)
        second = compute(store, draws=60)
        assert second.id != first.id
        assert second.id[:8] in read(site + EPCI)


def test_an_address_already_taken_is_told_before_any_work() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ParameterError, match="cette adresse est déjà prise") as told:
            refuse_taken("127.0.0.1", port)
        assert f"--port {port + 1}" in told.value.remedy
    refuse_taken("127.0.0.1", port)


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(ParameterError, match=r"192\.0\.2\.1"):  # kept for examples: nobody has it
        refuse_taken("192.0.2.1", 8000)
