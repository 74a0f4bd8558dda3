"""What a processor does badly, told to NumPy before NumPy is loaded.

NumPy sorts by 512-bit vectors wherever they exist. On an AMD Zen 4 the instruction that does it
(compress to memory) is microcode, and sorting takes two to three times as long as by 256-bit
vectors (numpy/x86-simd-sort, issue 6; the Java runtime leaves it out there too, JDK-8317976).
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "NPY_DISABLE_CPU_FEATURES"
"""Where NumPy reads what it must not use: an administrator's own choice is left as it is."""
LONG_VECTORS = "X86_V4"
"""NumPy's name for 512-bit vectors."""
ZEN = {"vendor_id": "AuthenticAMD", "cpu family": "25"}
"""AMD Zen 3 and 4; of the two, only the fourth has 512-bit vectors."""
FLAG = "avx512f"


def choose_vectors(description: Path = Path("/proc/cpuinfo")) -> None:
    """Keep NumPy to 256-bit vectors on a Zen 4; without effect when NumPy is loaded already."""
    if description.exists() and sorts_slowly(description.read_text("utf-8", "replace")):
        os.environ.setdefault(VARIABLE, LONG_VECTORS)


def sorts_slowly(description: str) -> bool:
    """Say whether the first processor described, as Linux does it, is a Zen 4."""
    lines = (line.partition(":") for line in description.partition("\n\n")[0].splitlines())
    found = {name.strip(): value.strip() for name, _, value in lines}
    return FLAG in found.get("flags", "").split() and ZEN.items() <= found.items()
