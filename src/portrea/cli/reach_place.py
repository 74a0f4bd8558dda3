"""``portrea reach place``: where to open, what it gives, and what is proven."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from portrea.cli.reach_options import ENGINE, answer, asked, engine_chosen, found, notes
from portrea.reach.siting.plan import Model

if TYPE_CHECKING:
    from portrea.steering.placing import Placement

MODELS = {
    "cover": Model.MCLP,
    "everyone": Model.LSCP,
    "time": Model.P_MEDIAN,
    "farthest": Model.P_CENTER,
    "half-days": Model.CAPACITATED,
}
PLACES = {
    "action": "Action", "name": "Lieu", "kind": "Type", "commune_name": "Commune",
    "half_days": "Demi-journées", "id": "Identifiant",
}  # fmt: skip
CURVE = {
    "openings": "Lieux ouverts", "after_low": "À portée, de", "after_high": "à",
    "gained_low": "Gagnées, de", "gained_high": "à",
}  # fmt: skip
EACH = {
    "name": "Lieu", "commune_name": "Commune", "gained_low": "À portée en plus, de",
    "gained_high": "à", "closer_low": "Plus proche pour", "closer_high": "à",
    "help_change": "Heures/100 pers. en plus", "least": "La moins aidée", "least_change": "y gagne",
}  # fmt: skip
NAMES = (
    "action", "half_days", "id", "name", "kind", "commune", "commune_name", "longitude", "latitude",
)  # fmt: skip


@click.command()
@asked
@ENGINE
@click.option("--p", "openings", type=click.IntRange(0, 200), default=1, show_default=True,
              help="Lieux à ouvrir.")  # fmt: skip
@click.option("--closures", type=click.IntRange(0, 200), default=0, help="Lieux à fermer.")
@click.option("--minutes", type=click.IntRange(1, 45), default=20, show_default=True,
              help="Temps en deçà duquel on est à portée.")  # fmt: skip
@click.option(
    "--model", type=click.Choice(list(MODELS)), default="cover", show_default=True,
    help="Ce qu’on cherche : le plus de personnes à portée (cover), personne plus loin (everyone), "
    "le trajet moyen (time) ou le plus long trajet (farthest) le plus court, le plus de personnes "
    "reçues (half-days).",
)  # fmt: skip
@click.option("--equity", type=click.FloatRange(1, 45), help="Minutes que nul ne doit dépasser.")
@click.option("--half-days", "added", type=click.IntRange(0), default=0,
              help="Demi-journées par semaine à partager (half-days).")  # fmt: skip
@click.option("--movable", is_flag=True, help="Les lieux actuels du territoire peuvent bouger.")
@click.option(
    "--candidates", type=click.Choice(["buildings", "communes"]), default="buildings",
    show_default=True, help="Où ouvrir : bâtiments connus, ou centres des communes.",
)  # fmt: skip
@click.option("--who", "measure", default="", help="Qui est compté : c, a1, a2, a3.")
@click.option("--curve", is_flag=True, help="Dire ce que donne chaque lieu de plus, de 0 à p.")
@click.option("--each", is_flag=True,
              help="Dire ce que donne une demi-journée de plus dans chaque bâtiment.")  # fmt: skip
@click.option("--told", is_flag=True, help="Ne compter aujourd’hui que les lieux qui disent leurs "
              "horaires ; les autres deviennent des lieux à confirmer.")  # fmt: skip
def place(
    *, territory: str, need: str, profile: str, form: str, engine: str, measure: str, model: str,
    told: bool, curve: bool, each: bool, **numbers: object,
) -> None:  # fmt: skip
    """Dire où ouvrir des permanences dans TERRITOIRE, et ce qui est prouvé de ce choix.

    Un département au plus : les mêmes nombres que la page « Et si ? » pour les mêmes lieux et les
    mêmes temps (voir « --engine » et « --census »).
    """
    from portrea.steering import placing
    from portrea.steering.what_if_ground import Question, checked_measure, prepare

    reader, selection = found(territory)
    who = checked_measure(reader, selection, measure)
    chosen = engine_chosen(reader, selection, engine, profile=profile, need=need)
    ground = prepare(reader, selection, Question(need, who, profile, told=told, engine=chosen))
    wish = placing.Wish(model=MODELS[model], **numbers)  # type: ignore[arg-type]
    if each:
        answer(placing.each(ground, wish), form, columns=EACH)
    elif curve:
        answer(placing.curve(ground, wish), form, columns=CURVE)
    else:
        _print(placing.place(ground, wish), form)


def _print(placement: Placement, form: str) -> None:
    from portrea.steering.placing import summary, told

    if form == "json":
        click.echo(json.dumps(summary(placement), ensure_ascii=False, default=str))
        return
    for sentence in (_sentence(placement), *_numbers(placement), placement.plan.proof):
        click.echo(sentence, err=form == "csv")
    notes([*told(placement), *_next(placement)])
    if placement.rows or form == "csv":
        answer(placement.rows, form, columns=PLACES, names=NAMES)


def _sentence(placement: Placement) -> str:
    ground, wish = placement.ground, placement.wish
    return f"{ground.subject.name.plain} : {wish.model.label}, à {wish.minutes} minutes."


def _next(placement: Placement) -> list[str]:
    """Say what to ask when everybody is near a place already."""
    one, wish = placement.outcome, placement.wish
    if one is None or not one.nobody_moves or one.before != one.total:
        return []
    if not wish.openings or wish.model is not Model.MCLP:
        return []
    return [
        f"tous ceux qui sont comptés sont déjà à moins de {wish.minutes} minutes. « --each » dit "
        "où une demi-journée de plus aide le plus, « --told » ne compte que les lieux qui disent "
        "leurs horaires, « --minutes » prend un temps plus court."
    ]


def _numbers(placement: Placement) -> list[str]:
    """Say who is within reach today and with the plan, as the page does."""
    from portrea.steering.what_if_words import Near, state

    one, question = placement.outcome, placement.ground.question
    if one is None:
        return []
    near = Near(question.situation, placement.wish.minutes, question.profile, told=question.told)
    return [state(near, one.before, one.after).text]
