"""Write the poster (A4) or the flyer (A6) of a workshop as a tagged PDF of one sheet (PDF/UA-1)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from portrea.base.errors import ParameterError
from portrea.steering.typesetting import typeset_pdf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PAPERS = ("a4", "a6")


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
    return typeset_pdf("workshop.typ", inputs, written.replace(microsecond=0))
