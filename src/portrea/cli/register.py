"""``portrea register``: the register of processings and the AIPD template, as files."""

from __future__ import annotations

from pathlib import Path

import click

FORMS = ("docx", "odt", "xlsx", "csv", "json")


@click.group()
def register() -> None:
    """Écrire le registre des traitements et le modèle d’analyse d’impact."""


@register.command()
@click.argument("path", metavar="FICHIER", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--aipd", is_flag=True, help="Le modèle d’analyse d’impact, et non le registre.")
def export(path: Path, aipd: bool) -> None:
    """Écrire FICHIER ; son suffixe dit la forme : docx, odt, xlsx, csv ou json."""
    from portrea.base.errors import ParameterError
    from portrea.cli.serve import setup_django

    form = path.suffix.removeprefix(".").lower()
    if form not in FORMS:
        raise ParameterError(
            f"« {path.name} » n’a pas de forme connue.", remedy=f"Suffixes : {', '.join(FORMS)}."
        )
    setup_django()
    from portrea.steering.downloads import document_file
    from portrea.web.operation.registers import documents

    told = document_file(documents.impact() if aipd else documents.register(), form)
    path.write_bytes(told)
    click.echo(f"Écrit : {path}")
