"""The files of a self-service station: policies, launchers, installers and a one-page guide."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING

from portrea.cli.kiosk_policies import ANSWER, chromium, firefox

if TYPE_CHECKING:
    from portrea.cli.kiosk_policies import Kiosk

TEMPLATES = {
    "LISEZ-MOI.md": "LISEZ-MOI.md",
    "linux/portrea-borne.sh": "portrea-borne.sh",
    "linux/installer.sh": "installer.sh",
    "linux/portrea-borne.desktop": "portrea-borne.desktop",
    "linux/portrea-borne.service": "portrea-borne.service",
    "windows/portrea-borne.bat": "portrea-borne.bat",
    "windows/installer.ps1": "installer.ps1",
}
"""File written → its model in ``cli/kiosk_models``."""
WINDOWS = "windows/"
_PLACE = re.compile(r"@\{(\w+)\}")


def files_of(kiosk: Kiosk) -> dict[str, bytes]:
    """Return the files of a station by their path; those of Windows have its line ends."""
    told = {
        "chromium/portrea-borne.json": _json(chromium(kiosk)),
        "firefox/policies.json": _json(firefox(kiosk)),
    }
    values = {
        "start": kiosk.start,
        "site": kiosk.site,
        "idle": str(kiosk.idle),
        "closes": str(kiosk.idle + ANSWER),
        "sites": "\n".join(f"- {site}" for site in kiosk.allowed) or "- aucun",
        "printing": "permise" if kiosk.printing else "interdite",
    }
    models = files("portrea.cli").joinpath("kiosk_models")
    for path, name in TEMPLATES.items():
        told[path] = _filled(models.joinpath(name).read_text("utf-8"), values)
    return {path: _ended(path, text).encode() for path, text in told.items()}


def _filled(model: str, values: dict[str, str]) -> str:
    """Write values where a model says ``@{name}``: the dollar stays that of the scripts."""
    return _PLACE.sub(lambda found: values[found[1]], model)


def _json(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _ended(path: str, text: str) -> str:
    if not path.startswith(WINDOWS):
        return text
    mark = "\ufeff" if path.endswith(".ps1") else ""
    return mark + text.replace("\n", "\r\n")
