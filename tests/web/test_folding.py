"""Folded templates say what the others say, in each language."""

from __future__ import annotations

import pytest
from django.template import Context, Engine, TemplateDoesNotExist, engines
from django.template.base import NodeList, TextNode
from django.utils import translation

from portrea.web.design import folding
from portrea.web.design.folding import fold
from portrea.web.design.languages import prepare

TEXT = """{% load i18n static %}{% translate "Où êtes-vous ?" %}<a href="{% url "orientation" %}">
{% if asked %}{% translate "Recommencer" %} {% translate "accueil" %}{% else %}{{ name }}{% endif %}
{% for one in names %}{% translate "Appeler" as call %}{{ call }} : {{ one }}{% empty %}
{% translate "Téléphone inconnu" %}{% endfor %}
{% with n=3 %}{% translate "Langue parlée" %}{{ n }}{% endwith %}
{% static "design/icon.svg" %}{% translate name %}
{% blocktranslate %}Question {{ n }}{% endblocktranslate %}
"""


@pytest.mark.parametrize("language", ["fr", "en", "es", "ar"])
@pytest.mark.parametrize(
    "context", [{"asked": True, "name": "accueil"}, {"name": "R&D", "names": ["<b>"], "n": 2}]
)
def test_the_same_text(language: str, context: dict[str, object]) -> None:
    names = ("i18n", "static")
    engine = Engine(libraries={name: f"django.templatetags.{name}" for name in names})
    if language != "fr":
        prepare(language)
    with translation.override(language):
        plain, folded = engine.from_string(TEXT), engine.from_string(TEXT)
        fold(folded.nodelist)
        assert folded.render(Context(context)) == plain.render(Context(context))
        assert len(folded.nodelist) < len(plain.nodelist)


def test_a_template_is_seen_once_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread that draws the page would miss what is folded under its feet."""
    (loader,) = engines["django"].engine.template_loaders
    loader.reset()
    seen: list[int] = []
    real = folding.fold

    def watched(nodes: NodeList, *, french: bool = False) -> None:
        seen.append(len(loader.get_template_cache))
        real(nodes, french=french)

    monkeypatch.setattr(folding, "fold", watched)
    template = engines["django"].get_template("journeys/orientation/_told.html").template
    assert seen[0] == 0
    assert list(loader.get_template_cache.values()) == [template]
    with pytest.raises(TemplateDoesNotExist):
        engines["django"].get_template("rien.html")


def test_the_site_keeps_a_template_by_language() -> None:
    prepare("ar")
    prepare("simple")
    told: dict[str, tuple[int, str]] = {}
    for language in ("simple", "fr", "ar", "fr", "simple"):
        with translation.override(language):
            template = engines["django"].get_template("journeys/orientation/_told.html").template
            texts = [node.s for node in template.nodelist.get_nodes_by_type(TextNode)]
            told.setdefault(language, (id(template), "".join(texts)))
            assert told[language] == (id(template), "".join(texts))
    assert "Revenir à la question précédente" in told["fr"][1]
    assert "Revenir" not in told["ar"][1]
    assert "Revenir" not in told["simple"][1]
    assert "Retour" in told["simple"][1]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("Où allez-vous ? « Ici »", "Où allez-vous_? «_Ici_»"),
        ("<b>Attention</b> : fermé", "<b>Attention</b>_: fermé"),
        ("&lt;b&gt; : oui. « Non. »", "&lt;b&gt;_: oui. «_Non._»"),
        ("de 9 h : 12 h ; puis", "de 9 h_: 12 h_; puis"),
        ('<a class="a" href="/x?y=1">a : b</a>', '<a class="a" href="/x?y=1">a_: b</a>'),
        ('{% load i18n %}{% translate "Quoi ?" %} {{ said }}', "Quoi_? a : b"),
        (
            "{% load i18n %}{% blocktranslate %}Dit : {{ said }} !{% endblocktranslate %}",
            "Dit_: a_: b_!",
        ),
    ],
)
def test_a_french_sign_stays_with_its_word(source: str, told: str) -> None:
    for language, space in (("fr", "\N{NO-BREAK SPACE}"), ("en", " ")):
        template = engines["django"].from_string(source).template
        with translation.override(language):
            folding.fold(template.nodelist, french=language == "fr")
            text = template.render(Context({"said": "a : b"}))
        assert text == told.replace("_", space)
