"""The local store: every statistic, as immutable Parquet files under ``$PORTREA_HOME/store``.

Layout::

    store/
      manifest.json               which datasets are in force (replaced atomically)
      datasets/<id>/              one folder per dataset, never modified
          card.json               provenance, kinds, levels, variables, sha256 of each table file
          <kind>.parquet          declared tables (portrea.vocab.tables)
      computations/<id>/          one folder per computation, never modified
          card.json, <table>.parquet
      current                     id of the computation in force (replaced atomically)

Everything is first written beside its final place, then renamed: a failure leaves the store as it
was. Writers take turns (an advisory lock on ``store/.lock``); readers never wait. Only the command
line and background tasks write here; web workers read.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import polars as pl

from portrea.base.errors import StoreError, system_fault
from portrea.sources.datasets import Dataset, checked, identity_of, newest_alike
from portrea.sources.source import Loaded
from portrea.vocab.tables import KINDS, OBSERVATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from portrea.base.provenance import Provenance

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: one writer at a time is the user's duty
    fcntl = None  # type: ignore[assignment]

FORMAT = 1


def default_home() -> Path:
    """Return ``$PORTREA_HOME``, or the platform's data directory."""
    return Path(os.environ.get("PORTREA_HOME") or platformdirs.user_data_dir("portrea", False))


@dataclass(frozen=True, slots=True)
class Computation:
    """An immutable result: an identifier made of its inputs, its parameters and its tables."""

    id: str
    folder: Path
    card: Mapping[str, Any] = field(default_factory=dict)

    def table(self, name: str) -> pl.DataFrame:
        """Read one of the computation's tables."""
        return pl.read_parquet(self._file(name))

    def scan(self, name: str) -> pl.LazyFrame:
        """Return one of the computation's tables, not read yet."""
        return pl.scan_parquet(self._file(name))

    def _file(self, name: str) -> Path:
        path = self.folder / f"{name}.parquet"
        if not path.exists():
            raise StoreError(
                f"Le calcul {self.id} ne contient pas la table « {name} ».",
                remedy="Relancez « portrea compute ».",
            )
        return path


