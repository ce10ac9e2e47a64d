"""One entry handed on to somebody who has no kb: as Markdown for a wiki, as a page of one file, and printed."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import besieged
import demo
import pypdf
import pytest
import sites
from attacks import ATTACKS
from commands import ROOT, Kb, missing
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pictures import SHAPES, program, tab
from playwright.sync_api import Browser

from kb.config import load
from kb.journeys.record import Record
from kb.journeys.single import wiki
from kb.markdown.elsewhere import elsewhere
from kb.model import Deployment, Entry
from kb.site.single import page

SEED = "2019-03-12-all-applications-down"
PHONE = SHAPES[1]
SEEN = tuple(attack for attack in ATTACKS if attack.group != "trap")
ADDRESS = "https://example.org/notes/"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Kb:
    """The demonstration."""
    return Kb(demo.make(tmp_path_factory.mktemp("single") / "base"))


def test_a_wiki_gets_the_story_with_its_facts_in_a_table_and_what_is_to_do_as_a_list_of_tasks(
    base: Kb, tmp_path: Path
) -> None:
    kb = base
    said = kb("export", "all-applications", "--to", str(tmp_path / "outage.md"))
    assert SEED in said.out
    text = (tmp_path / "outage.md").read_text("utf-8")
    assert text.startswith("# All applications down four hours after a clean release\n\n| | |\n|---|---|\n| Status |")
    assert "| Severity | sev1 |\n" in text
    assert "| Deployments | 2019-03-12-release-4-10 (ruled-out) |\n" in text
    assert (
        "- **2019-03-12 09:04** observation: CPU near 100 % on app-server-01, SQL Server slow. *(IT operations)*"
        in text
    )
    assert "- [ ] Inventory every service on every application server *(@ops, due 2019-03-22, OPS-412)*" in text
    cracked = "- **★** What is currently running on our application server? *(CTO, 2019-03-12 09:30, cracked it)*"
    assert f'{cracked}\n  - "Just .NET sites." Said from memory; nobody had looked. (IT operations)\n' in text
    assert "The application server, and what is expected to run on it: app-server-01" in text
    assert not re.search(r"<!--|\.md\b|^---", text, re.MULTILINE)
    headings = re.findall("^## (.*)", text, re.MULTILINE)
    assert headings == re.findall("^## (.*)", kb.text(f"entries/incidents/2019/{SEED}.md"), re.MULTILINE)


def test_links_to_other_entries_lead_to_their_pages_where_the_site_has_an_address(tmp_path: Path) -> None:
    kb = Kb(demo.make(tmp_path / "base", library=False, year=False))
    with (kb.root / "mkdocs.yml").open("a") as settings:
        settings.write(f"\nsite_url: {ADDRESS.rstrip('/')}\n")
    kb("build", "--as-of", "2026-11-23")
    for name, links in (("outage.md", r"\]\(([^)]*)\)"), ("outage.html", r'href="(http[^"]*)"')):
        kb("export", SEED, "--to", str(tmp_path / name))
        text = (tmp_path / name).read_text("utf-8")
        inside = {link.partition("#")[0] for link in re.findall(links, text) if link.startswith(ADDRESS)}
        assert f"{ADDRESS}deployments/2019-03-12-release-4-10.html" in inside
        assert [link for link in inside if not (kb.root / "site" / link.removeprefix(ADDRESS)).is_file()] == []


def tokens(text: str) -> Iterator[Token]:
    """What a wiki that knows HTML and tables reads."""
    engine = MarkdownIt("js-default", {"html": True})
    engine.validateLink = lambda url: True
    for token in engine.parse(text):
        yield from (token, *(token.children or ()))


def record(entry: Entry) -> Record:
    return Record(entry, f"entries/{entry.kind}s/{entry.id}.md", 1, "")


@pytest.mark.parametrize("kind", besieged.KINDS)
def test_hostile_text_in_a_wiki_is_only_text(kind: type[Entry]) -> None:
    for attack in SEEN:
        by_hand = besieged.filled(kind, attack.marked)
        for entry in (besieged.taken_in(kind, attack), by_hand):
            text = wiki(record(entry))
            for token in tokens(text):
                assert token.type not in ("html_block", "html_inline", "image"), (attack.name, token.content)
                if token.type == "link_open":
                    assert re.match("(?:https?:|mailto:)", str(token.attrs["href"]), re.IGNORECASE), attack.name
            assert f"attack{attack.number:03d}" in text


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("5 < 6 and `a <b>`", "5 &lt; 6 and `a <b>`"),
        ("```\n<b>\n```", "```\n<b>\n```"),
        ("- x\n  ~~~ html\n  <b>\n  ~~~\n  <i>", "- x\n  ~~~ html\n  <b>\n  ~~~\n  &lt;i>"),
        ("see [the other](../2019/a-b.md#x) and [that](https://x.org/) <https://y.org/>",
         "see [the other](https://kb/a-b) and [that](https://x.org/) <https://y.org/>"),
        ("[none](gone.md) ![a graph](http://x.org/p.png) ![own](p.png)",
         "none [a graph](http://x.org/p.png) own"),
        ("said <!-- to the writer --> so", "said  so"),
        ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
        ("`\n\n<b>\n\n`", "`\n\n&lt;b>\n\n`"),
        ("| `a | <b>` |\n|---|---|\n", "| `a | &lt;b>` |\n|---|---|\n"),
    ],
)  # fmt: skip
def test_what_a_wiki_would_make_more_of_is_put_so_that_it_does_not(written: str, made: str) -> None:
    assert elsewhere(written, lambda name: f"https://kb/{name}" if name == "a-b" else "") == made


def test_the_page_of_one_file_reads_like_the_site_and_needs_nothing(base: Kb, tmp_path: Path, browser: Browser) -> None:
    file = tmp_path / "outage.html"
    base("export", SEED, "--to", str(file))
    alone = file.rename(tmp_path / "moved.html")
    with tab(browser, PHONE) as shown:
        asked: list[str] = []
        wrong = sites.watch(shown)
        shown.on("request", lambda request: asked.append(request.url.partition(",")[0]))
        shown.goto(alone.as_uri())
        assert shown.title() == "All applications down four hours after a clean release"
        assert (
            shown.locator(".kb-answer__c")
            .inner_text()
            .endswith("“What is currently running on our application server?”")
        )
        assert shown.evaluate("document.documentElement.scrollWidth") <= PHONE.width
        assert shown.evaluate("document.fonts.check('700 20px Inter')")
        assert float(shown.evaluate("getComputedStyle(document.querySelector('.kb-tl__h')).fontSize")[:-2]) >= 14
        assert {one for one in asked if not one.startswith("data:")} == {alone.as_uri()}
        assert shown.locator("script, link, iframe, img").count() == 0
        for link in shown.locator("a").all():
            target = str(link.get_attribute("href"))
            assert target.startswith("https://") or shown.locator(f"[id='{target[1:]}']").count() == 1, target
        assert wrong == []


@pytest.mark.parametrize("kind", besieged.KINDS)
def test_hostile_text_on_the_page_runs_nothing_and_calls_nobody(
    kind: type[Entry], tmp_path: Path, browser: Browser, base: Kb
) -> None:
    with tab(browser, PHONE) as shown:
        wrong = sites.watch(shown)
        shown.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        for attack in SEEN[::4]:
            entry = besieged.filled(kind, attack.marked)
            file = tmp_path / "page.html"
            file.write_bytes(page(load(base.root), [record(entry)], entry.id, demo.NOW))
            shown.goto(file.as_uri())
            assert attack.marked.split()[0] in shown.title(), attack.name
            assert shown.evaluate("window.pwned") is None, attack.name
            assert shown.locator("script, iframe, object, embed, base, form, img, link").count() == 0, attack.name
            assert shown.url == file.as_uri()
            assert wrong == [], attack.name


def test_all_payloads_together_fit_on_a_phone(base: Kb, tmp_path: Path, browser: Browser) -> None:
    base("export", demo.HOSTILE, "--to", str(tmp_path / "hostile.html"))
    with tab(browser, PHONE) as shown:
        wrong = sites.watch(shown)
        shown.goto((tmp_path / "hostile.html").as_uri())
        assert shown.evaluate("window.pwned") is None
        assert shown.evaluate("document.documentElement.scrollWidth") <= PHONE.width
        assert wrong == []


@pytest.mark.parametrize("name", [SEED, demo.HOSTILE])
def test_it_is_printed(base: Kb, tmp_path: Path, name: str) -> None:
    if program() is None:
        missing("no Chromium: apt-get install chromium")
    file = tmp_path / "outage.pdf"
    base("export", name, "--to", str(file))
    assert file.read_bytes().startswith(b"%PDF-")
    read = pypdf.PdfReader(io.BytesIO(file.read_bytes()))
    text = " ".join(" ".join(sheet.extract_text() for sheet in read.pages).split())
    start = (
        "All applications down four hours after a clean release" if name == SEED else "<script>window.pwned=1</script>"
    )
    assert start in text
    assert "Timeline" in text
    width, height = (float(side) for side in read.pages[0].mediabox[2:])
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)
    actions = [note.get_object().get("/A", {}) for sheet in read.pages for note in sheet.get("/Annots", ())]
    assert {str(one.get("/S")) for one in actions} <= {"/URI", "/GoTo", "None"}
    assert "/JavaScript" not in str(read.trailer["/Root"].get("/Names", ""))


def test_without_a_browser_it_says_what_can_be_done(base: Kb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = base.fails("export", SEED, "--to", str(tmp_path / "x.pdf"))
    assert (ran.code, "no Chromium" in ran.err, ".html" in ran.err) == (14, True, True)
    false = tmp_path / "chromium"
    false.write_text("#!/bin/sh\necho 'no room for it' >&2\n", "utf-8")
    false.chmod(0o755)
    ran = base.fails("export", SEED, "--to", str(tmp_path / "x.pdf"))
    assert (ran.code, "no room for it" in ran.err) == (15, True)
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.parametrize("suffix", [".md", ".html", ".pdf"])
def test_what_is_there_is_never_overwritten(base: Kb, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"mine{suffix}"
    file.write_text("mine", "utf-8")
    ran = base.fails("export", SEED, "--to", str(file))
    assert (ran.code, "is there already" in ran.err) == (11, True)
    assert file.read_text("utf-8") == "mine"


def test_a_link_that_leads_nowhere_is_something_too(base: Kb, tmp_path: Path) -> None:
    (tmp_path / "mine.md").symlink_to(tmp_path / "gone.md")
    assert base.fails("export", SEED, "--to", str(tmp_path / "mine.md")).code == 11
    assert not (tmp_path / "gone.md").exists()


def test_handing_on_an_entry_loads_neither_mkdocs_nor_what_writes_calendars() -> None:
    code = "import sys, kb.site.single, kb.cli.export; print(sys.modules.keys() & {'mkdocs', 'icalendar', 'whoosh'})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout == "set()\n"


def test_a_command_that_makes_no_sense_says_so(base: Kb, tmp_path: Path) -> None:
    ran = base.fails("export", SEED, "--to", str(tmp_path / "x.docx"))
    assert (ran.code, ".md, .html, .pdf" in " ".join(ran.err.split())) == (2, True)
    assert base.fails("export", "nobody-wrote-this", "--to", str(tmp_path / "x.md")).code == 10
    assert list(tmp_path.iterdir()) == []
    ran = base("export", SEED, "--to", str(tmp_path / "x.md"), "--json")
    assert ran.json == {"schema": 1, "id": SEED, "file": str(tmp_path / "x.md")}


def test_whoever_hands_on_a_secret_is_told(kb: Kb, tmp_path: Path) -> None:
    kb("new", "incident", "Down")
    kb("log", "password=Tr0ub4dor&3xyz9Q in the script", KB_SECRETS="ask")
    ran = kb("export", "down", "--to", str(tmp_path / "x.md"))
    assert "looks like a secret" in ran.out + ran.err


def test_every_entry_of_this_repository_can_be_handed_on(base: Kb, tmp_path: Path) -> None:
    from kb.journeys.base import KnowledgeBase

    chosen = load(base.root)
    with KnowledgeBase.open(base.root, chosen) as opened:
        opened.sync(strict=False)
        records = opened.records()
    assert len(records) > 60
    for one in records:
        made = page(chosen, records, one.entry.id, demo.NOW)
        assert made == page(chosen, records, one.entry.id, demo.NOW)
        assert wiki(one).startswith("# ")
        if isinstance(one.entry, Deployment):
            assert b"kb-pill" in made
