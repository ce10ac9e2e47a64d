"""Secrets are found where people paste them, and nothing else is taken for one."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise

import pytest
from commands import ROOT, missing
from hypothesis import given
from hypothesis import strategies as st
from secrets_corpus import INNOCENT, SECRETS

from kb import secrets


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_each_secret_is_found_and_masked(text: str, secret: str) -> None:
    found = secrets.find(text)
    assert found, text
    assert secret not in secrets.masked(text)
    assert "[redacted: " in secrets.masked(text)


def test_there_are_enough_of_both_to_judge_by() -> None:
    assert len(SECRETS) >= 60
    assert len(INNOCENT) >= 200


def test_what_only_looks_like_a_secret_is_left_alone() -> None:
    taken = [line for line in INNOCENT if secrets.find(line)]
    assert taken == []


def test_in_the_midst_of_a_log_only_the_secret_goes() -> None:
    line, secret = SECRETS[0]
    log = "\n".join([*INNOCENT[:50], f"09:02 {line} (by: ops)", *INNOCENT[50:]])
    assert secrets.masked(log) == log.replace(secret, "[redacted: AWS key]")
    assert [one.line for one in secrets.find(log)] == [51]


def test_the_library_raises_no_false_alarm() -> None:
    entries = sorted((ROOT / "entries").rglob("*.md"))
    assert len(entries) > 40
    assert [path.name for path in entries if secrets.find(path.read_text("utf-8"))] == []


def test_two_hundred_public_postmortems_raise_none_either() -> None:
    corpus = ROOT.parent / "shared" / "corpus" / "postmortems"
    if not corpus.is_dir():
        missing("the corpus of public postmortems is not there")
    taken = [path.name for path in sorted(corpus.rglob("*.md")) if secrets.find(path.read_text("utf-8"))]
    assert taken == []


def test_a_plain_line_loads_nothing_and_costs_nothing() -> None:
    code = (
        "import sys; from kb import secrets; secrets.find('CPU near 100 % on app-server-01');"
        "print('detect_secrets' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).strip() == "False"


@pytest.mark.parametrize("text", [
    "password=" * 20_000, "://a:" * 50_000, "eyJ" * 100_000, "-----BEGIN PRIVATE KEY-----\n" * 20_000,
    "mysql " * 30_000 + "-p", "a" * 500_000 + " token=" + "b" * 500_000,
    "key='" * 50_000, "cookie:" + "sess=" * 50_000,
    "authorization: bearer " * 20_000, "curl " * 50_000, "." * 300_000 + "password",
])  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    secrets.find("password=x1y2z3w4")  # the detectors are loaded
    begun = time.process_time()
    secrets.find(text)
    assert time.process_time() - begun < 2


@given(st.text(max_size=300), st.sampled_from(SECRETS), st.text(max_size=300))
def test_whatever_stands_around_it(before: str, known: tuple[str, str], after: str) -> None:
    text, secret = known
    whole = f"{before}\n{text}\n{after}"
    found = secrets.find(whole)
    assert secret not in secrets.masked(whole) or secret in before + after
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(whole.count("\n", 0, one.start) + 1 >= one.line for one in found)


def test_masking_twice_changes_nothing_more() -> None:
    for text, _ in SECRETS:
        once = secrets.masked(text)
        assert secrets.masked(once) == once


def test_an_ampersand_is_part_of_a_password_unless_another_parameter_begins() -> None:
    assert secrets.masked("password=Tr0ub4dor&3-kx9 was refused") == "password=[redacted: password] was refused"
    assert secrets.masked("GET /x?password=Tr0ub4dor9-kx&user=ann") == "GET /x?password=[redacted: password]&user=ann"
    assert "kx" not in secrets.masked("the password is Tr0ub4dor&3-kx9, they said")
