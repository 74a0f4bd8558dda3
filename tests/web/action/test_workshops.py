"""Workshops before their day: opened, moved, cancelled, refused; contacts, team, clashes."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portrea.base.errors import DataError, ParameterError
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.action import erasing
from portrea.web.action.clock import when, zone_at
from portrea.web.action.models import Helper, Series, Shift, Workshop
from portrea.web.action.services import series as series_services
from portrea.web.action.services import teams
from portrea.web.action.services import workshops as services
from portrea.web.action.workshops.clash_selectors import clashes_of, clashes_with
from web.action.test_log_services import held

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
COMMUNE = "commune:35188"
RHYTHM = {
    "title": "Mes démarches", "first": date(2027, 1, 1), "until": date(2027, 9, 30), "every": 3,
    "window_first": 15, "window_last": 20, "weekday": None, "turns": ["rural", "quartier"],
    "starts": time(14), "ends": time(16, 30),
}  # fmt: skip
DAY = {"title": "Impôts", "day": date(2027, 3, 18), "starts": time(14), "ends": time(16)}


@pytest.fixture(autouse=True)
def november(time_machine: Any) -> None:
    """The day is 23 November 2026."""
    time_machine.move_to("2026-11-23T09:00:00Z", tick=False)


def opened(**told: Any) -> Workshop:
    where = told.pop("territory", COMMUNE)
    return services.workshop_open(actor=SYSTEM, territory=where, told=DAY | told)


def repeated(pattern: dict[str, Any] | None = None, **told: Any) -> Series:
    return series_services.series_open(
        actor=SYSTEM, territory=COMMUNE, told=RHYTHM | told, pattern=pattern
    )


def days(series: Series, **told: Any) -> list[date]:
    return [moment(one).day for one in series.workshops.filter(**told).order_by("starts")]


def moment(workshop: Workshop) -> Any:
    return when(workshop.starts, workshop.ends, zone_at(workshop, workshop.commune))


def named(label: str, *trainings: tuple[str, date | None]) -> Helper:
    told = [{"what": what, "until": until} for what, until in trainings]
    return teams.helper_save(
        actor=SYSTEM, territory=COMMUNE,
        told={"label": label, "kind": "benevole", "trainings": told},
    )  # fmt: skip


def shared(workshop: Workshop, helper: Helper | None, **told: Any) -> Shift:
    hours = {"task": "Accueil", "starts": time(14), "ends": time(16), "helper": helper}
    return teams.shift_save(actor=SYSTEM, key=workshop.key, told=hours | told)


# -- one workshop ---------------------------------------------------------------------------------


def test_a_round_table_is_opened_with_those_to_write_to_and_what_to_bring() -> None:
    made = opened(format="table_ronde")
    told = {one.who: one.due for one in made.contacts.all()}
    # Jeudi 18 mars 2027 moins soixante jours : dimanche 17 janvier, donc vendredi 15.
    assert told["Maire de la commune d’accueil"] == date(2027, 1, 15)
    assert told["Préfet·e ou sous-préfet·e"] == date(2027, 1, 15)
    # Moins 21 jours : jeudi 25 février.
    assert told["Structures du territoire"] == date(2027, 2, 25)
    assert {one["what"] for one in made.equipment} >= {"Tables", "Micro"}
    assert not any(one["ready"] for one in made.equipment)


@pytest.mark.parametrize(
    ("territory", "commune", "hour"),
    [
        # 14 h : 13 h UTC en hiver à Rennes ; 10 h UTC à Saint-Denis de La Réunion ; 17 h UTC à
        # Cayenne.
        (COMMUNE, "", 13), ("departement:974", "", 10), ("france:FR", "97411", 10),
        ("departement:973", "", 17),
    ],
)  # fmt: skip
def test_hours_are_those_of_the_place(territory: str, commune: str, hour: int) -> None:
    made = opened(territory=territory, commune=commune)
    assert made.starts.hour == hour
    assert (moment(made).starts, moment(made).ends) == (time(14), time(16))


def test_the_hour_stays_when_the_clocks_change() -> None:
    # 18 mars 2027, 14 h : 13 h UTC ; 1er avril, 14 h : 12 h UTC (on avance le 28 mars).
    made = opened()
    shift = shared(made, None)
    told = DAY | {"day": date(2027, 4, 1)}
    moved = services.workshop_change(actor=SYSTEM, key=made.key, told=told)
    shift.refresh_from_db()
    assert (made.starts.hour, moved.starts.hour, shift.starts.hour) == (13, 12, 12)
    assert moment(moved).starts == time(14)
    assert moved.sequence == made.sequence + 1


def test_what_is_still_to_do_follows_the_day_and_the_rest_stays() -> None:
    made = opened()
    done, *left = made.contacts.all()
    done.state = "accepte"
    done.save()
    before = [one.due for one in left]
    services.workshop_change(actor=SYSTEM, key=made.key, told=DAY | {"day": date(2027, 3, 25)})
    done_after, *after = made.contacts.all()
    assert [one.due for one in after] == [due + timedelta(7) for due in before if due]
    assert done_after.due == done.due


def test_an_end_before_its_beginning_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(DataError, match="avant le début"):
        opened(starts=time(16), ends=time(14))
    assert not Workshop.objects.exists()


def test_an_hour_that_does_not_exist_makes_no_workshop_that_ends_first() -> None:
    # 28 mars 2027 : à 2 h il est 3 h. 2 h 30 se lit 3 h 30 : après 3 h, avant 4 h.
    night = {"day": date(2027, 3, 28), "starts": time(2, 30)}
    with pytest.raises(DataError, match="avant le début"):
        opened(**night, ends=time(3))
    made = opened(**night, ends=time(4))
    assert made.ends - made.starts == timedelta(minutes=30)
    # 31 octobre 2027 : l’heure de 2 h à 3 h passe deux fois, on prend la première.
    made = opened(day=date(2027, 10, 31), starts=time(2, 30), ends=time(3, 30))
    assert made.ends - made.starts == timedelta(hours=2)


def test_a_secret_is_refused_and_a_telephone_number_is_taken_out() -> None:
    with pytest.raises(DataError, match="ne le garde jamais"):
        opened(about="Mot de passe : Soleil35!")
    made = opened(about="Appelez Nadia au 06 12 34 56 78.")
    assert "06 12" not in made.about


def test_what_was_held_does_not_change_any_more() -> None:
    made = opened()
    Workshop.objects.filter(pk=made.pk).update(state="tenu")
    for write in (
        lambda: services.workshop_change(actor=SYSTEM, key=made.key, told=DAY),
        lambda: services.workshop_cancel(actor=SYSTEM, key=made.key),
        lambda: services.equipment_save(actor=SYSTEM, key=made.key, rows=[]),
        lambda: shared(made, None),
    ):
        with pytest.raises(DataError, match="a été tenu"):
            write()


def test_a_workshop_cancelled_then_planned_again_is_told_twice() -> None:
    made = opened()
    services.workshop_cancel(actor=SYSTEM, key=made.key)
    assert services.workshop_cancel(actor=SYSTEM, key=made.key).sequence == 1
    found = services.workshop_cancel(actor=SYSTEM, key=made.key, cancelled=False)
    assert (found.state, found.sequence) == ("prevu", 2)


def test_one_writes_in_ones_territory_only() -> None:
    who = held("referent", COMMUNE)
    services.workshop_open(actor=who, territory=COMMUNE, told=DAY)
    elsewhere = opened(territory="commune:75056")
    with pytest.raises(PermissionDenied):
        services.workshop_open(actor=who, territory="commune:75056", told=DAY)
    with pytest.raises(PermissionDenied):
        services.workshop_change(actor=who, key=elsewhere.key, told=DAY)


# -- series ---------------------------------------------------------------------------------------


def test_a_series_makes_its_workshops_with_what_they_share() -> None:
    made = repeated({"format": "permanence", "capacity": 8, "themes": ["sante"]})
    # Fenêtres de janvier, avril, juillet 2027 : vendredi 15, jeudi 15, jeudi 15.
    assert days(made) == [date(2027, 1, 15), date(2027, 4, 15), date(2027, 7, 15)]
    first, second, third = made.workshops.order_by("starts")
    assert [one.turn for one in (first, second, third)] == ["rural", "quartier", "rural"]
    assert {one.format for one in (first, second)} == {"permanence"}
    assert (first.capacity, first.themes) == (8, ["sante"])
    # 14 h à Montfort : 13 h UTC en janvier, 12 h en avril.
    assert (first.starts.hour, second.starts.hour) == (13, 12)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"until": date(2026, 12, 1)}, "finit avant de commencer"),
        ({"window_first": 20, "window_last": 15}, "ne se suivent pas"),
        ({"starts": time(17)}, "avant le début"),
        ({"until": date(2099, 1, 1)}, "10 ans"),
        ({"first": date(2026, 1, 1), "until": date(2026, 10, 1)}, "aucun jour possible"),
        ({"first": date(2027, 2, 1), "until": date(2027, 2, 28), "window_first": 31,
          "window_last": 31}, "aucun jour possible"),
        ({"every": 1, "until": date(2034, 1, 1)}, "60 au plus"),
    ],
)  # fmt: skip
def test_a_series_that_cannot_be_is_refused(told: dict[str, Any], why: str) -> None:
    with pytest.raises((DataError, ParameterError), match=why):
        repeated(**told)
    assert not Series.objects.exists()
    assert not Workshop.objects.exists()


def test_only_workshops_to_come_and_not_held_follow_their_series(time_machine: Any) -> None:
    made = repeated(until=date(2028, 1, 31))
    # 15 janvier, 15 avril, 15 juillet, 15 octobre 2027, 17 janvier 2028 (le 15 est un samedi).
    first, second, *_rest = made.workshops.order_by("starts")
    Workshop.objects.filter(pk=first.pk).update(state="tenu")
    services.workshop_cancel(actor=SYSTEM, key=second.key)
    time_machine.move_to("2027-02-01T09:00:00Z", tick=False)
    told = RHYTHM | {"until": date(2028, 1, 31), "window_first": 21, "window_last": 25}
    change = series_services.series_change(actor=SYSTEM, key=made.key, told=told)
    # Avril a de nouveau un jour (le mercredi 21) : celui du 15, annulé à la main, reste annulé.
    assert [one.day for one in change.added] == [date(2027, 4, 21)]
    assert days(made, state="prevu") == [
        date(2027, 4, 21), date(2027, 7, 21), date(2027, 10, 21), date(2028, 1, 21),
    ]  # fmt: skip
    assert days(made, state="tenu") == [date(2027, 1, 15)]
    assert days(made, state="annule") == [date(2027, 4, 15)]


def test_a_workshop_without_a_day_any_more_is_cancelled_never_erased() -> None:
    made = repeated()
    series_services.series_change(actor=SYSTEM, key=made.key, told=RHYTHM | {"every": 6})
    assert days(made, state="prevu") == [date(2027, 1, 15), date(2027, 7, 15)]
    assert days(made, state="annule") == [date(2027, 4, 15)]


def test_a_workshop_moved_by_hand_stays_while_the_rhythm_is_the_same() -> None:
    made = repeated()
    first = made.workshops.order_by("starts").first()
    assert first is not None
    services.workshop_change(
        actor=SYSTEM, key=first.key, told=DAY | {"day": date(2027, 1, 19), "starts": time(10)}
    )
    told = RHYTHM | {"title": "Démarches pour tous"}
    series_services.series_change(actor=SYSTEM, key=made.key, told=told)
    first.refresh_from_db()
    assert (moment(first).day, moment(first).starts) == (date(2027, 1, 19), time(10))
    assert first.title == "Démarches pour tous"
    series_services.series_change(
        actor=SYSTEM, key=made.key, told=told | {"starts": time(9), "ends": time(11)}
    )
    assert {moment(one).starts for one in made.workshops.all()} == {time(9)}


def test_areas_are_settled_on_workshops_of_the_series_only() -> None:
    made, other = repeated(), opened()
    first, *_rest = made.workshops.order_by("starts")
    places = {first.key: ("commune:35188", "35188"), other.key: ("commune:35188", "35188")}
    done = series_services.series_settle(actor=SYSTEM, key=made.key, places=places)
    assert [one.key for one in done] == [first.key]
    assert (done[0].area, done[0].commune) == ("commune:35188", "35188")
    assert moment(done[0]).starts == time(14)


# -- team and clashes -----------------------------------------------------------------------------


def test_somebody_not_trained_or_not_any_more_is_refused_with_why() -> None:
    made = opened(training="Aidants Connect")
    new = named("Ali")
    late = named("Nadia", ("Aidants Connect", date(2027, 3, 17)))
    trained = named("Zoé", ("aidants connect", date(2027, 3, 18)))
    with pytest.raises(DataError, match=r"Ali ne peut pas tenir ce créneau.*pas été suivie"):
        shared(made, new)
    with pytest.raises(DataError, match="plus valable depuis le 17/03/2027"):
        shared(made, late)
    assert shared(made, trained).helper == trained
    assert shared(made, None).helper is None


def test_a_training_asked_by_a_shift_wins_over_that_of_the_workshop() -> None:
    made = opened(training="Aidants Connect")
    helper = named("Zoé", ("Premiers secours", None))
    assert shared(made, helper, training="Premiers secours").helper == helper


def test_who_leaves_frees_her_shifts_to_come() -> None:
    made, helper = opened(), named("Ali")
    shift = shared(made, helper)
    teams.helper_leave(actor=SYSTEM, helper=helper.pk)
    shift.refresh_from_db()
    assert shift.helper is None
    assert helper.pk not in Helper.objects.filter(left=None).values_list("pk", flat=True)


def test_who_left_is_erased_in_time_and_what_she_held_stays(time_machine: Any) -> None:
    made, gone, here = opened(day=date(2026, 12, 1)), named("Ali"), named("Zoé")
    shift = shared(made, gone)
    time_machine.move_to("2027-01-04T09:00:00Z", tick=False)
    teams.helper_leave(actor=SYSTEM, helper=gone.pk)
    before = timezone.now()
    shift.refresh_from_db()
    assert shift.helper == gone, "ce qui est passé ne change pas"
    assert erasing.team(before, dry_run=False) == 0, "le jour même n’est pas encore passé"
    assert erasing.team(before + timedelta(1), dry_run=True) == 1
    assert erasing.team(before + timedelta(1), dry_run=False) == 1
    assert list(Helper.objects.all()) == [here]
    shift.refresh_from_db()
    assert (shift.task, shift.helper) == ("Accueil", None)


def test_the_same_place_person_or_lot_at_the_same_time_is_told() -> None:
    one = opened(place_name="Salle des fêtes", commune="35188")
    same = opened(title="CAF", place_name="salle des FETES", commune="35188", starts=time(15))
    after = opened(title="Santé", place_name="Salle des fêtes", commune="35188",
                   starts=time(16), ends=time(17))  # fmt: skip
    assert "Salle des fêtes" in clashes_with(one)[0] or "salle des FETES" in clashes_with(one)[0]
    assert "« CAF »" in clashes_with(one)[0]
    assert "18 mars 2027 de 15 h 00 à 16 h 00" in clashes_with(one)[0]
    found = clashes_of([one, same, after])
    assert set(found) == {one.key, same.key}, "une salle libérée à 16 h est libre à 16 h"
    services.workshop_cancel(actor=SYSTEM, key=same.key)
    assert clashes_with(one) == ()


def test_somebody_in_two_places_is_told_by_name_wherever_they_are() -> None:
    one, other = opened(), opened(title="CAF", territory="commune:35024")
    helper = named("Ali")
    for workshop in (one, other):
        workshop.equipment = []
        workshop.save()
        shared(workshop, helper)
    (told,) = clashes_with(one)
    assert told.startswith("Ali : déjà pris par « CAF »")
    shared(one, helper, starts=time(15))
    assert any("deux créneaux à la fois" in told for told in clashes_with(one))


def test_the_only_lot_of_equipment_is_not_lent_twice() -> None:
    one, other = opened(), opened(title="CAF")
    row = {"what": "Vidéoprojecteur", "number": 1}
    for workshop in (one, other):
        services.equipment_save(actor=SYSTEM, key=workshop.key, rows=[row | {"only": True}])
    one.refresh_from_db()
    assert "Vidéoprojecteur : déjà pris" in clashes_with(one)[0]
    services.equipment_save(actor=SYSTEM, key=other.key, rows=[row])
    assert clashes_with(one) == ()


def test_a_long_list_takes_a_bounded_number_of_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(held("referent", COMMUNE))
    for number in range(12):
        shared(opened(day=date(2027, 3, 1) + timedelta(number)), named(f"Aide {number}"))
    with django_assert_max_num_queries(12):
        page = client.get("/espace/ateliers/")
    assert page.content.decode().count("créneaux tenus 1/1") == 12


def test_what_is_over_is_read_apart(client: Client, time_machine: Any) -> None:
    client.force_login(held("referent", COMMUNE))
    opened()
    time_machine.move_to(timezone.now() + timedelta(days=200), tick=False)
    client.force_login(held("technicien", COMMUNE))
    assert "Impôts" not in client.get("/espace/ateliers/").content.decode()
    assert "Impôts" in client.get("/espace/ateliers/?quand=passes").content.decode()
