"""Difficulties met and proposals made, as two sections: what blocks; what was asked, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.action.difficulties import words
from portrea.base.estimates import integer
from portrea.stats.disclosure import rule
from portrea.steering.document import Cell, Column, Figure, Number, Section, Sentence, Table
from portrea.steering.figures_bars import Bar, interval_bars
from portrea.steering.figures_style import Caption
from portrea.steering.wording import capitalised, counted, long_date, mark, uncapitalised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.troubles import Answers, Blocked, Letter, Seen

HIDDEN = "caché (petit nombre)"
MOST_ROWS = 20
MOST_BARS = 8
SEEN_TABLE = "difficultes-tableau"


def difficulties_section(seen: Seen) -> Section | None:
    """Say what blocks most, with its doubt; nothing when nothing may be told."""
    if seen.total is None:
        return None
    listed = _blocked_table(seen)
    return Section(
        "difficultes",
        "Ce qui bloque dans les démarches",
        _lead(seen),
        paragraphs=(mark(_period(seen)),),
        tables=(*((listed,) if seen.blocked else ()), *_counts(seen)),
        figures=(_figure(seen),) if seen.blocked else (),
        notes=tuple(mark(text) for text in _notes()),
    )


def proposals_section(letters: Sequence[Letter], found: Answers, *, on: str) -> Section | None:
    """Say what was asked of administrations, what they answered, after how long.

    Parameters
    ----------
    letters
        Those that everybody may read.
    found
        Counts of all those sent.
    on
        The day of the counts (ISO).
    """
    if not found.sent:
        return None
    return Section(
        "propositions",
        "Ce que l’on a demandé aux administrations",
        Sentence(mark(_answered(found))),
        paragraphs=tuple(mark(text) for text in _delays(found)),
        tables=(_letters_table(letters, on),) if letters else (),
        notes=(
            mark(
                "Une proposition porte sur une démarche et une seule chose qui bloque. « Moins "
                "souvent » compare deux durées ; rien ne prouve que le changement en est la cause."
            ),
        ),
    )


# -- what blocks ----------------------------------------------------------------------------------


def _lead(seen: Seen) -> Sentence:
    if not seen.blocked:
        return Sentence(
            mark(
                f"Environ {integer(seen.total or 0)} situations bloquées ont été vues, mais aucune "
                "cause ne l’a été assez souvent, ni dans assez de lieux, pour être dite."
            )
        )
    first = seen.blocked[0]
    number = Number(f"environ {integer(first.situations)}", first.situations, first.low, first.high)
    text = (
        f"Ce qui bloque le plus souvent : « {uncapitalised(_code(first.code))} », pour "
        f"{uncapitalised(first.procedure)} ({number.text} situations, {first.places} lieux)."
    )
    return Sentence(mark(text), (number,))


def _period(seen: Seen) -> str:
    first, last = long_date(seen.first.isoformat()), long_date(seen.last.isoformat())
    return (
        f"Du {first} au {last} : environ {integer(seen.total or 0)} situations bloquées ont été "
        "notées par les lieux qui observent, une par une ou avec la grille commune."
    )


def _code(code: str) -> str:
    return str(words()["codes"].get(code, code))


def _blocked_table(seen: Seen) -> Table:
    titles = (("Situations", True), ("Une autre année semblable", True), ("Lieux", True))
    columns = (
        Column("Démarche"), Column("Organisme"), Column("Ce qui bloque"),
        *(Column(title, numeric=numeric) for title, numeric in titles),
    )  # fmt: skip
    rows = tuple(_blocked_row(n, one) for n, one in enumerate(seen.blocked[:MOST_ROWS], 1))
    left = len(seen.blocked) - len(rows)
    note = f"{left} autres blocages, moins fréquents, ne sont pas listés." if left > 0 else ""
    return Table(SEEN_TABLE, "Ce qui bloque, le plus fréquent d’abord", columns, rows, note)


def _blocked_row(rank: int, one: Blocked) -> tuple[Cell, ...]:
    return (
        Cell(f"{rank}. {capitalised(one.procedure)}"),
        Cell(one.body or "–"),
        Cell(_code(one.code)),
        Cell(f"environ {integer(one.situations)}", float(one.situations)),
        Cell(f"de {one.low:.0f} à {one.high:.0f}"),
        Cell(integer(one.places), float(one.places)),
    )


def _figure(seen: Seen) -> Figure:
    title = "Les blocages les plus fréquents"
    said = (
        "Situations vues, arrondies au multiple de cinq ; le trait dit ce qu’une autre année "
        "semblable aurait pu montrer. Les rangs sont ceux du tableau."
    )
    bars = [
        Bar(
            f"{rank}. {_code(one.code)}",
            one.low,
            one.high,
            float(one.situations),
            f"environ {integer(one.situations)}",
        )
        for rank, one in enumerate(seen.blocked[:MOST_BARS], 1)
    ]
    caption = Caption("fig-difficultes", title, mark(said))
    svg = interval_bars(caption, bars, counts=True)
    return Figure(caption.id, title, caption.description, svg, SEEN_TABLE)


def _counts(seen: Seen) -> tuple[Table, ...]:
    """Tables by administration, by cause, by severity: only those of which a count is told."""
    severities = words()["severities"]
    graded = [(str(severities.get(level, level)), count) for level, count in seen.severities]
    codes = [(_code(code), count) for code, count in seen.codes]
    made = (
        _count_table("organismes", "Situations par organisme", "Organisme", seen.bodies),
        _count_table("causes", "Situations par cause", "Ce qui bloque", codes),
        _count_table("gravites", "Situations par gravité, quand elle est dite", "Gravité", graded),
    )
    return tuple(table for table in made if table is not None)


def _count_table(
    name: str, caption: str, title: str, counts: Sequence[tuple[str, int | None]]
) -> Table | None:
    if all(count is None for _label, count in counts):
        return None
    rows = tuple((Cell(label), _count_cell(count)) for label, count in counts)
    columns = (Column(title), Column("Situations", numeric=True))
    return Table(f"difficultes-{name}", caption, columns, rows)


def _count_cell(count: int | None) -> Cell:
    if count is None:
        return Cell(HIDDEN)
    return Cell(f"environ {integer(count)}", float(count))


def _notes() -> tuple[str, ...]:
    places = words()["least_places"]["value"]
    return (
        "Ces nombres viennent des lieux qui observent : ils ne disent pas combien de personnes "
        "sont touchées en tout. Une situation peut compter pour plusieurs causes.",
        f"Rien n’est dit sous {rule('threshold')} situations, ou sous {places} lieux. "
        "Le reste est arrondi au multiple de cinq, pour qu’aucune soustraction ne dise un petit "
        "nombre. « Une autre année semblable » : bornes de Poisson, justes 95 fois sur 100.",
    )


# -- what was asked -------------------------------------------------------------------------------


def _answered(found: Answers) -> str:
    sent = counted(
        integer(found.sent),
        found.sent,
        "proposition a été envoyée",
        "propositions ont été envoyées",
    )
    back = found.sent - found.waiting
    if not back:
        return f"{sent} ; aucune n’a encore reçu de réponse."
    return f"{sent} ; {counted(integer(back), back, 'a reçu', 'ont reçu')} une réponse."


def _delays(found: Answers) -> tuple[str, ...]:
    said = []
    if found.median is not None:
        days = counted(integer(found.median), found.median, "jour", "jours")
        said.append(f"Délai médian de réponse : {days}.")
    if found.late:
        after = words()["no_answer_after"]["value"]
        late = counted(integer(found.late), found.late, "attend", "attendent")
        said.append(f"{late} depuis {after} jours ou plus.")
    return tuple(said)


def _letters_table(letters: Sequence[Letter], on: str) -> Table:
    titles = ("Proposition", "À qui", "Envoyée", "Où elle en est", "Réponse", "Ce qui a changé")
    rows = tuple(_letter_row(one) for one in letters)
    caption = f"Propositions suivies en public, au {long_date(on)}"
    return Table("propositions-tableau", caption, tuple(map(Column, titles)), rows)


def _letter_row(one: Letter) -> tuple[Cell, ...]:
    days = counted(str(one.days), one.days, "jour", "jours") if one.days is not None else ""
    title = f"{one.title} ({one.where})" if one.where else one.title
    return (
        Cell(title),
        Cell(one.body or "–"),
        Cell(long_date(one.sent.isoformat())),
        Cell(one.state),
        Cell(f"après {days}" if days else "pas encore"),
        Cell(mark(one.changed) or "–"),
    )
