"""What people say, as sections: each published survey, its method, then question by question."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from portrea.base.estimates import integer, percent
from portrea.steering.answers_told import answers_figure, answers_table, crossing_table
from portrea.steering.document import Cell, Column, Section, Sentence, Table
from portrea.steering.voices import Where
from portrea.steering.wording import long_date, mark
from portrea.surveys.estimates import Saying
from portrea.surveys.themes import themes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portrea.steering.voices import Profile, Voice
    from portrea.surveys.profile import Line
    from portrea.surveys.showing import Shown
    from portrea.surveys.themes import Theme, Themes

GONE = "retiré"
NUMBERS = " – nombres et parts"
TOO_FEW = f"{str(Saying.NOTHING)[:1].upper()}{str(Saying.NOTHING)[1:]}."
WHERE = {
    Where.AROUND: "Enquête menée sur un territoire plus grand ({}) : elle ne dit rien d’ici seul.",
    Where.INSIDE: "Enquête menée dans une partie du territoire ({}) : elle ne dit rien du reste.",
}
MARGIN = (
    "Les bornes sont celles d’un intervalle à 95 % : en refaisant l’enquête, il contiendrait la "
    "vraie part 95 fois sur 100."
)
NO_MARGIN = "Aucune marge d’erreur : les personnes n’ont pas été tirées au sort."
CONSENT = (
    "Paroles citées avec l’accord de chaque personne, relues, sans rien qui désigne quelqu’un."
)


def voices_sections(voices: Sequence[Voice], others: Sequence[Voice] = ()) -> tuple[Section, ...]:
    """Return a section for each survey told, then the list of ``others`` that are only named."""
    known: set[str] = set()
    told = [_distinct(voice_section(voice), f" – {voice.title}", known) for voice in voices]
    return (*told, *([_others(others)] if others else ()))


def voice_section(voice: Voice) -> Section:
    """Return a survey: one idea, how it was asked, then each question in the order of a diagnosis.

    Its parts are called ``voix-<questionnaire>-…``.
    """
    name, said = f"voix-{voice.slug}", themes(voice.model)
    profile = {*dict(said.profile), *said.census}
    asked = sorted(
        (one for one in voice.shown if one.name not in profile and (one.bars or one.facts)),
        key=lambda one: said.rank(one.name),
    )
    parts = [_question(one, name, said.of(one.name)) for one in asked]
    quotes = [_quotes(voice, name)] if voice.quotes else []
    return Section(
        name,
        voice.title,
        Sentence(_typed(_idea(voice, asked, said))),
        paragraphs=tuple(_typed(text) for text in _how(voice)),
        tables=(_method(voice, name),),
        notes=(_typed(f"À citer : {voice.cite}"),),
        parts=(*_profile(voice, name, said), *parts, *quotes),
    )


def _idea(voice: Voice, asked: Sequence[Shown], said: Themes) -> str:
    """Return the sentence of the first question whose choices are told together, else the first."""
    firsts = [one for one in asked if one.sentences]
    named = [one for one in firsts if (theme := said.of(one.name)) and theme.named]
    for one in (*named, *firsts):
        return one.sentences[0]
    many = "paroles citées" if len(voice.quotes) > 1 else "parole citée"
    return f"{len(voice.quotes)} {many}." if voice.quotes else TOO_FEW


def _how(voice: Voice) -> Iterator[str]:
    yield f"{integer(voice.answers)} réponses. Résultats publiés le {long_date(voice.day)}."
    if voice.where in WHERE:
        yield WHERE[voice.where].format(voice.place)
    bounded = any(bar.low is not None for one in voice.shown for bar in one.bars)
    yield MARGIN if bounded else NO_MARGIN


def _method(voice: Voice, name: str) -> Table:
    rows = tuple((Cell(what), Cell(_typed(words))) for what, words in voice.method)
    columns = (Column("Ce qu’il faut savoir"), Column("Pour cette enquête"))
    return Table(f"{name}-methode", "Comment l’enquête a été faite", columns, rows)


def _question(one: Shown, name: str, theme: Theme | None) -> Section:
    table = f"{name}-t-{one.name}"
    figure = answers_figure(one, f"{name}-f-{one.name}", table=table)
    found = (
        answers_table(one, table, more=NUMBERS),
        _facts(one, table),
        _crossing(one, f"{name}-x-{one.name}"),
        _france(one, f"{name}-france-{one.name}"),
    )
    first, *rest = one.sentences or (_first(one),)
    said = [*rest, one.contrast, one.comment]
    return Section(
        f"{name}-{one.name}",
        theme.title if theme else one.title,
        Sentence(_typed(first)),
        paragraphs=tuple(_typed(text) for text in said if text),
        figures=(figure,) if figure else (),
        tables=tuple(one for one in found if one is not None),
        notes=tuple(_typed(text) for text in (one.base, *one.notes) if text),
    )


def _first(one: Shown) -> str:
    """Return the sentence of a question without a share that may be said."""
    if one.facts:
        name, value = one.facts[0]
        return f"{name} : {value}."
    told = [bar for bar in one.bars if bar.share]
    if told:
        most = max(told, key=lambda bar: bar.share or 0)
        return f"« {most.label} » : {most.words}."
    return TOO_FEW


def _crossing(one: Shown, name: str) -> Table | None:
    """Return the groups side by side when their gap holds: the sentence of the gap says it."""
    table = crossing_table(one, name) if one.contrast else None
    return replace(table, note="") if table else None


def _facts(one: Shown, name: str) -> Table | None:
    if not one.facts or one.bars:
        return None
    rows = tuple((Cell(what), Cell(value)) for what, value in one.facts)
    title = f"{one.title}{NUMBERS}"
    return Table(name, title, (Column("Mesure"), Column("Valeur")), rows)


def _france(one: Shown, name: str) -> Table | None:
    if not one.references:
        return None
    columns = (Column("En France, et ici"), Column("Qui est compté"), Column("Source"))
    rows = tuple(
        (Cell(_typed(sentence)), Cell(_typed(who)), Cell(source))
        for sentence, who, source, _page in one.references
    )
    pages = ", ".join(dict.fromkeys(page for *_rest, page in one.references))
    return Table(
        name, f"{one.title} À côté de la France", columns, rows, note=_typed(f"Lu : {pages}")
    )


def _profile(voice: Voice, name: str, said: Themes) -> Iterator[Section]:
    """Yield who answered: beside the census when it is known, else the answers alone."""
    beside = {one.question for one in voice.profiles}
    tables = [_beside(one, f"{name}-profil-{one.question}") for one in voice.profiles]
    asked = {one.name: one for one in voice.shown if one.name not in beside}
    others = [(title, asked[one]) for one, title in said.profile if one in asked]
    rows = [row for title, one in others for row in _who_rows(title, one)]
    if rows:
        heads = (Column("Question"), Column("Réponse"), Column("Nombre", numeric=True),
                 Column("Part", numeric=True))  # fmt: skip
        title = "Qui a répondu, en quelques mots"
        tables.append(Table(f"{name}-profil-reponses", title, heads, tuple(rows)))
    if not tables:
        return
    lead = next((text for one in voice.profiles if (text := _gap(one))), "")
    lead = lead or f"{integer(voice.answers)} réponses."
    yield Section(f"{name}-profil", "Qui a répondu", Sentence(_typed(lead)), tables=tuple(tables))


def _who_rows(title: str, one: Shown) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each answer that was given."""
    for bar in one.bars:
        if bar.answers == 0:
            continue
        number = GONE if bar.answers is None else integer(bar.answers)
        part = "–" if bar.share is None else percent(bar.share)
        yield Cell(title), Cell(bar.label), Cell(number, bar.answers), Cell(part)


