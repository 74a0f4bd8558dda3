"""Three structures of the EPCI of Montfort in the census, for tests of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.offer.models import Place
from portrea.web.steering.services import network
from web.offer.census import applied, record

if TYPE_CHECKING:
    from portrea.web.steering.models import Tie

EPCI = "epci:243500550"
NAMES = ("Mairie d’Iffendic", "Ti-Internet", "Médiathèque", "Salle des fêtes")


def structures(*names: str, **fields: Any) -> list[Place]:
    """Put structures in the census, all of Iffendic."""
    told = names or NAMES
    service = {"block": "aide", "key": "aide", "offers": ["Aide aux démarches administratives"]}
    cards = {"services": [service]} | fields
    applied(*(record(str(rank), name=name, **cards) for rank, name in enumerate(told)))
    by_name = {one.name: one for one in Place.objects.filter(status="open")}
    return [by_name[name] for name in told]


def tied(source: Place, target: Place, kind: str = "orientation", **told: Any) -> Tie:
    """Declare a link, as the machine."""
    return network.tie_declare(actor=SYSTEM, source=source, target=target, kind=kind, **told)
