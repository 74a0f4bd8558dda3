"""The Containerfile without an engine: each step run as it is written, in clean trees of Debian."""

from __future__ import annotations

import glob
import importlib.util
import json
import shlex
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks import Measure

from endurance.debian_tree import debian

if TYPE_CHECKING:
    from collections.abc import Callable

    from endurance.debian_tree import Tree

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = ROOT / "deploy/container/Containerfile"
pytestmark = pytest.mark.endurance


@dataclass(slots=True)
class Stage:
    """One stage: its tree, and what the steps have set so far."""

    tree: Tree
    env: dict[str, str] = field(default_factory=dict)
    user: str = "0"
    folder: str = "/"
    settings: dict[str, str] = field(default_factory=dict)


def reader() -> Any:
    path = ROOT / "scripts/containerfile.py"
    spec = importlib.util.spec_from_file_location("portrea_containerfile_steps", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def run(stage: Stage, *command: str, online: bool = False) -> subprocess.CompletedProcess[str]:
    return stage.tree.run(*command, env=stage.env, user=stage.user, cwd=stage.folder, online=online)


def copy(stage: Stage, words: list[str], context: Path, stages: dict[str, Stage]) -> None:
    """Do what COPY says, from the context or from another stage."""
    if words[0].startswith("--from="):
        context = stages[words.pop(0).removeprefix("--from=")].tree.root
    *sources, target = words
    for source in sources:
        found = glob.glob(str(context / source.lstrip("/")))  # noqa: PTH207 - an absolute pattern
        assert found, f"COPY {source}: nothing"
        for path in map(Path, found):
            stage.tree.place(path, f"{target}{path.name}" if target.endswith("/") else target)


def execute(step: Any, stage: Stage, context: Path, stages: dict[str, Stage]) -> None:
    """Run one step in its stage."""
    match step.name:
        case "RUN":
            done = run(stage, "/bin/sh", "-c", step.words, online=True)
            assert done.returncode == 0, f"line {step.line}\n{done.stdout[-6000:]}"
        case "COPY":
            copy(stage, shlex.split(step.words), context, stages)
        case "ENV":
            stage.env |= dict(pair.split("=", 1) for pair in shlex.split(step.words))
        case "USER":
            stage.user = step.words
        case "WORKDIR":
            stage.folder = step.words
            (stage.tree.root / step.words.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case _:
            stage.settings[step.name] = step.words


def test_the_image_is_built_and_answers(tmp_path: Path, keep: Callable[[Measure], None]) -> None:
    context = tmp_path / "context"
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        context,
        ROOT,
    ]
    subprocess.run(command, check=True, capture_output=True)
    shutil.copy(ROOT / "requirements/core.txt", context / "requirements.txt")
    stages: dict[str, Stage] = {}
    started = time.monotonic()
    with ExitStack() as stack:
        for step in reader().steps(CONTAINERFILE.read_text("utf-8")):
            if step.name == "FROM":
                name = step.words.partition(" AS ")[2] or "last"
                assert step.words.split()[0] == "debian:bookworm-slim", "the tree of this test"
                stages[name] = Stage(stack.enter_context(debian(tmp_path, name)))
            execute(step, list(stages.values())[-1], context, stages)
            print(f"-- line {step.line} {step.name} {time.monotonic() - started:.0f} s", flush=True)
        built = time.monotonic() - started
        keep(Measure("container.build", "étapes du Containerfile, dans un arbre", round(built)))
        served(stages["last"])


def served(image: Stage) -> None:
    """Run the image as an engine would: not root, healthy once there are data."""
    entry, usual = (json.loads(image.settings[name]) for name in ("ENTRYPOINT", "CMD"))
    health = json.loads(image.settings["HEALTHCHECK"].partition("CMD ")[2])
    assert run(image, "id", "-u").stdout.strip() == "10001"
    for words in (
        ["deploy", "prepare"],
        ["data", "embedded", "--departements", "35"],
        ["compute"],
    ):
        done = run(image, *entry, *words)
        assert done.returncode == 0, done.stdout[-4000:]
    assert run(image, *health).returncode != 0, "nothing answers yet"
    command = shlex.join([*entry, *usual])
    run(image, "/bin/sh", "-c", f"{command} >/tmp/journal 2>&1 &")
    ready = run(image, *health[:-1], "60")
    assert ready.returncode == 0, ready.stdout
    assert run(image, *health).returncode == 0
