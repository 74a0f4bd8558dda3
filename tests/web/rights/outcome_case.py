"""What the tests of the log share: rights followed, the twelve counted by hand."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from openpyxl import load_workbook

from portrea.rights.outcomes import Case
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.rights.services import outcomes as services

if TYPE_CHECKING:
    from portrea.web.rights.models import Outcome

HOME = "/espace/zero-non-recours/"
COMMUNE = "commune:35188"
TODAY = today_in(COMMUNE)
TOLD = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "rights" / "outcomes.yaml").read_text("utf-8")
)


def followed(**told: Any) -> Outcome:
    """Follow a right, detected a month ago unless told."""
    place, fields = told.pop("territory", COMMUNE), {"right": "rsa"} | told
    for name in ("monthly", "back_pay"):
        if name in fields:
            fields[name] = Decimal(str(fields[name]))
    case = Case(**({"detected": TODAY - timedelta(days=30)} | fields))
    return services.outcome_log(actor=SYSTEM, territory=place, case=case)


def twelve() -> None:
    """Follow the twelve cases counted by hand."""
    for told in TOLD["cases"]:
        followed(**{name: value for name, value in told.items() if name != "n"})


def cells(content: bytes) -> str:
    """Return every cell of a workbook."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    return "\n".join(str(cell) for page in book for row in page.values for cell in row)
