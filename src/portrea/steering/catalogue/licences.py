"""The licence of a table: that of its inputs, share-alike where one of them asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.steering.catalogue.made import Input


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence: its identifier on data.gouv.fr, its name, its text, its European identifier."""

    id: str
    title: str
    url: str
    european: str


EU = "http://publications.europa.eu/resource/authority/licence/"
OPEN = Licence(
    "lov2",
    "Licence Ouverte 2.0",
    "https://www.etalab.gouv.fr/wp-content/uploads/2017/04/ETALAB-Licence-Ouverte-v2.0.pdf",
    f"{EU}ETALAB_2_0",
)
SHARE_ALIKE = Licence(
    "odc-odbl", "ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/", f"{EU}ODC_BL"
)
LICENCES = {one.id: one for one in (OPEN, SHARE_ALIKE)}


def licence_of(inputs: Iterable[Input]) -> tuple[Licence, tuple[str, ...]]:
    """Return the licence of what is made of some inputs, and the titles of those that tell none."""
    told = list(inputs)
    shared = any("odbl" in (one.licence or "").casefold() for one in told)
    untold = dict.fromkeys(one.title for one in told if not one.licence)
    return (SHARE_ALIKE if shared else OPEN), tuple(untold)
