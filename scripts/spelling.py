"""Check the English of code, comments and docstrings with codespell, leaving French words alone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

import yaml
from spellchecker import SpellChecker

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("src", "scripts", "benchmarks", "tests")
PROPER = ("defm", "meu", "nd", "te", "hist", "quater")
"""Names of files, places and columns, abbreviations of addresses."""
ENGLISH = ("discreet", "pleas")
"""Right words that codespell takes for others."""


def main() -> int:
    """Return codespell's exit code."""
    french = set(SpellChecker(language="fr").word_frequency.dictionary)
    glossary = yaml.safe_load((ROOT / "src/portrea/vocab/glossary.yaml").read_text("utf-8"))
    plain = {unicodedata.normalize("NFD", w).encode("ascii", "ignore").decode() for w in french}
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as words:
        words.write("\n".join(sorted({*french, *plain, *glossary, *PROPER, *ENGLISH})))
        words.flush()
        files = [str(path) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
        command = [str(Path(sys.executable).with_name("codespell")), "-I", words.name, *files]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
