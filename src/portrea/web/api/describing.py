"""Complete the description of the interface: formats of errors, headers, what may always happen."""

from __future__ import annotations

from typing import Any

from portrea.web.api.problems import CONTENT_TYPE
from portrea.web.api.schemas import Problem

LICENCE = {"name": "Licence Ouverte 2.0", "identifier": "etalab-2.0"}
INTRODUCTION = """\
Lire ce que le site montre : territoires, besoins estimés avec leur intervalle, lieux, services,
présences, démarches et orientation. Aucune clé pour lire ; une clé pour proposer un lieu.

Les paramètres portent les noms des adresses des pages (« territoire », « besoin »…) ; les champs,
ceux des tables ouvertes. Un chiffre est toujours donné avec son intervalle, sa note de qualité et
ses millésimes, arrondi et masqué comme sur les pages. « null » veut dire « non renseigné », jamais
« non ».
"""
ALWAYS = (400, 404, 406, 422, 429, 500, 503)
"""What any operation may answer."""
PROBLEMS: dict[int, Any] = dict.fromkeys((400, 404, 422, 429, 503), Problem)
"""Responses declared by every operation; the others are added here."""
TITLES = {
    200: "Réponse", 201: "Proposition reçue", 304: "Rien n’a changé depuis cet ETag",
    301: "L’identifiant a changé : suivez Location", 400: "Demande mal formée",
    401: "Clé absente ou refusée", 403: "Droit refusé", 404: "Introuvable",
    406: "Format refusé", 409: "La fiche a changé entre-temps", 410: "Lieu retiré",
    413: "Envoi trop gros", 415: "Type d’envoi refusé", 422: "Valeurs refusées",
    429: "Trop de demandes", 500: "Erreur du site", 503: "Données pas prêtes",
}  # fmt: skip
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_HEADERS = {
    "ETag": "Empreinte du contenu, à renvoyer dans If-None-Match.",
    "Last-Modified": "Dernier changement connu.",
    "RateLimit": "Ce qui reste à demander (r) et dans combien de secondes cela revient (t).",
    "X-Request-ID": "Numéro de la demande.",
}


def completed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the description with what the middleware does to every answer."""
    for path in schema["paths"].values():
        for method, operation in path.items():
            _complete(operation, writes=method == "post")
    return schema


def _complete(operation: dict[str, Any], *, writes: bool) -> None:
    responses = operation["responses"]
    for status in (*ALWAYS, *((413, 415) if writes else ())):
        responses.setdefault(status, {})
    if not writes:
        responses[304] = {}
        operation["parameters"].append(
            {
                "in": "header", "name": "If-None-Match", "required": False,
                "schema": {"type": "string"},
                "description": "Dernier ETag reçu : 304 si rien n’a changé.",
            }
        )  # fmt: skip
    for status, response in responses.items():
        response["description"] = TITLES.get(status, str(status))
        if status >= 400:
            response["content"] = {CONTENT_TYPE: {"schema": _PROBLEM}}
        elif status < 300:
            response["headers"] = {
                name: {"description": words, "schema": {"type": "string"}}
                for name, words in _HEADERS.items()
            }
    operation["responses"] = dict(sorted(responses.items()))
