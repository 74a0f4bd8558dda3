"""The files that put a site on a server, filled with its names: one model, ``deploy/``.

The models are complete examples; what changes from one site to another is written there as the
values of :data:`EXAMPLE`, which are replaced.
"""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_FOLDER = re.compile(r"/[A-Za-z0-9_./-]*[A-Za-z0-9_-]")
PROGRAMS = ("bin/portrea",)
"""Files that are run: written with the right to be."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a server calls things.

    Parameters
    ----------
    host
        Public name of the site, without ``https://``.
    home
        Folder of the data (``PORTREA_HOME``).
    prefix
        Virtual environment where Portrea is installed.
    env_file
        File of the settings.
    address
        Where the site listens, behind the proxy: ``machine:port``.
    """

    host: str = "portrait.exemple.fr"
    home: str = "/srv/portrea"
    prefix: str = "/opt/portrea"
    env_file: str = "/etc/portrea/portrea.env"
    address: str = "127.0.0.1:8000"

    def __post_init__(self) -> None:
        """Refuse what would change the meaning of a configuration file.

        Raises
        ------
        ParameterError
            The host is not a name, or a folder is not a plain absolute path.
        """
        if len(self.host) > 253 or not all(map(_LABEL.fullmatch, self.host.split("."))):
            raise ParameterError(
                f"« {self.host} » n’est pas un nom de site.",
                remedy="Écrivez-le seul, en minuscules : portrait.ma-commune.fr.",
            )
        for folder in (self.home, self.prefix, self.env_file):
            if not _FOLDER.fullmatch(folder) or ".." in folder:
                raise ParameterError(
                    f"« {folder} » n’est pas un chemin que ces fichiers savent écrire.",
                    remedy="Donnez un chemin entier, sans espace ni accent : /srv/portrea.",
                )


EXAMPLE = Deployment()
"""The names written in the models."""


def files_of(deployment: Deployment) -> dict[str, bytes]:
    """Return every file by its path, the container's lock of packages included."""
    told = {
        path: _filled(model.read_text("utf-8"), deployment).encode()
        for path, model in _models(models())
    }
    lock = requirements()
    return told | {"container/requirements.txt": lock.read_bytes()}


@cache
def models() -> Traversable:
    """Folder of the models: in the installed package, else in the checkout."""
    packaged = files("portrea.cli") / "deployment"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "deploy"


@cache
def requirements() -> Traversable:
    """Lock of the packages: in the installed package, else in the checkout."""
    packaged = files("portrea.cli") / "requirements.txt"
    return packaged if packaged.is_file() else Path(__file__).parents[3] / "requirements/core.txt"


def _models(folder: Traversable, path: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _models(entry, f"{path}{entry.name}/")
        else:
            yield f"{path}{entry.name}", entry


def _filled(model: str, deployment: Deployment) -> str:
    """Replace every name of the example at once, so that none is replaced twice."""
    values = dict(zip(astuple(EXAMPLE), astuple(deployment), strict=True))
    machine, _, port = deployment.address.rpartition(":")
    values["--host 127.0.0.1 --port 8000"] = f"--host {machine} --port {port}"
    names = sorted(values, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, names)))
    return pattern.sub(lambda found: values[found[0]], model)
