"""Public texts are short and in everyday words: thresholds and lists in ``readability.yaml``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml

from portrea.vocab.languages import SIMPLE, catalogue

ROOT = Path(__file__).resolve().parents[2]
RULES = yaml.safe_load((ROOT / "tests/cases/web/readability.yaml").read_text("utf-8"))
FRAME = re.compile(
    r"web/design/(?:context\.py|templates/(?:\d|design/(?:base|error|components/(?:header|search))))"
)
"""Around the pages of the journey, or for those who go elsewhere."""
FOR_OTHERS = {
    "Le portrait territorialisé de la relation e‑administrative\xa0: besoins, offre, accès."
    " Données ouvertes, calcul reproductible, incertitudes dites.",
    "Données personnelles",
    "Accessibilité\xa0: partiellement conforme",
    "Espace des acteurs",
}
"""What the foot of other pages says, and titles that the law or the house gives."""
HOLE = re.compile(r"%\(\w+\)s|%s|\{\w*\}")
WORD = re.compile(r"[A-Za-zÀ-ÿœŒ][A-Za-zÀ-ÿœŒ’'‑-]*")
END = re.compile(r"(?<=[.!?…;:])\s+|\n")


def public_texts() -> set[str]:
    """Return the French texts of the journey."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import translations
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    return {
        one
        for text, places in translations.expected().texts.items()
        if not all(FRAME.search(place) for place in places)
        for one in (text if isinstance(text, tuple) else (text,))
        if one not in FOR_OTHERS
    }


def simple_texts() -> set[str]:
    return {str(message.string) for message in catalogue(SIMPLE) if message.id}


def sentences(text: str) -> list[list[str]]:
    """Return the words of each sentence; what a hole is filled with is one word."""
    parts = END.split(HOLE.sub("un", text))
    return [words for part in parts if (words := WORD.findall(part))]


def long_words(text: str, letters: int) -> list[str]:
    words = re.findall(r"[a-zà-ÿœ]+", HOLE.sub("", text).casefold())
    return [w for w in words if len(w) >= letters and w not in RULES["long_words"]]


def jargon(text: str) -> list[str]:
    folded = f" {' '.join(re.findall(r'[a-zà-ÿœ]+(?:[-‑][a-zà-ÿœ]+)*', text.casefold()))} "
    return [word for word in RULES["jargon"] if f" {word} " in folded.replace("‑", "-")]


def acronyms(text: str) -> list[str]:
    return [a for a in re.findall(r"\b[A-Z][A-Z0-9_]+\b", text) if a not in RULES["acronyms"]]


@pytest.mark.parametrize("version", ["complete", "simple"])
def test_public_texts_are_easy_to_read(version: str) -> None:
    rule, texts = RULES[version], public_texts() if version == "complete" else simple_texts()
    lengths = {text: [len(words) for words in sentences(text)] for text in texts}
    every = [length for found in lengths.values() for length in found]
    assert len(texts) > 60
    assert {t: n for t, n in lengths.items() if max(n, default=0) > rule["sentence"]} == {}
    assert sum(every) / len(every) <= rule["mean"]
    assert {t: found for t in texts if (found := long_words(t, rule["long"]))} == {}
    assert {t: found for t in texts if (found := jargon(t))} == {}
    assert {t: found for t in texts if (found := acronyms(t))} == {}


def test_the_rules_see_what_they_refuse() -> None:
    text = (
        "L’usager accède à la téléprocédure de son EPCI, dont la territorialisation est complexe."
    )
    assert jargon(text) == ["téléprocédure", "usager", "epci"]
    assert acronyms(text) == ["EPCI"]
    assert long_words(text, 12) == ["téléprocédure", "territorialisation"]
    assert len(sentences(text)[0]) == 13
    assert jargon("Merci de patienter") == ["merci de"]
    assert sentences("Fermé : appelez. {day}, à %(hour)s") == [
        ["Fermé"],
        ["appelez"],
        ["un", "à", "un"],
    ]


def test_simple_words_are_simpler() -> None:
    """Fewer words than what they replace, on the whole, and never many more."""
    pairs = [(str(m.id), str(m.string)) for m in catalogue(SIMPLE) if m.id]
    count = [(len(WORD.findall(full)), len(WORD.findall(simple))) for full, simple in pairs]
    assert sum(simple for _, simple in count) < 0.8 * sum(full for full, _ in count)
    assert all(simple <= full + 4 for full, simple in count)


def test_nothing_is_called_falc() -> None:
    assert not any("falc" in text.casefold() for text in public_texts() | simple_texts())
