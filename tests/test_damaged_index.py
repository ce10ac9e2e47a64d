"""The index is damaged in every way a disk can: a search is right all the same, or the index is made anew first.

`KB_DAMAGES=30 pytest tests/test_damaged_index.py` tries thirty of each kind on each of its files.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Kb

TRIES = int(os.environ.get("KB_DAMAGES", "2"))
QUERIES = ("high CPU after deploy", "expired certificate", '"application server"', "dns*", "severity:sev1")
Damage = Callable[[bytes, random.Random], bytes]

DAMAGES: dict[str, Damage] = {
    "cut": lambda data, chance: data[: chance.randrange(len(data))],
    "a byte flipped": lambda data, chance: _put(data, chance.randrange(len(data)), 1, chance),
    "a block of zeros": lambda data, chance: _put(data, chance.randrange(len(data)), 512, None),
    "a block of noise": lambda data, chance: _put(data, chance.randrange(len(data)), 512, chance),
    "something behind it": lambda data, chance: data + chance.randbytes(100),
    "empty": lambda data, chance: b"",
    "of another kind": lambda data, chance: b"<html>not found</html>\n",
}


def _put(data: bytes, at: int, length: int, chance: random.Random | None) -> bytes:
    """Some bytes that are others than before."""
    old = data[at : at + length]
    new = bytes(b ^ chance.randrange(1, 256) for b in old) if chance else bytes(len(old))
    return data[:at] + new + data[at + length :]


def answers(kb: Kb) -> list[object]:
    """What is found, with scores and reasons."""
    return [kb("search", query, "--json").json for query in QUERIES]


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Kb:
    """The library, indexed in two steps, so that there are several segments."""
    from commands import ROOT

    made = Kb(tmp_path_factory.mktemp("index") / "base")
    shutil.copytree(ROOT / "entries", made.root / "entries")
    shutil.copy(ROOT / "mkdocs.yml", made.root)
    made("search", "cpu")
    made("new", "incident", "Certificate of the gateway expired", "--symptom", "TLS handshakes fail")
    made("search", "cpu")
    return made


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_file_of_the_index_gives_no_wrong_answer(indexed: Kb, kind: str) -> None:
    right, index = answers(indexed), indexed.root / ".kb/index"
    chance = random.Random(kind)
    tried = 0
    for name in sorted(path.name for path in index.iterdir() if path.stat().st_size):
        for _ in range(TRIES):
            if not (index / name).exists():  # made anew meanwhile, under other names
                break
            whole = (index / name).read_bytes()
            (index / name).write_bytes(DAMAGES[kind](whole, chance))
            began = time.monotonic()
            assert answers(indexed) == right, f"{name}, {kind}"
            assert time.monotonic() - began < 60
            tried += 1
    assert tried >= 3


@pytest.mark.parametrize("harm", ["gone", "the folder gone", "a folder", "no right to read it"])
def test_a_file_of_the_index_that_is_not_there(indexed: Kb, harm: str) -> None:
    right, index = answers(indexed), indexed.root / ".kb/index"
    for name in sorted(path.name for path in index.iterdir()):
        file = index / name
        if not file.exists():
            break
        if harm == "the folder gone":
            shutil.rmtree(index)
        elif harm == "no right to read it":
            file.chmod(0)
        else:
            file.unlink()
            if harm == "a folder":
                file.mkdir()
        assert answers(indexed) == right, f"{name}, {harm}"


def test_an_index_of_another_base_is_not_believed(indexed: Kb, tmp_path: Path, kb: Kb) -> None:
    right = answers(indexed)
    kb("new", "incident", "High CPU after deploy")
    kb("search", "cpu")
    shutil.rmtree(indexed.root / ".kb/index")
    shutil.copytree(kb.root / ".kb/index", indexed.root / ".kb/index")
    assert answers(indexed) == right
