"""How long the runs of ``make endurance`` are; a person in a hurry shortens them by environment.

``PORTREA_ENDURANCE_SHARE=0.1 make endurance`` makes a tenth of each: the figures say their size.
"""

from __future__ import annotations

import os

SHARE = float(os.environ.get("PORTREA_ENDURANCE_SHARE", "1"))


def sized(whole: float) -> float:
    """Return the part asked for of a whole run, in the unit of ``whole``."""
    return whole * SHARE


KILLS = max(10, round(sized(1_000)))
"""Kills of each database's run."""
READING = max(10.0, sized(600))
"""Seconds of the public mix: ten minutes without an error."""
SOAK = max(60.0, sized(1_800))
"""Seconds of the soak."""
WRITERS = 200
"""People who write at once."""
