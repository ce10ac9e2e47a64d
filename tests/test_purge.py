"""A secret that was recorded is taken out of every byte that kb keeps."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import time
import zlib
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from commands import Kb
from databases import fresh, postgres

from kb.markdown.traces import traces

__all__ = ["postgres"]
SECRET = "Tr0ub4dor&3-kx9"
LINES = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAAS\n-----END PRIVATE KEY-----"


@pytest.fixture
def leaked(kb: Kb) -> Kb:
    """A secret in an event, in evidence, in the front matter, in a deleted entry, a draft and a faulty file."""
    kb("new", "incident", "Checkout is down")
    kb("log", f"password={SECRET} was refused")
    kb("log", "nothing to see")
    kb("ask", "What runs there?")
    kb("answer", "A job", "--evidence", f"login -p {SECRET}")
    kb("set", f"detected_by={SECRET}")
    kb("new", "incident", "Deleted later", "--symptom", SECRET)
    kb("sync")
    next((kb.root / "entries").rglob("*deleted-later.md")).unlink()
    kb("sync")
    kb("new", "system", "Faulty", "--expect", SECRET)
    faulty = kb.root / "entries/systems/faulty.md"
    faulty.write_text(faulty.read_text().replace("kind: system", "kind: [system"))
    kb("search", SECRET)
    kb("build")
    (kb.root / ".kb/drafts").mkdir(exist_ok=True)
    (kb.root / ".kb/drafts/x.rev1.md").write_text(f"draft with {SECRET}")
    return kb


def kept(root: Path, secret: str = SECRET) -> list[str]:
    """Where a secret stands: in the bytes of files, in packed texts, in what search keeps."""
    needles = {secret.encode(), secret.encode("utf-16-le"), secret.replace("&", "&amp;").encode()}
    files = [
        path for path in sorted(root.rglob("*")) if path.is_file() and "site" not in path.relative_to(root).parts[:1]
    ]
    found = [str(path.relative_to(root)) for path in files if any(n in path.read_bytes() for n in needles)]
    database = root / ".kb/kb.sqlite"
    if database.is_file():
        with sqlite3.connect(database) as plain:
            for entry, rev, text in plain.execute("select entry, rev, text from revisions"):
                if any(n in zlib.decompress(text) for n in needles):
                    found.append(f"{entry} {rev}")
            tables = [name for (name,) in plain.execute("select name from sqlite_master where type = 'table'")]
            for table in tables:
                for row in plain.execute(f"select * from {table}"):
                    found += [table for value in row if secret in str(value)]
        plain.close()
    return found


def test_it_stands_nowhere_afterwards(leaked: Kb) -> None:
    assert len(kept(leaked.root)) > 8
    ran = leaked.fails("purge-secret", "--json", stdin=f"{SECRET}\n")
    told = ran.json
    assert ran.code == 3, "the site built last"
    assert len(told["entries"]) == 3
    assert told["revisions"] > 4
    assert ".kb/drafts/x.rev1.md" in told["files"]
    assert {place.partition("/")[0] for place in told["left"]} == {"site"}
    assert kept(leaked.root) == []
    leaked("search", "refused")
    assert kept(leaked.root) == []
    text = leaked("show", "checkout").out
    assert "password=[redacted] was refused" in text
    assert "nothing to see" in text
    assert leaked("show", "checkout", "--json").json["detected_by"] == "redacted"
    leaked("build")
    assert leaked.fails("purge-secret", stdin=SECRET).code == 10


def test_everything_else_stays_as_it_was(leaked: Kb) -> None:
    before, history = leaked.files(), leaked("history", "checkout", "--json").json["revisions"]
    leaked.fails("purge-secret", stdin=SECRET)
    after = leaked.files()
    assert before.keys() == after.keys()
    for path, data in before.items():
        if b"kind: [system" not in data:
            assert after[path].replace(b"[redacted]", SECRET.encode()).replace(b"redacted", SECRET.encode()) == data
    revisions = leaked("history", "checkout", "--json").json["revisions"]
    assert [one["rev"] for one in revisions] == [*(one["rev"] for one in history), len(history) + 1]
    assert revisions[-1]["via"] == "kb purge-secret"


def test_a_key_of_several_lines_however_it_is_indented(kb: Kb) -> None:
    kb("new", "incident", "Checkout is down")
    kb("log", f"they sent this:\n\n```\n{LINES}\n```")
    assert "MIIEvQIBADANBgkq" in next(data.decode() for data in kb.files().values())
    kb("purge-secret", stdin=LINES)
    assert kept(kb.root, "MIIEvQIBADANBgkq") == []
    assert kb("check").code == 0


def test_what_is_too_short_or_nothing_is_refused(leaked: Kb) -> None:
    before = leaked.files()
    for given in ("", "  \n", "abc"):
        assert leaked.fails("purge-secret", stdin=given).code == 2
    assert leaked.files() == before


@pytest.mark.parametrize("step", [
    "kb.journeys.purging.sync", "kb.store.writer.Writer.rewrite", "kb.store.writer.Writer.save",
    "kb.journeys.purging.create", "kb.journeys.purging.delete", "kb.store.writer.Writer.erase",
    "kb.files.exchange._put_aside", "kb.journeys.purging.Outbox.write",
    "kb.journeys.purging._rewritten", "kb.journeys.purging._in_state",
    "kb.store.store.Store.scrub",
])  # fmt: skip
@pytest.mark.parametrize("when", ["before", "after"])
def test_cut_off_anywhere_it_is_done_by_doing_it_again(leaked: Kb, step: str, when: str) -> None:
    in_an_id(leaked)
    from test_sync_processes import fatal

    if (child := os.fork()) == 0:
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(step, fatal(step, when))
                leaked("purge-secret", stdin=SECRET)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    leaked.fails("purge-secret", stdin=SECRET)
    assert kept(leaked.root) == []
    assert "nothing to see" in leaked("show", "checkout").out


def test_on_a_server_other_checkouts_get_it_with_their_next_sync(tmp_path: Path, postgres: str) -> None:
    url = fresh(postgres)
    here, there = Kb(tmp_path / "here"), Kb(tmp_path / "there")
    for kb in (here, there):
        kb.root.mkdir()
        kb("init", str(kb.root), "--timezone", "UTC")
    here("new", "incident", "Checkout is down", KB_DATABASE=url)
    here("log", f"password={SECRET}", KB_DATABASE=url)
    there("sync", KB_DATABASE=url)
    assert SECRET.encode() in b"".join(there.files().values())
    here("purge-secret", KB_DATABASE=url, stdin=SECRET)
    there("sync", KB_DATABASE=url)
    assert SECRET.encode() not in b"".join([*here.files().values(), *there.files().values()])
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        texts = [zlib.decompress(row[0]) for row in connection.execute("select text from revisions")]
    assert len(texts) > 2
    assert not any(SECRET.encode() in text for text in texts)


def in_an_id(kb: Kb) -> str:
    """A deployment whose id was made from the secret, and an incident that blames it."""
    old = str(kb("new", "deployment", f"Login with {SECRET}", "--override", "it must", "--json").json["id"])
    kb("link", "checkout", old, "--relation", "suspected")
    assert "tr0ub4dor-3-kx9" in old
    return old


WAYS = (
    "it is {s} here", "`{s}` in code", "<{s}>", "[a link](https://host/?key={q})", "&lt;{h}&gt;", "{e}", "> {s}",
)  # fmt: skip


@pytest.mark.parametrize("secret", [SECRET, "it's_a*secret & <more>", "zwölf&Boxkämpfer_9", "a b c d e f g h"])
def test_it_is_found_however_it_is_written(kb: Kb, secret: str) -> None:
    escaped = re.sub(r"([_*<>&'])", r"\\\1", secret)
    ways = [way.format(s=secret, q=quote(secret, safe=""), h=escape(secret), e=escaped) for way in WAYS]
    ways += [quote_plus(secret), json.dumps(secret), secret.replace("'", "''"), secret.replace(" ", "\n    ")]
    pattern = traces(secret)
    assert [text for text in ways if not pattern.search(text)] == []
    assert not pattern.search(secret[:-1])
    kb("new", "incident", "Checkout is down")
    for text in ways:
        kb("log", f"they wrote {text}", "--by", f"Ann {secret}")
    kb("set", f"detected_by={secret}")
    kb("purge-secret", stdin=secret)
    assert not any(pattern.search(data.decode()) for data in kb.files().values())
    assert kept(kb.root, secret) == []
    assert kb("check", "--deep").code == 0


def test_a_line_of_a_key_alone_goes_too(kb: Kb) -> None:
    kb("new", "incident", "Checkout is down")
    kb("log", f"they sent\n\n{LINES}")
    kb("log", "it began with MIIEvQIBADANBgkq")
    kb("purge-secret", stdin=LINES)
    assert kept(kb.root, "MIIEvQIBADANBgkq") == []


def test_an_id_made_from_it_is_another_one_afterwards(leaked: Kb) -> None:
    old = in_an_id(leaked)
    told = leaked.fails("purge-secret", "--json", stdin=SECRET).json
    (new,) = told["renamed"].values()
    assert list(told["renamed"]) == [old]
    assert not any("tr0ub4dor" in str(path) for path in leaked.root.rglob("*") if "site" not in path.parts)
    assert leaked("show", new, "--json").json["title"] == "Login with [redacted]"
    assert new in leaked.text(next(path for path in leaked.files() if "checkout" in path))
    assert kept(leaked.root, "tr0ub4dor-3-kx9") == []


def test_killed_at_any_moment_it_is_finished_by_doing_it_again(leaked: Kb, tmp_path: Path) -> None:
    """`KB_KILLS=120 pytest tests/test_purge.py -k any_moment` makes it 120 kills."""
    in_an_id(leaked)
    many, chance = len(leaked("list", "--json").json["entries"]), random.Random(7)
    for number in range(int(os.environ.get("KB_KILLS", "8"))):
        again = Kb(tmp_path / f"again {number}" / "base")
        shutil.copytree(leaked.root, again.root)
        if (child := os.fork()) == 0:
            try:
                again.fails("purge-secret", stdin=SECRET)
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0, 0.8))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said = again.fails("purge-secret", stdin=SECRET)
        assert kept(again.root) + kept(again.root, "tr0ub4dor-3-kx9") == [], f"{number}: {said.out}{said.err}"
        assert "nothing to see" in again("show", "checkout").out
        assert len(again("list", "--json").json["entries"]) == many
        shutil.rmtree(again.root)


def test_what_a_command_that_was_cut_off_left_beside_a_file_brings_nothing_back(leaked: Kb) -> None:
    """Killed while a file is written, what was in it lies beside it, and the next command takes it in."""
    from kb.files import exchange

    in_an_id(leaked)
    if (child := os.fork()) == 0:
        calls = iter(range(10))

        def fatal(*_: object) -> None:
            if next(calls) == 1:
                os.kill(os.getpid(), signal.SIGKILL)

        exchange._put_aside = fatal
        leaked.fails("purge-secret", stdin=SECRET)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    leaked.fails("purge-secret", stdin=SECRET)
    assert kept(leaked.root) + kept(leaked.root, "tr0ub4dor-3-kx9") == []
