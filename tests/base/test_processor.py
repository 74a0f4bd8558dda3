from __future__ import annotations

import os
import subprocess
import sys

import pytest

from portrea.base.processor import LONG_VECTORS, VARIABLE, choose_vectors, sorts_slowly

ZEN_4 = """processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model name\t: AMD EPYC 9R14
flags\t\t: fpu sse2 avx2 avx512f avx512dq

processor\t: 1
vendor_id\t: AuthenticAMD
"""
OTHERS = {
    "zen 3": ZEN_4.replace(" avx512f avx512dq", ""),
    "zen 5": ZEN_4.replace(": 25", ": 26"),
    "intel": ZEN_4.replace("AuthenticAMD", "GenuineIntel"),
    "arm": "processor\t: 0\nFeatures\t: fp asimd\n",
    "nothing": "",
}


def test_zen_4_is_kept_to_shorter_vectors(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "")  # so that it is put back, were it absent
    monkeypatch.delenv(VARIABLE)
    told = tmp_path / "cpuinfo"
    choose_vectors(told)
    assert VARIABLE not in os.environ
    told.write_text(ZEN_4, "utf-8")
    choose_vectors(told)
    assert os.environ[VARIABLE] == LONG_VECTORS


def test_the_choice_of_an_administrator_is_left(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "AVX512_ICL")
    told = tmp_path / "cpuinfo"
    told.write_text(ZEN_4, "utf-8")
    choose_vectors(told)
    assert os.environ[VARIABLE] == "AVX512_ICL"


@pytest.mark.parametrize("name", OTHERS)
def test_others_sort_as_they_like(name):
    assert sorts_slowly(ZEN_4)
    assert not sorts_slowly(OTHERS[name])


def test_the_package_loads_before_numpy():
    code = "import portrea, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
