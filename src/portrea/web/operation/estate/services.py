"""What a référent does with what her territory owns."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from portrea.base.progress import silent
from portrea.web.accounts import journal
from portrea.web.accounts.matrix import Scope, matrix
from portrea.web.accounts.permissions import act, reach, require
from portrea.web.accounts.scope import name_of
from portrea.web.operation.estate.carrying import carry

if TYPE_CHECKING:
    from portrea.web.accounts.scope import Key

ACT = "estate.export"


def territories(who: Any) -> list[tuple[str, str]]:
    """Return the territories that someone may take away: (« epci:… », name)."""
    keys = dict.fromkeys(
        grant.key for grant in reach(who, ACT) if matrix().scope(grant.role, ACT) is Scope.TERRITORY
    )
    return [(f"{level}:{code}", name_of((level, code))) for level, code in keys]


@act("estate.export")
def estate_export(*, actor: Any, key: Key) -> IO[bytes]:
    """Return the file of a territory, which is gone once it is closed; the journal says so."""
    require(actor, ACT, key)
    with tempfile.TemporaryDirectory(prefix="portrea-emporter-") as folder:
        path = Path(folder) / "territoire.zip"
        carry(key, path, progress=silent)
        content = path.open("rb")
    journal.record(act=ACT, actor=actor, territory=key)
    return content
