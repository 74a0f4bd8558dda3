"""Open a list whatever its container: text, spreadsheet, JSON, one member of an archive."""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from portrea.base.archives import BROKEN
from portrea.base.errors import DataError, Diagnostic, system_fault
from portrea.sources.lists.documents import read_document
from portrea.sources.lists.limits import Limits, load_limits
from portrea.sources.lists.table import ListFile, build
from portrea.sources.lists.text import decode, parse, separator_of
from portrea.sources.lists.workbooks import read_workbook, refuse_bomb, unpacked_chunks

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXTS = (".csv", ".tsv", ".txt")
SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".ods")
DOCUMENTS = (".json", ".geojson", ".jsonl", ".ndjson")
PACKED = (".gz", ".zip", ".7z", ".rar", ".tar", ".bz2", ".xz", ".tgz")
FORMATS = "csv, tsv, txt, xlsx, xlsm, xls, ods, json, geojson, et ces fichiers en .gz ou .zip"


def read_list(
    path: Path, *, sheet: str | None = None, header: int | None = None, limits: Limits | None = None
) -> ListFile:
    """Return one list of a file: the sheet asked for, else the one with the most rows.

    Raises
    ------
    DataError
        The file cannot be read, or has no such sheet; nothing is kept.
    """
    lists = read_lists(path, header=header, limits=limits)
    if sheet is not None:
        chosen = [item for item in lists if sheet in (item.sheet, item.member)]
        if not chosen:
            known = ", ".join(f"« {item.sheet or item.member} »" for item in lists)
            raise DataError(
                f"Le fichier {path.name} n’a pas de feuille « {sheet} ».",
                remedy=f"Feuilles : {known}.",
            )
        return chosen[0]
    best = max(lists, key=lambda item: len(item.rows))
    others = [item for item in lists if item is not best and item.rows]
    left = tuple(
        Diagnostic(
            "other-sheet",
            f"« {item.sheet or item.member} » ({len(item.rows)} lignes) n’est pas lue",
            remedy="Importez-la à part, en la nommant.",
        )
        for item in others
    )
    return replace(best, remarks=(*best.remarks, *left))


def read_lists(
    path: Path, *, header: int | None = None, limits: Limits | None = None
) -> list[ListFile]:
    """Return every list of a file: one for a text, one per sheet or per member of an archive.

    Raises
    ------
    DataError
        Absent, empty, damaged, of another format, or beyond the limits (``limits.yaml``).
    """
    limits = limits or load_limits()
    content_size = _size(path)
    if content_size == 0:
        raise DataError(f"Le fichier {path.name} est vide (0 octet).", remedy="Refaites l’export.")
    if content_size > limits.most_bytes:
        raise DataError(
            f"Le fichier {path.name} fait {content_size / 1e6:.0f} Mo :"
            f" {limits.most_bytes / 1e6:.0f} Mo au plus.",
            remedy="Coupez-le en plusieurs fichiers.",
        )
    try:
        return _read(path, path.name, header, limits)
    except OSError as error:
        raise DataError(
            f"Le fichier {path.name} ne peut pas être lu : {system_fault(error)}.",
            remedy="Vérifiez le chemin et vos droits.",
        ) from error


def _size(path: Path) -> int:
    if not path.is_file():
        raise DataError(
            f"Fichier introuvable : {path}.", remedy="Vérifiez le chemin (majuscules, dossier)."
        )
    return path.stat().st_size


def _read(path: Path, name: str, header: int | None, limits: Limits) -> list[ListFile]:
    suffix = PurePosixPath(name.lower()).suffix
    if suffix == ".gz":
        inner = name[:-3]
        with tempfile.TemporaryDirectory(prefix="portrea-") as folder:
            plain = Path(folder) / ("plain" + PurePosixPath(inner.lower()).suffix)
            _gunzip(path, plain, name, limits)
            return [replace(i, name=name) for i in _read_plain(plain, inner, header, limits)]
    if suffix == ".zip":
        return _read_archive(path, name, header, limits)
    return _read_plain(path, name, header, limits)


def _read_plain(path: Path, name: str, header: int | None, limits: Limits) -> list[ListFile]:
    suffix = PurePosixPath(name.lower()).suffix
    if suffix in TEXTS:
        return [_read_text(path.read_bytes(), name, header, limits)]
    if suffix in DOCUMENTS:
        return [_read_document(path.read_bytes(), name, limits)]
    if suffix in SPREADSHEETS:
        return _read_workbook(path, name, header, limits)
    raise DataError(
        f"Le format du fichier {name} n’est pas celui d’une liste que Portrea sait importer.",
        remedy=f"Formats lus : {FORMATS}.",
    )


