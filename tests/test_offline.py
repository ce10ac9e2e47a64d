"""The database server is away, perhaps because it is what is down: work goes on, and is everybody's when it is back."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Kb
from databases import Server, fresh, server
from storing import ID, PATH, opened, put

from kb.journeys import offline

__all__ = ["server"]

AWAY = "going on with the files here"


@pytest.fixture
def url(server: Server) -> Iterator[str]:
    """A new database, on a server that runs before the test and after it."""
    yield fresh(server.url)
    with contextlib.suppress(subprocess.CalledProcessError):  # it runs already
        server.start(tries=1)


@pytest.fixture
def two(tmp_path: Path, kb: Kb, url: str) -> tuple[Kb, Kb]:
    """Two checkouts of one incident."""
    put(kb.root)
    other = Kb(tmp_path / "other")
    (other.root / "entries").mkdir(parents=True)
    (other.root / "mkdocs.yml").write_bytes((kb.root / "mkdocs.yml").read_bytes())
    for one in (kb, other):
        one("sync", KB_DATABASE=url)
    return kb, other


def test_an_outage_of_the_server_itself_is_recorded_and_found(two: tuple[Kb, Kb], server: Server, url: str) -> None:
    here, other = two
    other("log", "logged before", "--on", ID, KB_DATABASE=url)
    server.kill()
    for one, who in ((here, "Ann"), (other, "Bob")):
        said = one("log", f"{who} sees no database", "--on", ID, KB_DATABASE=url)
        assert AWAY in " ".join(said.err.split()), said.err
        one("ask", f"What does {who} ask?", "--on", ID, KB_DATABASE=url)
    new = here("new", "incident", "Database server gone", "--symptom", "connection refused", KB_DATABASE=url)
    assert "all-applications-down" in new.out or "All applications down" in new.out, "what it resembles"
    found = here("search", "connection refused", "--json", KB_DATABASE=url)
    assert [hit["title"] for hit in found.json["hits"]][:1] == ["Database server gone"]
    assert AWAY in " ".join(found.err.split())
    assert "Ann sees no database" in here("show", ID, KB_DATABASE=url).out

    server.start()
    for one in (here, other, here):
        one("sync", KB_DATABASE=url)
    assert here.files() == other.files()
    text = here.text(PATH)
    for words in ("logged before", "Ann sees no database", "Bob sees no database", "does Ann ask?", "does Bob ask?"):
        assert text.count(words) == 1, words
    assert "Unresolved" not in text
    for one in two:
        with opened(one.root, url) as base:
            assert one.files() == {record.path: record.text.encode() for record in base.records()}
        found = one("search", "connection refused", "--json", KB_DATABASE=url)
        assert [hit["title"] for hit in found.json["hits"]][:1] == ["Database server gone"]
        assert AWAY not in found.err


def test_a_second_outage_begins_from_what_everybody_knew(two: tuple[Kb, Kb], server: Server, url: str) -> None:
    here, other = two
    server.kill()
    here("log", "first outage", "--on", ID, KB_DATABASE=url)
    server.start()
    here("sync", KB_DATABASE=url)
    other("new", "incident", "Between the outages", KB_DATABASE=url)
    other("log", "between them", "--on", ID, KB_DATABASE=url)
    here("sync", KB_DATABASE=url)
    server.kill()
    assert "Between the outages" in here("search", "between outages", KB_DATABASE=url).out
    here("log", "second outage", "--on", ID, KB_DATABASE=url)
    text = here.text(PATH)
    assert [text.count(words) for words in ("first outage", "between them", "second outage")] == [1, 1, 1]
    server.start()
    other("sync", KB_DATABASE=url)
    here("sync", KB_DATABASE=url)
    other("sync", KB_DATABASE=url)
    assert here.files() == other.files()
    assert "second outage" in other.text(PATH)


def test_the_same_outage_opened_on_two_machines_keeps_both(two: tuple[Kb, Kb], server: Server, url: str) -> None:
    here, other = two
    server.kill()
    here("new", "incident", "Database server gone", "--symptom", "seen by Ann", KB_DATABASE=url)
    other("new", "incident", "Database server gone", "--symptom", "seen by Bob", KB_DATABASE=url)
    server.start()
    for one in (here, other, here):
        one("sync", KB_DATABASE=url)
    assert here.files() == other.files()
    (text,) = (file.decode() for path, file in here.files().items() if "database-server-gone" in path)
    assert [text.count(words) for words in ("seen by Ann", "seen by Bob", "# Database server gone")] == [1, 1, 1], text


def test_what_only_the_server_knows_is_refused(two: tuple[Kb, Kb], server: Server, url: str) -> None:
    here, _ = two
    server.kill()
    before = here.files()
    for words in (("sync",), ("history", ID), ("restore", ID, "--rev", "1"), ("restore",)):
        ran = here.fails(*words, KB_DATABASE=url)
        assert (ran.code, "cannot be used" in ran.err) == (15, True), words
    assert here.files() == before
    assert here("check", KB_DATABASE=url).code == 0


def test_a_wrong_password_is_no_outage_and_is_never_shown(two: tuple[Kb, Kb], url: str, server: Server) -> None:
    here, _ = two
    place = url.partition("://kb@")[2]
    for wrong in (f"postgresql+psycopg://kb@{place}none", f"postgresql+psycopg://nobody:hunter@22@{place}"):
        ran = here.fails("log", "words", "--on", ID, KB_DATABASE=wrong)
        assert (ran.code, "hunter" in ran.err) == (15, False) if "none" in wrong else "hunter" not in ran.err, ran.err
    server.kill()
    ran = here("list", KB_DATABASE=f"{url}?password=hunter22&application_name=x")
    assert AWAY in " ".join(ran.err.split())
    assert "hunter" not in ran.err


def test_a_server_that_does_not_even_refuse_is_waited_for_once(
    two: tuple[Kb, Kb], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cut cable: each command of an outage would wait ten seconds for nothing."""
    here, _ = two
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        silent = f"postgresql+psycopg://kb@127.0.0.1:{deaf.getsockname()[1]}/kb?connect_timeout=2"
        began = time.monotonic()
        here("log", "first", "--on", ID, KB_DATABASE=silent)
        first, began = time.monotonic() - began, time.monotonic()
        here("log", "second", "--on", ID, KB_DATABASE=silent)
        second, began = time.monotonic() - began, time.monotonic()
        monkeypatch.setattr(offline, "_BELIEVED_SECONDS", 0)
        here("log", "third", "--on", ID, KB_DATABASE=silent)
        third = time.monotonic() - began
    assert second < first / 2 < 2 * third, (first, second, third)
    assert [here.text(PATH).count(words) for words in ("first", "second", "third")] == [1, 1, 1]
