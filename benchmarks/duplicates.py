"""Duplicates of the national stacked list: quality on the labelled pairs, speed, and peers.

The list is ``../shared/data`` (63,374 cards of nine lists); the labels are in the repository, by
row number and hash of the content (``tests/cases/offer/matching``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import expit

from benchmarks import Measure, clock, peak_gib
from benchmarks.peers.duplicates import national_rule, splink_pairs
from portrea.offer.matching import candidate_pairs, find_duplicates
from portrea.offer.matching.cards import prepare
from portrea.offer.matching.evidence import Sides, evidence
from portrea.offer.matching.fitting import calibrated, calibration, fit, held_out, targets
from portrea.offer.matching.lexicon import load_lexicon

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Flag = NDArray[np.bool_]

ROOT = Path(__file__).resolve().parents[1]
LIST = "offer_clean/offre_unifiee_france_brute_avec_doublons.parquet"
LABELS = ROOT / "tests/cases/offer/matching/labels.csv"
HASHED = ("id", "source", "nom", "adresse", "code_postal", "commune", "latitude", "longitude")
KINDS = {
    "mairie": "MUNI", "bibliotheque": "BIB", "france_services": "RFS", "Médiathèque": "BIB",
    "Maison de Service au Public (MSAP)": "MSAP", "Maison de Services au Public": "MSAP",
    "Pôle Emploi": "FT", "Maison France Services": "RFS", "Espace Public Numérique": "EPN",
    "CCAS": "CCAS", "La Poste": "LA_POSTE", "BIJ/PIJ (Information Jeunesse)": "PIJ_BIJ",
    "Centre socio-culturel": "CSC", "Intercommunalité (EPCI)": "EPCI",
    "Point Information Médiation Multi Services (PIMMS)": "PIMMS",
    "Département (UTPAS, MDS, MDSI, UTAS...)": "DEPT",
}  # fmt: skip
BOOTSTRAP = 1000
RUNS = 3
"""The machine may be shared: the quickest run is told."""


def stacked(path: Path) -> pl.DataFrame:
    """Return the national list as a frame of places; it tells neither telephone nor SIRET."""
    return pl.read_parquet(path).select(
        "id", "longitude", "latitude", "source",
        name="nom", address="adresse", postcode="code_postal", city="commune",
        kind=pl.col("type_lieu").replace_strict(KINDS, default=None),
        commune=pl.coalesce("code_insee_2025", "code_insee_source"),
    )  # fmt: skip


# -- the labelled sample ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """Labelled pairs with their evidence; ``compared``: whether blocking brings them together."""

    label: NDArray[np.str_]
    weight: Real
    stratum: NDArray[np.str_]
    compared: Flag
    same_source: Flag
    found: dict[str, Real]
    pairs: pl.DataFrame


def labelled(path: Path) -> Sample:
    """Return the labelled pairs of the list, after checking that rows still say the same."""
    labels = pl.read_csv(LABELS)
    raw = pl.read_parquet(path, columns=list(HASHED))
    for side in ("left", "right"):
        assert [_hash(row) for row in raw[labels[side].to_list()].rows()] == list(
            labels[f"{side}_hash"]
        ), "la liste n’est plus celle qui a été étiquetée"
    frame, lexicon = stacked(path), load_lexicon()
    pairs = candidate_pairs(frame).with_columns(pl.col("left", "right").cast(pl.Int64))
    joined = labels.join(
        pairs.with_columns(compared=pl.lit(value=True)),
        on=["left", "right"], how="left", maintain_order="left",
    )  # fmt: skip
    ends = (joined["left"].to_numpy(), joined["right"].to_numpy())
    found = evidence(Sides(prepare(frame, lexicon), *ends), lexicon)
    return Sample(
        label=joined[decided(labels)].to_numpy(),
        weight=joined["weight"].to_numpy(),
        stratum=joined["stratum"].to_numpy().astype(str),
        compared=joined["compared"].fill_null(value=False).to_numpy(),
        same_source=found["same_source"] > 0,
        found=found,
        pairs=joined.select("pair", "left", "right"),
    )


def decided(labels: pl.DataFrame) -> str:
    """Return the column of the settled label: after both readings when they are there."""
    return "label" if "label" in labels.columns else "label_1"


def _hash(row: tuple[object, ...]) -> str:
    return hashlib.sha256("\x1f".join(str(value) for value in row).encode()).hexdigest()[:8]


def _learning(sample: Sample) -> tuple[dict[str, Real], Real, Real, dict[str, int]]:
    """Return evidence, targets, importance and declared signs of what is learnt."""
    signs = {
        name: sign
        for name, sign in load_lexicon().signs.items()
        if name not in load_lexicon().chosen and sign
    }
    kept = sample.compared
    found = {name: values[kept] for name, values in sample.found.items()}
    return found, targets(sample.label[kept]), sample.weight[kept], signs


def held_out_probability(sample: Sample, *, seed: int = 0) -> Real:
    """Return the probability of each pair by weights that have not seen it; 0 if not compared."""
    found, y, importance, signs = _learning(sample)
    total = held_out(found, y, importance, signs, seed=seed)
    intercept, slope = calibration(total, y, importance)
    chosen = {n: load_lexicon().weights[n] for n in load_lexicon().chosen}
    added = sum((found[name] * weight for name, weight in chosen.items()), np.zeros(len(total)))
    result = np.zeros(len(sample.label))
    result[sample.compared] = expit(intercept + slope * total + added)
    return result


def learnt(sample: Sample) -> dict[str, float]:
    """Return weights fitted on every pair, calibrated by held-out pairs."""
    found, y, importance, signs = _learning(sample)
    scale = calibration(held_out(found, y, importance, signs), y, importance)
    return calibrated(fit(found, y, importance, signs), *scale)


def shipped_probability(sample: Sample) -> Real:
    """Return the probability of each pair by the weights shipped; 0 if not compared."""
    weights = load_lexicon().weights
    shares = [sample.found[name] * weight for name, weight in weights.items() if name != "base"]
    return np.where(sample.compared, expit(np.sum(shares, axis=0) + weights["base"]), 0)


# -- quality ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quality:
    """Weighted precision and recall, and their lower 95 % bounds (bootstrap within strata)."""

    precision: float
    precision_low: float
    recall: float
    recall_low: float
    wrong: int
    missed: int


def merged(sample: Sample, probability: Real) -> Flag:
    """Return which pairs would be merged without asking."""
    limits = load_lexicon().thresholds
    return probability >= np.where(sample.same_source, limits.merge_same_source, limits.merge)


def quality(sample: Sample, said: Flag, *, doubtful: str = "left out", seed: int = 1) -> Quality:
    """Return the quality of a yes or no on every labelled pair of universes A, B and C.

    ``doubtful``: pairs that no reader could decide are « left out », or counted « wrong » when
    merged.
    """
    kept = ~np.char.startswith(sample.stratum, "D")
    kept &= (sample.label != "?") | (doubtful == "wrong")
    true = sample.label == "oui"
    parts = [
        np.where(kept & where, sample.weight, 0)
        for where in (said & true, said & ~true, ~said & true)
    ]
    rng, strata = np.random.default_rng(seed), np.unique(sample.stratum)
    rows = [np.flatnonzero(sample.stratum == stratum) for stratum in strata]
    drawn = [
        _rates(*(part[picked].sum() for part in parts))
        for picked in (
            np.concatenate([rng.choice(r, len(r)) for r in rows]) for _ in range(BOOTSTRAP)
        )
    ]
    low = np.quantile(np.array(drawn), 0.025, axis=0)
    precision, recall = _rates(*(part.sum() for part in parts))
    wrong, missed = (int((part > 0).sum()) for part in parts[1:])
    return Quality(precision, _bounded(precision, low[0], parts), recall, low[1], wrong, missed)


def _rates(both: float, wrong: float, missed: float) -> tuple[float, float]:
    return both / max(both + wrong, 1e-12), both / max(both + missed, 1e-12)


def _bounded(precision: float, low: float, parts: list[Real]) -> float:
    """Return the lower bound; without any error, that of Wilson for the effective size."""
    weights = parts[0] + parts[1]
    if not weights.any():
        return 0.0
    size = weights.sum() ** 2 / (weights**2).sum()
    z = 1.96
    centre = (precision + z**2 / (2 * size)) / (1 + z**2 / size)
    half = (
        z * np.sqrt(precision * (1 - precision) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    )
    return float(min(low, centre - half))


def measured(sample: Sample) -> dict[str, Quality]:
    """Return the quality of weights that have not seen the pairs, and of those shipped."""
    hidden = held_out_probability(sample)
    queue = load_lexicon().thresholds.queue
    return {
        "held out, merged": quality(sample, merged(sample, hidden)),
        "held out, merged, doubtful wrong": quality(
            sample, merged(sample, hidden), doubtful="wrong"
        ),
        "held out, merged or shown": quality(sample, hidden >= queue),
        "shipped, merged": quality(sample, merged(sample, shipped_probability(sample))),
    }


def national(sample: Sample, frame: pl.DataFrame) -> Quality:
    """Return the quality of the national rule (mednum-cli) on the same pairs."""
    return quality(sample, national_rule(frame, sample.pairs))


def best_of_peer(sample: Sample, scored: pl.DataFrame) -> tuple[float, Quality]:
    """Return the threshold that serves a peer best on the labels, and its quality there."""
    told = scored.with_columns(pl.col("left", "right").cast(pl.Int64))
    joined = sample.pairs.join(told, on=["left", "right"], how="left", maintain_order="left")
    probability = joined["probability"].fill_null(0).to_numpy()
    tried = {
        limit: quality(sample, probability >= limit)
        for limit in (0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999)
    }
    best = max(tried, key=lambda limit: _f1(tried[limit]))
    return best, tried[best]


def _f1(found: Quality) -> float:
    return 2 * found.precision * found.recall / max(found.precision + found.recall, 1e-12)


# -- the benchmark ---------------------------------------------------------------------------------


def run() -> list[Measure]:
    """Measure speed against splink in the same run, then quality on the labelled pairs."""
    path = ROOT.parent / "shared/data" / LIST
    frame = stacked(path)
    find_duplicates(frame.head(2000))
    runs = []
    for _ in range(RUNS):
        with clock() as run_:
            found = find_duplicates(frame)
        runs.append(run_)
    ours = min(runs, key=lambda run_: run_.seconds)
    peak = peak_gib()
    with clock() as peer:
        scored = splink_pairs(frame)
    sample = labelled(path)
    known = measured(sample)["held out, merged"]
    limit, of_peer = best_of_peer(sample, scored)
    rule = national(sample, frame)
    groups, queue = found.groups["group"].n_unique(), found.queue.height
    return [
        Measure(
            "duplicates-63374", "Doublons de la liste nationale empilée (63 374 fiches)",
            ours.seconds, limit=8.0, floor=peer.seconds,
            note=f"{groups} lieux réunis, {queue} paires à juger ; {ours.cpu:.1f} s de calcul "
            f"contre {peer.cpu:.1f} pour splink (plancher) ; {peak:.2f} Gio",
        ),
        *_quality_rows("duplicates", "Doublons, poids non ajustés sur la paire jugée", known),
        *_quality_rows("duplicates-splink", f"splink à son meilleur seuil ({limit})", of_peer),
        *_quality_rows("duplicates-mednum", "règle nationale (mednum-cli)", rule),
    ]  # fmt: skip


def _quality_rows(key: str, title: str, found: Quality) -> list[Measure]:
    rows = {"precision": (found.precision, found.precision_low, found.wrong)}
    rows["recall"] = (found.recall, found.recall_low, found.missed)
    words = {"precision": "précision pondérée", "recall": "rappel pondéré"}
    return [
        Measure(
            f"{key}-{name}", f"{title} : {words[name]}", 100 * float(value), unit="%",
            note=f"borne basse à 95 % : {100 * float(low):.1f} % ; {errors} paires en erreur",
        )
        for name, (value, low, errors) in rows.items()
    ]  # fmt: skip
