"""CSV files: which encoding, which separator, and the rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from portrea.base.errors import DataError, Diagnostic

SEPARATORS = (";", ",", "\t", "|")
ROWS_TO_JUDGE = 60
SINGLE_BYTE = ("cp1252", "mac-roman")
SENTINEL = "\u241eportrea\u241e"
_FRENCH = set("éèêëàâçùûüôîïœæÉÈÊÀÂÇÔÎŒ’‘“”«»€°–—…²ñöä\u00a0")
_MOST_NULS = 0.001


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a file, its encoding and how sure it is (0 to 1)."""

    text: str
    encoding: str
    confidence: float
    remarks: tuple[Diagnostic, ...] = ()


def decode(content: bytes, name: str) -> Decoded:
    """Return the text of a file whatever its encoding among those of office suites.

    Raises :class:`DataError` for binary content.
    """
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return _decoded_with_mark(content, encoding, name)
    wide = _wide_encoding(content)
    if wide:
        return Decoded(content.decode(wide, errors="replace"), wide, 0.9)
    remarks = _without_nuls(content, name)
    content = content.replace(b"\x00", b"")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _single_byte(content, remarks)
    return Decoded(text, "utf-8", 1.0, remarks)


def _decoded_with_mark(content: bytes, encoding: str, name: str) -> Decoded:
    try:
        return Decoded(content.decode(encoding), encoding, 1.0)
    except UnicodeDecodeError as error:
        if encoding == "utf-8-sig":
            return _single_byte(content[3:], ())
        raise DataError(
            f"Le fichier {name} annonce le codage UTF-16 mais n’en est pas.",
            remedy="Enregistrez-le en « CSV UTF-8 » depuis votre tableur, puis recommencez.",
        ) from error


def _wide_encoding(content: bytes) -> str | None:
    """Return the UTF-16 variant of a text without mark: one byte out of two is nul."""
    head = content[:4096]
    if len(head) < 4 or head.count(0) < 0.3 * len(head):
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if min(even, odd) > 0.1 * max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _without_nuls(content: bytes, name: str) -> tuple[Diagnostic, ...]:
    nuls = content.count(b"\x00")
    if nuls > max(5, _MOST_NULS * len(content)):
        raise DataError(
            f"Le fichier {name} n’est pas du texte lisible (contenu binaire).",
            remedy="Enregistrez-le en « CSV UTF-8 » depuis votre tableur, puis recommencez.",
        )
    if not nuls:
        return ()
    return (Diagnostic("null-bytes", f"{nuls} octet(s) nul(s) retiré(s) du fichier"),)


def _single_byte(content: bytes, remarks: tuple[Diagnostic, ...]) -> Decoded:
    """Decode what is not UTF-8: Windows or Mac; or UTF-8 with some lines of Windows."""
    lines = content.split(b"\n")
    strange = [index for index, line in enumerate(lines) if not _is_utf8(line)]
    accented = sum(1 for line in lines if not line.isascii())
    if accented > 2 * len(strange):
        parts = [
            line.decode("cp1252", errors="replace") if not _is_utf8(line) else line.decode("utf-8")
            for line in lines
        ]
        mixed = Diagnostic(
            "mixed-encoding",
            f"{len(strange)} ligne(s) d’un autre codage que le reste (UTF-8), lues en Windows-1252",
            row=strange[0] + 1,
            remedy="Vérifiez leurs lettres accentuées.",
        )
        return Decoded("\n".join(parts), "utf-8", 0.7, (*remarks, mixed))
    texts = {name: content.decode(name, errors="replace") for name in SINGLE_BYTE}
    scores = {name: _french_share(text) for name, text in texts.items()}
    best = max(SINGLE_BYTE, key=lambda name: scores[name])
    other = max(score for name, score in scores.items() if name != best)
    confidence = round(scores[best] / (scores[best] + other), 2) if scores[best] else 0.5
    return Decoded(texts[best], best, confidence, remarks)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _french_share(text: str) -> float:
    """Return the share of characters beyond ASCII that French texts use."""
    beyond = Counter(character for character in text if ord(character) > 127)
    total = sum(beyond.values())
    return sum(n for character, n in beyond.items() if character in _FRENCH) / total if total else 0


def separator_of(text: str) -> tuple[str, float]:
    """Return the separator that gives the most regular table, and how regular it is (0 to 1)."""
    head = "\n".join(text[:200_000].splitlines()[: 4 * ROWS_TO_JUDGE])
    judged = {mark: _regularity(head, mark) for mark in SEPARATORS}
    best = max(SEPARATORS, key=lambda mark: judged[mark])
    regularity, width = judged[best]
    return (best, round(regularity, 2)) if width > 1 else (",", 0.5)


def _regularity(text: str, mark: str) -> tuple[float, int]:
    """Return the share of rows of the usual width, and that width (0, 1 for a single column)."""
    rows = _parsed(text, mark)[:ROWS_TO_JUDGE]
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    if not widths:
        return 0.0, 1
    width = max(widths, key=lambda w: (widths[w], w))
    if width == 1:
        return 0.0, 1
    return widths[width] / sum(widths.values()), width


def _parsed(text: str, mark: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error:  # the very end of a head cut in the middle
        return rows
    return rows


def parse(text: str, separator: str, name: str, longest: int) -> list[list[str]]:
    """Return the rows of a text; a quote opened and never closed is refused.

    Raises
    ------
    DataError
        A cell goes on until the end of the file, or is longer than ``longest``.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    started = 1
    csv.field_size_limit(max(longest * 10, 1 << 20))
    rows: list[list[str]] = []
    end = "" if text.endswith("\n") else "\n"
    reader = csv.reader(io.StringIO(f"{text}{end}{SENTINEL}", newline=""), delimiter=separator)
    try:
        for row in reader:
            rows.append(row)
            last, started = started, reader.line_num + 1
    except csv.Error as error:
        raise _open_quote(name, started) from error
    if rows[-1] != [SENTINEL]:
        raise _open_quote(name, last)
    return rows[:-1]


def _open_quote(name: str, line: int) -> DataError:
    return DataError(
        f"Le fichier {name} a un guillemet ouvert et jamais refermé : tout ce qui suit serait pris"
        " pour une seule cellule.",
        diagnostics=(Diagnostic("open-quote", "guillemet jamais refermé", row=line),),
        remedy='Refermez le guillemet, ou doublez-le ("") s’il fait partie du texte.',
    )


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
