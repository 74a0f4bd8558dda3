"""The reference parser of the national list (npm, ANCT), when Node and the package are there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from portrea.base.errors import Diagnostic
from portrea.sources.conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME = "Bibliothèque de l’ANCT (npm 2.3.0)"
FOLDER = "PORTREA_ANCT"
PACKAGE = "node_modules/@gouvfr-anct/lieux-de-mediation-numerique"
TIMEOUT = 600
_FIELDS = {
    "voie": "adresse", "modalites_acces": "modalites_acces", "courriel": "courriels",
    "formation_label": "formations_labels", "url": None,
}  # fmt: skip


def folder() -> Path:
    """Return where the parser is installed: ``PORTREA_ANCT``, else the folder of the sources."""
    told = os.environ.get(FOLDER)
    return Path(told) if told else Path(__file__).resolve().parents[4] / "scripts/conformance"


def find_node() -> str | None:
    """Return a Node: the machine's, else the one beside this Python."""
    return shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))


def judge(rows: Sequence[Mapping[str, str]], *, numbers: Sequence[int]) -> Verdict:
    """Return what the parser refuses; it stops at the first fault of each line."""
    where, node = folder(), find_node()
    if node is None:
        return Verdict(validator=NAME, silent="non exécuté : Node n’est pas installé")
    if not (where / PACKAGE).is_dir():
        return Verdict(
            validator=NAME,
            silent=f"non exécuté : le paquet n’est pas installé (npm ci dans {where})",
        )
    told = [{name: cell for name, cell in row.items() if cell} for row in rows]
    done = subprocess.run(  # noqa: S603 - our own script
        [node, "check.mjs"],
        cwd=where,
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
        encoding="utf-8",
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["sans message"])[-1]
        return Verdict(validator=NAME, silent=f"non exécuté : Node a échoué ({last[:200]})")
    faults = (_fault(found, rows, numbers) for found in json.loads(done.stdout))
    return Verdict(validator=NAME, refused=tuple(faults))


def _fault(
    found: Mapping[str, object], rows: Sequence[Mapping[str, str]], numbers: Sequence[int]
) -> Diagnostic:
    index = int(str(found["index"]))
    key = found["key"]
    field = _FIELDS.get(str(key), str(key)) if key else None
    value = rows[index].get(field or "") or None
    return Diagnostic("anct", str(found["message"]), numbers[index], field, value)
