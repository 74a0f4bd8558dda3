"""The page of ways of counting: each opens, says what it rests on, and refuses in French."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

PAGE = "/acces/epci/243500618/facons/"


def text_of(answer) -> str:
    return answer.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("2sfca", ["2SFCA", "compte pour 1", "Paimpont"]),
        ("3sfca", ["ne pèse pas dix fois"]),
        (
            "raam",
            [
                "équilibre à",
                "50 tirages",
                "Effet de la limite de la carte",
                "affluence moyenne : 60",
            ],
        ),
    ],
)
def test_each_way_says_what_it_rests_on(site: Client, method: str, words: list[str]) -> None:
    answer = site.get(f"{PAGE}?besoin=information&methode={method}")
    assert answer.status_code == 200
    assert not answer.cookies
    told = text_of(answer)
    for word in words:
        assert word in told
    assert f'name="methode" value="{method}"' in told
    assert ("Coût (1" in told) == (method == "raam")
    assert ("Ce que compte le temps de trajet" in told) == (method != "raam")
    assert told.count("<tr>") == 1 + 1 + 8  # heading, whole territory, communes


def test_nobody_helps_is_said(site: Client) -> None:
    assert "l’accès vaut 0 partout" in text_of(site.get(f"{PAGE}?besoin=formation"))


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (f"{PAGE}?methode=ramm", 400, "2sfca, 3sfca, raam"),
        (f"{PAGE}?besoin=voyager", 400, "ne convient pas"),
        (f"{PAGE}?moment=minuit", 400, "soir"),
        (f"{PAGE}?poids=lourd", 400, "apl2012"),
        ("/acces/region/53/facons/", 404, "plus grand qu’un"),
        ("/acces/epci/1/facons/", 404, ""),
    ],
)
def test_what_does_not_exist_is_explained(site: Client, path: str, status: int, words: str) -> None:
    answer = site.get(path)
    assert answer.status_code == status
    assert words in text_of(answer)
