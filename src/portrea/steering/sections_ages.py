"""Needs by age: how many of each band, what part of each, who makes up the persons concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.base.estimates import Estimate, Quality
from portrea.steering import display, measures
from portrea.steering.document import Cell, Column, Figure, Section, Sentence, Table
from portrea.steering.figures_bars import Bar, interval_bars
from portrea.steering.figures_style import Caption
from portrea.steering.wording import enumeration, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    Row = dict[str, Any]

TABLE = "ages-besoins"
MEASURE = "a1"


def ages_section(profiles: pl.DataFrame, *, here: str, level: str, quality: Quality) -> Section:
    """Compose the section.

    Parameters
    ----------
    profiles
        Bands of :data:`portrea.needs.profiles.PROFILES`, ``kind`` being ``age``.
    quality
        Grade of the estimate of the whole territory: a part is never better known.
    """
    rows = profiles.filter(profiles["kind"] == "age").to_dicts()
    bars = [_bar(row, quality) for row in rows]
    title = mark(f"Part de chaque tranche d’âge en situation d’illectronisme {here}")
    listed = "\u202f; ".join(f"{bar.label}\u00a0: {bar.words}" for bar in bars)
    caption = Caption("fig-ages", title, f"Intervalles en pourcentage. {listed}.")
    figure = Figure(caption.id, title, caption.description, interval_bars(caption, bars), TABLE)
    return Section(
        "ages",
        "Les besoins par âge",
        _lead(rows),
        tables=(_table(rows, here, level, quality),),
        figures=(figure,),
        notes=(
            mark(
                "Les tranches s’additionnent : leur somme est l’illectronisme du territoire. Les "
                "intervalles à 95\u202f% ne s’additionnent pas, une part de l’erreur étant commune."
            ),
        ),
    )


def band_name(band: str) -> str:
    """Name a band: ``15 à 29 ans``, ``80 ans ou plus``."""
    if band.endswith("+"):
        return f"{band[:-1]} ans ou plus"
    low, _, high = band.partition("-")
    return f"{low} à {high} ans"


def _lead(rows: Sequence[Row]) -> Sentence:
    """Name the band that weighs the most; several when their intervals overlap."""
    first = max(rows, key=lambda row: row["share"])
    tied = [row for row in rows if row["share_high"] >= first["share_low"]]
    if len(tied) > 1:
        names = enumeration([band_name(row["part"]) for row in tied])
        return Sentence(
            mark(
                f"Les tranches d’âge les plus concernées : {names}, sans que l’écart entre elles "
                "soit établi."
            )
        )
    shown = display.shown_share(_share(first, "share", Quality.B))
    text = display.share_text(shown)
    who = measures.words(MEASURE).short.lower()
    return Sentence(
        mark(
            f"La tranche d’âge la plus concernée : {band_name(first['part'])}, {text} des "
            f"personnes en situation d’{who}."
        ),
        (display.number(shown, text, Quality.B),),
    )


def _share(row: Row, name: str, quality: Quality) -> Estimate:
    return Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"], quality)


def _bar(row: Row, quality: Quality) -> Bar:
    shown = display.shown_share(_share(row, "rate", quality))
    words = display.share_text(shown)
    return Bar(band_name(row["part"]), shown.low, shown.high, shown.value, words)


def _table(rows: Sequence[Row], here: str, level: str, quality: Quality) -> Table:
    columns = (
        Column("Âge"),
        Column("Habitants", numeric=True),
        Column("Personnes concernées", numeric=True),
        Column("Part de la tranche", numeric=True),
        Column("Part des personnes concernées", numeric=True),
        Column("Qualité"),
    )
    return Table(
        TABLE,
        mark(f"Illectronisme (A1) {here}, par âge"),
        columns,
        tuple(_row(row, level, quality) for row in rows),
        mark("Intervalle à 95\u202f%. La qualité est celle du territoire entier."),
    )


def _row(row: Row, level: str, quality: Quality) -> tuple[Cell, ...]:
    count = display.shown_count(_share(row, "n", quality), level)
    rate, share = (display.shown_share(_share(row, name, quality)) for name in ("rate", "share"))
    return (
        Cell(band_name(row["part"])),
        Cell(display.people(row["persons"]), display.rounded_people(row["persons"])),
        Cell(display.count_text(count), count.value),
        Cell(display.share_text(rate), rate.value),
        Cell(display.share_text(share), share.value),
        Cell(quality.value),
    )
