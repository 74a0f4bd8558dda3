"""Priority areas of a territory as a section: the first ones, what is sure of each, the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.estimates import percent
from portrea.reach.priority_tables import Status
from portrea.steering import priorities
from portrea.steering import priority_words as said
from portrea.steering.document import Cell, Column, Figure, Section, Table
from portrea.steering.figures_priorities import Area, priority_map
from portrea.steering.figures_style import Caption
from portrea.steering.measures import interval_cell, share_cell, words
from portrea.steering.wording import capitalised, level_name, mark, territory_name
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from portrea.reach.priority_rules import Rule
    from portrea.steering.priority_ground import Ground
    from portrea.territory.geometry import Shapes

MOST_ROWS = 12
"""Areas listed: the first ones and those that follow; the whole list has its own page."""
MARKED = (Status.FIRST, Status.UNCERTAIN, Status.UNRANKABLE)
"""What is numbered on the map."""


def priorities_section(ground: Ground, rule: Rule) -> Section:
    """Say which areas come first, how sure that is, and where no rank may be given."""
    table = priorities.table_of(ground, rule)
    counts = dict(table["status"].value_counts().iter_rows())
    total = priorities.total_of(ground, rule)
    lead = said.headline(counts, first=rule.first, level=ground.level, total=total)
    under = table.filter(table["status"] != Status.COVERED)
    shown = under.head(MOST_ROWS)
    listed = _table(ground, rule, shown, left=under.height - shown.height)
    pairs = enumerate(shown.select("code", "status").iter_rows(), 1)
    places = {code: str(place) for place, (code, status) in pairs if status in MARKED}
    drawn = priority_figure(ground, table, places, listed.id)
    return Section(
        "priorites",
        "Où l’aide manque le plus",
        lead,
        paragraphs=tuple(_readings(ground, rule, counts)),
        tables=(listed,) if shown.height else (),
        figures=(drawn,) if drawn and shown.height else (),
        notes=(*ground.notes, *_notes(rule, table)),
    )


def _table(ground: Ground, rule: Rule, shown: pl.DataFrame, *, left: int) -> Table:
    titles = (
        "Rang", "Personnes mal desservies", "Personnes concernées", "Part",
        "Heures d’aide pour 100\u00a0personnes", f"Chances d’être parmi les {rule.first}",
        "Accès supposé",
    )  # fmt: skip
    level = capitalised(level_name(ground.level))
    columns = (
        Column(level), *(Column(t, numeric=True) for t in titles), Column("Ce qu’on peut dire"),
    )  # fmt: skip
    rest = f"{left} autre{'s' if left > 1 else ''} zone{'s' if left > 1 else ''} sous le seuil"
    return Table(
        "priorites-zones",
        f"Les premières zones, {ground.subject.name.plain}",
        columns,
        tuple(_rows(ground, shown)),
        note=f"{rest} dans la page « Zones prioritaires »." if left else "",
    )


def _rows(ground: Ground, shown: pl.DataFrame) -> Iterator[tuple[Cell, ...]]:
    estimates = ground.reader.estimates_of([(ground.level, code) for code in shown["code"]])
    for row in shown.iter_rows(named=True):
        code, status = row["code"], Status(row["status"])
        estimate = estimates.get((ground.level, code, ground.question.measure))
        persons, low, high = (row[f"uncovered{end}"] for end in ("", "_low", "_high"))
        need = interval_cell(estimate)
        whole = said.is_whole(row)
        yield (
            Cell(_name(ground, code), territory=f"{ground.level}:{code}"),
            Cell(said.rank(row)),
            need if whole else Cell(said.persons_cell(low, persons, high, ground.level)),
            need,
            share_cell(estimate),
            Cell(said.hours_cell(row["access_low"], row["access"], row["access_high"])),
            Cell(said.chance(row)),
            Cell("–" if row["imputed_share"] is None else percent(row["imputed_share"])),
            Cell(capitalised(said.SAID[status])),
        )


def _name(ground: Ground, code: str) -> str:
    row = ground.reader.territory(ground.level, code)
    return territory_name(ground.level, code, row["name"]).plain if row else code


def _readings(ground: Ground, rule: Rule, counts: Mapping[str, int]) -> Iterator[str]:
    """Say what the list is about, and what « non classable » asks to do."""
    question = ground.question
    yield mark(
        f"Aide cherchée : {Situation(question.situation).label.lower()}. Personnes concernées : "
        f"{words(question.measure).meaning}."
    )
    lost = counts.get(Status.UNRANKABLE, 0)
    if lost:
        many = "zones sont non classables" if lost > 1 else "zone est non classable"
        whose = "leur" if lost > 1 else "son"
        yield mark(
            f"{lost} {many} : des horaires ou des capacités supposés décident de {whose} rang. "
            "Appeler les lieux pour les connaître suffit à trancher."
        )
    unsure = counts.get(Status.UNCERTAIN, 0)
    if unsure:
        many = "zones sont trop incertaines" if unsure > 1 else "zone est trop incertaine"
        among = "elles font partie" if unsure > 1 else "elle fait partie"
        first = f"des {rule.first} premières" if rule.first > 1 else "de la première"
        yield mark(f"{unsure} {many} : on ne sait pas dire si {among} {first}.")


def _notes(rule: Rule, table: pl.DataFrame) -> Iterator[str]:
    bar = said.hours_cell(None, table["threshold"][0], None) if table.height else "–"
    yield mark(
        f"Mal desservi : chacun peut y compter sur moins de {bar} d’aide par semaine pour "
        f"100\u00a0personnes concernées, soit {percent(rule.share_of_mean)} de la moyenne du "
        "territoire. C’est notre supposition."
    )
    yield mark(
        "Accès supposé : part de l’accès qui tient à des horaires ou à des capacités que les lieux "
        "n’ont pas donnés. Intervalles justes 95 fois sur 100. Aucune note unique ne mêle le "
        "besoin, l’accès et leurs causes."
    )


# -- the map ---------------------------------------------------------------------------------------


def priority_figure(
    ground: Ground, table: pl.DataFrame, places: Mapping[str, str], listed: str
) -> Figure | None:
    """Draw what may be said of each area; nothing without outlines.

    Parameters
    ----------
    table
        The table ``priorities``.
    places
        Place in the list of the areas to be numbered.
    listed
        Identifier of the table that says the same.
    """
    shapes = _shapes(ground, table["code"].to_list())
    if shapes is None:
        return None
    areas = {
        code: Area(code, Status(status), places.get(code, ""))
        for code, status in table.select("code", "status").iter_rows()
    }
    caption = Caption(
        "carte-priorites",
        "Ce qu’on peut dire de chaque zone",
        f"{ground.subject.name.plain}. Les nombres sont les places dans la liste, "
        "qui dit la même chose.",
    )
    drawing = priority_map(caption, areas, shapes)
    return Figure(caption.id, caption.title, caption.description, drawing, listed)


def _shapes(ground: Ground, codes: list[str]) -> Shapes | None:
    outlines = ground.reader.outlines
    if ground.level != "epci":
        return outlines.pick(ground.level, codes)
    communes = ground.reader.snapshot.territories.filter(level="commune")
    inside = communes.filter(communes["epci"].is_in(codes))
    return outlines.united("epci", dict(inside.select("code", "epci").iter_rows()))
