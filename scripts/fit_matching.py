"""Learn the weights of the matching from the labelled pairs and write them in its parameters.

Usage: python scripts/fit_matching.py FILE.parquet   (the stacked national list)
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.duplicates import labelled, learnt, measured  # noqa: E402

PARAMETERS = ROOT / "src/portrea/offer/params/matching.yaml"


def main(path: str) -> None:
    """Print held-out quality and write the weights."""
    sample = labelled(Path(path))
    for line in measured(sample).items():
        print(*line)
    text = PARAMETERS.read_text("utf-8")
    for name, weight in learnt(sample).items():
        text = re.sub(rf"(\n  {name}: {{weight: )[-\d.]+", rf"\g<1>{weight:.3f}", text)
    PARAMETERS.write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
