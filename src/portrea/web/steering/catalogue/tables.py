"""The tables that the database of the site gives: only what its public pages show already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils import timezone

from portrea.offer.exchange.context import Context
from portrea.steering.catalogue import offering
from portrea.steering.catalogue.building import BUILDERS, build, frame_of, inputs_of
from portrea.steering.catalogue.entries import Variable
from portrea.steering.catalogue.made import Made
from portrea.steering.exchange_places import cities_of, computed_places
from portrea.territory.hierarchy import Selection
from portrea.web.accounts.scope import key_of, name_of
from portrea.web.action.pleas.selectors import line, public_pleas
from portrea.web.offer.census import places_in, records_of
from portrea.web.offer.models import Place as Kept
from portrea.web.offer.search import CENSUS, census_origin
from portrea.web.rights.aids.selectors import readable
from portrea.web.rights.aids.wording import amount_of
from portrea.web.rights.models import LocalAid
from portrea.web.steering.catalogue.activity import activity_made
from portrea.web.surveys.models import Survey
from portrea.web.surveys.results.reading import blocks_of, edition_in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from portrea.offer.record import Place
    from portrea.steering.catalogue.entries import Entry
    from portrea.steering.reading import Reader

PRODUCER = "portrea"


def _text(name: str, label: str, meaning: str, *, required: bool = False) -> Variable:
    return Variable(name, label, "string", meaning, required=required)


def _day(name: str, label: str, meaning: str) -> Variable:
    return Variable(name, label, "date", meaning)


WHERE = (
    _text("level", "Niveau", "Niveau du territoire.", required=True),
    _text("code", "Code", "Code officiel du territoire.", required=True),
    _text("name", "Territoire", "Nom du territoire."),
)


def made_of(reader: Reader, entry: Entry) -> Made:
    """Return the table of a dataset, of the computation or of the site."""
    if entry.family in BUILDERS:
        return build(reader, entry)
    return FAMILIES[entry.family](reader, entry)


# -- offer ----------------------------------------------------------------------------------------


def _places(reader: Reader) -> list[Place]:
    if census_origin() == CENSUS:
        return list(records_of(places_in().filter(status=Kept.Status.OPEN)))
    france = reader.gazetteer.get("france", "FR")
    return list(computed_places(reader, Selection(france.name, (france,))))


def _context(reader: Reader) -> Context:
    return Context(today=timezone.localdate(), producer=PRODUCER, cities=cities_of(reader))


def _whole(reader: Reader, _entry: Entry) -> Made:
    return offering.places_made(_places(reader), inputs_of(reader, ["places"]))


def _mednum(reader: Reader, _entry: Entry) -> Made:
    return offering.mednum_made(_places(reader), inputs_of(reader, ["places"]), _context(reader))


def _services(reader: Reader, _entry: Entry) -> Made:
    return offering.services_made(_places(reader), inputs_of(reader, ["places"]), _context(reader))


# -- portraits ------------------------------------------------------------------------------------

LINKS = {
    "page": ("Portrait", "territoires/{level}/{code}/"),
    "pdf": ("Portrait en PDF", "territoires/{level}/{code}/portrait.pdf"),
    "tables": ("Tableaux du portrait (CSV)", "territoires/{level}/{code}/tableaux.csv"),
    "estimates": ("Estimations (CSV)", "territoires/{level}/{code}/donnees.csv"),
    "places": ("Lieux (GeoJSON)", "territoires/{level}/{code}/lieux.geojson"),
    "priorities": ("Zones prioritaires (CSV)", "acces/{level}/{code}/priorites.csv"),
    "take_up": ("Non-recours (CSV)", "droits/non-recours/{level}/{code}/non-recours.csv"),
}


def _portraits(reader: Reader, entry: Entry) -> Made:
    known = reader.estimates(measure="a1").filter(
        pl.col("quality") != "N", pl.col("level").is_in(list(entry.levels))
    )
    frame = known.sort("level", "code").select(
        "level", "code", "name",
        *(pl.format(address.replace("{level}", "{}").replace("{code}", "{}"), "level", "code")
          .alias(name) for name, (_label, address) in LINKS.items()),
    )  # fmt: skip
    variables = [
        *WHERE,
        *(_text(name, label, f"{label}, à la suite de l’adresse du site.")
          for name, (label, _address) in LINKS.items()),
    ]  # fmt: skip
    return Made(frame, variables, ("level", "code"))


# -- what teams publish ---------------------------------------------------------------------------

SURVEYS = (
    _text("survey", "Enquête", "Identifiant de l’enquête.", required=True),
    _text("survey_title", "Titre", "Titre de l’enquête."),
    *WHERE,
    _day("published", "Publiée le", "Jour de la publication."),
    Variable("synthetic", "Jeu synthétique", "boolean", "Vrai : personne n’a donné ces réponses."),
    _text("question", "Question", "Identifiant de la question.", required=True),
    _text("title", "Intitulé", "Intitulé de la question."),
    _text("choice", "Choix", "Réponse proposée.", required=True),
    Variable("answers", "Réponses", "integer", "Nombre de réponses.", "réponses",
             "Vide : trop peu de réponses pour être publié.", low=0),
    Variable("share", "Part", "number", "Part des réponses.", "part (0 à 1)",
             "Vide : trop peu de réponses pour être publié.", low=0, high=1),
    Variable("share_low", "Borne basse", "number", "Borne basse, 95 %.", "part (0 à 1)",
             low=0, high=1),
    Variable("share_high", "Borne haute", "number", "Borne haute, 95 %.", "part (0 à 1)",
             low=0, high=1),
    _text("words", "En mots", "La même chose, telle que la page la dit."),
)  # fmt: skip


def _surveys(_reader: Reader, _entry: Entry) -> Made:
    rows = list(_survey_rows())
    return Made(frame_of(rows, SURVEYS), SURVEYS, revocable="survey")


def _survey_rows() -> Iterator[dict[str, Any]]:
    for survey in Survey.objects.exclude(published=None).order_by("key"):
        made = edition_in_force(survey)
        if made is None:
            continue
        level, code = key_of(survey.territory)
        shared = {
            "survey": survey.key, "survey_title": made.content["title"], "level": level,
            "code": code, "name": name_of((level, code)), "published": timezone.localdate(made.at),
            "synthetic": bool(made.content["synthetic"]),
        }  # fmt: skip
        for one in blocks_of(made.content):
            for bar in one.bars:
                yield shared | {
                    "question": one.name, "title": one.title, "choice": bar.label,
                    "answers": bar.answers, "words": bar.words,
                    **{name: None if value is None else round(value, 4) for name, value in
                       (("share", bar.share), ("share_low", bar.low), ("share_high", bar.high))},
                }  # fmt: skip


AIDS = (
    *WHERE,
    _text("aid", "Aide", "Nom technique de l’aide.", required=True),
    _text("label", "Libellé", "Nom courant de l’aide."),
    _text("body", "Organisme", "Qui verse l’aide."),
    _text("summary", "En bref", "Ce que l’aide permet."),
    _text("amount", "Montant", "Montant, en mots."),
    _text("contact", "Où demander", "Accueil de l’organisme."),
    _text("url", "Page officielle", "Adresse de la page de l’organisme."),
    _day("since", "Depuis le", "Premier jour."),
    _day("until", "Jusqu’au", "Dernier jour ; vide : pas de fin connue."),
    _day("checked", "Vérifiée le", "Jour de la dernière vérification."),
    _text("source", "Source", "Délibération ou page qui la crée."),
    _day("source_date", "Date de la source", "Date de cette délibération ou page."),
)
TOLD_OF_AID = ("label", "body", "summary", "contact", "url", "since", "until", "checked", "source",
               "source_date")  # fmt: skip


def _aids(_reader: Reader, _entry: Entry) -> Made:
    today = timezone.localdate()
    rows = LocalAid.objects.filter(retired=None).order_by("level", "code", "name")
    told = [
        {
            "level": row.level, "code": row.code, "name": name_of((row.level, row.code)),
            "aid": aid.name, "amount": amount_of(aid),
            **{name: getattr(aid, name) for name in TOLD_OF_AID},
        }
        for row, aid in readable(rows)
        if aid.is_current(today)
    ]  # fmt: skip
    return Made(frame_of(told, AIDS), AIDS, ("level", "code", "aid"))


PROPOSALS = (
    _text("proposal", "Proposition", "Identifiant de la page de suivi.", required=True),
    *WHERE,
    _text("title", "Titre", "Ce qui est demandé, en une phrase."),
    _text("procedure", "Démarche", "La démarche administrative concernée."),
    _text("addressee", "À qui", "Service de l’administration."),
    _text("who", "Qui est touché", "Les personnes concernées, sans aucun nom."),
    _text("suggestion", "Proposition", "Ce qui est proposé."),
    _text("state", "Où cela en est", "État du suivi."),
    _day("sent", "Envoyée le", "Jour de l’envoi."),
    _day("since", "Depuis le", "Jour du dernier changement d’état."),
    _text("answer", "Réponse", "Réponse de l’administration."),
    _day("changed_on", "Démarche changée le", "Jour où la démarche a changé."),
)


def _proposals(_reader: Reader, _entry: Entry) -> Made:
    names = ("title", "addressee", "who", "suggestion", "sent", "since", "answer", "changed_on")
    rows = [
        {
            "proposal": one.key, "level": one.level, "code": one.code,
            "name": name_of(one.territory), "procedure": one.procedure.name,
            "state": str(line(one).state), **{name: getattr(one, name) for name in names},
        }
        for one in public_pleas().order_by("key")
    ]  # fmt: skip
    return Made(frame_of(rows, PROPOSALS), PROPOSALS, ("proposal",), revocable="proposal")


FAMILIES: Mapping[str, Callable[[Reader, Entry], Made]] = {
    "places": _whole,
    "places-mednum": _mednum,
    "services": _services,
    "portraits": _portraits,
    "activity": activity_made,
    "surveys": _surveys,
    "aids": _aids,
    "proposals": _proposals,
}
