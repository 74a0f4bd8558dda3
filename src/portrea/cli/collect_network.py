"""Under which address the phones of a room find this laptop, and whether it can serve there."""

from __future__ import annotations

import shutil
import socket
from ipaddress import IPv4Address, ip_network
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HOTSPOTS = ("192.168.137.0/24", "10.42.0.0/24", "192.168.2.0/24", "172.20.10.0/28")
"""Networks that a hotspot makes: Windows, Linux (NetworkManager), macOS, a shared iPhone."""
ORDINARY = ("192.168.0.0/16", "10.0.0.0/8")
VIRTUAL = ("172.17.0.0/16", "172.18.0.0/16", "192.168.122.0/24")
"""Networks of containers and virtual machines: no phone is there."""
PROBED = ("192.168.137.9", "10.42.0.9", "192.168.2.9", "172.20.10.3", "192.168.1.254",
          "192.168.0.254", "10.0.0.254", "192.0.2.1")  # fmt: skip
"""Addresses asked « by where would you go? »: nothing is sent (``connect`` of UDP)."""
LEAST_FREE = 200_000_000
"""Bytes under which a room is not served: nobody's answer may be lost."""
LOW_FREE = 2_000_000_000
"""Bytes under which it is said."""


def addresses() -> list[str]:
    """Return the addresses of this machine on a network, the likeliest Wi-Fi first."""
    return ranked({*_routed(), *_named()})


def ranked(found: Iterable[str]) -> list[str]:
    """Return addresses that phones may open, those of a hotspot first, virtual ones last."""
    usable = [IPv4Address(one) for one in set(found)]
    kept = [one for one in usable if not (one.is_loopback or one.is_link_local
                                          or one.is_unspecified)]  # fmt: skip
    return [str(one) for one in sorted(kept, key=lambda one: (_rank(one), one))]


def choose(asked: str, found: list[str]) -> str:
    """Return the address to serve on: the one asked, else the likeliest.

    Raises
    ------
    ParameterError
        It is no address, or the laptop is on no network.
    """
    if asked:
        try:
            return str(IPv4Address(asked))
        except ValueError as error:
            raise ParameterError(
                f"« {asked} » n’est pas une adresse de réseau.",
                remedy=f"Adresses de cet ordinateur : {', '.join(found) or 'aucune'}.",
            ) from error
    if found:
        return found[0]
    raise ParameterError(
        "Cet ordinateur n’est sur aucun réseau : les téléphones ne pourront pas le joindre.",
        remedy="Faites d’abord un point d’accès Wi-Fi, sans internet (guide « Tenir une journée "
        "sans internet »), puis relancez. Pour essayer sur ce seul poste : --address 127.0.0.1.",
    )


def check_port(address: str, port: int) -> None:
    """Refuse to start where nobody could be answered."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise ParameterError(
                f"L’adresse {address}, port {port}, n’est pas libre sur cet ordinateur"
                f" ({error.strerror or error}).",
                remedy="Fermez l’autre « portrea » s’il tourne déjà, ou donnez un autre port "
                "(--port 8081) ou une autre adresse (--address).",
            ) from error


def free_space(home: Path) -> int:
    """Return the bytes left where answers are written."""
    return shutil.disk_usage(home).free


def check_space(free: int) -> str:
    """Return what is to be said of the room left, nothing when there is plenty.

    Raises
    ------
    StoreError
        There is too little to begin.
    """
    if free < LEAST_FREE:
        raise StoreError(
            f"Le disque est presque plein : {megabytes(free)} libres.",
            remedy="Libérez de la place avant de commencer : aucune réponse ne doit se perdre. Il "
            f"faut au moins {megabytes(LEAST_FREE)}.",
        )
    if free < LOW_FREE:
        return f"Attention : il ne reste que {megabytes(free)} sur le disque."
    return ""


def megabytes(count: int) -> str:
    """Return bytes as people say them."""
    if count >= 1_000_000_000:
        return f"{count / 1e9:.1f} Go".replace(".", ",")
    return f"{count // 1_000_000} Mo"


def _rank(one: IPv4Address) -> int:
    groups = (HOTSPOTS, VIRTUAL, ORDINARY)
    for rank, networks in zip((0, 3, 1), groups, strict=True):
        if any(one in ip_network(network) for network in networks):
            return rank
    return 2


def _routed() -> set[str]:
    """Addresses by which this machine would go to usual networks; no packet leaves."""
    found = set()
    for target in PROBED:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))
            except OSError:
                continue
            found.add(str(probe.getsockname()[0]))
    return found


def _named() -> set[str]:
    try:
        return {str(one[4][0]) for one in socket.getaddrinfo(socket.gethostname(), None,
                                                             socket.AF_INET)}  # fmt: skip
    except OSError:
        return set()
