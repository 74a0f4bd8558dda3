"""Signs that nobody sees, or that were read wrongly."""

from __future__ import annotations

import pytest

from portrea.base.unseen import with_windows_signs, without_unseen


@pytest.mark.parametrize(
    ("received", "meant"),
    [
        ("19 rue des S\x9curs", "19 rue des Sœurs"),
        ("46 rue Claude-d\x92Urfé", "46 rue Claude-d’Urfé"),
        ("10\x80 \x96 \x85", "10€ – …"),
        ("\x81rien\x9d", "rien"),
        ("déjà\tbien", "déjà\tbien"),
    ],
)
def test_windows_signs_are_themselves_again(received: str, meant: str) -> None:
    assert with_windows_signs(received) == meant


def test_control_characters_are_taken_out() -> None:
    assert without_unseen("a\x00b\u202ec") == "abc"
