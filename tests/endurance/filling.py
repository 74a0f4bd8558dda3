"""A census to be read, written in a process of the site: python filling.py."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portrea.cli.serve import collect_static, prepare_database

PLACES = 400


def fill() -> None:
    """Write a few places in each commune of the mix, by the steps of an import."""
    prepare_database()
    collect_static()
    from endurance.load import COMMUNES
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.offer.services import import_apply, import_receive
    from web.offer.census import record

    service = {"block": "aide", "key": "aide", "presences": [{"hours": "Mo-Fr 09:00-12:00"}]}
    places = [
        record(
            str(n), commune=COMMUNES[n % len(COMMUNES)], services=[service],
            latitude=48.1 + n / 9_000, longitude=-2.0 + n / 9_000, phone=f"+33299{n:06d}",
        )
        for n in range(PLACES)
    ]  # fmt: skip
    batch = import_receive(actor=SYSTEM, source="essai", whole=True)
    import_apply(actor=SYSTEM, batch=batch, places=places)


if __name__ == "__main__":
    fill()
