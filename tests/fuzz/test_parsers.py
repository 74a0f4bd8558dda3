"""Whatever is sent, what reads it answers, or says in French what is wrong."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest
from benchmarks import Measure

from endurance.conftest import keep
from endurance.sizes import sized
from fuzz.targets import TARGETS
from portrea.base.errors import PortreaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["keep"]
PIECES = (b"\x00", b"\xff\xfe", b'"', b"'", b"[" * 3_000, b'{"a":' * 3_000, b"9" * 5_000, b"\n",
          b";", b"-", b"1e999", b"NaN", "é".encode(), b"<!DOCTYPE a>", b"PK\x03\x04", b"(" * 500,
          b"&a;", b"24:01", b"*", b": ", b"99999999999999999999")  # fmt: skip
FEW = 25
"""Inputs of each reader in the part that everyone runs."""


def damaged(seeds: Sequence[bytes], drawn: random.Random) -> Iterator[bytes]:
    """Yield inputs for ever: cut, doubled, changed, with pieces that readers dislike."""
    yield from (b"", *seeds, *PIECES)
    while True:
        content = bytearray(drawn.choice(seeds))
        for _change in range(drawn.randint(1, 4)):
            where = drawn.randint(0, len(content))
            match drawn.randint(0, 3):
                case 0:
                    del content[where : where + drawn.randint(1, 16)]
                case 1:
                    content[where:where] = drawn.choice(PIECES)
                case 2:
                    content[where : where + 1] = bytes([drawn.randint(0, 255)])
                case _:
                    content[where:where] = content[: drawn.randint(0, 64)]
        yield bytes(content)


def fuzzed(name: str, seed: int, count: int = 0, seconds: float = 0.0) -> int:
    """Read so many inputs, or for so long; return how many were read."""
    read, seeds = TARGETS[name]
    until = time.monotonic() + seconds
    inputs = damaged(seeds, random.Random(f"{name}{seed}"))
    for done, content in enumerate(inputs, 1):
        try:
            read(content)
        except PortreaError:
            pass  # said in French
        except Exception as error:
            raise AssertionError(f"{name}: {content[:200]!r}… ({len(content)})") from error
        if done >= count and time.monotonic() >= until:
            return done
    raise AssertionError("unreachable")


@pytest.mark.parametrize("name", TARGETS)
def test_a_damaged_input_is_read_or_refused_in_french(name: str) -> None:
    assert fuzzed(name, seed=1, count=FEW + len(PIECES)) >= FEW


@pytest.mark.endurance
@pytest.mark.parametrize("name", TARGETS)
def test_a_long_time_of_damaged_inputs(name: str, keep: Callable[[Measure], None]) -> None:
    seconds = sized(120)
    done = fuzzed(name, seed=int(time.time()), seconds=seconds)
    title = f"Entrées abîmées sans panne ({name})"
    keep(Measure(f"fuzz-{name}", title, float(done), "entrées", note=f"{seconds:.0f} s"))
