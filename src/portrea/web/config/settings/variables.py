"""Every setting an administrator may change: one table, read from the environment.

The reference page lists this table and a test compares the two: a variable cannot be added without
being explained.
"""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its name, its default as text, and its French explanation."""

    name: str
    default: str
    help: str


VARIABLES = (
    Variable(
        "PORTREA_HOME",
        "",
        "Dossier des données : magasin, tuiles, base SQLite, fichiers statiques. "
        "Vide : le dossier de données habituel du système.",
    ),
    Variable(
        "PORTREA_SECRET_KEY",
        "",
        "Clé secrète qui signe les sessions, les invitations et les liens. "
        "Vide : une clé est tirée au hasard et gardée dans « cle-secrete » sous PORTREA_HOME.",
    ),
    Variable(
        "PORTREA_HOSTS",
        "127.0.0.1,localhost,[::1]",
        "Noms sous lesquels le site répond, séparés par des virgules.",
    ),
    Variable(
        "PORTREA_DATABASE_URL",
        "",
        "Base des saisies : postgresql://utilisateur:secret@machine:5432/base. "
        "Vide : SQLite sous PORTREA_HOME.",
    ),
    Variable(
        "PORTREA_HTTPS",
        "non",
        "« oui » quand le site est servi en HTTPS : redirection, cookies sûrs et HSTS.",
    ),
    Variable(
        "PORTREA_HSTS_SUBDOMAINS",
        "non",
        "« oui » si tous les sous-domaines du nom du site sont aussi en HTTPS : HSTS les couvre.",
    ),
    Variable(
        "PORTREA_PROXY",
        "non",
        "« oui » derrière un mandataire qui pose X-Forwarded-Proto.",
    ),
    Variable(
        "PORTREA_OBJECTS_URL",
        "",
        "Stockage d’objets (S3) des fichiers reçus, quand plusieurs machines servent le site : "
        "s3://clé:secret@seau/dossier?endpoint=https://machine&region=nom. Demande "
        "« portrea[objets] ». Vide : sous PORTREA_HOME.",
    ),
    Variable(
        "PORTREA_PUBLISHER",
        "",
        "Éditeur du site, écrit dans les mentions légales (nom, adresse, téléphone).",
    ),
    Variable(
        "PORTREA_PUBLICATION_DIRECTOR",
        "",
        "Directrice ou directeur de la publication, écrit dans les mentions légales.",
    ),
    Variable(
        "PORTREA_HOSTING",
        "",
        "Hébergeur, écrit dans les mentions légales (nom, adresse, téléphone).",
    ),
    Variable(
        "PORTREA_CONTACT",
        "",
        "Adresse de courriel publique : aide, accessibilité, données personnelles.",
    ),
    Variable(
        "PORTREA_URL",
        "http://127.0.0.1:8000",
        "Adresse publique du site, écrite dans les liens des courriels : https://portrait.exemple.fr.",
    ),
    Variable(
        "PORTREA_TIME_ZONE",
        "Europe/Paris",
        "Horloge du site : les heures montrées, et le jour qu’il est (Indian/Reunion, "
        "America/Martinique…). Les instants restent gardés en UTC, les horaires à l’heure du lieu.",
    ),
    Variable(
        "PORTREA_EMAIL_URL",
        "",
        "Envoi des courriels : smtp://utilisateur:secret@machine:587 (STARTTLS ; « ?tls=non » "
        "l’enlève), smtps://utilisateur:secret@machine:465, console: (sortie du programme), "
        "file:///dossier. Vide : un fichier par courriel dans « courriels » sous PORTREA_HOME.",
    ),
    Variable(
        "PORTREA_EMAIL_FROM",
        "portrea@localhost",
        "Expéditeur des courriels : nom@domaine, ou « Portrea <nom@domaine> ».",
    ),
    Variable(
        "PORTREA_SECOND_FACTOR",
        "oui",
        "« oui » : les rôles qui le disent dans roles.yaml (référent, technicien, administrateur) "
        "ne se passent pas d’un second facteur. « non » : il est proposé à tout le monde.",
    ),
    Variable(
        "PORTREA_OIDC_ISSUER",
        "",
        "Fournisseur d’identité (ProConnect ou tout autre OpenID Connect) : son adresse https. "
        "Demande « portrea[oidc] ». Vide : pas de connexion de cette sorte.",
    ),
    Variable("PORTREA_OIDC_CLIENT_ID", "", "Nom que le fournisseur d’identité donne à ce site."),
    Variable(
        "PORTREA_OIDC_CLIENT_SECRET", "", "Secret que le fournisseur d’identité a donné à ce site."
    ),
    Variable("PORTREA_OIDC_NAME", "ProConnect", "Nom du fournisseur, écrit sur le bouton."),
    Variable(
        "PORTREA_OIDC_VERIFIED",
        "non",
        "« oui » si le fournisseur vérifie toutes les adresses, sans le dire à chaque fois "
        "(« email_verified »). Autrement, une adresse qu’il ne dit pas vérifiée n’ouvre rien.",
    ),
    Variable(
        "PORTREA_SMS_URL",
        "",
        "Envoi des SMS de rappel : https://jeton@machine/chemin (POST en JSON, champs « to » et "
        "« text » ; « #to=destinataire&text=message&format=form » les nomme autrement, tout autre "
        "mot est envoyé tel quel), mailto:{numero}@passerelle.exemple.fr (courriel vers SMS), "
        "file:///dossier (essais). Vide : le SMS n’est pas proposé.",
    ),
    Variable(
        "PORTREA_BAN_URL",
        "https://data.geopf.fr/geocodage",
        "Service qui situe les adresses d’un import (Base adresse nationale), appelé seulement si "
        "on le demande. Seules l’adresse et la commune sont envoyées.",
    ),
    Variable(
        "PORTREA_RIGHTS_PYTHON",
        "",
        "Python qui contient OpenFisca-France, pour estimer des droits. Sans elle : "
        "l’environnement « .venv-rights » voisin, sinon celui du site s’il le contient.",
    ),
    Variable(
        "PORTREA_API_RATE",
        "600/min",
        "Demandes qu’une même adresse peut faire à l’interface ouverte : « 600/min », « 5000/h ».",
    ),
    Variable(
        "PORTREA_KIOSK_SITES",
        "",
        "Autres sites qu’une borne en libre-service laisse ouvrir depuis nos pages, séparés par "
        "des virgules : service-public.gouv.fr, caf.fr. Vide : aucun.",
    ),
    Variable(
        "PORTREA_DATAGOUV_KEY",
        "",
        "Clé d’API du compte qui publie sur data.gouv.fr, éditeur de l’organisation. Jamais écrite "
        "ni montrée. Vide : rien n’est publié là-bas.",
    ),
    Variable(
        "PORTREA_DATAGOUV_ORGANIZATION",
        "",
        "Identifiant, sur data.gouv.fr, de l’organisation au nom de laquelle publier.",
    ),
    Variable(
        "PORTREA_DATAGOUV_URL",
        "https://www.data.gouv.fr/api/1",
        "Interface de data.gouv.fr, ou de demo.data.gouv.fr pour un essai.",
    ),
    Variable(
        "PORTREA_LOG_LEVEL",
        "WARNING",
        "Niveau du journal : DEBUG, INFO (une ligne par demande), WARNING ou ERROR.",
    ),
    Variable(
        "PORTREA_LOG_FORMAT",
        "texte",
        "Forme des lignes du journal : « texte », ou « json » pour un outil qui les rassemble. "
        "Aucune ne porte d’adresse, de nom, de code ni de mot tapé.",
    ),
    Variable(
        "PORTREA_ALERTS_TO",
        "",
        "Adresses qui reçoivent chaque lundi la lettre des alertes (données anciennes, travaux en "
        "échec, sauvegardes), séparées par des virgules. Vide : personne.",
    ),
    Variable(
        "PORTREA_METRICS_TOKEN",
        "",
        "Jeton que présente l’outil qui lit /mesures-exploitation/ (« Authorization: Bearer … »). "
        "Vide : cette page ne répond qu’à la machine elle-même, sans mandataire.",
    ),
)

_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}


def text(name: str) -> str:
    """Return a declared variable; an empty value counts as absent."""
    return os.environ.get(name, "").strip() or _DEFAULTS[name]


def flag(name: str) -> bool:
    """Return whether a declared variable says yes (« oui », « 1 », « true »)."""
    return text(name).lower() in {"oui", "1", "true", "yes", "on"}


def listed(name: str) -> list[str]:
    """Return the comma-separated parts of a declared variable."""
    return [part.strip() for part in text(name).split(",") if part.strip()]
