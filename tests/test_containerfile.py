"""Our Containerfile keeps our rules, and each rule sees the fault it is for."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
CONTAINERFILE = (ROOT / "deploy/container/Containerfile").read_text("utf-8")
INSTALL = "--no-install-recommends python3"

PLANTED = [  # rule, what is written there, what is put instead
    ("image", "FROM debian:bookworm-slim AS build", "FROM debian AS build"),
    ("image", "FROM debian:bookworm-slim AS build", "FROM debian:latest AS build"),
    ("add", "COPY requirements.txt", "ADD requirements.txt"),
    ("apt", f"{INSTALL} python3-venv", "python3 python3-venv"),
    ("apt", "    && rm -rf /var/lib/apt/lists/*\n", "    && true\n"),
    ("apt", "RUN apt-get update \\\n    && apt-get install", "RUN apt-get install"),
    ("apt", "RUN python3 -m venv", "RUN apt-get upgrade --yes && python3 -m venv"),
    ("pip", "--no-cache-dir --no-deps", "--no-deps"),
    ("pip", "--require-hashes ", ""),
    ("shell", "RUN python3 -m venv /opt", "RUN sudo python3 -m venv /opt"),
    ("shell", "RUN python3 -m venv /opt", "RUN chmod -R 777 /opt"),
    ("shell", "RUN python3 -m venv /opt/portrea", "RUN cat a | sh"),
    ("shell", "RUN python3 -m venv /opt/portrea", "RUN curl --remote-name a"),
    ("last", "USER 10001\n", ""),
    ("last", "USER 10001\n", "USER root\n"),
    ("last", "WORKDIR /srv/portrea\n", "RUN chown 10001 /srv\n"),
    ("last", 'ENTRYPOINT ["portrea"]', "ENTRYPOINT portrea"),
    ("last", 'ENTRYPOINT ["portrea"]', ""),
    ("last", "HEALTHCHECK --interval=30s", "LABEL a=b"),
    ("order", "COPY requirements.txt /build/requirements.txt\n",
     "COPY portrea-*.whl /build/\nCOPY requirements.txt /build/requirements.txt\n"),
    ("copy", "COPY requirements.txt /build/requirements.txt", "COPY . /build/"),
    ("secret", "PYTHONUNBUFFERED=1", "PORTREA_SECRET_KEY=abc"),
]  # fmt: skip


@cache
def linter() -> ModuleType:
    path = ROOT / "scripts/containerfile.py"
    spec = importlib.util.spec_from_file_location("portrea_containerfile", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass looks itself up there
    spec.loader.exec_module(module)
    return module


def test_ours_has_no_fault() -> None:
    assert linter().faults(CONTAINERFILE) == []


@pytest.mark.parametrize(("rule", "written", "put"), PLANTED)
def test_a_planted_fault_is_seen(rule: str, written: str, put: str) -> None:
    assert written in CONTAINERFILE
    found = linter().faults(CONTAINERFILE.replace(written, put, 1))
    assert rule in {name for name, _, _ in found}


def test_every_rule_has_its_planted_fault() -> None:
    assert {rule for rule, _, _ in PLANTED} == set(linter().RULES)


@pytest.mark.parametrize(
    ("text", "said"),
    [("RUN a", "before FROM"), ("FROM a:1\nJUMP b", "JUMP"), ("FROM a:1\nRUN b \\", "never ends")],
)
def test_what_is_no_containerfile_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        linter().steps(text)


def test_continued_lines_are_one_step() -> None:
    told = linter().steps(
        "ARG A=1\nFROM a:1 AS b\n# note\nRUN c \\\n # d\n    && e\nFROM a:1\nUSER 1"
    )
    assert [(s.stage, s.line, s.name, s.words) for s in told] == [
        (-1, 1, "ARG", "A=1"),
        (0, 2, "FROM", "a:1 AS b"),
        (0, 4, "RUN", "c && e"),
        (1, 7, "FROM", "a:1"),
        (1, 8, "USER", "1"),
    ]
