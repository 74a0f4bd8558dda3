"""Checks of the machine: Python, libraries, folder of the data, clock, OpenFisca."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.utils import timezone

from portrea.sources.openfisca import python_with_openfisca
from portrea.web.operation.alerts import measured
from portrea.web.operation.alerts.reading import limits
from portrea.web.operation.doctor.checks import broken, check, good, look

if TYPE_CHECKING:
    from portrea.web.operation.doctor.checks import Finding

GROUP = "Machine"
OLDEST = (3, 11)
LOCK = Path(__file__).resolve().parents[5] / "requirements" / "core.txt"
"""The lock, in a checkout; a wheel has the lowest versions only."""
NEEDED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*(?:>=|~=|==)\s*([\d.]+)[^;]*$")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)
OPEN_TO_OTHERS = 0o077
FEWEST_BYTES = 200_000_000
ADRIFT = 5.0
"""Seconds between the clock of this machine and that of the database that are worth a look."""
FAR_ADRIFT = 60.0


@check("python", "Python", group=GROUP)
def python() -> Finding:
    """Look at the version of Python."""
    told = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < OLDEST:
        return broken(f"Python {told} est trop ancien.", "Installez Python 3.11 ou plus récent.")
    return good(f"Python {told}")


@check("bibliotheques", "Bibliothèques", group=GROUP)
def libraries() -> Finding:
    """Compare the versions installed with the lock of a checkout, else with the lowest allowed."""
    if LOCK.is_file():
        pinned = dict(PINNED.findall(LOCK.read_text("utf-8")))
        other = [name for name, wanted in pinned.items() if _installed(name) != wanted]
        if other:
            return look(
                f"D’autres versions que celles du verrou : {_some(other)}.",
                "« make dev » remet celles du verrou.",
            )
        return good(f"{len(pinned)} bibliothèques, aux versions du verrou")
    lowest = [found.groups() for each in requires("portrea") or () if (found := NEEDED.match(each))]
    old = [name for name, wanted in lowest if _numbers(_installed(name)) < _numbers(wanted)]
    if old:
        return broken(
            f"Absentes ou trop anciennes : {_some(old)}.",
            "Réinstallez avec le verrou : pip install -r portrea-…-verrou.txt.",
        )
    return good(f"{len(lowest)} bibliothèques, assez récentes")


@check("dossier", "Dossier des données", group=GROUP)
def home() -> Finding:
    """Look at the rights of ``PORTREA_HOME`` and of its secret key."""
    folder = settings.PORTREA_HOME
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return broken(
            f"{folder} n’existe pas, ou le programme ne peut pas y écrire.",
            "Créez-le et donnez-le au compte qui fait tourner Portrea (chown), "
            "ou changez PORTREA_HOME.",
        )
    kept = [folder / "cle-secrete", folder / "portrea.sqlite3"]
    open_ = [path.name for path in kept if path.exists() and path.stat().st_mode & OPEN_TO_OTHERS]
    if open_ and folder.stat().st_mode & OPEN_TO_OTHERS:
        return look(
            f"D’autres comptes de la machine peuvent lire {_some(open_)} dans {folder}.",
            f"chmod go-rwx {folder}",
        )
    return good(str(folder))


@check("disque", "Place sur le disque", group=GROUP)
def disk() -> Finding:
    """Look at the free space."""
    free = measured.free_bytes()
    told = f"{free / 1e9:.1f} Go libres".replace(".", ",")
    remedy = "Libérez de la place : « portrea data prune », vieilles sauvegardes, journaux."
    if free < FEWEST_BYTES:
        return broken(f"{told} : plus rien ne peut être écrit sûrement.", remedy)
    return look(f"{told}.", remedy) if free < limits()["disk"] else good(told)


@check("horloge", "Horloge", group=GROUP, database=True)
def clock() -> Finding:
    """Compare the clock of this machine with that of the database."""
    if connection.vendor != "postgresql":
        return good(f"{timezone.now():%Y-%m-%d %H:%M} UTC (la base est sur cette machine)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        gap = abs((cursor.fetchone()[0] - timezone.now()).total_seconds())
    told = f"{gap:.1f} s d’écart avec la base".replace(".", ",")
    remedy = "Mettez les machines à l’heure (chrony, systemd-timesyncd)."
    if gap > FAR_ADRIFT:
        return broken(f"{told} : codes, liens et rendez-vous en sont faussés.", remedy)
    return look(f"{told}.", remedy) if gap > ADRIFT else good(told)


@check("droits", "Estimation de droits", group=GROUP)
def rights() -> Finding:
    """Look for the Python that has OpenFisca, and ask its version."""
    found = python_with_openfisca()
    if found is None:
        return look(
            "OpenFisca n’est pas installé : le site n’estime pas de droits.",
            "pip install « portrea[droits] » dans un environnement à part, "
            "puis PORTREA_RIGHTS_PYTHON. Sans besoin de cela, ne faites rien.",
        )
    asked = "from importlib.metadata import version; print(version('openfisca-france'))"
    try:
        done = subprocess.run(  # noqa: S603 - the administrator's own Python
            [found, "-c", asked], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return broken(
            f"{found} ne répond pas, ou n’a pas OpenFisca.", "Voyez PORTREA_RIGHTS_PYTHON."
        )
    return good(f"OpenFisca-France {done.stdout.strip()} ({found})")


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _numbers(told: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", told)[:3])


def _some(names: list[str]) -> str:
    return ", ".join(names[:6]) + (f" et {len(names) - 6} autres" if len(names) > 6 else "")
