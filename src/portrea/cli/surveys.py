"""``portrea surveys``: questionnaires ready to use, checked, and the tables of their answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.cli.reach_options import FORMATS, answer, notes
from portrea.surveys.designs import Design

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from portrea.surveys.estimates import Sample
    from portrea.surveys.exchange import Collected
    from portrea.surveys.form import Form

MODELS = {"name": "Nom", "title": "Titre", "answered_by": "Qui répond", "minutes": "Minutes"}
TABLE = {
    "group": "Groupe", "label": "Réponse", "answers": "Nombre", "base": "Sur", "share": "Part",
    "low": "de", "high": "à", "saying": "Ce qu’on peut en dire",
}  # fmt: skip
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def surveys() -> None:
    """Préparer des questionnaires et lire leurs réponses."""


@surveys.command()
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True,
              help="Forme de la réponse.")  # fmt: skip
def models(*, form: str) -> None:
    """Donner les questionnaires prêts à l’emploi."""
    from portrea.surveys.models import models as ready

    rows = [
        {
            "name": model.form.name, "title": model.form.title, "version": model.form.version,
            "answered_by": model.answered_by, "purpose": model.purpose, "minutes": model.minutes,
            "note": model.note,
        }
        for model in ready().values()
    ]  # fmt: skip
    answer(rows, form, columns=MODELS, names=list(rows[0]))


@surveys.command()
@click.argument("questionnaire", metavar="NOM|FICHIER")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="Fichier écrit : .xlsx (XLSForm) ou .xml (XForm, pour ODK).")  # fmt: skip
def export(*, questionnaire: str, output: Path) -> None:
    """Écrire un questionnaire pour KoboToolbox, ODK ou un tableur."""
    from portrea.sources.xlsform import make_xform, write_workbook
    from portrea.surveys.xlsform import write_sheets

    sheets = write_sheets(_form(questionnaire))
    if output.suffix.lower() == ".xml":
        output.write_text(make_xform(sheets).xml, "utf-8")
    else:
        output.write_bytes(write_workbook(sheets))
    click.echo(f"Écrit : {output}")


@surveys.command()
@click.argument("path", metavar="FICHIER", type=FILE)
def check(*, path: Path) -> None:
    """Lire un XLSForm et dire ce qui y est, ce qui manque et ce qui est laissé de côté."""
    from portrea.sources.xlsform import make_xform
    from portrea.surveys.xlsform import write_sheets

    form = _form(str(path))
    make_xform(write_sheets(form))
    asked = sum(question.kind.asks for question in form.questions())
    click.echo(f"« {form.title} » (version {form.version or 'non dite'}) : {asked} questions.")


@surveys.command()
@click.argument("questionnaire", metavar="NOM|FICHIER")
@click.argument("answers", metavar="RÉPONSES", type=FILE)
@click.argument("question", metavar="QUESTION")
@click.option("--by", default="", help="Croiser avec une autre question, à une seule réponse.")
@click.option("--design", type=click.Choice([str(one) for one in Design]), default="volontaires",
              show_default=True,
              help="Façon d’interroger : seul un tirage a une marge d’erreur.")  # fmt: skip
@click.option(
    "--population", type=click.IntRange(1), help="Nombre de personnes qu’ils représentent."
)
@click.option("--margins", type=FILE,
              help="Redresser sur ces totaux : CSV question,choix,personnes.")  # fmt: skip
@click.option(
    "--publish", is_flag=True, help="Cacher les petits effectifs, comme à la publication."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True,
              help="Forme de la réponse.")  # fmt: skip
def table(
    *, questionnaire: str, answers: Path, question: str, by: str, design: str,
    population: int | None, margins: Path | None, publish: bool, form: str,
) -> None:  # fmt: skip
    """Donner les réponses à une QUESTION, avec ce que leur nombre permet d’en dire."""
    from portrea.surveys.analysis import crossed, frequencies, publishable
    from portrea.surveys.form import Kind, Question

    asked = _form(questionnaire)
    told = _frame(asked, _collected(asked, answers))
    sample = _sample(told, design=design, population=population, margins=margins)
    found = (
        crossed(told, asked, question, by, sample)
        if by
        else frequencies(told, asked, question, sample)
    )
    if publish:
        item = asked.item(question)
        several = isinstance(item, Question) and item.kind is Kind.SEVERAL
        found = publishable(found, several=several)
    said = f"{told.height} réponses ; façon d’interroger : {design}"
    notes([f"{said} ; effet de plan {_effect(sample)}."])
    answer(found.to_dicts(), form, columns=TABLE, names=found.columns)


@surveys.command()
@click.argument("name", metavar="NOM")
@click.option("--territory", required=True, metavar="NIVEAU:CODE",
              help="Territoire où la mettre, par exemple commune:35238.")  # fmt: skip
def example(*, name: str, territory: str) -> None:
    """Mettre sur le site une enquête synthétique (acteurs, habitants…), pour essayer."""
    from portrea.cli.serve import prepare_database

    prepare_database()
    from portrea.web.accounts.permissions import Actor
    from portrea.web.surveys.services.examples import example_load

    made = example_load(actor=Actor.system("ligne de commande"), name=name, territory=territory)
    click.echo(f"« {made.title} » : /espace/enquetes/{made.key}/resultats/")
    click.echo("Réponses synthétiques : personne ne les a données, rien n’est à en conclure.")


def _form(questionnaire: str) -> Form:
    """Return a ready questionnaire by its name, or the one of a workbook."""
    from portrea.base.errors import ParameterError
    from portrea.sources.xlsform import read_workbook
    from portrea.surveys.models import models as ready
    from portrea.surveys.xlsform import read_sheets

    if questionnaire in ready():
        return ready()[questionnaire].form
    path = Path(questionnaire)
    if not path.is_file():
        raise ParameterError(
            f"« {questionnaire} » n’est ni un questionnaire prêt, ni un fichier.",
            remedy=f"Questionnaires prêts : {', '.join(ready())}. Sinon, donnez un fichier .xlsx.",
        )
    read = read_sheets(read_workbook(path.read_bytes()))
    notes([f"laissé de côté, {one}" for one in read.left_out])
    return read.form


def _collected(form: Form, path: Path) -> Collected:
    from portrea.sources.answers import read_json, read_rows
    from portrea.surveys.exchange import read_records, read_tables

    content = path.read_bytes()
    if path.suffix.lower() == ".json":
        collected = read_records(form, read_json(content))
    else:
        collected = read_tables(form, read_rows(content))
    if collected.ignored:
        notes([f"colonnes que le questionnaire ne demande pas : {', '.join(collected.ignored)}."])
    return collected


def _frame(form: Form, collected: Collected) -> pl.DataFrame:
    import polars as pl

    names = [question.name for question in form.questions()]
    rows = [[told.get(name) or "" for name in names] for told in collected.answers.values()]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _sample(
    told: pl.DataFrame, *, design: str, population: int | None, margins: Path | None
) -> Sample:
    from portrea.sources.answers import read_rows
    from portrea.surveys.estimates import Sample
    from portrea.surveys.weighting import rake

    weights = None
    if margins is not None:
        totals: dict[str, dict[str, float]] = {}
        for row in read_rows(margins.read_bytes()):
            of = totals.setdefault(row.get("question", ""), {})
            of[row.get("choix", "")] = _people(row, margins)
        weights = rake({name: _said(told, name) for name in totals}, totals).values
    return Sample.of(told.height, design=Design(design), weights=weights, population=population)


def _people(row: Mapping[str, str], margins: Path) -> float:
    from portrea.base.errors import DataError

    try:
        return float(row.get("personnes", "").replace(",", "."))
    except ValueError as error:
        raise DataError(
            f"{margins.name} : « {row.get('personnes', '')} » n’est pas un nombre de personnes.",
            remedy="Écrivez trois colonnes : question, choix, personnes.",
        ) from error


def _said(told: pl.DataFrame, name: str) -> list[str]:
    from portrea.base.errors import DataError

    if name not in told.columns:
        raise DataError(
            f"Le fichier de totaux parle de « {name} », que le questionnaire ne demande pas.",
            remedy="Écrivez dans « question » le nom d’une question à une seule réponse.",
        )
    return told[name].to_list()


def _effect(sample: Sample) -> str:
    from portrea.surveys.weighting import kish

    return f"{kish(sample.weights):.2f}".replace(".", ",")
