"""One ranking: the page and the terminal, given the same words, give the same hits, reasons and questions."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from bench.judged import JUDGED, ROOT, entries
from bench.speed import made
from playwright.sync_api import Browser, Page
from strategies import NASTY

from kb.model import Entry, Visibility
from kb.search import export, finder, questions, vocabulary
from kb.search.analysis import words
from kb.search.documents import document
from kb.search.source import Memory

WORDS = vocabulary.builtin()
ODD = (
    "café naïve ﬁle ＣＰＵ １００％", "İstanbul ΑΣ ǅ 𝐚𝐛𝐜 ٣٤٥ 一二三", "can't don’t OutOfMemoryError",
    "e\u0301", "", "...",
)  # fmt: skip


def scripts(found: Iterable[tuple[Entry, str]]) -> dict[str, bytes]:
    """What a site with these entries gives the browser to search in, by name."""
    return export.scripts(Memory(document(entry, path, WORDS) for entry, path in found), WORDS)


def base_entries() -> list[tuple[Entry, str]]:
    """Those of this repository, and so many mixed ones that hits lie in several scripts."""
    return [*entries(), *((entry, path) for entry, path, _ in made(150))]


def all_of(made: dict[str, bytes]) -> bytes:
    return b"".join(made.values())


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Page:
    """A page opened from a file, with nothing but the index and the script."""
    folder = tmp_path_factory.mktemp("page")
    for name, script in scripts(base_entries()).items():
        (folder / name).write_bytes(script)
    (folder / "kb-rank.js").write_bytes((ROOT / "kb/site/assets/kb-rank.js").read_bytes())
    (folder / "page.html").write_text(
        '<!doctype html><meta charset="utf-8"><script src="kb-index.js"></script><script src="kb-rank.js"></script>'
    )
    opened = browser.new_page()
    opened.goto((folder / "page.html").as_uri())
    return opened


def queries() -> list[str]:
    """More than 300: what people type, mixed and misspelt, and what nobody should."""
    shuffled = random.Random(7)
    typed = [text for text, _ in JUDGED]
    every = [word for text in typed for word in text.split()]
    mixed = [" ".join(shuffled.sample(every, shuffled.randint(1, 9))) for _ in range(150)]
    misspelt = [text.replace(shuffled.choice(text), "", 1) for text in typed]
    titles = [entry.title for entry, _ in entries()]
    nasty = [f"{one} high cpu {shuffled.choice(NASTY)}" for one in NASTY if "\x00" not in one]
    alert = "\n".join(f"2026-11-23T09:{n % 60:02}:00Z web-{n} CRIT cpu 100% w3wp.exe ORA-12541" for n in range(200))
    return [*typed, *mixed, *misspelt, *titles, *nasty, *ODD, alert]


def test_the_page_and_the_terminal_agree_on_everything(page: Page) -> None:
    base = Memory(document(entry, path, WORDS) for entry, path in base_entries())
    asked = queries()
    assert len(asked) >= 300
    answers = page.evaluate(
        "asked => Promise.all(asked.map(async text => { const found = await kbRank.search(text, 8); return {"
        " tokens: kbRank.tokens(text), questions: found.questions, total: found.total,"
        " hits: found.hits.map(hit => [hit.doc.id, hit.score, hit.reasons, hit.fit])}; }))",
        asked,
    )
    for text, answer in zip(asked, answers, strict=True):
        assert answer["tokens"] == words(text), text
        hits = finder.similar(base, WORDS, text, 8)
        assert answer["hits"] == [[hit.entry.id, hit.score, list(hit.reasons), hit.fit] for hit in hits], text
        best = [json.loads(json.dumps(asdict(one))) for one in questions.suggest(base, WORDS, text, 8)]
        assert answer["questions"] == best, text


def test_a_keystroke_is_answered_at_once(page: Page) -> None:
    took = page.evaluate(
        "async () => { await kbRank.search('warm'); const began = performance.now();"
        " for (let i = 0; i < 20; i++) await kbRank.search('high cpu after deploy, everything times out');"
        " return (performance.now() - began) / 20; }"
    )
    assert took < 50


def test_what_matches_can_be_highlighted(page: Page) -> None:
    text = "CPU near 100 % on the application server"
    spans = page.evaluate("text => kbRank.spans(text, 'high cpu')", text)
    assert [text[start:end] for start, end in spans] == ["CPU near 100 %"]


def test_the_same_entries_give_the_same_bytes_and_hostile_text_stays_text() -> None:
    hostile = [(replace(entry, title="</script><script>alert(1)</script><!--"), path) for entry, path in entries()]
    made = scripts(hostile)
    assert made == scripts(reversed(hostile))
    assert b"</" not in all_of(made)
    assert b"<!" not in all_of(made)
    loaded = json.loads(made["kb-docs-0.js"].decode().partition("[0]=")[2].removesuffix(";\n"))
    assert loaded[0]["title"] == "</script><script>alert(1)</script><!--"


def test_what_is_not_exported_leaves_no_trace() -> None:
    entry, path = entries()[0]
    secret = [(replace(entry, title="Xyzzyplugh 4711", visibility=Visibility.INTERNAL), path)]
    without = all_of(scripts(entries()[1:]))
    assert b"xyzzyplugh" in all_of(scripts([*entries()[1:], *secret])).lower()
    assert b"xyzzyplugh" not in without.lower()
    assert entry.id.encode() not in without


def test_the_index_stays_small() -> None:
    assert sum(len(gzip.compress(script, 9)) for script in scripts(entries()).values()) < 120_000


def test_the_script_stands_alone() -> None:
    text = Path(ROOT / "kb/site/assets/kb-rank.js").read_text(encoding="utf-8")
    assert "import " not in text
    assert "fetch(" not in text
    assert "innerHTML" not in text
