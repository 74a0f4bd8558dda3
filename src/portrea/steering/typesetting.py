"""Typeset a template with typst: one compiler by template, one document at a time."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import font_source_sans_pro
import typst

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_LOCK = Lock()


def typeset_pdf(template: str, inputs: Mapping[str, str], written: datetime) -> bytes:
    """Return a tagged PDF (PDF/UA-1) made from a template of ``templates/``.

    Parameters
    ----------
    inputs
        Texts that the template reads as ``sys.inputs``.
    written
        Instant written in the file: the same inputs at the same instant give the same bytes.

    Raises
    ------
    DataError
        Something given cannot be typeset: a drawing that is no SVG, a figure without alternative.
    """
    return _typeset(template, inputs, format="pdf", pdf_standards="ua-1", timestamp=written)


def typeset_png(template: str, inputs: Mapping[str, str], resolution: int) -> bytes:
    """Return the one page of a template as PNG, ``resolution`` dots per inch.

    Raises
    ------
    DataError
        What is given cannot be drawn.
    """
    return _typeset(template, inputs, format="png", ppi=resolution)


def _typeset(template: str, inputs: Mapping[str, str], **options: Any) -> bytes:
    try:
        with _LOCK:
            made = _compiler(template).compile(sys_inputs=dict(inputs), **options)
    except typst.TypstError as error:
        raise DataError(
            f"Ce document n’a pas pu être mis en page ({template}, typst : {error.message}).",
            remedy="Un texte ou un dessin donné à ce document est en cause. Téléchargez-le sous "
            "une autre forme (DOCX, CSV), et signalez ce défaut avec le territoire demandé.",
        ) from error
    if not isinstance(made, bytes):
        raise TypeError(f"typst returned no file for {template}")
    return made


@cache
def fonts() -> typst.Fonts:
    """Fonts of the documents: the declared family first, typst's own for rare signs."""
    folder = Path(font_source_sans_pro.font_directory)
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


@cache
def _compiler(template: str) -> typst.Compiler:
    folder = Path(str(files("portrea.steering").joinpath("templates")))
    return typst.Compiler(
        str(folder / template), root=str(folder), font_paths=fonts(), ignore_system_fonts=True
    )
