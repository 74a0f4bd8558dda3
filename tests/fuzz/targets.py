"""What reads a file or a text that anybody may send: each with what is right, to be damaged.

A target returns or raises a :class:`~portrea.base.errors.PortreaError`, which says what is wrong
in French; anything else would be a page of fault.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from portrea.action import pictures
from portrea.reach.tours import reading, rhythm
from portrea.rights import aids_reading
from portrea.sources import answers, xlsform
from portrea.sources.lists import read_lists
from portrea.surveys import coding, file_kinds
from portrea.surveys.expressions import reading as expressions
from portrea.vocab import french_hours, hours

if TYPE_CHECKING:
    from collections.abc import Callable

LISTED = b"nom;adresse;commune;horaires\nCCAS;1 rue du Four;35133;Mo-Fr 09:00-12:00\n"
JSON = json.dumps([{"nom": "CCAS", "commune": "35133", "n": 1}]).encode()
GEO = json.dumps(
    {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"nom": "CCAS"},
     "geometry": {"type": "Point", "coordinates": [-2.0, 48.1]}}]}
).encode()  # fmt: skip
AID = "name: aide\nstart: 2026-01-01\nconditions:\n  - age: [18, 25]\namount: 20\n"


def _book() -> bytes:
    from portrea.sources.xlsform import write_workbook

    stream = io.BytesIO()
    made = write_workbook({"survey": [{"type": "integer", "name": "age", "label": "Âge"}],
                           "choices": [], "settings": [{"form_id": "e"}]})  # fmt: skip
    stream.write(made)
    return stream.getvalue()


def _picture() -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(stream, "PNG")
    return stream.getvalue()


def _archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("lieux.csv", LISTED)
    return stream.getvalue()


def _listed(name: str) -> Callable[[bytes], object]:
    def read(content: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            return read_lists(path)

    return read


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda content: read(content.decode("utf-8", "replace"))


def _aid(content: str) -> object:
    from datetime import date

    return aids_reading.read_file(content, today=date(2026, 11, 23))


TARGETS: dict[str, tuple[Callable[[bytes], object], tuple[bytes, ...]]] = {
    "hours": (_text(hours.read_rule), (b"Mo-Fr 09:00-12:00,14:00-17:30", b"week 1-53/2 Tu 9:00")),
    "french-hours": (_text(french_hours.read_french), (b"lundi au vendredi 9h-12h",)),
    "expression": (_text(expressions.read), (b"${age} > 60 and selected(${a}, 'x')",)),
    "codebook": (_text(coding.read_codebook), (b"code,label\na,Attente\n",)),
    "rhythm": (_text(rhythm.read_rhythm), (b"2 par mois", b"toutes les 2 semaines")),
    "opening": (_text(reading.read_opening), (b"lu 9h-12h; ma 14h-17h",)),
    "duration": (_text(reading.read_duration), (b"1h30", b"45 min")),
    "dates": (_text(reading.read_dates), (b"2026-11-20, 2026-12-01",)),
    "aid": (_text(_aid), (AID.encode(),)),
    "answers-csv": (answers.read_rows, (LISTED,)),
    "answers-json": (answers.read_json, (JSON, b'{"results": []}', b"[" * 50, b'[{"a": 1e9}]')),
    "answers-xlsx": (answers.read_sheets, (_book(),)),
    "form-xlsx": (xlsform.read_workbook, (_book(),)),
    "form-list": (xlsform.read_list, (b"name,label\na,Oui\n",)),
    "list-csv": (_listed("lieux.csv"), (LISTED,)),
    "list-json": (_listed("lieux.json"), (JSON, GEO)),
    "list-geojson": (_listed("lieux.geojson"), (GEO,)),
    "list-xlsx": (_listed("lieux.xlsx"), (_book(),)),
    "list-zip": (_listed("lieux.zip"), (_archive(),)),
    "picture": (pictures.clean, (_picture(),)),
    "file-kind": (file_kinds.kind_of, (_picture(), b"%PDF-1.7", b"PK\x03\x04")),
}
