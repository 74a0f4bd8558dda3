"""Draw the pairs of cards to be labelled « same place or not », before any scorer exists.

Every pair of a declared universe gets a *crude* similarity, made only to spread the draw: folded
names without the commune's words, addresses, distance. Pairs are drawn at random, without
replacement, within strata of it; ``weight`` is the size of the stratum over its draw, so that
weighted figures speak of the whole universe. The committed file holds row numbers and a hash of the
content, never the content.

Universe: (A) both cards in one commune; (B) two communes, at most 3 km apart; (C) same name, borne
by at most ten cards, farther; (D) any other pair. Figures of recall are over A, B and C; D (two
thousand million pairs) is drawn as a control only.

Usage: python scripts/draw_duplicates_sample.py FILE.parquet LABELS.csv PRINTED.txt
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process
from scipy.spatial import cKDTree

SEED = 20261122
NEAR_KM = 3.0
RARE = 10
EARTH_KM = 6371.0088
SYNONYMS = {
    r"\b(hotel de ville|commune|ville|municipalite)\b": "mairie",
    r"\b(mediatheque|bibliotheque)s?( mediatheque)?\b": "bibliotheque",
    r"\bcentre communal d? ?action sociale\b": "ccas",
    r"\b(maison|espace|etablissement) (de )?(france )?services?( au public)?\b": "france services",
    r"\b(municipale?|de|du|des|la|le|les|l|d|et|a|au|aux)\b": " ",
}
HASHED = ("id", "source", "nom", "adresse", "code_postal", "commune", "latitude", "longitude")
DRAWS = {
    ("A", "other"): {0: 20, 30: 25, 40: 50, 50: 70, 60: 80, 70: 80, 80: 90, 90: 90, 100: 35},
    ("A", "other-kinds"): {0: 10, 40: 10, 50: 15, 60: 25, 70: 20},
    ("A", "same"): {0: 20, 40: 20, 50: 30, 60: 35, 70: 35, 80: 35, 90: 35, 100: 25},
    ("B", "other"): {0: 10, 40: 10, 50: 12, 60: 20, 70: 20, 80: 2},
    ("B", "same"): {0: 10, 60: 8, 70: 24},
    ("C", "other"): {0: 30},
    ("C", "same"): {0: 20},
    ("D", "any"): {0: 40},
}


def folded(name: str) -> pl.Expr:
    """Return a column in lower case, without accents nor punctuation."""
    plain = pl.col(name).fill_null("").str.normalize("NFKD").str.to_lowercase()
    return (
        plain.str.replace_all(r"[\u0300-\u036f]", "")
        .str.replace_all(r"[^a-z0-9]+", " ")
        .str.strip_chars()
    )


def read_cards(path: str) -> pl.DataFrame:
    """Return the cards with row number, folded texts and a commune key."""
    cards = pl.read_parquet(path).with_row_index("row")
    crude = folded("nom")
    for pattern, instead in SYNONYMS.items():
        crude = crude.str.replace_all(pattern, instead)
    cards = cards.with_columns(
        name=folded("nom"),
        crude=crude.str.replace_all(r" +", " ").str.strip_chars(),
        street=folded("adresse"),
        city=folded("commune"),
        key=pl.coalesce("code_insee_2025", "code_insee_source"),
        zone=pl.col("code_postal").str.slice(0, 2),
    )
    known = cards.drop_nulls("key").with_columns(zone=pl.col("key").str.slice(0, 2))
    usual = known.group_by("city", "zone").agg(pl.col("key").mode().sort().first().alias("told"))
    return cards.join(usual, on=["city", "zone"], how="left", maintain_order="left").with_columns(
        key=pl.coalesce("key", "told")
    )


def universe(cards: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs A, B and C, left < right."""
    keyed = cards.select("row", "key").drop_nulls()
    within = keyed.join(keyed, on="key").select(left="row", right="row_right")
    within = within.filter(pl.col("left") < pl.col("right")).with_columns(part=pl.lit("A"))
    near = near_pairs(cards).with_columns(part=pl.lit("B"))
    rare = cards.filter(pl.len().over("name") <= RARE).select("row", "name")
    alike = rare.join(rare, on="name").select(left="row", right="row_right")
    alike = alike.filter(pl.col("left") < pl.col("right")).with_columns(part=pl.lit("C"))
    return pl.concat([within, near, alike]).unique(
        ["left", "right"], keep="first", maintain_order=True
    )


