"""A computation cut in parts, one by département, made by many processes and published once.

The parts are files of the store, ``store/parts/<plan>/<département>.npz``, each written beside then
renamed. A plan is named by the digest of all that the result depends on: code, data, choices and
versions of the libraries. Whoever makes a part checks that digest first, so that a part made by
another version or from other data does not exist. Whatever is killed, at any instant, leaves parts
whole or absent; making one again writes the same bytes; the computation published has the tables
and the identifier of one made in one process the same day.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from portrea.base.errors import StoreError
from portrea.base.progress import silent
from portrea.needs.apart import draw_part, parts_of, put_together
from portrea.needs.estimation import Begun, begin
from portrea.needs.fitted import FittedRates
from portrea.sources.store import Computation, Store, identifier_of
from portrea.steering.computation import LEVELS, Inputs, card_of, gather_inputs, tables_beside
from portrea.steering.settings import Settings

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: one assembly at a time is the user's duty
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from portrea.base.progress import Progress

RATES = "taux.json"


@dataclass(frozen=True)
class Plan:
    """A computation to make in parts: what it depends on, its day, and its parts."""

    id: str
    folder: Path
    card: dict[str, Any]
    date: str
    parts: tuple[str, ...]

    @property
    def missing(self) -> list[str]:
        """Parts that nobody has finished yet."""
        return [name for name in self.parts if not self.path(name).exists()]

    def path(self, part: str) -> Path:
        """Return the file of a part."""
        return self.folder / f"{part}.npz"


def plan(store: Store, settings: Settings, *, date: str | None = None) -> Plan:
    """Open the plan of a computation, or take up the one already begun with the same inputs."""
    inputs = gather_inputs(store)
    card = _plain(card_of(store, inputs, settings))
    folder = _folder(store) / identifier_of(card)
    if (folder / "plan.json").exists():
        return _read(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if settings.fitted is not None:
        settings.fitted.write(folder / RATES)
    names = list(parts_of(_begun(inputs, settings)))
    told = {"card": card, "date": date or _today(), "parts": names}
    _write(folder / "plan.json", json.dumps(told, ensure_ascii=False, indent=1).encode())
    return _read(folder)


def plans(store: Store) -> list[Plan]:
    """Return the plans begun and not published, oldest first."""
    found = sorted(_folder(store).glob("*/plan.json"), key=lambda path: path.stat().st_mtime)
    return [_read(path.parent) for path in found]


def find_plan(store: Store, plan_id: str) -> Plan | None:
    """Return a plan, ``None`` when it is published or cancelled."""
    folder = _folder(store) / plan_id
    return _read(folder) if (folder / "plan.json").exists() else None


def cancel(store: Store, plan_id: str) -> None:
    """Forget a plan and its parts: who is making one of them ends without effect."""
    folder = _folder(store) / plan_id
    (folder / "plan.json").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def make_part(store: Store, plan_id: str, part: str, *, progress: Progress = silent) -> bool:
    """Make one part unless it is there or the plan is gone; say whether it was made now.

    Raises
    ------
    StoreError
        The data, the code or the libraries are not those of the plan.
    """
    found = find_plan(store, plan_id)
    if found is None or found.path(part).exists():
        return False
    _, _, begun = _prepared(store, found)
    arrays = draw_part(begun, part, progress)
    content = BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    try:
        _write(found.path(part), content.getvalue())
    except FileNotFoundError:  # cancelled meanwhile
        return False
    return True


def assemble(store: Store, plan_id: str, *, progress: Progress = silent) -> Computation | None:
    """Publish the computation of a plan whose parts are all there; ``None`` when it is gone.

    Several processes may ask: one works, the others wait for it and find nothing left to do.

    Raises
    ------
    StoreError
        Some parts are not there, or what they depend on has changed.
    """
    found = find_plan(store, plan_id)
    if found is None:
        return None
    with _alone(found.folder):
        if find_plan(store, plan_id) is None:
            return store.current()
        computation = _computed(store, found, progress)
        store.switch_to(computation)
        cancel(store, plan_id)
        _lock(found.folder).unlink(missing_ok=True)
    progress(1.0, "calcul publié")
    return computation


def _computed(store: Store, found: Plan, progress: Progress) -> Computation:
    if found.missing:
        raise StoreError(
            f"Il manque {len(found.missing)} parts sur {len(found.parts)} au calcul {found.id}.",
            remedy="« portrea compute --split » les fait.",
        )
    inputs, settings, begun = _prepared(store, found)
    card = card_of(store, inputs, settings) | {"date": found.date}
    written = store.root / "computations" / identifier_of(card)
    if written.exists():
        return Computation(written.name, written, card)
    estimation = put_together(
        begun, lambda part: _arrays(found.path(part)), lambda x, step: progress(0.5 * x, step)
    )
    tables = tables_beside(store, inputs, settings, estimation, progress=progress)
    progress(0.9, "écriture du calcul")
    return store.write_computation(card, tables)


def _prepared(store: Store, found: Plan) -> tuple[Inputs, Settings, Begun]:
    """Prepare the run of a plan, once by process; refuse what would give another result."""
    inputs, settings, begun = _ready(found.folder)
    if _plain(card_of(store, inputs, settings)) != found.card:
        _ready.cache_clear()
        raise StoreError(
            f"Les données, le programme ou ses bibliothèques ne sont plus ceux du calcul {found.id}"
            " : ses parts ne peuvent plus être réunies.",
            remedy="« portrea compute --cancel » l’oublie ; relancez ensuite le calcul.",
        )
    return inputs, settings, begun


@lru_cache(maxsize=1)
def _ready(folder: Path) -> tuple[Inputs, Settings, Begun]:
    found = _read(folder)
    rates = folder / RATES
    fitted = FittedRates.read(rates) if rates.exists() else None
    settings = Settings.from_card(found.card, fitted)
    inputs = gather_inputs(Store(folder.parents[2]))
    return inputs, settings, _begun(inputs, settings)


def _begun(inputs: Inputs, settings: Settings) -> Begun:
    return begin(
        inputs.territories,
        inputs.observations,
        inputs.crosstab,
        levels=LEVELS,
        **settings.options,
    )


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with path.open("rb") as stream, np.load(stream) as told:
            return dict(told)
    except (OSError, ValueError, BadZipFile) as error:
        path.unlink(missing_ok=True)
        raise StoreError(
            f"La part {path.name} du calcul est abîmée : elle a été retirée.",
            inside=f"{path} : {error}",
            remedy="« portrea compute --split » la refait.",
        ) from error


def _read(folder: Path) -> Plan:
    try:
        told = json.loads((folder / "plan.json").read_text("utf-8"))
        return Plan(folder.name, folder, told["card"], told["date"], tuple(told["parts"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            "Un calcul en parts est abîmé.",
            inside=f"{folder} : {error}",
            remedy="« portrea compute --cancel » l’oublie.",
        ) from error


def _folder(store: Store) -> Path:
    return store.root / "parts"


def _plain(card: dict[str, Any]) -> dict[str, Any]:
    """Return a card as JSON gives it back."""
    plain: dict[str, Any] = json.loads(json.dumps(card, default=str))
    return plain


def _today() -> str:
    return datetime.now(tz=UTC).date().isoformat()


def _write(path: Path, content: bytes) -> None:
    """Write a file that is never seen half written, nor lost once seen."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time through, freed by the system when it dies."""
    with _lock(folder).open("w") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lock(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.lock")
