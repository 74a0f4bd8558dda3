"""Load files into the store: one file, a folder, or the data embedded in installed packages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.base.progress import silent
from portrea.sources.catalogue import nearest, title_of
from portrea.sources.ignored import known_reason
from portrea.sources.peek import peek, readable
from portrea.sources.recognise import packages, recognise
from portrea.sources.store import file_sha256

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from portrea.base.progress import Progress
    from portrea.sources.datasets import Dataset
    from portrea.sources.source import Loaded, Peek, Source
    from portrea.sources.store import Store


@dataclass(frozen=True, slots=True)
class Added:
    """One dataset put in force: ``new`` is ``False`` when the very same one was there already."""

    path: Path
    dataset: Dataset
    new: bool
    remarks: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of each file: loaded, ignored with the reason, or refused with the error."""

    added: tuple[Added, ...] = ()
    ignored: tuple[tuple[Path, str], ...] = ()
    refused: tuple[tuple[Path, DataError], ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the command must end with an error: nothing loaded, or a known file refused."""
        return bool(self.refused) or not self.added


def load_path(path: Path) -> list[Loaded]:
    """Read one file with the source that recognises it; write nothing.

    A file with several tables (sheets, archive members) gives the datasets of those recognised.

    Raises
    ------
    DataError
        The file cannot be read, no source recognises it, or its content is refused.
    """
    path = Path(path)
    return load_peeks(path, peek(path))


def load_peeks(path: Path, peeks: list[Peek]) -> list[Loaded]:
    """Read the tables of a file already looked at (see :func:`load_path`)."""
    loaded: list[Loaded] = []
    for found in peeks:
        source = recognise(found)
        if source is not None:
            loaded += _load(source, found)
    if not loaded:
        raise unrecognised(path, peeks)
    return loaded


def _load(source: Source, found: Peek) -> list[Loaded]:
    try:
        return source.load(found)
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"Le fichier {found.name} ressemble à la source « {source.id} », mais ne peut pas être"
            f" lu comme elle : {str(error).splitlines()[0]}.",
            remedy="Reprenez le fichier du producteur sans le modifier.",
        ) from error


def is_dictionary(found: Peek) -> bool:
    """Tell INSEE's lists of variables (``meta_*.csv``): they describe a file and hold no figure."""
    return {"COD_VAR", "LIB_VAR"} <= set(found.columns)


def unrecognised(path: Path, peeks: list[Peek]) -> DataError:
    """Return the error that names the nearest sources and what they expect."""
    if all(is_dictionary(item) for item in peeks):
        return DataError(
            f"Le fichier {path.name} est un dictionnaire de variables : il ne contient pas de"
            " chiffres.",
            remedy="Chargez le fichier de données qui l’accompagne.",
        )
    reason = known_reason(peeks)
    if reason:
        return DataError(
            f"Le fichier {path.name} n’est pas chargé : {reason}.",
            remedy="« portrea data list » donne les sources que Portrea utilise.",
        )
    columns = ", ".join(peeks[0].columns[:8]) or "aucune"
    more = "…" if len(peeks[0].columns) > 8 else ""
    names = [name for item in peeks for name in item.columns]
    diagnostics = [
        Diagnostic("nearest-source", f"le plus proche : {near.title} – attendu : {near.layout}")
        for near in nearest(names)
    ]
    return DataError(
        f"Aucune source de Portrea ne reconnaît le fichier {path.name}"
        f" (colonnes lues : {columns}{more}).",
        diagnostics=tuple(diagnostics),
        remedy="Chargez le fichier du producteur tel qu’il est publié ; « portrea data list » donne"
        " les sources connues et les colonnes attendues.",
    )


def add_path(
    store: Store, path: Path, progress: Progress = silent, *, today: str | None = None
) -> AddReport:
    """Load a file, or every file of a folder, into the store.

    A single file that cannot be loaded raises and leaves the store unchanged. In a folder, each
    file is loaded or left out on its own, and the report says what became of it.

    Parameters
    ----------
    today
        ISO date written on the cards as the date of retrieval.
    """
    path = Path(path)
    if not path.is_dir():
        progress(0.0, f"lecture de {path.name}")
        added = _add_file(store, path, peek(path), today)
        progress(1.0, path.name)
        return AddReport(added=tuple(added))
    return _add_folder(store, path, progress, today)


def _add_folder(store: Store, folder: Path, progress: Progress, today: str | None) -> AddReport:
    files = list(_files(folder))
    if not files:
        raise DataError(
            f"Le dossier {folder} ne contient aucun fichier.", remedy="Vérifiez le chemin."
        )
    added: list[Added] = []
    ignored: list[tuple[Path, str]] = []
    refused: list[tuple[Path, DataError]] = []
    before = store.datasets()
    try:
        for rank, file in enumerate(files):
            progress(rank / len(files), file.name)
            try:
                peeks = peek(file) if readable(file) else []
                reason = _reason_to_ignore(peeks)
                if reason:
                    ignored.append((file, reason))
                else:
                    added += _add_file(store, file, peeks, today)
            except DataError as error:
                refused.append((file, error))
    except BaseException:  # interrupted, or the disk is full: the store as it was
        store.put_back(before, [item.dataset.id for item in added])
        raise
    progress(1.0, "terminé")
    return AddReport(tuple(added), tuple(ignored), tuple(refused))


def _files(folder: Path) -> Iterator[Path]:
    return (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.startswith("."))


def _reason_to_ignore(peeks: list[Peek]) -> str | None:
    """Say in French why a file of a folder is left out, ``None`` when a source recognises it."""
    if not peeks:
        return "ce n’est pas un fichier de données lisible par Portrea"
    if any(recognise(found) for found in peeks):
        return None
    if all(is_dictionary(found) for found in peeks):
        return "dictionnaire de variables, sans chiffres"
    return known_reason(peeks) or "aucune source ne le reconnaît"


def _add_file(store: Store, path: Path, peeks: list[Peek], today: str | None) -> list[Added]:
    loaded = load_peeks(path, peeks)
    checksum = file_sha256(path)
    loaded = [
        replace(
            item,
            provenance=replace(
                item.provenance, sha256=checksum, file_name=path.name, retrieved=today
            ),
        )
        for item in loaded
    ]
    return _put(store, path, loaded)


def _put(store: Store, path: Path, loaded: list[Loaded]) -> list[Added]:
    before = {dataset.id for dataset in store.datasets()}
    datasets = store.write_datasets(loaded)
    return [
        Added(path, dataset, dataset.id not in before, item.remarks)
        for dataset, item in zip(datasets, loaded, strict=True)
    ]


def load_embedded(
    store: Store, *, departements: Collection[str] | None = None, progress: Progress = silent
) -> AddReport:
    """Load the data that come with installed packages: every source exposing ``EMBEDDED``.

    Parameters
    ----------
    departements
        Only these départements (codes), for a quick trial; all by default.
    """
    providers = {name: m.EMBEDDED for name, m in packages().items() if hasattr(m, "EMBEDDED")}
    added: list[Added] = []
    for rank, (name, provide) in enumerate(providers.items()):
        progress(rank / len(providers), title_of(name))
        added += _put(store, Path(name), provide(departements=departements))
    progress(1.0, "terminé")
    return AddReport(tuple(added))