def near_pairs(cards: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of located cards at most ``NEAR_KM`` apart."""
    located = cards.drop_nulls(["latitude", "longitude"])
    lon, lat = (np.radians(located[name].to_numpy()) for name in ("longitude", "latitude"))
    points = np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
    pairs = cKDTree(points * EARTH_KM).query_pairs(NEAR_KM, output_type="ndarray")
    rows = np.sort(located["row"].to_numpy()[pairs], axis=1)
    return pl.DataFrame({"left": rows[:, 0], "right": rows[:, 1]})


def with_strata(cards: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Add the crude similarity (0 to 100) and the stratum of each pair."""
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    names = [
        " ".join(w for w in name.split() if w not in set(city.split())) or name
        for name, city in zip(cards["crude"], cards["city"], strict=True)
    ]
    named, streets = np.array(names, dtype=object), cards["street"].to_numpy()
    name = process.cpdist(named[left], named[right], scorer=fuzz.token_set_ratio)
    street = process.cpdist(streets[left], streets[right], scorer=fuzz.token_set_ratio)
    street = np.where((streets[left] == "") | (streets[right] == ""), 50, street)
    metres = distance(cards, left, right)
    near = np.where(np.isnan(metres), 50, 100 / (1 + metres / 100))
    crude = 0.5 * name + 0.25 * street + 0.25 * near
    source, kind = cards["source"].to_numpy(), cards["type_lieu"].fill_null("").to_numpy()
    kinds = np.isin(kind, ("mairie", "bibliotheque"))
    apart = kinds[left] & kinds[right] & (kind[left] != kind[right])
    relation = np.where(source[left] == source[right], "same", "other")
    relation = np.where(apart & (pairs["part"].to_numpy() == "A"), "other-kinds", relation)
    return pairs.with_columns(
        metres=pl.Series(metres), crude=pl.Series(crude), relation=pl.Series(relation.astype(str))
    )


def distance(cards: pl.DataFrame, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return metres between two cards, NaN when one has no position."""
    lon, lat = cards["longitude"].to_numpy(), cards["latitude"].to_numpy()
    across = (lon[left] - lon[right]) * np.cos(np.radians(lat[left]))
    return np.hypot(across, lat[left] - lat[right]) * EARTH_KM * 1000 * np.pi / 180


def draw(pairs: pl.DataFrame, cards: pl.DataFrame) -> pl.DataFrame:
    """Draw within each stratum; the pairs come back in random order, with their weight."""
    drawn = []
    for (part, relation), wanted in DRAWS.items():
        of_part = (
            anything(pairs, cards)
            if part == "D"
            else pairs.filter(part=part, relation=relation).sort("left", "right")
        )
        bounds = sorted(wanted)
        for low, high in zip(bounds, [*bounds[1:], 999], strict=True):
            stratum = of_part.filter(pl.col("crude").is_between(low, high - 1e-9))
            count = min(wanted[low], stratum.height)
            size = cards.height * (cards.height - 1) / 2 if part == "D" else stratum.height
            drawn.append(
                stratum.sample(count, seed=SEED + low).with_columns(
                    stratum=pl.lit(f"{part}-{relation}-{low}"),
                    weight=pl.lit(round(size / max(count, 1), 4)),
                )
            )
            print(f"{part:2} {relation:12} {low:4} {stratum.height:7} {count:4}")
    return pl.concat(drawn).sample(fraction=1, shuffle=True, seed=SEED)


def anything(pairs: pl.DataFrame, cards: pl.DataFrame) -> pl.DataFrame:
    """Return random pairs outside A, B and C."""
    random = np.random.default_rng(SEED).integers(0, cards.height, (500, 2))
    random = np.sort(random[random[:, 0] != random[:, 1]], axis=1).astype(np.uint32)
    drawn = pl.DataFrame({"left": random[:, 0], "right": random[:, 1]}).unique(maintain_order=True)
    drawn = drawn.join(pairs, on=["left", "right"], how="anti", maintain_order="left")
    return with_strata(cards, drawn.with_columns(part=pl.lit("D")))


def content_hash(cards: pl.DataFrame, row: int) -> str:
    """Return eight hexadecimal digits of the content of a row."""
    told = "\x1f".join(str(cards[row, name]) for name in HASHED)
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def printed(number: int, pair: dict, cards: pl.DataFrame) -> str:
    """Return both cards of a pair in three lines, to be read by a person."""
    metres = pair["metres"]
    away = (
        "?"
        if np.isnan(metres)
        else f"{metres:.0f} m"
        if metres < 5000
        else f"{metres / 1e3:.0f} km"
    )
    lines = [f"#{number} {away}"]
    for row in (pair["left"], pair["right"]):
        card = cards.row(row, named=True)
        told = [
            card["nom"],
            card["adresse"],
            f"{card['code_postal'] or ''} {card['commune'] or ''}",
        ]
        told += [card["code_insee_source"] or card["code_insee_2025"], card["source"]]
        kind = card["type_lieu"]
        told += [] if kind in {"lieu_conseiller_numerique", "lieu_mediation_numerique"} else [kind]
        lines.append("   " + " | ".join(" ".join(str(t).split()) for t in told if t))
    return "\n".join(lines)


def main(path: str, labels: str, text: str) -> None:
    """Write the drawn pairs, without labels, and their readable form."""
    cards = read_cards(path)
    drawn = draw(with_strata(cards, universe(cards)), cards).with_row_index("pair", offset=1)
    kept = drawn.with_columns(
        *(
            pl.Series(f"{side}_hash", [content_hash(cards, row) for row in drawn[side]])
            for side in ("left", "right")
        )
    )
    kept.select("pair", "left", "right", "left_hash", "right_hash", "stratum", "weight").write_csv(
        labels
    )
    readable = [printed(pair["pair"], pair, cards) for pair in drawn.iter_rows(named=True)]
    Path(text).write_text("\n".join(readable) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
