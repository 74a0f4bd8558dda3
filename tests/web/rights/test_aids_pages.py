"""Local aids: written in fields or from a file, read again, retired; public only when in force."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile

from portrea.base.errors import DataError, TerritoryError
from portrea.rights.aids_reading import read_aid
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.rights.aids.cards import card_of, starting
from portrea.web.rights.aids.forms import AidForm
from portrea.web.rights.models import LocalAid
from portrea.web.rights.services import aids as services
from web.accounts.conftest import connected, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("site"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:time_machine"),
]
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MONTFORT, EPCI, REDON = "commune:35188", "epci:243500550", "epci:243500741"
LIST = "/espace/aides-locales/"
PUBLIC = "/droits/aides-locales/commune/35188/"
CARD: dict[str, Any] = {
    "nom": "Chèque eau", "organisme": "Service de l’eau", "resume": "Pour la facture d’eau.",
    "du": "2026-01-01", "au": "2026-12-31",
    "conditions": {
        "age": {"de": 60}, "personnes": {"a": 4}, "enfants": {"de": 3, "a": 17, "nombre": 1},
        "logement": ["prive", "hlm"], "droits": ["rsa", "aspa"],
        "revenu": {"par_mois": [1000, 1500.5], "par_personne_en_plus": 300},
    },
    "montant": {"par_personnes": [50, 70], "par_personne_en_plus": 10, "par": "an"},
    "pieces": ["Une facture d’eau", "Un avis d’impôt"], "contact": "Accueil du CCAS",
    "lien": "https://exemple.org/eau", "source": {"titre": "Délibération", "date": "2026-01-15"},
    "verifie_le": "2026-11-01", "verifie_par": "CCAS",
}  # fmt: skip
PLAIN = {k: CARD[k] for k in ("nom", "organisme", "du", "source", "verifie_le", "verifie_par")}
PLAIN |= {"montant": "inconnu"}


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def written(territory: str = MONTFORT, name: str = "eau", **more: Any) -> LocalAid:
    return services.aid_save(actor=SYSTEM, territory=territory, name=name, card=PLAIN | more)


def dumped(**aids: Any) -> str:
    told = {"territoire": MONTFORT, "aides": {k: deepcopy(v) for k, v in aids.items()}}
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False)


def fields(**more: Any) -> dict[str, Any]:
    told = {name: value for name, value in starting(CARD).items() if value is not None}
    return told | {"territory": EPCI} | more


# -- a card and its fields -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "card",
    [
        CARD,
        PLAIN,
        PLAIN | {"montant": {"fixe": 30, "par": "mois"}},
        PLAIN | {"montant": {"de": 20, "a": 80.5, "par": "fois"}},
        PLAIN | {"conditions": {"enfants": {"nombre": 2}}},
        PLAIN | {"source": {"titre": "Règlement", "date": "2026-02-01", "lien": "https://a.fr/b"}},
    ],
)  # fmt: skip
def test_a_card_comes_back_whole_from_its_form(card) -> None:
    form = AidForm({k: v for k, v in starting(card).items() if v is not None}, territories=[])
    assert form.is_valid(), form.errors
    assert form.cleaned_data["card"] == card
    assert card_of(form.cleaned_data) == card


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"amounts": "beaucoup"}, "beaucoup"),
        ({"amounts": "nan"}, "nan"),
        ({"amounts": "80 à 20"}, "plus petit"),
        ({"ceilings": "1500 ; 1000"}, "baisse"),
        ({"until": "2025-01-01"}, "avant le début"),
        ({"checked": "2026-12-01"}, "à venir"),
        ({"source": ""}, "obligatoire"),
        ({"url": "pas une adresse"}, "URL"),
        ({"summary": "NIR 1 85 05 78 006 084 91"}, "sécurité sociale"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost(
    client: Client, connected: Callable[..., User], wrong, says
) -> None:
    connected(f"referent {EPCI}")
    page = client.post(f"{LIST}nouvelle/", fields(**wrong))
    assert says in page.content.decode()
    assert "Pour la facture d’eau" in page.content.decode() or "summary" in wrong
    assert LocalAid.objects.count() == 0


# -- the team --------------------------------------------------------------------------------------


def test_an_aid_is_written_corrected_retired_with_its_journal(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {EPCI}")
    assert client.get(f"{LIST}nouvelle/").status_code == 200
    assert client.post(f"{LIST}nouvelle/", fields()).status_code == 302
    row = LocalAid.objects.get()
    assert (row.territory, row.name, row.card) == (EPCI, "cheque-eau", CARD)
    assert "Chèque eau" in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{row.pk}/").status_code == 200
    client.post(f"{LIST}{row.pk}/", fields(label="Chèque eau et assainissement"))
    row.refresh_from_db()
    assert (row.name, row.card["nom"]) == ("cheque-eau", "Chèque eau et assainissement")
    client.post(f"{LIST}{row.pk}/retirer/", {"retirer": "oui"})
    assert "Chèque eau" not in client.get("/droits/aides-locales/commune/35188/").content.decode()
    client.post(f"{LIST}{row.pk}/retirer/", {"retirer": "non"})
    told = JournalEntry.objects.filter(act="aid.edit").order_by("pk").values_list("before", "after")
    assert [after for _before, after in told][2:] == [{"retirée": True}, {"retirée": False}]
    assert told[1][0]["nom"] == "Chèque eau"


def test_a_name_is_written_once_in_a_territory() -> None:
    written()
    with pytest.raises(DataError, match="porte déjà ce nom"):
        written()
    written(territory=EPCI)


def test_another_territory_is_refused(client: Client, connected: Callable[..., User]) -> None:
    row = written(territory=MONTFORT)
    who = connected(f"referent {REDON}")
    assert client.get(f"{LIST}{row.pk}/").status_code == 403
    for do in (services.aid_confirm, services.aid_retire):
        more = {"retired": True} if do is services.aid_retire else {}
        with pytest.raises(RefusedError):
            do(actor=who, aid=row.pk, **more)
    with pytest.raises(RefusedError):
        services.aids_import(actor=who, content=dumped(a=PLAIN))


def test_an_elected_person_does_not_write(client: Client, connected: Callable[..., User]) -> None:
    connected(f"elu {EPCI}")
    assert client.get(LIST).status_code == 403


def test_the_old_ones_are_listed_first_and_read_again(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {EPCI}")
    written(name="neuve", nom="A neuve")
    row = written(name="vieille", nom="B vieille", verifie_le="2025-11-22")
    page = client.get(LIST)
    assert [one.aid.label for one in page.context["aids"]] == ["B vieille", "A neuve"]
    assert "1 aide n’a pas été relue" in page.content.decode()
    client.post(f"{LIST}{row.pk}/relue/")
    assert client.get(LIST).context["stale"] == 0
    row.refresh_from_db()
    assert row.card["verifie_le"] == "2026-11-23"


# -- a file ----------------------------------------------------------------------------------------


def test_a_file_is_shown_then_written(client: Client, connected: Callable[..., User]) -> None:
    connected(f"referent {EPCI}")
    written(name="eau")
    content = dumped(eau=PLAIN, bus=PLAIN | {"nom": "Carte de bus"})
    file = SimpleUploadedFile("aides.yaml", content.encode())
    page = client.post(f"{LIST}importer/", {"file": file})
    assert page.context["done"] == (("bus",), (), ("eau",))
    assert LocalAid.objects.count() == 1
    carried = page.context["content"]
    assert client.post(f"{LIST}importer/", {"content": carried, "sur": "oui"}).status_code == 302
    assert sorted(row.name for row in LocalAid.objects.all()) == ["bus", "eau"]
    page = client.post(f"{LIST}importer/", {"content": carried})
    assert page.context["done"] == ((), (), ("eau", "bus"))


def test_a_wrong_file_changes_nothing_and_is_mended_on_the_page(
    client: Client, connected: Callable[..., User]
) -> None:
    connected(f"referent {EPCI}")
    content = dumped(bus=PLAIN, eau=PLAIN | {"du": "demain"})
    page = client.post(f"{LIST}importer/", {"content": content, "sur": "oui"})
    text = page.content.decode()
    assert (page.status_code, LocalAid.objects.count()) == (400, 0)
    line = 1 + next(rank for rank, one in enumerate(content.splitlines()) if "du: demain" in one)
    assert f"Ligne {line}, « eau, du »" in text
    assert "du: demain" in text


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Choisissez un fichier"),
        ({"content": "   "}, "Choisissez un fichier"),
        ({"file": SimpleUploadedFile("a.yaml", b"\xff\xfe\x00")}, "UTF-8"),
        ({"content": "territoire: commune:99999\naides: {a: {}}"}, "Ligne 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(
    client: Client, connected: Callable[..., User], sent, says
) -> None:
    connected(f"referent {EPCI}")
    page = client.post(f"{LIST}importer/", sent)
    assert (page.status_code, says in page.content.decode()) == (400, True)


def test_a_territory_that_does_not_exist_is_refused() -> None:
    content = yaml.safe_dump({"territoire": "commune:99999", "aides": {"a": PLAIN}})
    with pytest.raises(TerritoryError):
        services.aids_import(actor=SYSTEM, content=content)


# -- everybody -------------------------------------------------------------------------------------


def test_anybody_reads_those_in_force_with_their_source(client: Client) -> None:
    written(name="eau", **{k: CARD[k] for k in ("conditions", "montant", "pieces", "lien")})
    written(name="finie", nom="Aide finie", au="2026-11-22")
    written(name="avenir", nom="Aide à venir", du="2026-11-24")
    written(territory="departement:35", name="dep", nom="Aide du département")
    written(territory=REDON, name="ailleurs", nom="Aide d’ailleurs")
    text = client.get(PUBLIC).content.decode()
    assert "Chèque eau" in text
    assert "Aide du département" in text
    for absent in ("Aide finie", "Aide à venir", "Aide d’ailleurs"):
        assert absent not in text
    for told in ("Délibération", "15 janvier 2026", "relue le 1er novembre 2026", "Une facture",
                 "seul l’organisme décide", "1\u202f000 € pour une personne",
                 "1\u202f500,50 € pour 2, puis 300 € par personne en plus"):  # fmt: skip
        assert told in text, told


def test_nothing_described_is_not_nothing_given(client: Client) -> None:
    assert "ne veut pas dire" in client.get(PUBLIC).content.decode()
    assert "ne veut pas dire" in client.get("/droits/aides-locales/").content.decode()
    assert client.get(f"{PUBLIC}aides.yaml").status_code == 404
    assert client.get("/droits/aides-locales/commune/99999/").status_code == 404
    assert client.get("/droits/aides-locales/lune/1/").status_code == 404
    written()
    assert "Montfort-sur-Meu" in client.get("/droits/aides-locales/").content.decode()


def test_the_file_given_is_the_file_read(client: Client) -> None:
    services.aid_save(actor=SYSTEM, territory=MONTFORT, name="eau", card=CARD)
    text = client.get(f"{PUBLIC}aides.yaml").content.decode()
    where, done = services.aids_import(actor=SYSTEM, content=text, dry_run=True)
    assert (where, done) == (MONTFORT, ((), (), ("eau",)))
    told = yaml.safe_load(text)["aides"]["eau"]
    assert read_aid("eau", told, today=NOW.date()) == read_aid("eau", CARD, today=NOW.date())
