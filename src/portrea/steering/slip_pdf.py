"""Write a slip as a tagged PDF of one sheet (PDF/UA-1), A4 or A6, as large as the sheet allows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from portrea.base.errors import ParameterError
from portrea.steering.typesetting import typeset_pdf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PAPERS = ("a4", "a6")


def slip_pdf(told: Mapping[str, Any], *, paper: str, written: datetime) -> bytes:
    """Return a slip as PDF.

    Parameters
    ----------
    told
        Words of the sheet: ``title``, ``name``, ``address``, ``phone``, ``numbers``, ``days``,
        ``hours``, ``procedure``, ``bring``, ``notes``, ``why``, ``map`` and ``code`` (SVG), and
        their ``labels``.
    paper
        ``a4`` or ``a6``.
    written
        Instant written in the file: the same slip at the same instant gives the same bytes.

    Raises
    ------
    ParameterError
        Another paper.
    """
    if paper not in PAPERS:
        raise ParameterError(f"Format de papier inconnu : « {paper} ».", remedy="Formats : a4, a6.")
    inputs = {"slip": json.dumps(told, ensure_ascii=False), "paper": paper}
    return typeset_pdf("slip.typ", inputs, written.replace(microsecond=0))
