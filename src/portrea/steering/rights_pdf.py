"""Write the summary of rights that a person carries away as a tagged PDF (PDF/UA-1), on A4."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from portrea.steering.typesetting import typeset_pdf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


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
    return typeset_pdf("rights.typ", inputs, written.replace(microsecond=0))
