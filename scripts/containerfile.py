"""Read a Containerfile, and say which of our rules it breaks: no engine is needed.

``python scripts/containerfile.py deploy/container/Containerfile`` prints the faults, one a line.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KNOWN = {
    "FROM", "RUN", "COPY", "ADD", "ENV", "ARG", "USER", "WORKDIR", "VOLUME", "EXPOSE",
    "HEALTHCHECK", "ENTRYPOINT", "CMD", "LABEL", "STOPSIGNAL", "SHELL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction: the stage it is in (0 the first), its line, its name, its words."""

    stage: int
    line: int
    name: str
    words: str


def steps(text: str) -> list[Step]:
    """Return the instructions in order, continued lines joined.

    Raises
    ------
    ValueError
        A line is no instruction, or an instruction stands before the first ``FROM``.
    """
    found: list[Step] = []
    stage, joined, first = -1, "", 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        first = first or number
        joined += line.removesuffix("\\").strip() + " "
        if line.endswith("\\"):
            continue
        name, _, words = joined.strip().partition(" ")
        if name not in KNOWN:
            raise ValueError(f"line {first}: {name} is no instruction")
        stage += name == "FROM"
        if stage < 0 and name != "ARG":
            raise ValueError(f"line {first}: {name} before FROM")
        found.append(Step(stage, first, name, words.strip()))
        joined, first = "", 0
    if joined:
        raise ValueError(f"line {first}: never ends")
    return found


def _images(told: list[Step]) -> Iterator[tuple[int, str]]:
    stages = {step.words.split(" AS ")[1].strip() for step in told if " AS " in step.words}
    for step in told:
        image = step.words.split(" ")[0]
        if step.name == "FROM" and image not in stages:
            tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
            if "@sha256:" not in image and tag in {"", "latest"}:
                yield step.line, f"the image {image} has no version"


def _additions(told: list[Step]) -> Iterator[tuple[int, str]]:
    yield from ((s.line, "ADD fetches and unpacks unseen: COPY") for s in told if s.name == "ADD")


def _packages(told: list[Step]) -> Iterator[tuple[int, str]]:
    for step in told:
        if step.name != "RUN" or "apt-get" not in step.words:
            continue
        for needed in ("apt-get update", "--no-install-recommends", "rm -rf /var/lib/apt/lists/*"):
            if "apt-get install" in step.words and needed not in step.words:
                yield step.line, f"apt-get install without « {needed} » in the same RUN"
        if re.search(r"apt-get (dist-)?upgrade", step.words):
            yield step.line, "apt-get upgrade: take a newer image"


def _pip(told: list[Step]) -> Iterator[tuple[int, str]]:
    for step in told:
        for command in step.words.split("&&") if step.name == "RUN" else ():
            if "pip install" not in command:
                continue
            if "--no-cache-dir" not in command:
                yield step.line, "pip keeps its cache in the image: --no-cache-dir"
            if "--require-hashes" not in command and "--no-deps" not in command:
                yield step.line, "pip installs what no lock pins"


def _shell(told: list[Step]) -> Iterator[tuple[int, str]]:
    for step in told:
        if step.name == "RUN" and re.search(r"\bsudo\b|\bchmod (-R )?777\b", step.words):
            yield step.line, "RUN with sudo or 777"
        if step.name == "RUN" and re.search(r"[^|]\|[^|]", step.words):
            yield step.line, "a pipe hides the fault of its left side"
        if step.name == "RUN" and re.search(r"\b(curl|wget)\b|https?://", step.words):
            yield step.line, "RUN fetches from outside a registry of packages"


def _last_stage(told: list[Step]) -> Iterator[tuple[int, str]]:
    last = max((step.stage for step in told), default=0)
    final = {step.name: step for step in told if step.stage == last}
    user = final.get("USER")
    if user is None or user.words.split(":")[0] in {"root", "0"}:
        yield user.line if user else 0, "the image runs as root"
    for name in ("HEALTHCHECK", "ENTRYPOINT"):
        if name not in final:
            yield 0, f"no {name}"
    for name in ("ENTRYPOINT", "CMD"):
        step = final.get(name)
        if step is not None and not _is_list(step.words):
            yield step.line, f"{name} through a shell: signals never reach the program"
    after = [s for s in told if s.stage == last and user and s.line > user.line]
    yield from ((s.line, f"{s.name} after USER") for s in after if s.name in {"RUN", "COPY"})


def _is_list(words: str) -> bool:
    try:
        return isinstance(json.loads(words), list)
    except ValueError:
        return False


def _order(told: list[Step]) -> Iterator[tuple[int, str]]:
    """What changes at each version comes after what seldom does, lest nothing is reused."""
    for stage in {step.stage for step in told}:
        code = next((s.line for s in told if s.stage == stage and ".whl" in s.words), None)
        lock = next((s.line for s in told if s.stage == stage and "requirements" in s.words), None)
        if code and lock and code < lock:
            yield code, "the wheel is copied before the locked packages are installed"


def _copies(told: list[Step]) -> Iterator[tuple[int, str]]:
    for step in told:
        if step.name == "COPY" and shlex.split(step.words)[0] in {".", "./", "/"}:
            yield step.line, "COPY of a whole folder: name the files"


def _secrets(told: list[Step]) -> Iterator[tuple[int, str]]:
    for step in told:
        if step.name in {"ENV", "ARG"} and re.search(
            r"(SECRET|PASSWORD|TOKEN|_KEY)\w*=", step.words
        ):
            yield step.line, "a secret stays in the image"


RULES: dict[str, Callable[[list[Step]], Iterator[tuple[int, str]]]] = {
    "image": _images, "add": _additions, "apt": _packages, "pip": _pip, "shell": _shell,
    "last": _last_stage, "order": _order, "copy": _copies, "secret": _secrets,
}  # fmt: skip
"""Rule → what finds its faults."""


def faults(text: str) -> list[tuple[str, int, str]]:
    """Return the faults of a file: the rule, the line (0: the whole file), what is wrong."""
    told = steps(text)
    return [(name, line, why) for name, rule in RULES.items() for line, why in rule(told)]


def main() -> int:
    """Print the faults of the files named."""
    found = 0
    for name in sys.argv[1:]:
        for rule, line, why in faults(Path(name).read_text("utf-8")):
            print(f"{name}:{line}: {rule}: {why}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
