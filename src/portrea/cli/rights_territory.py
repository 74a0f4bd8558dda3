"""``portrea rights eligible``: how many households could claim a right, territory by territory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from portrea.base.errors import EngineError, ParameterError
from portrea.base.estimates import integer
from portrea.cli.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from portrea.rights.synthetic.areas import Estimated
    from portrea.steering.eligible import Ground

SECONDS = 600.0
"""A chunk of 2,500 households takes some seconds: far more means that it is stuck."""
LEAST, MOST = 5_000, 300_000
CAVEAT = (
    "Estimation d’un modèle, jamais un décompte ni une décision : ménages de synthèse, revenus de"
    " 2021, hors foyers, sans-domicile et personnes hébergées."
)


@click.command()
@click.option("--departement", multiple=True, metavar="CODE", help="Département, répétable.")
@click.option("--region", multiple=True, metavar="CODE", help="Région, répétable.")
@click.option("--month", metavar="AAAA-MM", help="Mois des montants (défaut : celui-ci).")
@click.option(
    "--households",
    type=click.IntRange(LEAST, MOST),
    default=60_000,
    show_default=True,
    help="Ménages de synthèse tirés.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Graine du tirage.")
@click.option("--processes", type=click.IntRange(1, 8), default=2, show_default=True,
              help="Processus OpenFisca côte à côte (0,6 Gio chacun).")  # fmt: skip
def eligible(
    *,
    departement: tuple[str, ...],
    region: tuple[str, ...],
    month: str | None,
    households: int,
    seed: int,
    processes: int,
) -> None:
    """Estimer les foyers éligibles au RSA, à la prime d’activité, à l’aide au logement.

    Et à l’Aspa et à la C2S. Sans territoire, toute la France. Le tirage et les poids sont ceux de
    la nation entière : un territoire demandé seul a les mêmes chiffres que parmi d’autres. Le
    tableau est écrit dans « rights/ », à côté du magasin de données, avec sa fiche.
    """
    from portrea.rights.catalogue import until
    from portrea.rights.synthetic.areas import Wanted
    from portrea.sources.store import Store
    from portrea.steering import eligible as work
    from portrea.territory import Gazetteer, complete_territories

    store = Store()
    named = [f"departement:{one}" for one in departement] + [f"region:{one}" for one in region]
    gazetteer = Gazetteer(complete_territories(store.gather("territories")))
    selection = gazetteer.resolve(",".join(named) or "france")
    wanted = Wanted(month or datetime.now(UTC).strftime("%Y-%m"), households, seed)
    if wanted.month > until():
        raise ParameterError(
            f"Les montants du mois {wanted.month} ne sont pas connus.",
            remedy=f"Choisissez un mois jusqu’à {until()}.",
        )
    with _engines(processes) as engines, progress_bar("Foyers éligibles") as report:
        ground, found = work.computed(store, wanted, asks=engines.asks, progress=report)
        card = work.card_of(ground, found, wanted, engines.version)
    table = work.inside(found.table, ground.communes, selection)
    name = "-".join(one.replace(":", "-") for one in named) or "france"
    paths = work.write(store.home, name, table, card | {"territories": named or ["france"]})
    _tell(ground, found, card, paths)


class _engines:  # noqa: N801 - a context, named as what it opens
    """Some processes of OpenFisca, ended when the block does."""

    def __init__(self, count: int) -> None:
        from portrea.sources.openfisca import ABSENT, INSTALL, Process, python_with_openfisca

        python = python_with_openfisca()
        if python is None:
            raise EngineError(ABSENT, remedy=INSTALL)
        self.processes = [Process(python) for _rank in range(count)]
        self.asks = [self._asking(one) for one in self.processes]

    @staticmethod
    def _asking(process: Any) -> Any:
        return lambda question: process.ask(question, seconds=SECONDS)

    @property
    def version(self) -> str:
        return self.processes[0].version

    def __enter__(self) -> _engines:
        return self

    def __exit__(self, *_raised: object) -> None:
        for one in self.processes:
            one.stop()


def _tell(
    ground: Ground, found: Estimated, card: Mapping[str, Any], paths: tuple[Path, Path]
) -> None:
    click.echo(f"{integer(found.drawn)} ménages de synthèse, {card['engine']}, {card['month']}.")
    click.echo(f"Sources : {ground.vintages}.")
    flags = dict(found.table.select("right", "flag").unique().iter_rows())
    for name, (modelled, error) in found.modelled.items():
        factor = found.factors["value"][name]
        shift = f"facteur national {factor:.2f}" if factor != 1 else flags[name]
        click.echo(
            f"  {name} : {integer(modelled)} foyers éligibles en France avant calage,"
            f" ± {integer(1.96 * error)} (tirage) ; {shift.replace('.', ',')}"
        )
    if ground.left_out:
        click.echo(f"{ground.left_out} communes sans revenu publié : laissées de côté.")
    click.echo(CAVEAT)
    for path in paths:
        click.echo(f"Écrit : {path}")
