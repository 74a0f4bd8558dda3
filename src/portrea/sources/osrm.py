"""OSRM, another engine of times along the roads: prepare an extract, ask for a table.

``osrm-bindings`` is an extra (``pip install portrea[osrm]``, Python ≥ 3.12, 55 MB): programs that
prepare the extract, and a library that answers in this process. No server, no network.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.base.errors import DataError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

BASE = "roads"
STEPS = ("extract", "contract")
NEAR_M, FAR_M = 10.0, 500.0
"""The points given stand on a road already: OSRM must not take them to a farther one, but to the
next one (``FAR_M``) when it does not have this one."""
OLDEST = (3, 12)
"""First version of Python with wheels of osrm-bindings."""
EXTRA = "pip install portrea[osrm]"


def osrm_missing() -> str | None:
    """Say in French why OSRM cannot be used here, or ``None`` when it can."""
    version = tuple(sys.version_info[:2])
    if version < OLDEST:
        return (
            f"OSRM demande Python {_dotted(OLDEST)} ou plus récent (ici : {_dotted(version)}). Le "
            "moteur de Portrea, lui, marche partout."
        )
    if find_spec("osrm") is None:
        return f"OSRM n’est pas installé : « {EXTRA} ». Le moteur de Portrea, lui, est là."
    return None


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def prepare_osrm(extract: Path, folder: Path, profile: str) -> None:
    """Prepare an extract for one profile of OSRM (car, foot, bicycle) in ``folder``.

    Raises
    ------
    ParameterError
        OSRM is not installed here.
    DataError
        OSRM refuses the extract.
    """
    if missing := osrm_missing():
        raise ParameterError(missing, remedy="Recommencez sans --osrm.")
    package = _package()
    folder.mkdir(parents=True, exist_ok=True)
    # OSRM writes beside the file that it reads.
    copy = folder / f"{BASE}{''.join(extract.suffixes[-2:])}"
    shutil.copyfile(extract, copy)
    try:
        _run(package, "extract", "-p", str(package / f"share/profiles/{profile}.lua"), str(copy))
        _run(package, "contract", str(folder / f"{BASE}.osrm"))
    finally:
        copy.unlink(missing_ok=True)


def _package() -> Path:
    import osrm

    return Path(str(osrm.__file__)).parent


def _run(package: Path, step: str, *arguments: str) -> None:
    name = f"osrm-{step}" + (".exe" if sys.platform == "win32" else "")
    command = [str(package / "bin" / name), *arguments]
    # programs of the package osrm-bindings, on files of ours
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise DataError(
            f"OSRM n’a pas pu préparer l’extrait (étape {step}) : {lines[-1] if lines else '?'}",
            remedy="Vérifiez l’extrait, la place sur le disque et la mémoire (2 Go pour une "
            "région) ; ou recommencez sans --osrm.",
        )


class OsrmTable:
    """Seconds between points that stand on roads, by OSRM; loads its files when first asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._engine: Any = None

    def __call__(
        self, starts: NDArray[np.float64], ends: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return seconds, starts × ends; NaN where there is no road."""
        points = np.concatenate((starts, ends))
        radiuses = [NEAR_M] * len(points)
        try:
            answer = self.answer(points, len(starts), radiuses)
            lost = np.zeros(len(points), dtype=bool)
        except RuntimeError:  # a point stands on a road that OSRM does not have
            radiuses = [self._radius(x, y) for x, y in points.tolist()]
            lost = np.isinf(radiuses)
            answer = self.answer(points, len(starts), radiuses)
        seconds = np.array([_row(line, len(ends)) for line in answer["durations"]])
        seconds[lost[: len(starts)]] = np.nan
        seconds[:, lost[len(starts) :]] = np.nan
        return seconds

    def answer(self, points: NDArray[np.float64], starts: int, radiuses: list[float]) -> Any:
        """Return what OSRM answers from the first points to the others, unread."""
        import osrm

        asked = osrm.TableParameters(
            coordinates=[(x, y) for x, y in points.tolist()],
            sources=list(range(starts)),
            destinations=list(range(starts, len(points))),
            annotations=["duration"],
            generate_hints=False,
            radiuses=[None if math.isinf(radius) else radius for radius in radiuses],
        )
        asked.skip_waypoints = True
        return self._opened().Table(asked)

    def _opened(self) -> Any:
        if self._engine is None:
            import osrm

            if missing := osrm_missing():
                raise ParameterError(missing)
            try:
                self._engine = osrm.OSRM(
                    algorithm="CH",
                    storage_config=str(self.folder / f"{BASE}.osrm"),
                    use_shared_memory=False,
                    max_locations_distance_table=-1,
                )
            except RuntimeError as error:
                raise DataError(
                    "Les fichiers d’OSRM sont absents ou abîmés.",
                    inside=str(self.folder),
                    remedy="Ajoutez de nouveau l’extrait : « portrea reach network add FICHIER "
                    "--osrm » ; le moteur de Portrea, lui, n’en a pas besoin.",
                ) from error
        return self._engine

    def _radius(self, x: float, y: float) -> float:
        """Return the smallest radius in metres with a road of OSRM, infinite when it is far."""
        import osrm

        for radius in (NEAR_M, FAR_M):
            asked = osrm.NearestParameters(
                coordinates=[(x, y)], radiuses=[radius], generate_hints=False
            )
            try:
                self._opened().Nearest(asked)
            except RuntimeError:
                continue
            return radius
        return np.inf


def _row(line: Any, size: int) -> NDArray[np.float64]:
    try:
        return np.fromiter(line, float, size)
    except TypeError:  # somewhere without a road
        return np.array([np.nan if value is None else value for value in line], dtype=float)
