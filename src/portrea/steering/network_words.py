"""The network told: a line by actor with what to do, a table, a drawing, sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.estimates import integer
from portrea.steering.document import Cell, Column, Figure, Sentence, Table
from portrea.steering.figures_network import MOST_DRAWN, drawn_actors, network_drawing
from portrea.steering.figures_style import Caption
from portrea.steering.network import LinkKind
from portrea.steering.wording import counted, enumeration, mark, uncapitalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from portrea.steering.network import Actor, Network

TABLE, FIGURE = "reseau-acteurs", "fig-reseau"
MOST_PRESENTED = 3
MOST_ALONE = 40
NOBODY = "–"


@dataclass(frozen=True, slots=True)
class ActorLine:
    """An actor of the territory, whom it knows, and what would help.

    ``number`` is that of the drawing, 0 for an actor that is not drawn.
    """

    number: int
    actor: Actor
    orients: tuple[Actor, ...]
    receives: tuple[Actor, ...]
    partners: tuple[Actor, ...]
    todo: tuple[str, ...]

    @property
    def isolated(self) -> bool:
        """Whether no link is known of it."""
        return not (self.orients or self.receives or self.partners)


def actor_lines(network: Network) -> tuple[ActorLine, ...]:
    """Return the actors: those alone first, then the least linked; those away last."""
    inside = sorted(
        (one for one in network.actors if one.inside),
        key=lambda one: (len(network.linked[one.key]), one.label, one.key),
    )
    away = [one for one in network.actors if not one.inside and network.linked[one.key]]
    ordered = [*inside, *sorted(away, key=lambda one: (one.label, one.key))]
    alone = len(network.isolated)
    return tuple(
        _line(network, one, max(0, rank - alone)) for rank, one in enumerate(ordered, start=1)
    )


def network_lead(network: Network) -> Sentence:
    """Say how many actors are linked, and how many are alone."""
    inside = [one for one in network.actors if one.inside]
    alone = len(network.isolated)
    linked = len(inside) - alone
    if not linked:
        return Sentence(
            f"Aucun lien n’est encore déclaré entre {_actors(len(inside), 'le', 'les')}."
        )
    told = counted(integer(linked), linked, "acteur est relié", "acteurs sont reliés")
    left = counted(integer(alone), alone, "reste sans lien connu", "restent sans lien connu")
    left = left if alone else "aucun ne reste sans lien"
    return Sentence(f"{told[:1].upper()}{told[1:]} à un autre au moins\u00a0; {left}.")


def network_paragraphs(network: Network) -> tuple[str, ...]:
    """Say how many orientations go both ways, how many groups there are, who holds them."""
    pairs, mutual = network.pairs
    told = []
    if pairs:
        seen = counted(integer(pairs), pairs, "paire d’acteurs", "paires d’acteurs")
        both = f"dans {integer(mutual)}, les deux le disent" if mutual else "jamais les deux"
        told.append(f"Dans {seen}, l’un dit orienter vers l’autre\u00a0; {both}.")
    groups = [group for group in network.groups if len(group) > 1]
    if len(groups) > 1:
        told.append(
            f"Les acteurs reliés forment {len(groups)} groupes sans lien entre eux\u00a0: "
            "une rencontre pourrait les rapprocher."
        )
    holding = sorted(network.cut.items(), key=lambda item: (-item[1], item[0]))[:MOST_PRESENTED]
    told += [_holds(mark(f"« {network.actor(key).label} »"), cut) for key, cut in holding]
    return tuple(told)


def network_tables(network: Network) -> tuple[Table, ...]:
    """Return whom each linked actor orients to, who orients to it, its partners; then the others.

    What to do about each is for those who prepare, not for a table that may be published.
    """
    lines = actor_lines(network)
    titles = ("Acteur", "Commune", "Oriente vers", "Reçoit de", "Travaille avec")
    rows = tuple(
        (
            Cell(f"{line.number}. {line.actor.label}"),
            Cell(line.actor.town or NOBODY),
            *(Cell(_names(some)) for some in (line.orients, line.receives, line.partners)),
        )
        for line in lines
        if not line.isolated
    )
    note = "Ce que les acteurs déclarent. Un lien non déclaré peut exister."
    linked = Table(TABLE, "Qui travaille avec qui", tuple(map(Column, titles)), rows, note)
    alone = [line.actor for line in lines if line.isolated]
    return (linked, _alone(alone)) if alone else (linked,)


def _alone(actors: Sequence[Actor]) -> Table:
    rows = tuple(
        (Cell(one.label), Cell(one.kind or NOBODY), Cell(one.town or NOBODY))
        for one in actors[:MOST_ALONE]
    )
    note = "Aucun lien déclaré ne veut pas dire aucun lien."
    if len(actors) > MOST_ALONE:
        note = f"Les {MOST_ALONE} premiers sur {integer(len(actors))}. {note}"
    columns = (Column("Acteur"), Column("Type"), Column("Commune"))
    return Table("reseau-isoles", "Acteurs sans lien connu", columns, rows, note)


def network_figure(network: Network, title: str) -> Figure | None:
    """Return the drawing; ``None`` when nobody is linked, or too many are."""
    drawn = drawn_actors(network)
    if not drawn or len(drawn) > MOST_DRAWN:
        return None
    description = (
        f"{counted(integer(len(drawn)), len(drawn), 'acteur relié', 'acteurs reliés')}, sur un "
        "cercle. Les numéros sont ceux du tableau, qui donne chaque lien."
    )
    caption = Caption(FIGURE, title, description)
    numbers = {line.actor.key: line.number for line in actor_lines(network)}
    drawing = network_drawing(caption, network, numbers)
    return Figure(FIGURE, title, description, drawing, TABLE)


def link_rows(network: Network) -> list[dict[str, str]]:
    """Return the links as lines of a file, in words."""
    said = {True: "oui", False: "non"}
    return [
        {
            "acteur": network.actor(one.source).label,
            "lien": "oriente vers" if one.kind is LinkKind.ORIENTATION else "travaille avec",
            "autre": network.actor(one.target).label,
            "confirmé par l’autre": said[one.confirmed],
            "orientations transmises": "" if one.handed is None else str(one.handed),
        }
        for one in network.links
    ]


def _line(network: Network, actor: Actor, number: int) -> ActorLine:
    around = (network.orients, network.receives, network.partners)
    known = (_sorted(network.actor(key) for key in some[actor.key]) for some in around)
    orients, receives, partners = known
    todo = tuple(_todo(network, actor)) if actor.inside else ()
    return ActorLine(number, actor, orients, receives, partners, todo)


def _todo(network: Network, actor: Actor) -> Iterator[str]:
    key = actor.key
    if not network.linked[key]:
        others = _to_present(network, actor)
        yield (
            f"Appelez cet acteur, puis présentez-lui {enumeration(others)}."
            if others
            else "Appelez cet acteur\u00a0: demandez-lui avec qui il travaille."
        )
        return
    if key in network.cut:
        lost = _holds("cet acteur", network.cut[key])
        yield f"Aidez-le à nouer d’autres liens\u00a0: {uncapitalised(lost)}"
    if network.orients[key] and not network.receives[key]:
        yield "Personne ne dit orienter vers cet acteur\u00a0: faites connaître ce qu’il propose."
    if network.receives[key] and not network.orients[key]:
        yield "Il ne dit orienter vers personne\u00a0: demandez-lui vers qui il envoie."
    waiting = _sorted(
        network.actor(one.source)
        for one in network.links
        if one.target == key and not one.confirmed
    )
    if waiting:
        yield f"Demandez-lui de confirmer ce que dit {_names(waiting)}."


def _to_present(network: Network, actor: Actor) -> list[str]:
    """Name those whom an actor alone should meet: of its town first, then the best linked."""
    others = (one for one in network.actors if one.inside and one.key != actor.key)
    ranked = sorted(
        (one for one in others if network.linked[one.key]),
        key=lambda one: (one.town != actor.town, -len(network.linked[one.key]), one.label),
    )
    return [one.label for one in ranked[:MOST_PRESENTED]]


def _holds(name: str, cut: int) -> str:
    lost = counted(
        integer(cut), cut, "acteur ne serait plus relié", "acteurs ne seraient plus reliés"
    )
    return f"Sans {name}, {lost} aux autres."


def _sorted(actors: Iterable[Actor]) -> tuple[Actor, ...]:
    return tuple(sorted(set(actors), key=lambda one: (one.label, one.key)))


def _names(actors: Sequence[Actor]) -> str:
    return enumeration([one.label for one in actors]) or NOBODY


def _actors(count: int, one: str, many: str) -> str:
    return f"{one} seul acteur connu" if count < 2 else f"{many} {integer(count)} acteurs connus"
