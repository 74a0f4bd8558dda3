#!/usr/bin/env python3
"""Judge PDF files with veraPDF (PDF/UA-1) where it is on the machine; else say « non exécuté ».

Usage: scripts/verapdf.py FILE.pdf… — files made by « portrea portrait », « portrea reach pack »…
veraPDF is a Java program of its own (it is in no registry that this project installs from): put the
command ``verapdf`` on the path. Our own reading of the structure, which always runs, is
tests/steering/test_pdf_structure.py.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def judged(program: str, path: Path) -> bool:
    """Whether veraPDF finds that a file follows PDF/UA-1; its report is printed."""
    command = [program, "--flavour", "ua1", "--format", "text", str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    print(done.stdout.strip() or done.stderr.strip() or f"{path} : aucune réponse de veraPDF")
    return done.stdout.startswith("PASS")


def main(paths: list[Path]) -> int:
    """Judge some files; 0 when all pass or when veraPDF is absent, which is then said."""
    program = shutil.which("verapdf")
    if program is None:
        print("veraPDF : non exécuté (la commande verapdf n’est pas sur cette machine).")
        return 0
    found = [judged(program, path) for path in paths]
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]]))
