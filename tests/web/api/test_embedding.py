"""What other sites paste, the component they load, oEmbed and discovery."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from portrea.base.errors import ParameterError
from portrea.web.api import embedding
from portrea.web.offer.search import catalogue

if TYPE_CHECKING:
    from django.test import Client

ROOT = "http://testserver"
PAGE = f"{ROOT}/orientation/?commune=35188"


def codes(page: str) -> list[str]:
    return [
        html.unescape(code) for code in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)
    ]


def test_the_code_of_a_commune(site: Client) -> None:
    page = site.get("/integrer/", {"territoire": "Montfort-sur-Meu"}).content.decode()
    component, frame, link = codes(page)
    assert '<portrea-orientation commune="35188">' in component
    assert f'src="{ROOT}{embedding.COMPONENT}"' in component
    assert f'href="{PAGE}"' in component, "what is shown without scripts"
    assert f'src="{ROOT}/integre/orientation/?commune=35188"' in frame
    assert f'href="{PAGE}"' in link
    assert f"{ROOT}/permanences/commune/35188.ics" in page


def test_the_code_of_an_intercommunality_and_a_language(site: Client) -> None:
    told = {"territoire": "epci:243500618", "langue": "ar"}
    component, frame, _link = codes(site.get("/integrer/", told).content.decode())
    assert 'epci="243500618" langue="ar"' in component
    assert f'src="{ROOT}/integre/ar/orientation/epci/243500618/"' in frame
    framed = site.get("/integre/ar/orientation/epci/243500618/")
    assert framed.status_code == 200
    assert '"/integre/ar/orientation/?commune=' in framed.content.decode()


def test_a_territory_to_choose_or_that_does_not_exist(site: Client) -> None:
    several = site.get("/integrer/", {"territoire": "Saint"})
    assert several.status_code == 200
    assert "?territoire=commune%3A" in several.content.decode()
    for told in ("zzzz", "departement:35", "<script>"):
        refused = site.get("/integrer/", {"territoire": told})
        assert refused.status_code == 404, told
        assert 'role="alert"' in refused.content.decode()
        assert "<script>»" not in refused.content.decode()
    assert site.get("/integrer/", {"langue": "xx"}).status_code == 400


def test_the_component_is_served_to_any_site(site: Client) -> None:
    response = site.get(embedding.COMPONENT)
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(response.content) < 8_000
    again = site.get(embedding.COMPONENT, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


# -- oEmbed ---------------------------------------------------------------------------------------


def test_oembed(site: Client) -> None:
    told = site.get("/oembed", {"url": PAGE, "maxwidth": "400", "maxheight": "2000"})
    assert told["Access-Control-Allow-Origin"] == "*"
    answer = told.json()
    assert (answer["version"], answer["type"]) == ("1.0", "rich")
    assert (answer["width"], answer["height"]) == (400, embedding.HEIGHT)
    assert 'src="http://testserver/integre/orientation/?commune=35188"' in answer["html"]
    assert answer["title"] == embedding.LINKS["fr"]


def test_pages_say_where_oembed_is(site: Client) -> None:
    page = site.get("/orientation/?commune=35188").content.decode()
    found = re.search(r'json\+oembed"[^>]*href="([^"]+)"', page)
    assert found
    address = html.unescape(found[1]).removeprefix(ROOT)
    assert (
        'src="http://testserver/integre/orientation/?commune=35188"'
        in (site.get(address).json()["html"])
    )


def test_oembed_of_a_place(site: Client) -> None:
    key = catalogue().index.ids[0]
    answer = site.get("/oembed", {"url": f"{ROOT}{reverse('place', args=(key,))}"}).json()
    assert answer["title"]
    assert f"/integre/lieux/{key}/" in answer["html"]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"url": PAGE, "format": "xml"}, 501),
        ({}, 400),
        ({"url": PAGE, "maxwidth": "beaucoup"}, 400),
        ({"url": PAGE, "maxheight": "-1"}, 400),
        ({"url": "https://mal.exemple/orientation/"}, 404),
        ({"url": "http://testserver@mal.exemple/orientation/"}, 404),
        ({"url": f"{ROOT}/compte/"}, 404),
        ({"url": f"{ROOT}/lieux/inconnu/"}, 404),
        ({"url": "javascript:alert(1)"}, 404),
        ({"url": "http://[::1/"}, 404),
    ],
)
def test_oembed_refuses(site: Client, told: dict[str, str], status: int) -> None:
    response = site.get("/oembed", told)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["title"]


def test_a_title_cannot_end_the_frame() -> None:
    told = embedding.iframe('https://x.fr/?a="><script>', 'Mairie "><script>', 600, 900)
    assert "<script" not in told


def test_sizes() -> None:
    assert embedding.at_most(None, 600) == 600
    assert embedding.at_most("300", 600) == 300
    with pytest.raises(ParameterError):
        embedding.at_most("²", 600)