def _beside(profile: Profile, name: str) -> Table:
    lines = [line for _label, line in profile.lines]
    weighted = any(line.weighted is not None for line in lines)
    heads = [Column("Groupe"), Column("Réponses", numeric=True)]
    heads += [Column("Part des réponses", numeric=True)]
    heads += [Column("Après redressement", numeric=True)] if weighted else []
    heads += [Column("Part de la population", numeric=True)]
    rows = tuple(
        tuple(_line_cells(label, line, weighted=weighted)) for label, line in profile.lines
    )
    title = f"{profile.title}, à côté du recensement"
    return Table(
        name, title, tuple(heads), rows, note=_typed(f"Source : {profile.source.rstrip('.')}.")
    )


def _line_cells(label: str, line: Line, *, weighted: bool) -> list[Cell]:
    shares = [line.share, *([line.weighted] if weighted else []), line.people]
    told = Cell(GONE) if line.answers is None else Cell(integer(line.answers), line.answers)
    return [Cell(label), told, *(_share(one) for one in shares)]


def _share(value: float | None) -> Cell:
    return Cell(GONE) if value is None else Cell(percent(value), round(value, 2))


def _gap(profile: Profile) -> str:
    """Say the group farthest from its share of the population."""
    known = [(label, line.share, line.people) for label, line in profile.lines
             if line.share is not None and line.group]  # fmt: skip
    if not known:
        return ""
    label, share, people = max(known, key=lambda one: abs(one[1] - one[2]))
    return f"{label} : {percent(share)} des réponses, {percent(people)} de la population."


def _quotes(voice: Voice, name: str) -> Section:
    many = "paroles citées" if len(voice.quotes) > 1 else "parole citée"
    return Section(
        f"{name}-paroles",
        "Paroles",
        Sentence(f"{len(voice.quotes)} {many}, telles qu’elles ont été dites."),
        paragraphs=tuple(f"«\u00a0{' '.join(text.split())}\u00a0»" for text in voice.quotes),
        notes=(_typed(CONSENT),),
    )


def _others(voices: Sequence[Voice]) -> Section:
    columns = (Column("Enquête"), Column("Où"), Column("Réponses", numeric=True), Column("Publiée"))
    rows = tuple(
        (Cell(one.title), Cell(one.place), Cell(integer(one.answers), one.answers),
         Cell(long_date(one.day)))
        for one in voices
    )  # fmt: skip
    return Section(
        "voix-autres",
        "Autres enquêtes publiées",
        Sentence("Elles sont publiées aussi, sans être racontées ici."),
        tables=(Table("voix-autres-liste", "Enquêtes non racontées ici", columns, rows),),
    )


def _distinct(section: Section, more: str, known: set[str]) -> Section:
    """Return a survey whose titles are said once in the part: those already ``known`` say more.

    Who listens to a page goes from title to title, and must not meet the same one twice.
    """

    def told(title: str) -> str:
        found = f"{title}{more}" if title in known else title
        known.add(found)
        return found

    return replace(
        section,
        title=told(section.title),
        figures=tuple(replace(one, title=told(one.title)) for one in section.figures),
        tables=tuple(replace(one, caption=told(one.caption)) for one in section.tables),
        parts=tuple(_distinct(part, more, known) for part in section.parts),
    )


def _typed(text: str) -> str:
    """Put the spaces that French wants before « : » and inside quotes."""
    return mark(text.replace("« ", "«\u00a0").replace(" »", "\u00a0»"))
