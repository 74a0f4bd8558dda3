"""Write the summary of rights that a person carries away as a tagged PDF (PDF/UA-1), on A4."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import typst

from portrea.steering.pdf import fonts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_LOCK = Lock()


def rights_pdf(told: Mapping[str, Any], *, written: datetime) -> bytes:
    """Return a summary of rights as PDF.

    Parameters
    ----------
    told
        Words of the paper: ``title``, ``warning``, ``dated``, ``likely`` (``label``, ``sure``,
        ``amount``, ``doubts``, ``body``, ``papers``, ``dates``), ``unlikely``, ``answers``
        (``label``, ``value``), ``assumed``, ``code`` (SVG), ``labels``.
    written
        Instant written in the file: the same words at the same instant give the same bytes.
    """
    inputs = {"told": json.dumps(told, ensure_ascii=False)}
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
        str(folder / "rights.typ"), root=str(folder), font_paths=fonts(), ignore_system_fonts=True
    )
