"""``portrea reach times|access|priority``: the tables behind the pages of access."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from portrea.cli.reach_options import ENGINE, answer, asked, engine_chosen, found, notes
from portrea.reach.priority_tables import ORDERS
from portrea.reach.supply import When

if TYPE_CHECKING:
    import polars as pl

    from portrea.steering.reading import Reader

LEVELS = ("iris", "commune", "epci", "departement", "region")
TIMES = {"origin": "Départ", "commune": "Commune", "name": "Lieu", "minutes": "Minutes"}
ACCESS = {
    "code": "Code", "name": "Nom", "persons": "Personnes", "access": "Heures/100 pers.",
    "access_low": "de", "access_high": "à", "nearest_minutes": "Plus proche",
    "places_within": "Lieux à portée", "share_beyond": "Part trop loin",
    "imputed_share": "Part supposée",
}  # fmt: skip
RAAM = {"cost": "Coût", "edge": "Effet de la limite"}
PRIORITY = {
    "code": "Code", "name": "Nom", "rank_low": "Rang de", "rank_high": "à",
    "p_first": "Probabilité", "uncovered": "Mal desservies", "persons": "Concernées",
    "share": "Part", "access_hours": "Heures/100 pers.", "status_words": "Ce qu’on peut en dire",
}  # fmt: skip
MEASURE = click.option("--who", "measure", default="", help="Qui est compté : c, a1, a2, b_load…")


@click.command()
@asked
@ENGINE
@click.option(
    "--t-max", type=click.FloatRange(1, 240), default=45.0, show_default=True,
    help="Temps au-delà duquel rien n’est dit, en minutes.",
)  # fmt: skip
def times(*, territory: str, need: str, profile: str, form: str, engine: str, t_max: float) -> None:
    """Donner les minutes de chaque IRIS de TERRITOIRE vers chaque lieu qui aide.

    Les lieux situés hors du territoire y sont. Moteur, profil et version des temps sont dits sur
    la sortie d’erreur.
    """
    from portrea.steering.access import sea_of
    from portrea.steering.access_times import times_from
    from portrea.steering.times import engine_named

    reader, selection = found(territory)
    chosen = engine_chosen(reader, selection, engine, profile=profile, need=need)
    measure = engine_named(reader.store, chosen, t_max=t_max, profile=profile)
    measured, table = times_from(reader, selection, need, measure)
    told = f"moteur {measured.engine}, profil {measured.profile}, version {measured.version}"
    notes([f"temps en minutes, {told} ; {measured.t_max:g} minutes au plus."])
    sea = sea_of(reader.snapshot.territories, measured.origins.tolist(), measured)
    notes([sea] if sea else [])
    if table.is_empty():
        notes(["aucun lieu qui donne cette aide n’est connu à cette distance."])
    answer(table.to_dicts(), form, columns=TIMES, names=table.columns)


@click.command()
@asked
@ENGINE
@MEASURE
@click.option("--level", type=click.Choice(LEVELS), default="commune", show_default=True,
              help="Niveau des lignes.")  # fmt: skip
@click.option("--when", type=click.Choice([str(when) for when in When]), default="semaine",
              show_default=True, help="Partie de la semaine comptée.")  # fmt: skip
@click.option("--decay", default="",
              help="Décroissance avec le temps : portrea, portrea_pied, apl2012, luo_qi…, sans "
              "effet avec raam.")  # fmt: skip
@click.option("--method", default="2sfca", show_default=True,
              help="Comment on se partage les lieux : 2sfca, 3sfca, ou raam (chacun prend le lieu "
              "qui lui coûte le moins, attente comprise ; quelques secondes de plus).")  # fmt: skip
@click.option("--limit", default=0.0, help="Minutes au-delà desquelles on est loin.")
def access(
    *, territory: str, need: str, profile: str, form: str, engine: str, level: str,
    **choices: object,
) -> None:  # fmt: skip
    """Mesurer l’aide sur laquelle les personnes de TERRITOIRE peuvent compter.

    En heures d’aide par semaine pour 100 personnes concernées, partagées avec tous ceux qui vont
    aux mêmes lieux, au-delà de la limite du territoire aussi.
    """
    from portrea.reach.catchment import Method, decay_named
    from portrea.steering.access import FARTHEST, Question, prepare, published
    from portrea.steering.times import engine_named

    reader, selection = found(territory)
    question = Question(need=need, profile=profile, **choices)  # type: ignore[arg-type]
    t_max = max(decay_named(question.decay or None).t_max, FARTHEST, question.limit)
    chosen = engine_chosen(reader, selection, engine, profile=profile, need=need)
    measure = engine_named(reader.store, chosen, t_max=t_max, profile=profile)
    ground = prepare(reader, selection, question, level=level, engine=measure)
    table = named(published(ground.table([level]), reader), reader)
    notes(ground.said)
    shown = ACCESS | RAAM if question.method == Method.RATIONAL else ACCESS
    answer(table.to_dicts(), form, columns=shown, names=table.columns)


@click.command()
@asked
@ENGINE
@MEASURE
@click.option("--level", default="", help="Zones classées (défaut : les communes).")
@click.option("--first", type=click.IntRange(1), help="Combien de zones sont « les premières ».")
@click.option("--order", type=click.Choice(ORDERS), default="persons", show_default=True,
              help="Ce qui classe : personnes mal desservies, leur part, accès.")  # fmt: skip
@click.option("--decay", default="", help="Décroissance avec le temps de trajet.")
def priority(
    *, territory: str, need: str, profile: str, form: str, engine: str, measure: str, level: str,
    first: int | None, order: str, decay: str,
) -> None:  # fmt: skip
    """Classer les zones de TERRITOIRE où l’aide manque, et dire si ce rang est sûr.

    Les mêmes lignes que la page « Priorités », causes comprises avec « --format csv ».
    """
    from portrea.reach.catchment import decay_named
    from portrea.reach.priority_rules import default_rule
    from portrea.steering.priorities import usual_first
    from portrea.steering.priority_files import priority_names, priority_rows
    from portrea.steering.priority_ground import Question, longest, measure_asked, prepare
    from portrea.steering.times import engine_named

    reader, selection = found(territory)
    who = measure_asked(reader, selection, measure)
    t_max = longest(decay_named(decay or None).t_max)
    chosen = engine_chosen(reader, selection, engine, profile=profile, need=need)
    times = engine_named(reader.store, chosen, t_max=t_max, profile=profile)
    question = Question(situation=need, measure=who, profile=profile, decay=decay, level=level)
    ground = prepare(reader, selection, question, engine=times)
    rule = default_rule(first=first or usual_first(ground), order=order)
    notes(ground.notes)
    answer(priority_rows(ground, rule), form, columns=PRIORITY, names=priority_names())


def named(table: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """Add the names of the areas after their codes."""
    names = reader.snapshot.territories.select("level", "code", "name")
    found = table.join(names, on=["level", "code"], how="left", maintain_order="left")
    return found.select("level", "code", "name", *table.columns[2:])
