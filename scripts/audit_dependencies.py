"""Ask the bases of known flaws about the libraries of the lock, where they can be reached.

``scripts/audit.sh`` ends with 1 when a flaw is known, and with 0 when a base cannot be reached: it
then says « non fait » in so many words, because silence would look like an answer.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PATIENCE = 60
"""Seconds left to a base to answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a base told: done or not, flaws, one sentence."""

    done: bool
    flaws: tuple[str, ...]
    sentence: str


def of_pip(report: dict[str, Any] | None, locked: int) -> Answer:
    """Read the report of pip-audit; a package it could not ask about is not an audited one."""
    rows = (report or {}).get("dependencies", [])
    asked = [row for row in rows if "vulns" in row]
    if len(asked) < locked:
        missing = locked - len(asked)
        return Answer(
            done=False,
            flaws=_flaws(asked),
            sentence=f"Python : non fait pour {missing} bibliothèques sur {locked} : "
            "base injoignable, ou elle ne les connaît pas.",
        )
    return Answer(done=True, flaws=_flaws(asked), sentence=f"Python : {locked} bibliothèques.")


def of_npm(report: dict[str, Any] | None) -> Answer:
    """Read the report of npm audit."""
    found = (report or {}).get("vulnerabilities")
    if found is None:
        return Answer(done=False, flaws=(), sentence="Navigateur : non fait : base injoignable.")
    flaws = tuple(f"{name} ({card.get('severity', '?')})" for name, card in sorted(found.items()))
    return Answer(done=True, flaws=flaws, sentence="Navigateur : fait.")


def _flaws(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(
        f"{row['name']} {row.get('version', '')} : {flaw['id']}"
        for row in rows
        for flaw in row["vulns"]
    )


def ask_pip() -> Answer:
    """Ask about requirements/core.txt."""
    lock = ROOT / "requirements/core.txt"
    names = [line for line in lock.read_text("utf-8").splitlines() if line[:1].isalnum()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        _run(
            *(str(BIN / "pip-audit"), "--requirement", str(lock), "--require-hashes"),
            *("--disable-pip", "--progress-spinner", "off", "--timeout", "15"),
            *("--format", "json", "--output", str(path)),
        )
        report = json.loads(path.read_text("utf-8")) if path.is_file() else None
    here = len((report or {}).get("dependencies", [])) or len(names)
    return of_pip(report, here)


def ask_npm() -> Answer:
    """Ask about frontend/package-lock.json."""
    told = _run("npm", "audit", "--json", "--package-lock-only", folder=ROOT / "frontend")
    try:
        return of_npm(json.loads(told))
    except ValueError:
        return of_npm(None)


def _run(*command: str, folder: Path = ROOT) -> str:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def main() -> int:
    """Ask both, say what was found; 1 when a flaw is known."""
    answers = (ask_pip(), ask_npm())
    for answer in answers:
        print(answer.sentence if answer.done else f"ATTENTION. {answer.sentence}")
        print("\n".join(f"  faille connue : {flaw}" for flaw in answer.flaws), end="")
        print("\n" if answer.flaws else "", end="")
    return 1 if any(answer.flaws for answer in answers) else 0


if __name__ == "__main__":
    sys.exit(main())
