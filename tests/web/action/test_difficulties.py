"""A difficulty from its form to what comes back: told, hidden, read again, counted."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.utils import timezone
from PIL import Image

from portrea.base.errors import DataError, ParameterError
from portrea.web.accounts import structures
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.accounts.retention import retention_run
from portrea.web.accounts.structures import Structure
from portrea.web.action.difficulties import counting
from portrea.web.action.difficulties.counting import place_code
from portrea.web.action.models import Difficulty, Procedure
from portrea.web.action.services import pictures
from portrea.web.action.services.difficulties import difficulty_tell
from web.accounts.conftest import connected, person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
HERE, AWAY, WIDE = "commune:35133", "commune:75056", "departement:35"
"""Without a computation, a territory holds itself only."""
HOME = "/espace/difficultes/"


def drawn(width: int = 300, height: int = 400) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (width, height), "white").save(stream, "PNG")
    return stream.getvalue()


def told(*, actor: Any = SYSTEM, **changed: Any) -> Difficulty:
    card = {
        "territory": WIDE, "day": timezone.localdate(), "codes": ["comprendre"], "severity": 2,
        "procedure": Procedure.objects.get(origin="rsa_dtr"), "place": "CCAS",
    }  # fmt: skip
    return difficulty_tell(actor=actor, **(card | changed))


def form(**changed: Any) -> dict[str, Any]:
    card = {
        "uuid": "00000000-0000-4000-8000-000000000001", "holder": WIDE, "procedure": "dtr rsa",
        "codes": ["comprendre"], "severity": "2", "place": "CCAS de Betton",
        "day": timezone.localdate().isoformat(), "words": "",
    }  # fmt: skip
    return card | changed


# -- the service ----------------------------------------------------------------------------------


def test_sent_twice_it_is_the_same() -> None:
    number = UUID(int=7)
    assert told(uuid=number).pk == told(uuid=number, codes=["panne"]).pk
    assert Difficulty.objects.get().codes == ["comprendre"]


def test_what_identifies_is_taken_out_and_what_is_secret_refused() -> None:
    assert "06" not in told(words="Appeler au 06 12 34 56 78").words
    for secret in ("mon mot de passe : Abcd1234", "NIR 1 84 12 76 451 089 46"):
        with pytest.raises(DataError, match="ne le garde jamais"):
            told(words=secret)
    assert Difficulty.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"codes": []}, {"codes": ["zzz"]}, {"severity": 9}, {"place": "  "}, {"commune": "abc"},
     {"day": date(2999, 1, 1)}, {"picture": b"pas une image"}],
)  # fmt: skip
def test_bad_input_writes_nothing(wrong: dict[str, Any]) -> None:
    with pytest.raises((DataError, ParameterError)):
        told(**wrong)
    assert not Difficulty.objects.exists()


def test_nobody_tells_elsewhere(person: Callable[..., Any]) -> None:
    who = person("referent departement:35")
    assert told(actor=who).by == who
    with pytest.raises(RefusedError):
        told(actor=who, territory=AWAY)


# -- the pages ------------------------------------------------------------------------------------


def test_told_in_one_page_with_its_own_words(client: Client, connected: Callable[..., Any]) -> None:
    connected("referent departement:35")
    page = client.get(f"{HOME}signaler/")
    assert "Qu’est-ce qui bloque" in page.content.decode()
    sent = form(words="Madame Durand ne comprend pas « net social ».")
    done = client.post(f"{HOME}signaler/", sent, follow=True)
    text = done.content.decode()
    assert "Retiré de votre texte : nom" in text
    found = Difficulty.objects.get()
    assert (found.procedure.origin, found.territory, found.severity) == ("rsa_dtr", WIDE, 2)
    assert "Durand" not in found.words
    client.post(f"{HOME}signaler/", sent)
    assert Difficulty.objects.count() == 1


def test_two_procedures_as_likely_are_asked(client: Client, connected: Callable[..., Any]) -> None:
    connected("referent departement:35")
    page = client.post(f"{HOME}signaler/", form(procedure="titre de séjour"))
    assert "Laquelle" in page.content.decode()
    assert not Difficulty.objects.exists()
    key = Procedure.objects.get(origin="sejour_guichet").key
    client.post(f"{HOME}signaler/", form(procedure="titre de séjour", which=key))
    assert Difficulty.objects.get().procedure.key == key


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"procedure": "xyzzy"}, "Autre démarche"), ({"codes": []}, "au moins une raison"),
     ({"words": "mot de passe : Abcd1234"}, "ne le garde jamais"),
     ({"day": "2999-01-01"}, "pas encore venu"), ({"day": "31/31"}, "date valide"),
     ({"codes": ["panne", "langue", "reseau", "delai"]}, "trois au plus"),
     ({"holder": AWAY}, "choix valide")],
)  # fmt: skip
def test_faults_are_said_and_nothing_is_lost(
    client: Client, connected: Callable[..., Any], wrong: dict[str, Any], why: str
) -> None:
    connected("referent departement:35")
    page = client.post(f"{HOME}signaler/", form(**({"words": "Gardé tel quel"} | wrong)))
    text = page.content.decode()
    assert page.status_code == 200
    assert why in text
    assert wrong.get("words", "Gardé tel quel") in text
    assert not Difficulty.objects.exists()


def test_a_picture_is_hidden_then_looked_at_and_never_public(
    client: Client, connected: Callable[..., Any], home: Path
) -> None:
    connected("referent departement:35")
    sent = form() | {"picture": BytesIO(drawn())}
    page = client.post(f"{HOME}signaler/", sent)
    found = Difficulty.objects.get()
    assert page["Location"] == f"{HOME}{found.uuid}/capture/"
    here = page["Location"]
    client.post(here, {"faire": "cacher", "case": ["0-0", "99-1"], "ligne": ["11"]})
    assert "Regardez la capture" in client.post(here, {"faire": "garder"}).content.decode()
    picture = Image.open(BytesIO(client.get(f"{HOME}{found.uuid}/capture.jpg").content))
    assert max(picture.getpixel((20, 10))) < 16  # type: ignore[type-var, arg-type]
    assert max(picture.getpixel((150, 390))) < 16  # type: ignore[type-var, arg-type]
    assert min(picture.getpixel((150, 200))) > 240  # type: ignore[type-var, arg-type]
    client.post(here, {"faire": "garder", "personne": "oui"})
    found.refresh_from_db()
    assert found.picture_checked
    client.logout()
    assert client.get(f"{HOME}{found.uuid}/capture.jpg").status_code == 302


def test_one_file_by_picture_and_none_after(
    home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        found = told(picture=drawn())
    with django_capture_on_commit_callbacks(execute=True):
        pictures.picture_hide(actor=SYSTEM, uuid=found.uuid, cells=[(0, 0)])
    assert len(list((home / "action/pictures").iterdir())) == 1
    with django_capture_on_commit_callbacks(execute=True):
        pictures.picture_drop(actor=SYSTEM, uuid=found.uuid)
    assert list((home / "action/pictures").iterdir()) == []


def test_pictures_end_sooner_when_nobody_looked_at_them(
    home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    seen, unseen = told(picture=drawn()), told(picture=drawn())
    pictures.picture_confirm(actor=SYSTEM, uuid=seen.uuid)

    def kept_after(days: int) -> tuple[set[int], int]:
        names = ["action.pictures", "action.unchecked_pictures"]
        now = timezone.now() + timedelta(days=days, minutes=1)
        with django_capture_on_commit_callbacks(execute=True):
            retention_run(actor=SYSTEM, now=now, names=names)
        rows = Difficulty.objects.exclude(picture="").values_list("pk", flat=True)
        return set(rows), len(list((home / "action/pictures").iterdir()))

    assert kept_after(0) == ({seen.pk, unseen.pk}, 2)
    assert kept_after(1) == ({seen.pk}, 1)
    assert kept_after(179) == ({seen.pk}, 1)
    assert kept_after(180) == (set(), 0)
    assert Difficulty.objects.count() == 2


def test_the_list_is_narrowed_and_read_again(
    client: Client, connected: Callable[..., Any], django_assert_max_num_queries: Any
) -> None:
    connected("referent departement:35")
    for rank in range(12):
        told(place=f"Lieu {rank}", words="Il a renoncé.")
    other = told(codes=["panne"], procedure=Procedure.objects.get(origin="permis"))
    away = told(territory=AWAY, place="Ailleurs")
    with django_assert_max_num_queries(25):
        page = client.get(HOME).content.decode()
    assert "13 difficultés" in page
    assert "Ailleurs" not in page
    assert "1 difficulté," not in client.get(f"{HOME}?blocage=panne").content.decode()
    assert str(other.uuid) in client.get(f"{HOME}?blocage=panne").content.decode()
    assert "12 difficultés" in client.get(f"{HOME}?a-relire=1").content.decode()
    first = Difficulty.objects.exclude(words="").first()
    assert first is not None
    client.post(f"{HOME}{first.uuid}/", {"words": "Relu."})
    assert "11 difficultés" in client.get(f"{HOME}?a-relire=1").content.decode()
    assert client.get(f"{HOME}{away.uuid}/").status_code == 403
    strange = "pour=zzz:1&du=zzz&au=2026-99-99&page=9999&demarche=%00&organisme=%00&blocage=zzz"
    for page_at in (HOME, f"{HOME}regroupees/", f"{HOME}demarches/"):
        assert client.get(f"{page_at}?{strange}&q=%00").status_code == 200


def test_one_who_reads_does_not_write(client: Client, connected: Callable[..., Any]) -> None:
    found = told(words="Texte")
    connected("elu departement:35")
    page = client.get(f"{HOME}{found.uuid}/").content.decode()
    assert "Relire le texte" not in page
    assert client.post(f"{HOME}{found.uuid}/retirer/").status_code == 403
    assert Difficulty.objects.exists()


@pytest.fixture
def structure(monkeypatch: pytest.MonkeyPatch) -> str:
    """The identifier of a structure of Iffendic."""
    known = {"ccas-1": Structure("ccas-1", "CCAS d’Iffendic", HERE)}
    monkeypatch.setattr(structures, "_lookups", [known.get])
    return "ccas-1"


def test_an_actor_tells_and_reads_for_her_structure_only(
    client: Client, connected: Callable[..., Any], structure: str
) -> None:
    connected(f"acteur {HERE}", structure=structure)
    page = client.get(f"{HOME}signaler/").content.decode()
    assert "CCAS d’Iffendic" in page
    client.post(f"{HOME}signaler/", form(holder=f"structure:{structure}"))
    found = Difficulty.objects.get()
    assert (found.territory, found.structure) == (HERE, structure)
    other = told(territory=HERE, place="Mairie")
    listed = client.get(HOME).content.decode()
    assert str(found.uuid) in listed
    assert str(other.uuid) not in listed
    assert client.get(f"{HOME}{other.uuid}/").status_code == 403
    for page_at in (f"{HOME}regroupees/", f"{HOME}demarches/", "/espace/propositions/"):
        assert client.get(page_at).status_code == 200
    wide = form(uuid="00000000-0000-4000-8000-000000000002", holder=WIDE)
    assert "choix valide" in client.post(f"{HOME}signaler/", wide).content.decode()


# -- what comes back ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("CCAS de Betton", "ccas Betton", True), ("Mairie de l’Étang", "mairie - etang", True),
     ("École A", "École B", False), ("Médiathèque", "Mairie", False)],
)  # fmt: skip
def test_one_spelling_of_a_place(one: str, other: str, *, same: bool) -> None:
    assert (place_code(one) == place_code(other)) is same


def test_what_comes_back_is_counted_compared_and_kept_in_the_team(
    client: Client, connected: Callable[..., Any]
) -> None:
    connected("referent departement:35")
    today = timezone.localdate()
    for rank in range(14):
        told(place=f"Lieu {rank % 3}", day=today - timedelta(days=rank))
    told(place="Lieu 9", day=today - timedelta(days=120))
    told(codes=["panne"], place="CCAS de Betton")
    told(codes=["panne"], place="ccas Betton")
    page = client.get(f"{HOME}regroupees/?pour={WIDE}").content.decode()
    assert "En hausse" in page
    assert "Proposer un changement" in page
    assert "reste dans l’équipe" in page
    assert client.get(f"{HOME}regroupees/").status_code == 200
    before = client.get(f"{HOME}regroupees/?du=2020-01-01&au=2020-02-01").content.decode()
    assert "Aucune difficulté" in before


def test_nothing_rises_where_nothing_was_seen_before() -> None:
    for rank in range(14):
        told(place=f"Lieu {rank % 3}")
    today = timezone.localdate()
    found = counting.table(Difficulty.objects.all(), [], today - counting.YEAR, today)
    (line,) = counting.clusters_of(found, today)
    assert (line.counts["situations"], line.rising) == (14, False)


def test_the_catalogue_page_searches_and_edits(
    client: Client, connected: Callable[..., Any]
) -> None:
    connected("referent departement:35")
    page = client.get(f"{HOME}demarches/?q=carte grize").content.decode()
    assert "Certificat d’immatriculation" in page
    card = {"territory": WIDE, "name": "Carte de bus", "body": "Agglo", "theme": "", "words": "",
            "link": "", "source": "Notre équipe", "checked": timezone.localdate()}  # fmt: skip
    client.post(f"{HOME}demarches/nouvelle/", card)
    row = Procedure.objects.get(name="Carte de bus")
    assert "déjà au catalogue" in client.post(f"{HOME}demarches/nouvelle/", card).content.decode()
    client.post(f"{HOME}demarches/{row.key}/", card | {"body": "Agglomération"})
    row.refresh_from_db()
    assert row.body == "Agglomération"
    client.post(f"{HOME}demarches/{row.key}/retirer/", {"retirer": "oui"})
    assert "La remettre" in client.get(f"{HOME}demarches/").content.decode()