def _read_text(content: bytes, name: str, header: int | None, limits: Limits) -> ListFile:
    decoded = decode(content, name)
    separator, regular = separator_of(decoded.text)
    rows = parse(decoded.text, separator, name, limits.longest_cell)
    return build(
        rows, limits, name=name, container="csv", header=header, remarks=decoded.remarks,
        encoding=decoded.encoding, separator=separator,
        confidence=round(min(decoded.confidence, regular), 2),
    )  # fmt: skip


def _read_document(content: bytes, name: str, limits: Limits) -> ListFile:
    decoded = decode(content, name)
    rows, remarks = read_document(decoded.text, name, limits)
    return build(
        rows, limits, name=name, container="json", header=1, encoding=decoded.encoding,
        confidence=decoded.confidence, remarks=(*decoded.remarks, *remarks),
    )  # fmt: skip


def _read_workbook(path: Path, name: str, header: int | None, limits: Limits) -> list[ListFile]:
    kind = PurePosixPath(name.lower()).suffix[1:]
    sheets = read_workbook(path, name, limits)
    if not sheets:
        raise DataError(
            f"Le classeur {name} ne contient aucune valeur.",
            remedy="Vérifiez que l’export a réussi.",
        )
    filled = [item for item in sheets if any(any(c.strip() for c in row) for row in item[1])]
    return [
        build(rows, limits, name=name, container=kind, header=header, remarks=remarks, sheet=sheet)
        for sheet, rows, remarks in filled or sheets
    ]


# -- packed files ---------------------------------------------------------------------------------


def _gunzip(path: Path, target: Path, name: str, limits: Limits) -> None:
    packed = path.stat().st_size
    most = min(limits.most_unpacked, max(limits.bomb_bytes, limits.bomb_ratio * packed))
    received = 0
    try:
        with gzip.open(path) as stream, target.open("wb") as output:
            while chunk := stream.read(1 << 20):
                received += len(chunk)
                if received > most:
                    raise DataError(
                        f"Le fichier {name} donne plus de {most / 1e6:.0f} Mo une fois"
                        " décompressé : il n’est pas ouvert.",
                        remedy="Enregistrez la liste sans la compresser.",
                    )
                output.write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(name, error) from error
    if not received:
        raise DataError(f"Le fichier {name} est vide.", remedy="Refaites l’export.")


def _read_archive(path: Path, name: str, header: int | None, limits: Limits) -> list[ListFile]:
    lists: list[ListFile] = []
    try:
        with zipfile.ZipFile(path) as archive:
            refuse_bomb(archive, name, limits)
            items = _members(archive.infolist(), name, limits)
            for item in items:
                lists += _read_member(archive, item, name, header, limits)
    except BROKEN as error:
        raise _damaged(name, error) from error
    if not lists:
        raise DataError(
            f"L’archive {name} ne contient aucune liste que Portrea sache importer.",
            remedy=f"Formats lus : {FORMATS}.",
        )
    return lists


def _members(items: Iterable[zipfile.ZipInfo], name: str, limits: Limits) -> list[zipfile.ZipInfo]:
    kept = []
    for item in items:
        member = item.filename.lower()
        if (
            item.is_dir()
            or member.startswith("__macosx")
            or PurePosixPath(member).name.startswith(".")
        ):
            continue
        if member.endswith(PACKED):
            raise DataError(
                f"L’archive {name} contient une autre archive (« {item.filename} ») : elle n’est"
                " pas ouverte.",
                remedy="Décompressez-la et importez la liste qu’elle contient.",
            )
        if member.endswith((*TEXTS, *SPREADSHEETS, *DOCUMENTS)):
            kept.append(item)
    if len(kept) > limits.most_members:
        raise DataError(
            f"L’archive {name} contient {len(kept)} listes : {limits.most_members} au plus.",
            remedy="Importez-les une par une.",
        )
    return kept


def _read_member(
    archive: zipfile.ZipFile,
    item: zipfile.ZipInfo,
    name: str,
    header: int | None,
    limits: Limits,
) -> list[ListFile]:
    member = PurePosixPath(item.filename.replace("\\", "/")).name
    with tempfile.TemporaryDirectory(prefix="portrea-") as folder:
        plain = Path(folder) / ("plain" + PurePosixPath(member.lower()).suffix)
        with plain.open("wb") as output:
            for chunk in unpacked_chunks(archive, item, name, limits):
                output.write(chunk)
        if not plain.stat().st_size:
            return []
        found = _read_plain(plain, member, header, limits)
    return [replace(listing, name=name, member=item.filename) for listing in found]


def _damaged(name: str, error: Exception) -> DataError:
    return DataError(
        f"Le fichier {name} est incomplet ou abîmé : sa fin ne peut pas être lue ({error}).",
        remedy="Refaites l’export ou le téléchargement, puis recommencez.",
    )
