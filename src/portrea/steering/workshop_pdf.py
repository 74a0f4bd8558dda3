"""Write the poster (A4) or the flyer (A6) of a workshop as a tagged PDF of one sheet (PDF/UA-1)."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import typst

from portrea.base.errors import ParameterError
from portrea.steering.pdf import fonts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PAPERS = ("a4", "a6")
_LOCK = Lock()


def workshop_pdf(told: Mapping[str, Any], *, paper: str, written: datetime) -> bytes:
    """Return the sheet that invites to a workshop as PDF.

    Parameters
    ----------
    told
        Words of the sheet: ``title``, ``kind``, ``day``, ``hours``, ``where``, ``about``,
        ``themes``, ``host``, ``phone``, ``seats``, ``code`` (SVG), ``address``, ``cancelled``,
        ``labels``.
    paper
        ``a4`` or ``a6``.
    written
        Instant written in the file: the same words at the same instant give the same bytes.

    Raises
    ------
    ParameterError
        Another paper.
    """
    if paper not in PAPERS:
        raise ParameterError(f"Format de papier inconnu : « {paper} ».", remedy="Formats : a4, a6.")
    inputs = {"sheet": json.dumps(told, ensure_ascii=False), "paper": paper}
    with _LOCK:
        made = _compiler().compile(
            format="pdf",
            sys_inputs=inputs,
            pdf_standards="ua-1",
            timestamp=written.replace(microsecond=0),
        )
    if not isinstance(made, bytes):
        raise TypeError("typst returned no PDF")
    return made


@cache
def _compiler() -> typst.Compiler:
    folder = Path(str(files("portrea.steering").joinpath("templates")))
    return typst.Compiler(
        str(folder / "workshop.typ"),
        root=str(folder),
        font_paths=fonts(),
        ignore_system_fonts=True,
    )
