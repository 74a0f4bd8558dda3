"""Put the second and third readings beside the first one, and settle each pair's label.

Usage: python scripts/settle_duplicates_sample.py LABELS_2.csv
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

FOLDER = Path(__file__).resolve().parents[1] / "tests/cases/offer/matching"


def main(second: str) -> None:
    """Write ``label_2`` and ``label`` in the labels, and print the agreement."""
    labels = pl.read_csv(FOLDER / "labels.csv").drop("label_2", "label", strict=False)
    third = pl.read_csv(FOLDER / "third_reading.csv").select("pair", third="label")
    both = labels.join(pl.read_csv(second), on="pair", how="left", maintain_order="left").join(
        third, on="pair", how="left", maintain_order="left"
    )
    apart = both.filter(pl.col("label_1") != pl.col("label_2"))
    if both["label_2"].null_count() or apart["third"].null_count():
        sys.exit("Chaque paire doit être lue deux fois, et trois fois en cas de désaccord.")
    settled = pl.when(pl.col("label_1") == pl.col("label_2")).then("label_1").otherwise("third")
    both.with_columns(label=settled).drop("third").write_csv(FOLDER / "labels.csv")
    print(f"{both.height} paires, {apart.height} désaccords, kappa {kappa(both):.3f}")


def kappa(both: pl.DataFrame) -> float:
    """Return Cohen's kappa of two readings in « oui », « non », « ? »."""
    first, second = both["label_1"], both["label_2"]
    agreed = (first == second).sum() / both.height
    chance = sum(
        (first == word).sum() * (second == word).sum() / both.height**2
        for word in ("oui", "non", "?")
    )
    return (agreed - chance) / (1 - chance)


if __name__ == "__main__":
    main(sys.argv[1])
