"""Peers of the matching: the national rule of mednum-cli, and splink on cards cleaned by us."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from portrea.offer.matching.cards import prepare
from portrea.offer.matching.lexicon import load_lexicon

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAR_DEGREES = 0.0004
BETWEEN_LISTS, INSIDE_A_LIST = 83, 90


def national_rule(frame: pl.DataFrame, pairs: pl.DataFrame) -> NDArray[np.bool_]:
    """Return which pairs the national tool would merge.

    Notes
    -----
    Same commune code, and trunc of the mean of the likeness of names, of addresses, and of
    100 below 0.0004° else 100 / (1000 d + 1), above 83 between two lists and 90 inside one.
    Whole strings in lower case; the incompatible typologies of the tool (France services and
    PIMMS apart) cannot be told from this list.
    """
    left, right = (pairs[side].to_numpy() for side in ("left", "right"))
    likeness = []
    for column in ("name", "address"):
        text = frame[column].fill_null("").str.to_lowercase().to_numpy()
        likeness.append(process.cpdist(text[left], text[right], scorer=fuzz.ratio))
    gaps = [
        frame[axis].to_numpy()[left] - frame[axis].to_numpy()[right]
        for axis in ("longitude", "latitude")
    ]
    apart = np.nan_to_num(np.hypot(*gaps), nan=np.inf)
    near = np.where(apart < NEAR_DEGREES, 100, 100 / (1000 * apart + 1))
    total = np.trunc((likeness[0] + likeness[1] + near) / 3)
    commune, source = (frame[name].fill_null("").to_numpy() for name in ("commune", "source"))
    limit = np.where(source[left] == source[right], INSIDE_A_LIST, BETWEEN_LISTS)
    same: NDArray[np.bool_] = (commune[left] == commune[right]) & (total > limit)
    return same


def splink_pairs(frame: pl.DataFrame) -> pl.DataFrame:
    """Return pairs and probabilities by splink (``left``, ``right``, ``probability``).

    Notes
    -----
    It receives our cleaned columns (folded name, kinds of body, street, number), blocks
    on the commune, on the point at about 100 m and on the street, and learns without labels.
    """
    warnings.filterwarnings("ignore")
    logging.getLogger("splink").setLevel(logging.ERROR)
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    table = prepare(frame, load_lexicon()).table.select(
        "commune", "number", "town", "latitude", "longitude",
        unique_id="row", name=pl.col("plain"), body=pl.col("roles").replace(0, None),
        street=pl.when(pl.col("street") != "").then("street"),
        cell=pl.format("{}/{}", pl.col("latitude").round(3), pl.col("longitude").round(3)),
    )  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("commune"), block_on("cell"), block_on("street", "town"),
        ],
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.75]),
            cl.JaroWinklerAtThresholds("street", [0.95, 0.85]),
            cl.ExactMatch("number"),
            cl.ExactMatch("body"),
            cl.JaroWinklerAtThresholds("town", [0.95]),
            cl.DistanceInKMAtThresholds("latitude", "longitude", [0.05, 0.2, 1]),
        ],
    )  # fmt: skip
    api = DuckDBAPI()
    linker = Linker(api.register(table.to_arrow()), settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("name", "town", "street")], recall=0.5
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("street", "town"), block_on("name", "commune")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.01)
    said = pl.from_arrow(found.as_pyarrow_table())
    return said.select(
        left=pl.min_horizontal("unique_id_l", "unique_id_r"),
        right=pl.max_horizontal("unique_id_l", "unique_id_r"),
        probability="match_probability",
    )
