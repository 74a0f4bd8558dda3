"""``portrea rights take-up``: who does not claim in one territory, by both roads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from portrea.steering.document import Section
    from portrea.steering.take_up import Report


@click.command("take-up")
@click.option(
    "--territory", metavar="TERRITOIRE", required=True,
    help="Pour quel territoire : departement:35, epci:243500618, commune:35238, region:53.",
)  # fmt: skip
@click.option(
    "--format", "kind", type=click.Choice(["text", "csv", "json"]), default="text",
    show_default=True, help="Forme de la réponse.",
)  # fmt: skip
def take_up(territory: str, kind: str) -> None:
    """Dire combien de personnes ne demandent pas leurs droits, en ordre de grandeur.

    Deux façons de faire, côte à côte : bénéficiaires et taux national publié ; microsimulation, si
    « portrea rights eligible » l’a calculée.
    """
    from portrea.sources.store import Store
    from portrea.steering import take_up_files
    from portrea.steering.reading import Reader
    from portrea.steering.sections_take_up import take_up_section
    from portrea.steering.take_up import report_of

    reader = Reader(Store())
    selection = reader.gazetteer.resolve(territory)
    if not selection.is_single:
        raise ParameterError(
            "Le non-recours se dit d’un territoire à la fois.",
            remedy="Les lignes ne s’additionnent pas : demandez-les l’un après l’autre.",
        )
    report = report_of(reader, selection.territories[0])
    if kind == "csv":
        click.echo(take_up_files.to_csv(report), nl=False)
    elif kind == "json":
        click.echo(take_up_files.to_json(report))
    else:
        _tell(report, take_up_section(report))


def _tell(report: Report, section: Section) -> None:
    click.echo(f"{section.title}, {report.territory.title or report.territory.name}")
    for text in (section.lead.text, *section.paragraphs):
        click.echo(f"- {text}")
    for table in (section.tables[0], *section.tables[2:]):
        click.echo(f"\n{table.caption}")
        for row in table.rows:
            click.echo(f"  {row[0].text}")
            for column, cell in zip(table.columns[1:], row[1:], strict=True):
                click.echo(f"    {column.title} : {cell.text}")
    click.echo("")
    for note in section.notes:
        click.echo(note)