class Store:
    """Read and extend the local store. Instances hold no data: safe to create anywhere."""

    def __init__(self, home: Path | None = None) -> None:
        self.home = (home or default_home()).expanduser()
        self.root = self.home / "store"

    # -- datasets ---------------------------------------------------------------------------------

    def datasets(self) -> list[Dataset]:
        """Return the datasets in force, in the order of their first loading."""
        manifest = self._manifest()
        try:
            return [Dataset.from_dict(card) for card in manifest["datasets"]]
        except (KeyError, TypeError) as error:
            raise _damaged(self.root / "manifest.json", repr(error)) from error

    def dataset(self, dataset_id: str) -> Dataset | None:
        """Return a dataset in force by identifier."""
        return next((d for d in self.datasets() if d.id == dataset_id), None)

    def kept(self, dataset_id: str) -> Dataset | None:
        """Return a dataset whose files are still here, in force or replaced by a newer one."""
        path = self.root / "datasets" / dataset_id / "card.json"
        return Dataset.from_dict(self._read_json(path)) if path.is_file() else None

    def read(self, dataset: Dataset, kind: str) -> pl.DataFrame:
        """Read one declared table of a dataset (empty when the dataset has none of this kind)."""
        path = self.root / "datasets" / dataset.id / f"{kind}.parquet"
        return pl.read_parquet(path) if path.exists() else KINDS[kind].empty()

    def write_dataset(
        self, provenance: Provenance, tables: Mapping[str, pl.DataFrame], *, part: str = ""
    ) -> Dataset:
        """Check, write and put in force one dataset (see :meth:`write_datasets`)."""
        return self.write_datasets([Loaded(provenance, tables, part)])[0]

    def write_datasets(self, loaded: Iterable[Loaded]) -> list[Dataset]:
        """Check, write and put in force datasets, all or none; same identities are replaced.

        Identity is source, vintage and ``part`` (for instance one département of a file published
        département by département). Raises :class:`DataError` before anything is written.
        """
        drafts = [checked(item) for item in loaded]
        made: list[Path] = []
        with self._writing():
            try:
                for dataset, tables in drafts:
                    target = self.root / "datasets" / dataset.id
                    if not target.exists():
                        self._write_folder(target, dataset.to_dict(), tables)
                        made.append(target)
                self._put_in_force([dataset for dataset, _ in drafts])
            except BaseException:
                for folder in made:
                    shutil.rmtree(folder, ignore_errors=True)
                raise
        return [dataset for dataset, _ in drafts]

    def put_back(self, before: Sequence[Dataset], added: Iterable[str]) -> None:
        """Undo a loading that was interrupted: take ``added`` (ids) out and delete their files.

        What was in force ``before`` in their place is in force again.
        """
        gone = set(added) - {dataset.id for dataset in before}
        earlier = {identity_of(dataset): dataset for dataset in before}
        with self._writing():
            back = [earlier.get(identity_of(d)) if d.id in gone else d for d in self.datasets()]
            if before or any(back):
                self._write_manifest(dataset for dataset in back if dataset)
            else:
                (self.root / "manifest.json").unlink(missing_ok=True)
            for name in gone:
                shutil.rmtree(self.root / "datasets" / name, ignore_errors=True)

    def remove_dataset(self, dataset_id: str) -> None:
        """Take a dataset out of force (its files stay until :meth:`prune`)."""
        with self._writing():
            datasets = self.datasets()
            kept = [d for d in datasets if d.id != dataset_id]
            if len(kept) == len(datasets):
                raise StoreError(
                    f"Aucun jeu de données « {dataset_id} » dans le magasin.",
                    remedy="« portrea data list » donne les identifiants.",
                )
            self._write_manifest(kept)

    def prune(self) -> int:
        """Delete folders no longer in force and drafts left by a crash; return how many."""
        with self._writing():
            kept = {d.id for d in self.datasets()}
            dead = [p for p in (self.root / "datasets").glob("*") if p.name not in kept]
            for path in dead:
                shutil.rmtree(path)
        return len(dead)

    def faults(self, dataset: Dataset) -> list[str]:
        """Compare a dataset's files with its card; return one French sentence per fault."""
        folder = self.root / "datasets" / dataset.id
        try:
            files = self._read_json(folder / "card.json").get("files", {})
        except StoreError as error:
            return [error.message]
        faults = []
        for kind in dataset.rows:
            path = folder / f"{kind}.parquet"
            if not path.exists():
                faults.append(f"le fichier {path.name} manque")
            elif kind in files and file_sha256(path) != files[kind]:
                faults.append(f"le fichier {path.name} a changé depuis son écriture")
        return faults

    def observations(
        self,
        *,
        variables: Sequence[str] | None = None,
        levels: Sequence[str] | None = None,
        newest: int | None = None,
    ) -> pl.DataFrame:
        """Return published figures in long form, with their dataset and vintage.

        Columns: those of ``OBSERVATIONS`` plus ``dataset``, ``vintage`` and ``source``. Several
        datasets may give the same (level, code, variable): choosing is the reader's decision.
        With ``newest``, the datasets that give the same variables at the same levels are read for
        their last ``newest`` vintages only.
        """
        datasets = newest_alike(self.datasets(), variables, newest) if newest else self.datasets()
        frames = [self._observations_of(d, variables, levels) for d in datasets]
        frames = [frame for frame in frames if frame.height]
        if frames:
            return pl.concat(frames)
        extra = {"dataset": pl.String, "vintage": pl.String, "source": pl.String}
        return pl.DataFrame(schema={**OBSERVATIONS.schema, **extra})

    def gather(self, kind: str) -> pl.DataFrame:
        """Return one kind of table over all datasets, with ``dataset`` and ``vintage`` columns."""
        frames = [
            self.read(d, kind) if kind == "places" else _signed(self.read(d, kind), d)
            for d in self.datasets()
            if d.rows.get(kind)
        ]
        return pl.concat(frames) if frames else KINDS[kind].empty()

    # -- computations -----------------------------------------------------------------------------

    def write_computation(
        self, card: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]
    ) -> Computation:
        """Write an immutable computation (no-op when it exists) without putting it in force."""
        digest = identifier_of(card)
        target = self.root / "computations" / digest
        with self._writing():
            if not target.exists():
                self._write_folder(target, dict(card), tables)
        return Computation(digest, target, card)

    def switch_to(self, computation: Computation) -> None:
        """Put a computation in force, atomically."""
        self._replace(self.root / "current", computation.id)

    def current(self) -> Computation | None:
        """Return the computation in force, or ``None`` before the first one."""
        pointer = self.root / "current"
        if not pointer.exists():
            return None
        identifier = pointer.read_text("utf-8").strip()
        folder = self.root / "computations" / identifier
        card = self._read_json(folder / "card.json")
        return Computation(identifier, folder, card)

    def computations(self) -> Iterator[Computation]:
        """Yield every computation kept in the store, in force or not."""
        for path in sorted((self.root / "computations").glob("*/card.json")):
            yield Computation(path.parent.name, path.parent, self._read_json(path))

    # -- files ------------------------------------------------------------------------------------

    def _observations_of(
        self, dataset: Dataset, variables: Sequence[str] | None, levels: Sequence[str] | None
    ) -> pl.DataFrame:
        wanted = not variables or set(variables) & set(dataset.variables)
        if not dataset.rows.get("observations") or not wanted:
            return pl.DataFrame()
        frame = self.read(dataset, "observations")  # faster whole than filtered while read
        if variables and not set(dataset.variables) <= set(variables):
            frame = frame.filter(pl.col("variable").is_in(list(variables)))
        if levels and not set(dataset.levels) <= set(levels):
            frame = frame.filter(pl.col("level").is_in(list(levels)))
        return _signed(frame, dataset)

    def _manifest(self) -> dict[str, Any]:
        path = self.root / "manifest.json"
        if not path.exists():
            return {"format": FORMAT, "datasets": []}
        manifest = self._read_json(path)
        if manifest.get("format") != FORMAT:
            raise StoreError(
                f"Le magasin de données est d’un autre format ({manifest.get('format')}).",
                inside=str(self.root),
                remedy="Videz ce dossier puis rechargez vos fichiers avec « portrea data add ».",
            )
        return manifest

    def _put_in_force(self, new: Sequence[Dataset]) -> None:
        latest = {identity_of(dataset): dataset for dataset in new}
        datasets = self.datasets()
        kept = [latest.pop(identity_of(d)) if identity_of(d) in latest else d for d in datasets]
        if [d.id for d in kept] != [d.id for d in datasets] or latest:
            self._write_manifest([*kept, *latest.values()])

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the writers' lock (advisory, freed by the system if the process dies)."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with (self.root / ".lock").open("w") as lock:
                if fcntl is not None:
                    fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise _unwritable(self.root, error) from error

    def _write_manifest(self, datasets: Iterable[Dataset]) -> None:
        text = json.dumps(
            {"format": FORMAT, "datasets": [d.to_dict() for d in datasets]},
            ensure_ascii=False,
            indent=1,
        )
        self._replace(self.root / "manifest.json", text)

    def _write_folder(
        self, target: Path, card: dict[str, Any], tables: Mapping[str, pl.DataFrame]
    ) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=target.parent))
        try:
            for name, frame in tables.items():
                frame.write_parquet(draft / f"{name}.parquet", compression="zstd", statistics=True)
            files = {name: file_sha256(draft / f"{name}.parquet") for name in tables}
            text = json.dumps({**card, "files": files}, ensure_ascii=False, indent=1, default=str)
            (draft / "card.json").write_text(text, "utf-8")
            draft.chmod(0o755)
            draft.rename(target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise

    def _replace(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            draft.write_text(text, "utf-8")
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def _read_json(self, path: Path) -> dict[str, Any]:
        try:
            content = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise _damaged(path, str(error)) from error
        if not isinstance(content, dict):
            raise _damaged(path, "un objet JSON était attendu")
        return content


def _signed(frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Add to each row the dataset that it comes from, its vintage and its source."""
    return frame.with_columns(
        dataset=pl.lit(dataset.id),
        vintage=pl.lit(dataset.provenance.vintage),
        source=pl.lit(dataset.provenance.source),
    )


def _unwritable(root: Path, error: OSError) -> StoreError:
    remedies = {
        errno.ENOSPC: "Libérez de la place sur le disque, puis recommencez.",
        errno.EROFS: "Choisissez un autre dossier avec la variable PORTREA_HOME.",
    }
    return StoreError(
        f"Le magasin de données ne peut pas être écrit : {system_fault(error)}."
        " Rien n’a été changé.",
        inside=str(root),
        remedy=remedies.get(
            error.errno or 0,
            "Vérifiez les droits du dossier, ou choisissez-en un autre avec PORTREA_HOME.",
        ),
    )


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(
        "Un fichier du magasin de données est abîmé.",
        inside=f"{path} : {why}",
        remedy="Rétablissez une sauvegarde, ou videz le magasin et rechargez vos fichiers.",
    )


def identifier_of(card: Mapping[str, Any]) -> str:
    """Return the identifier of a computation: a digest of its card."""
    told = json.dumps(card, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
