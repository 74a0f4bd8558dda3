"""``portrea rights parameters``: the parameters really read, how old they are, asked again."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import DataError
from portrea.rights.catalogue import rights, until
from portrea.rights.freshness import FILE, asked, table, table_of, text_of

if TYPE_CHECKING:
    from datetime import date

    from portrea.rights.freshness import Table

SECONDS = 300
"""Tracing every parameter takes from ten seconds to a minute on a busy machine."""


@click.command()
@click.option("--write", is_flag=True, help="Redemander à OpenFisca, et récrire la table.")
@click.option("--month", metavar="AAAA-MM", default="", help="Mois des valeurs (ce mois-ci).")
def parameters(*, write: bool, month: str) -> None:
    """Dire de quand datent les paramètres des droits, et lesquels sont anciens."""
    today = datetime.now(UTC).date()
    told = _asked_again(month or f"{today:%Y-%m}", today) if write else table()
    if write:
        path = Path(str(files("portrea.rights") / "params" / FILE))
        path.write_text(text_of(told), "utf-8")
        click.echo(f"Écrit : {path}")
    _tell(told, today)


def _asked_again(month: str, today: date) -> Table:
    from portrea.sources.openfisca import process

    if month > until():
        raise DataError(
            f"Les montants du mois {month} ne sont pas connus : nos règles s’arrêtent à {until()}.",
            remedy="Choisissez un mois plus tôt.",
        )
    made = process()
    answer = made.ask(asked(month), seconds=SECONDS)
    return table_of(answer, version=made.version, month=month, day=today)


def _tell(told: Table, today: date) -> None:
    click.echo(
        f"{len(told.parameters)} paramètres lus par {len(rights())} droits, {told.month}, "
        f"{told.engine} {told.version}, relevés le {told.written:%d/%m/%Y}"
    )
    for right in rights().values():
        own = told.of(right.name)
        old = [one for one in own if one.is_stale(today)]
        click.echo(f"{right.label} : {len(own)}, dont {len(old)} à vérifier")
        for one in told.leading(right):
            mark = " (à vérifier)" if one.is_stale(today) else ""
            since = f"{one.since:%d/%m/%Y}" if one.since else "sans date"
            click.echo(f"  {one.name} : depuis le {since}{mark}")
