"""The laptop of a room: which address, how much disk, what a phone finds there, what is said."""

from __future__ import annotations

import socket

import pytest

from portrea.base.errors import ParameterError, StoreError
from portrea.cli import collect_network as network
from portrea.cli.collect import Room, _told
from portrea.web.surveys.days.room_addresses import wifi_code


def test_a_hotspot_comes_before_a_box_and_containers_last() -> None:
    found = ["127.0.0.1", "172.17.0.1", "192.168.1.20", "169.254.3.4", "10.42.0.1", "82.65.1.2"]
    assert network.ranked(found) == ["10.42.0.1", "192.168.1.20", "82.65.1.2", "172.17.0.1"]


def test_the_address_asked_is_kept_and_a_word_is_refused() -> None:
    assert network.choose("192.168.1.20", ["10.42.0.1"]) == "192.168.1.20"
    assert network.choose("", ["10.42.0.1", "192.168.1.20"]) == "10.42.0.1"
    with pytest.raises(ParameterError, match="n’est pas une adresse"):
        network.choose("la salle", ["10.42.0.1"])


def test_without_any_network_it_says_how_to_make_one() -> None:
    with pytest.raises(ParameterError) as refused:
        network.choose("", [])
    assert "point d’accès" in str(refused.value.remedy)


def test_a_busy_port_is_said_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(ParameterError, match="n’est pas libre"):
            network.check_port("127.0.0.1", other.getsockname()[1])


@pytest.mark.parametrize(
    ("free", "said"),
    [(10_000_000_000, ""), (900_000_000, "ne reste que 900 Mo"), (1_500_000_000, "1,5 Go")],
)
def test_a_disk_that_fills_up_is_said(free: int, said: str) -> None:
    assert said in network.check_space(free)
    assert bool(network.check_space(free)) == bool(said)


def test_a_full_disk_stops_before_the_first_answer() -> None:
    with pytest.raises(StoreError, match="presque plein : 150 Mo libres"):
        network.check_space(150_000_000)


def test_the_terminal_says_everything_a_host_needs() -> None:
    room = Room("abc", "Journée", "012345", "10.42.0.1", 8080, "Portrea", "sésame")
    told = _told(room, ["192.168.1.20"])
    for said in ("http://10.42.0.1:8080/", "012345", "Portrea, mot de passe : sésame", "█",
                 "http://10.42.0.1:8080/collecte/tableau/abc/", "192.168.1.20"):  # fmt: skip
        assert said in told


def test_the_code_of_a_wifi_is_what_phones_read() -> None:
    assert wifi_code("Salle", "") == "WIFI:T:nopass;S:Salle;;"
    assert wifi_code('a;b,c:"d"\\', "x;y") == r"WIFI:T:WPA;S:a\;b\,c\:\"d\"\\;P:x\;y;;"
