"""Written mandates: their time, their perimeter, what is done; names stay on the paper."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portrea.base.errors import DataError, ParameterError
from portrea.web.accounts import structures
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.models import Membership, User
from portrea.web.accounts.permissions import SYSTEM, RefusedError
from portrea.web.action import erasing
from portrea.web.action.models import Mandate, MandateAct
from portrea.web.action.services.mandates import mandate_act, mandate_revoke, mandate_write

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
COMMUNE = "commune:35188"
TODAY = today_in(COMMUNE)


def held(role: str, territory: str = COMMUNE) -> User:
    user = User.objects.create_user(f"{role}-{territory[-5:]}@exemple.org", "x")
    level, _, code = territory.partition(":")
    Membership.objects.create(user=user, role=role, level=level, code=code)
    return user


def written(**told: Any) -> Mandate:
    base = {"starts": TODAY, "days": 31, "perimeter": ["social", "argent"], "territory": COMMUNE}
    return mandate_write(**({"actor": SYSTEM} | base | told))


def test_a_mandate_from_its_form_to_its_end(client: Client) -> None:
    client.force_login(held("referent"))
    told = {"holder": COMMUNE, "starts": TODAY, "days": "31", "perimeter": ["argent", "social"]}
    answer = client.post("/espace/aller-vers/mandats/nouveau/", told)
    one = Mandate.objects.get()
    home = f"/espace/aller-vers/mandats/{one.number}/"
    assert answer["Location"] == f"{home}papier/"
    assert (one.ends, one.perimeter) == (TODAY + timedelta(days=30), ["social", "argent"])
    paper = client.get(f"{home}papier/").content.decode()
    for words in (one.number, "écrits à la main", "un mois (31 jours)", "Social, santé"):
        assert words in paper
    client.post(f"{home}acte/", {"theme": "social", "what": "declarer"})
    client.post(f"{home}acte/", {"theme": "justice", "what": "declarer"})
    assert list(MandateAct.objects.values_list("theme", "what")) == [("social", "declarer")]
    assert "Faire une déclaration" in client.get(home).content.decode()
    client.post(f"{home}revoquer/")
    one.refresh_from_db()
    assert one.revoked == TODAY
    client.post(f"{home}acte/", {"theme": "social", "what": "declarer"})
    assert MandateAct.objects.count() == 1
    assert "révoqué" in client.get("/espace/aller-vers/mandats/").content.decode()


def test_no_column_may_hold_a_name() -> None:
    kept = {field.name for model in (Mandate, MandateAct) for field in model._meta.get_fields()}
    assert kept == {
        "id", "level", "code", "structure", "created", "by", "number", "starts", "ends", "days",
        "perimeter", "revoked", "acts", "mandate", "theme", "what", "at",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"days": 60}, "six mois"),
        ({"perimeter": []}, "périmètre"),
        ({"perimeter": ["social", "tout"]}, "périmètre"),
        ({"starts": TODAY - timedelta(days=1)}, "passé"),
    ],
)
def test_a_mandate_that_cannot_be(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises((DataError, ParameterError), match=said):
        written(**wrong)
    assert not Mandate.objects.exists()


@pytest.mark.parametrize(
    ("told", "theme", "what", "said"),
    [
        ({}, "justice", "declarer", "pas dans le mandat"),
        ({}, "social", "danser", "pas connu"),
        ({"starts": TODAY + timedelta(days=1)}, "social", "declarer", "à venir"),
    ],
)
def test_what_a_mandate_does_not_allow(
    told: dict[str, Any], theme: str, what: str, said: str
) -> None:
    one = written(**told)
    with pytest.raises(DataError, match=said):
        mandate_act(actor=SYSTEM, number=one.number, theme=theme, what=what)


def test_revoked_twice_the_first_day_holds() -> None:
    one = written()
    Mandate.objects.update(revoked=TODAY - timedelta(days=3))
    assert mandate_revoke(actor=SYSTEM, number=one.number).revoked == TODAY - timedelta(days=3)


def test_a_volunteer_keeps_those_of_her_structure_only(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {name: structures.Structure(name, name, COMMUNE) for name in ("ccas", "autre")}
    monkeypatch.setattr(structures, "_lookups", [known.get])
    user = User.objects.create_user("acteur@exemple.org", "x")
    Membership.objects.create(
        user=user, role="acteur", level="commune", code="35188", structure="ccas"
    )
    one = written(actor=user, structure="ccas")
    mandate_act(actor=user, number=one.number, theme="social", what="consulter")
    other = written(structure="autre")
    with pytest.raises(RefusedError):
        mandate_revoke(actor=user, number=other.number)
    with pytest.raises(RefusedError):
        written(actor=user, structure="autre")


def test_nobody_else_reads_a_mandate(client: Client) -> None:
    one = written()
    address = f"/espace/aller-vers/mandats/{one.number}/"
    assert client.get(address).status_code == 302
    client.force_login(held("elu"))
    assert client.get(address).status_code == 403
    client.force_login(held("referent", "commune:35001"))
    assert client.get(address).status_code == 403
    assert one.number not in client.get("/espace/aller-vers/mandats/").content.decode()


def test_mandates_are_erased_with_their_acts() -> None:
    moment = timezone.now()
    kept = written()
    ended, revoked = written(), written()
    for one in (kept, ended, revoked):
        MandateAct.objects.create(mandate=one, theme="social", what="consulter")
    long_ago = moment.date() - timedelta(days=1)
    Mandate.objects.filter(pk=ended.pk).update(ends=long_ago)
    Mandate.objects.filter(pk=revoked.pk).update(revoked=long_ago)
    assert erasing.mandates(moment, dry_run=True) == 2
    assert Mandate.objects.count() == 3
    erasing.mandates(moment, dry_run=False)
    assert Mandate.objects.get() == kept
    assert MandateAct.objects.get().mandate == kept
