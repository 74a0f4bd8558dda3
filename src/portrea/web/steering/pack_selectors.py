"""The pack of the comité of a territory, made once by state of its figures and its trials."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from portrea.steering.pack import build_pack
from portrea.web.reach.forward import forward_of, shown_state
from portrea.web.reach.priority_asked import PriorityAsked
from portrea.web.reach.priority_selectors import ground_of
from portrea.web.steering.selectors import DOCUMENTS
from portrea.web.territories.living import living_reader, offer_state
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from portrea.steering.document import Portrait
    from portrea.steering.priority_ground import Ground
    from portrea.territory import Selection

KEPT = 32
KEPT_FILES = 8
FORMS = {
    **DOCUMENTS,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def pack_of(reference: str) -> Portrait:
    """Return the pack of a territory, or of a list joined by commas."""
    return _pack(*_state(reference))


def pack_file(reference: str, form: str) -> bytes:
    """Return the pack in one of :data:`FORMS`."""
    return _file(form, *_state(reference))


def _state(reference: str) -> tuple[str, str, str, str]:
    """Return what a pack depends on: home, computation, territory, trials put forward."""
    key, current = territory_find(reference).key, reader()
    return str(current.store.home), current.computation_id, key, state_of(key)


def state_of(reference: str) -> str:
    """Name what a pack depends on beside the computation: the places, the trials put forward."""
    return f"{offer_state()}{shown_state(territory_find(reference).key)}"


@lru_cache(maxsize=KEPT)
def _pack(_home: str, _computation: str, key: str, _more: str) -> Portrait:
    selection = territory_find(key)
    return build_pack(living_reader(), selection, named=forward_of(key), prepare=_ground)


def _ground(selection: Selection) -> Ground:
    """Return what the page of priority areas stands on, which it keeps."""
    return ground_of(PriorityAsked(selection.key))


@lru_cache(maxsize=KEPT_FILES)
def _file(form: str, *state: str) -> bytes:
    from portrea.steering.downloads import document_file

    return document_file(_pack(*state), form)
