"""Write docs/developpeurs/securite/asvs.md from asvs.yaml: what shows each line of the ASVS.

``make docs`` runs it (scripts/docs.py lists the page); a test compares the two.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs/developpeurs/securite/asvs.yaml"
PAGE = TABLE.with_suffix(".md")
NOTICE = "<!-- Écrit par « make docs » depuis asvs.yaml : ne pas modifier à la main. -->\n"
STATES = {
    "couvert": "couvert par un essai",
    "document": "montré par un document",
    "hebergement": "réglé sur le serveur",
    "partiel": "en partie",
    "non_couvert": "non couvert",
    "sans_objet": "sans objet",
}
CHAPTERS = {
    "V1": "Encodage et assainissement",
    "V2": "Validation et règles du métier",
    "V3": "Navigateur",
    "V4": "Interfaces",
    "V5": "Fichiers",
    "V6": "Authentification",
    "V7": "Sessions",
    "V8": "Droits",
    "V9": "Jetons autonomes",
    "V10": "OAuth et OpenID Connect",
    "V11": "Cryptographie",
    "V12": "Communications",
    "V13": "Configuration",
    "V14": "Données",
    "V15": "Code et bibliothèques",
    "V16": "Journaux et fautes",
    "V17": "WebRTC",
}


def table() -> dict[str, Any]:
    """Return asvs.yaml."""
    read: dict[str, Any] = yaml.safe_load(TABLE.read_text("utf-8"))
    return read


def test_of(written: str, files: dict[str, str]) -> tuple[str, str]:
    """Return (file, function) of a test written « connexion::shared_computer »."""
    place, _, name = written.partition("::")
    return files.get(place, place), f"test_{name}"


def shown(card: dict[str, Any], files: dict[str, str]) -> str:
    """Return the cell that says what shows a line."""
    tests = [
        f"`{file}::{name}`" for file, name in (test_of(t, files) for t in card.get("essais", ()))
    ]
    documents = [f"[{Path(d).name}](../../../{d})" for d in card.get("documents", ())]
    return " · ".join([*tests, *documents, *filter(None, [card.get("note", "")])])


def page() -> str:
    """Return the page."""
    told = table()
    lines, files = told["lignes"], told["fichiers"]
    counts = Counter(card["etat"] for card in lines.values())
    parts = [
        "# ASVS : ce qui est couvert, ligne par ligne\n",
        NOTICE,
        f"OWASP ASVS {told['version']}, niveaux 1 et 2, lu le {told['lu_le']}. Les numéros sont\n"
        "ceux de l’ASVS ; les textes sont nos résumés. Personne d’extérieur ne l’a audité.\n",
        "| État | Lignes |\n|---|---|",
        *(f"| {STATES[state]} | {counts[state]} |" for state in STATES),
        f"| ensemble | {len(lines)} |",
    ]
    for chapter, title in CHAPTERS.items():
        parts.append(f"\n## {chapter} {title}\n")
        parts.append("| Ligne | Ce qui est demandé | État | Ce qui le montre |\n|---|---|---|---|")
        parts += [
            f"| {name} | {card['texte']} | {STATES[card['etat']]} | {shown(card, files)} |"
            for name, card in lines.items()
            if name.partition(".")[0] == chapter
        ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
