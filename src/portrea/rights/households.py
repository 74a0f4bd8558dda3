"""The household whose rights are looked for: what is told of it, and what cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from portrea.base.errors import ParameterError
from portrea.rights.catalogue import until
from portrea.territory.codes import departement_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OLDEST = 120
YOUNGEST_PARENT = 12
"""Years between a child and the youngest of its parents: below, one of the two ages is wrong."""
YOUNGEST_PENSIONER = 50
MOST_INCOME = 100_000
MOST_RENT = 20_000
MOST_CHILDREN = 15
CHILD = 25
MAYOTTE = "976"
INCOMES = {
    "earnings": "le salaire",
    "unemployment": "l’allocation chômage",
    "pension": "la retraite",
    "invalidity": "la pension d’invalidité",
    "support": "la pension alimentaire",
}


class Fault(NamedTuple):
    """What cannot be: in which field (of which adult), why, and how to mend it."""

    field: str
    why: str
    remedy: str
    adult: int = 0


class Housing(StrEnum):
    """How somebody is housed."""

    PRIVATE = "prive"
    FURNISHED = "meuble"
    SOCIAL = "hlm"
    OWNER = "proprietaire"
    LODGED = "heberge"
    HOSTEL = "foyer"
    HOMELESS = "sans_domicile"

    @property
    def pays_rent(self) -> bool:
        """Whether a rent may be told."""
        return self in {Housing.PRIVATE, Housing.FURNISHED, Housing.SOCIAL, Housing.HOSTEL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adult:
    """An adult; incomes are net euros by month, the same for two years.

    ``residence`` counts the years of legal residence of somebody who is not of a country of the
    EEE, ``None`` for who is. ``disability`` is the rate that the MDPH gave, in per cent. ``before``
    is the net wage by month, alone, until the month before the hint, where the incomes changed.
    """

    age: int
    earnings: float = 0
    unemployment: float = 0
    pension: float = 0
    invalidity: float = 0
    support: float = 0
    disability: int = 0
    restricted: bool = False
    residence: float | None = None
    activity: str = ""
    before: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """One or two adults (a couple) and the ages of the children in their charge."""

    commune: str
    housing: Housing
    adults: tuple[Adult, ...]
    children: tuple[int, ...] = ()
    rent: float = 0


def check(household: Household, *, month: str, communes: Iterable[str] = ()) -> None:
    """Refuse a household that cannot be, so that no right is told nought in silence.

    Parameters
    ----------
    month
        Month of the hint, « 2026-10 ».
    communes
        Codes that exist; the shape of the code alone is looked at when there is none.

    Raises
    ------
    ParameterError
        The first thing that cannot be: what, and how to mend it.
    """
    for fault in faults(household, month=month, communes=communes):
        raise ParameterError(fault.why, remedy=fault.remedy)


def faults(
    household: Household, *, month: str = "", communes: Iterable[str] = ()
) -> Iterator[Fault]:
    """Yield what cannot be in a household; ``month`` and ``communes`` as for :func:`check`."""
    if not 1 <= len(household.adults) <= 2:
        told = len(household.adults)
        yield Fault(
            "adults",
            f"Il y a {told} adultes : il en faut un ou deux.",
            "Un couple, ou une personne seule.",
        )
    if month > until():
        yield Fault(
            "month",
            f"Les montants du mois {month} ne sont pas connus : nos règles s’arrêtent à {until()}.",
            "Choisissez un mois qui n’est pas à venir.",
        )
    yield from _of_place(household, frozenset(communes))
    for rank, adult in enumerate(household.adults):
        yield from (fault._replace(adult=rank) for fault in _of_adult(adult))
    yield from _of_children(household)


def _of_place(household: Household, communes: frozenset[str]) -> Iterator[Fault]:
    departement = departement_of(household.commune)
    if departement is None or (communes and household.commune not in communes):
        yield Fault(
            "commune",
            f"La commune « {household.commune} » n’existe pas.",
            "Donnez son code INSEE.",
        )
    if departement == MAYOTTE:
        yield Fault(
            "commune",
            "À Mayotte, les montants ne sont pas les mêmes et nous ne savons pas les calculer.",
            "Demandez à la CAF de Mayotte ou à la mairie.",
        )
    if household.rent and not household.housing.pays_rent:
        yield Fault(
            "rent", "Un loyer est donné, mais ce logement n’est pas loué.", "Enlevez le loyer."
        )
    if not 0 <= household.rent <= MOST_RENT:
        yield Fault(
            "rent", f"Le loyer est de {household.rent:g} euros.", f"De 0 à {MOST_RENT} par mois."
        )


def _of_adult(adult: Adult) -> Iterator[Fault]:
    if not 15 <= adult.age <= OLDEST:
        yield Fault(
            "age",
            f"L’âge de {adult.age} ans n’est pas possible pour un adulte.",
            "De 15 à 120 ans.",
        )
    for name, label in (*INCOMES.items(), ("before", "celui d’avant")):
        told = getattr(adult, name) or 0
        if told < 0:
            yield Fault(
                name,
                f"Un revenu est négatif : {label}, {told:g} euros.",
                "Écrivez zéro s’il n’y en a pas.",
            )
        if told > MOST_INCOME:
            yield Fault(
                name,
                f"Un revenu est de {told:g} euros par mois : {label}.",
                "Donnez le montant d’un mois.",
            )
    if adult.pension and adult.age < YOUNGEST_PENSIONER:
        yield Fault(
            "pension",
            f"Une retraite à {adult.age} ans : l’âge ou la retraite est à vérifier.",
            "Une pension d’invalidité ou de réversion se dit autrement.",
        )
    if not 0 <= adult.disability <= 100:
        yield Fault(
            "disability", f"Le taux d’incapacité est de {adult.disability} %.", "De 0 à 100."
        )


def _of_children(household: Household) -> Iterator[Fault]:
    if len(household.children) > MOST_CHILDREN:
        yield Fault(
            "children", f"Il y a {len(household.children)} enfants.", f"{MOST_CHILDREN} au plus."
        )
    eldest = max((adult.age for adult in household.adults), default=OLDEST)
    for age in household.children:
        if not 0 <= age < CHILD:
            yield Fault(
                "children",
                f"L’âge de {age} ans n’est pas possible pour un enfant à charge.",
                "De 0 à 24 ans.",
            )
        elif eldest - age < YOUNGEST_PARENT:
            yield Fault(
                "children",
                f"Un enfant de {age} ans, un parent de {eldest} ans : un des deux âges est faux.",
                "Vérifiez les deux âges.",
            )
