"""One object of every kind, for each of three territories or structures: only doors are judged.

``OURS`` is the territory of the people of the test and the structure of its « acteur »; ``NEXT`` is
another structure of the same territory; ``AWAY`` is another territory. What an object needs to
exist is filled with the least; what tells where it is, with where it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.apps import apps
from django.db import models
from django.utils import timezone

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.services.rounds import survey_open
from web.offer.census import applied, record
from web.surveys.round_case import answered, questionnaire

if TYPE_CHECKING:
    from portrea.web.accounts.models import User

COMMUNES = {"OURS": "35188", "NEXT": "35188", "AWAY": "35001"}
EPCI = {"OURS": "243500550", "NEXT": "243500550", "AWAY": "243500139"}
WORD = {"OURS": "Ici", "NEXT": "Voisine", "AWAY": "Ailleurs"}
SOON = timedelta(days=9)


@dataclass
class World:
    """Objects of one place, made when first asked for."""

    name: str
    people: User
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def structure(self) -> str:
        """Identifier of its place, as a structure."""
        return str(self["offer.Place"].pk)

    def __getitem__(self, label: str) -> Any:
        """Object of a model (« app.Model »)."""
        if label not in self.made:
            maker = MAKERS.get(label)
            self.made[label] = maker(self) if maker else self.fill(label)
        return self.made[label]

    def fill(self, label: str, **told: Any) -> Any:
        """Make an object from what its columns require."""
        model = apps.get_model(label)
        for column in model._meta.concrete_fields:
            if column.name not in told:
                value = self._value(model, column)
                if value is not None:
                    told[column.name] = value
        return model.objects.create(**told)

    def _value(self, model: type[models.Model], column: models.Field[Any, Any]) -> Any:
        where = {"level": "commune", "code": self.commune, "commune": self.commune}
        if column.name in where and not column.unique:
            return where[column.name]
        if column.name == "structure" and isinstance(column, models.CharField):
            return self.structure
        if column.null or column.blank or column.has_default() or column.primary_key:
            return None
        if column.is_relation:
            label = column.related_model._meta.label
            return self.people if label == "accounts.User" else self[label]
        return self._least(column)

    def _least(self, column: models.Field[Any, Any]) -> Any:
        for kind, make in LEAST.items():
            if isinstance(column, kind):
                return make(column.name in ENDS)
        if column.choices:
            return column.choices[0][0]
        word = WORD[self.name] if column.max_length is None or column.max_length > 20 else "x"
        return f"{word}-{column.name}"[: column.max_length]

    @property
    def commune(self) -> str:
        """Code of its commune."""
        return COMMUNES[self.name]

    @property
    def epci(self) -> str:
        """Code of its epci."""
        return EPCI[self.name]


ENDS = ("until", "ends", "due", "last")
LEAST: dict[Any, Any] = {
    models.DateTimeField: lambda late: timezone.now() + timedelta(days=9, hours=late),
    models.DateField: lambda late: timezone.localdate() + SOON if late else date(2026, 11, 2),
    models.TimeField: lambda late: time(12) if late else time(9),
    models.UUIDField: lambda _late: uuid4(),
    models.JSONField: lambda _late: {},
    models.BinaryField: lambda _late: b"",
    models.IntegerField: lambda _late: 1,
    models.FloatField: lambda _late: 1,
    models.DecimalField: lambda _late: 1,
}
"""What the least column of a kind holds; « late » is the end of something (the first kind wins)."""


def _place(world: World, suffix: str = "") -> Any:
    from portrea.web.offer.models import SourceCard

    identifier = f"{world.name.lower()}{suffix}"
    told = record(identifier, name=f"{WORD[world.name]} {suffix}", commune=world.commune, city="x")
    applied(told, source=f"liste-{identifier}", whole=False)
    return SourceCard.objects.get(source=f"liste-{identifier}").place


def _merge(world: World) -> Any:
    moved: dict[str, list[int]] = {"cards": [], "fixes": [], "aliases": []}
    return world.fill(
        "offer.Merge", kept=world["offer.Place"], absorbed=_place(world, "2"), moved=moved
    )


def _survey(world: World) -> Any:
    where = f"commune:{world.commune}"
    told = {"title": f"{WORD[world.name]} enquête", "purpose": "savoir", "contact": "CCAS"}
    made = questionnaire(territory=where)
    return survey_open(actor=SYSTEM, questionnaire=made, territory=where, **told)


def _handover(world: World) -> Any:
    return world.fill("journeys.Handover", by=world.people, sender_name=WORD[world.name])


def _verdict(world: World) -> Any:
    """Two places that look alike: the address names both."""
    return world["offer.Place"], _place(world, "3")


MAKERS: dict[str, Any] = {
    "offer.Place": _place,
    "offer.Merge": _merge,
    "offer.ContributionLink": lambda world: world.fill(
        "offer.ContributionLink", place=world["offer.Place"]
    ),
    "pair": _verdict,
    "loan": lambda world: world.fill(
        "accounts.Membership", role="referent", lent=world["accounts.Membership"]
    ),
    "surveys.Survey": _survey,
    "surveys.Questionnaire": lambda world: world["surveys.Survey"].questionnaire,
    "surveys.Version": lambda world: world["surveys.Survey"].version,
    "surveys.Submission": lambda world: answered(
        world["surveys.Survey"], sorted(COMMUNES).index(world.name) + 1
    ),
    "surveys.Theme": lambda world: world.fill("surveys.Theme", question=TEXT),
    "surveys.Day": lambda world: world.fill("surveys.Day", date=date(2026, 12, 3)),
    "journeys.Handover": _handover,
    "action.Procedure": lambda world: world.fill("action.Procedure", origin="added"),
    "accounts.Membership": lambda world: world.fill("accounts.Membership", role="acteur"),
    "accounts.Invitation": lambda world: world.fill(
        "accounts.Invitation", role="acteur", email=f"{world.name}@exemple.org"
    ),
    "steering.Committee": lambda world: world.fill(
        "steering.Committee",
        **({"level": "epci", "code": world.epci} if world.name == "NEXT" else {}),
    ),
    "steering.FundedAction": lambda world: world.fill(
        "steering.FundedAction", level="epci", code=world.epci
    ),
    "steering.SharedView": lambda world: world.fill(
        "steering.SharedView", level="epci", code=world.epci
    ),
    "steering.Edition": lambda world: world.fill(
        "steering.Edition", level="epci", code=world.epci, name=f"e-{world.name.lower()}"
    ),
}

QUESTION, TEXT = "issue", "demarche"
"""Questions of the observation grid: a choice, and one answered in words."""
KINDS: tuple[tuple[str, dict[str, str]], ...] = (
    # the beginning of an address → what each of its parts names: « model.column », « =text »
    ("compte/invitations/", {"key": "accounts.Invitation.pk"}),
    ("compte/prets/", {"key": "loan.pk"}),
    ("compte/personnes/", {"key": "accounts.Membership.pk"}),
    ("espace/exploitation/", {"key": "django_tasks_database.DBTaskResult.pk"}),
    ("espace/accessibilite/", {"page": "=accueil", "theme": "=8"}),
    ("espace/registre/", {"document": "=registre", "form": "=json"}),
    ("espace/adresses/", {"place_id": "offer.Place.pk"}),
    ("espace/horaires/", {"place_id": "offer.Place.pk"}),
    ("espace/lieux/", {"place_id": "offer.Place.pk"}),
    ("espace/orientations/vers/", {"place_id": "offer.Place.pk"}),
    ("espace/orientations/", {"key": "journeys.Handover.pk"}),
    ("signaler/", {"place_id": "offer.Place.pk"}),
    ("espace/aides-locales/", {"number": "rights.LocalAid.pk"}),
    ("espace/aller-vers/mandats/", {"number": "action.Mandate.number"}),
    ("espace/aller-vers/materiel/", {"number": "action.Equipment.pk"}),
    ("espace/aller-vers/prets/", {"code": "action.Loan.code"}),
    ("espace/aller-vers/", {"kind": "=domicile", "number": "action.HomeHelp.pk"}),
    ("espace/ateliers/equipe/", {"number": "action.Helper.pk"}),
    ("espace/ateliers/series/", {"key": "action.Series.key"}),
    ("espace/ateliers/", {"key": "action.Workshop.key", "number": "action.Shift.pk"}),
    ("ateliers/inscription/", {"code": "action.Registration.code"}),
    ("ateliers/", {"key": "action.Workshop.key"}),
    ("espace/campagnes/", {"key": "offer.Campaign.pk", "ask": "offer.Ask.pk"}),
    ("espace/cles/", {"key": "api.ApiKey.pk"}),
    ("espace/comite/reunion/<slug:key>/decisions/", {
        "key": "steering.Meeting.key", "number": "steering.Decision.pk"}),
    ("espace/comite/reunion/", {
        "key": "steering.Meeting.key", "number": "steering.Item.pk", "form": "=pdf"}),
    ("espace/comite/", {"key": "steering.Committee.key", "seat": "steering.Seat.pk"}),
    ("comite/", {"key": "steering.Committee.key"}),
    ("espace/comptes-rendus/carnets/", {"key": "action.Notebook.key"}),
    ("espace/comptes-rendus/importer/", {"key": "action.RecordImport.key"}),
    ("espace/comptes-rendus/export", {"kind": "=csv"}),
    ("espace/comptes-rendus/", {"uuid": "action.Record.uuid"}),
    ("espace/corrections/", {"fix": "offer.Fix.pk"}),
    ("espace/demarches/<slug:key>/feuilles/", {"key": "surveys.Day.key", "name": "=invitation"}),
    ("espace/demarches/", {"key": "surveys.Day.key", "task": "surveys.Task.pk"}),
    ("espace/difficultes/demarches/", {"key": "action.Procedure.key"}),
    ("espace/difficultes/", {"uuid": "action.Difficulty.uuid"}),
    ("espace/doublons/fusions/", {"key": "offer.Merge.pk"}),
    ("espace/droits/", {"key": "rights.Partner.key"}),
    ("espace/enquetes/<slug:key>/invitations/", {
        "key": "surveys.Survey.key", "pk": "surveys.Invitation.pk"}),
    ("espace/enquetes/<str:key>/codage/", {
        "key": "surveys.Survey.key", "pk": "surveys.Theme.pk", "question": f"={TEXT}"}),
    ("espace/enquetes/<slug:key>/joints/", {
        "key": "surveys.Survey.key", "number": "surveys.Attachment.pk"}),
    ("espace/enquetes/", {
        "key": "surveys.Survey.key", "pk": "surveys.Theme.pk", "question": f"={QUESTION}",
        "uuid": "surveys.Submission.uuid", "kind": "=xlsx"}),
    ("enquetes/", {"key": "surveys.Survey.key"}),
    ("collecte/tableau/", {"key": "surveys.Day.key"}),
    ("collecte/", {"key": "surveys.Survey.key"}),
    ("openrosa/jour/", {"key": "surveys.Day.key"}),
    ("openrosa/", {"key": "surveys.Survey.key", "token": "=x"}),
    ("espace/essais/", {"key": "reach.Scenario.key"}),
    ("espace/imports/", {"key": "offer.ImportBatch.pk"}),
    ("espace/liens/", {"key": "offer.ContributionLink.pk"}),
    ("espace/moderation/questions/", {"key": "offer.Question.pk"}),
    ("espace/moderation/", {"key": "offer.Proposal.pk"}),
    ("espace/propositions/", {"key": "action.Proposal.key"}),
    ("propositions/repondre/", {"answer_key": "action.Proposal.answer_key"}),
    ("espace/questionnaires/modeles/", {"name": "=grille_observation"}),
    ("espace/questionnaires/<slug:key>/partie/", {
        "key": "surveys.Questionnaire.key", "name": "=cadre"}),
    ("espace/questionnaires/", {
        "key": "surveys.Questionnaire.key", "name": f"={QUESTION}", "kind": "=xlsx"}),
    ("espace/regles-de-dates/", {"number": "action.DateRule.pk"}),
    ("espace/rendez-vous/", {
        "key": "action.Permanence.key", "number": "action.Appointment.pk", "moment": "=1"}),
    ("rendez-vous/code/", {"code": "action.Appointment.code"}),
    ("rendez-vous/", {"key": "action.Permanence.key", "moment": "=1"}),
    ("espace/zero-non-recours/importer/", {"key": "rights.OutcomeImport.key"}),
    ("espace/zero-non-recours/a-rappeler/", {"pk": "rights.CallBack.pk"}),
    ("espace/zero-non-recours/", {
        "key": "rights.Outcome.key", "stage": "=informed", "kind": "=csv"}),
    ("poste/", {"key": "action.SelfService.key"}),
    ("pilotage/actions/action/", {"key": "steering.Recommendation.key"}),
    ("pilotage/actions/", {"rule": "=x"}),
    ("pilotage/indicateurs/", {"link": "steering.SharedView.pk", "form": "=xlsx"}),
    ("pilotage/moyens/", {"key": "steering.FundedAction.pk", "line": "steering.MeansLine.pk"}),
    ("pilotage/reseau/liens/", {"tie": "steering.Tie.pk"}),
    ("pilotage/reseau/communautes/", {"number": "steering.Community.pk"}),
    ("pilotage/annuaire/nouvelles/", {"news": "steering.News.pk"}),
    ("territoires/<slug:level>/<slug:code>/abs.", {"form": "=docx"}),
    ("territoires/<slug:level>/<slug:code>/portrait-complet.", {"form": "=pdf"}),
    ("territoires/<slug:level>/<slug:code>/portrait-complet/", {
        "name": "steering.Edition.name", "section": "=territoire"}),
)  # fmt: skip
ALSO = {
    "espace/accessibilite/": "operation.AccessibilityAudit",
    "espace/zero-non-recours/<slug:key>/rappel/code/": "rights.CallBack",
    "espace/enquetes/<str:key>/codage/<str:question>/": "surveys.Coding",
}
"""What must exist beside, for the object of an address to be found."""
PART = re.compile(r"<(?:(\w+):)?(\w+)>")
PLACES = {"level": "epci", "code": ""}


def is_about_an_object(path: str) -> bool:
    """Tell whether an address names something of a territory."""
    parts = [name for _converter, name in PART.findall(path)]
    kinds = kinds_of(path)
    return any(not kinds.get(name, "").startswith("=") for name in parts)


def kinds_of(path: str) -> dict[str, str]:
    """What the parts of an address name: the longest beginning wins."""
    known = [(start, kinds) for start, kinds in KINDS if path.startswith(start)]
    return max(known, key=lambda one: len(one[0]))[1] if known else {}


def arguments(path: str, world: World) -> dict[str, Any]:
    """Arguments of a view for what exists in a world."""
    if "<str:left>" in path:
        left, right = world["pair"]
        return {"left": left.pk, "right": right.pk}
    for start, label in ALSO.items():
        if path.startswith(start):
            _ = world[label]
    kinds, told = kinds_of(path), {}
    for _converter, name in PART.findall(path):
        kind = kinds.get(name, "")
        if kind.startswith("="):
            told[name] = int(kind[1:]) if kind[1:].isdigit() else kind[1:]
        elif kind:
            label, _, column = kind.rpartition(".")
            told[name] = getattr(world[label], column)
        elif name in PLACES:
            told[name] = PLACES[name] or world.epci
        else:
            raise KeyError(f"{path}: say in world.KINDS what « {name} » names")
    return told


def samples(path: str) -> dict[str, Any]:
    """Arguments of a view that name nothing that exists."""
    kinds: dict[str, Any] = {"int": 1, "uuid": UUID(int=0)}
    return {name: kinds.get(converter, "x") for converter, name in PART.findall(path)}


def everything(world: World) -> None:
    """Make all that addresses name."""
    labels = [kind.rpartition(".")[0] for _start, kinds in KINDS for kind in kinds.values()]
    for label in [*filter(None, labels), *ALSO.values(), "pair"]:
        _ = world[label]


def asked(name: str, world: World) -> dict[str, str]:
    """What a form or an address says, where a view does nothing without it."""
    return {field: text.format(world=world) for field, text in ASKED.get(name, {}).items()}


ASKED = {
    "meeting-step": {"faire": "tenir"},
    "place-state": {"etat": "hide"},
    "plea-step": {"faire": "effacer"},
    "plea-new": {
        "demarche": "{world[action.Procedure].key}",
        "territoire": "commune:{world.commune}",
    },
    "voices": {"faire": "lire:{world[steering.Voice].pk}"},
    "tie-step": {"faire": "terminer", "territoire": "epci:{world.epci}"},
    "news-step": {"faire": "retirer", "territoire": "epci:{world.epci}"},
    "action-step": {"faire": "monter"},
    "passage-hide": {"section": "territoire"},
}
