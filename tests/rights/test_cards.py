"""Each right has its card; its keys exist in the other rooms; what is not verified is said so."""

from __future__ import annotations

import re

import pytest

from portrea.action.catalogue import national
from portrea.action.deadline_rules import deadline_rules
from portrea.base.errors import DataError
from portrea.offer.orientation.procedures import procedures
from portrea.rights import cards as module
from portrea.rights.cards import cards, table
from portrea.rights.catalogue import rights


def test_each_right_has_its_card_and_its_keys_exist() -> None:
    known = {one.code for one in national()}
    for name, card in cards().items():
        assert card.demarche in procedures(), name
        assert card.procedure in known, name
        assert set(card.dates) <= set(deadline_rules()), name
    assert list(cards()) == list(rights())


def test_a_card_tells_neither_a_decision_nor_an_amount() -> None:
    for name, card in cards().items():
        assert not re.search(r"avez droit|n’avez pas|€|euros", card.for_whom), name
        assert not card.verified, "say who verified it, and when"
    assert table()["source"]
    assert table()["hypothese"]


def test_a_right_without_card_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {**table(), "cards": {k: v for k, v in table()["cards"].items() if k != "rsa"}}
    monkeypatch.setattr(module, "table", lambda: told)
    with pytest.raises(DataError, match=r"rsa"):
        cards.__wrapped__()
