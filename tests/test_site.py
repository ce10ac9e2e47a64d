"""The built site: one strict build of a living knowledge base, read in Chromium from files and over HTTP."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import demo
import pytest
from pictures import SHAPES, tab
from playwright.sync_api import Browser, Page, expect
from sites import differences

from kb.errors import ConfigurationError, ProblemsFound
from kb.site.book import Sheet
from kb.site.run import build
from kb.site.stage import stage

SEED = "2019-03-12-all-applications-down"
CRACKED = "What is currently running on our application server?"
DESKTOP, PHONE = SHAPES[0], SHAPES[1]


def names(site: Path) -> list[str]:
    """Every page that shows something of our own, and some of the library's, which are all made alike."""
    library = sorted(site.glob("library/*.html"))
    pages = [path for path in site.rglob("*.html") if path not in library and path.name != "404.html"]
    return sorted(path.relative_to(site).as_posix() for path in [*pages, *library[:3]])


def test_every_page_opens_on_a_phone_from_a_folder_and_nothing_hostile_runs(site: Path, page: Page) -> None:
    page.set_viewport_size({"width": PHONE.width, "height": PHONE.height})
    for name in names(site):
        page.goto((site / name).as_uri(), wait_until="load")
        assert page.evaluate("window.pwned") is None, name
        runs = "[href^='javascript' i], [onerror], [onload], [ontoggle], [onfocus], [style*=url], [srcdoc]"
        assert page.locator(runs).count() == 0, name
        assert page.locator("h1").count() == 1, name
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE.width, name


def test_the_box_answers_while_one_types(site: Path, page: Page) -> None:
    page.goto((site / "handle.html").as_uri())
    expect(page.locator("#kb-q")).to_be_focused()
    page.locator("#kb-q").press_sequentially("high CPU after deploy")
    first = page.locator(".kb-results .kb-sim").first
    expect(first.locator("header a")).to_have_text("All applications down four hours after a clean release")
    expect(first).to_contain_text(f"Cracked by “{CRACKED}”")
    expect(page.locator(".kb-results .kb-ask__q").first).to_have_text(CRACKED)
    expect(page.locator(".kb-copy code")).to_have_text("kb new incident --symptom 'high CPU after deploy'")
    assert page.url.endswith("#q=high%20CPU%20after%20deploy")
    first.locator("header a").click()
    expect(page.locator(".kb-answer__c")).to_contain_text(CRACKED)


def test_what_was_typed_can_be_shared_and_ticks_are_kept(site: Path, page: Page) -> None:
    address = (site / "handle.html").as_uri() + "#q=SQL%20Server%20slow"
    page.goto(address)
    expect(page.locator("#kb-q")).to_have_value("SQL Server slow")
    tick = page.locator(".kb-results .kb-ask input").first
    tick.check()
    page.reload()
    expect(page.locator(".kb-results .kb-ask input").first).to_be_checked()


def test_two_hundred_pasted_lines_are_answered_and_shared_in_part(site: Path, page: Page) -> None:
    lines = [
        f"08:{n // 60:02}:{n % 60:02} app-server-02 w3wp.exe pid {n} cpu 98 %, sql timeout expired" for n in range(200)
    ]
    page.goto((site / "handle.html").as_uri())
    page.locator("#kb-q").fill("\n".join(lines))
    expect(page.locator(".kb-results .kb-sim header a").first).to_have_text(
        "All applications down four hours after a clean release"
    )
    expect(page.locator(".kb-results .kb-sim").first).to_contain_text(f"Cracked by “{CRACKED}”")
    expect(page.locator(".kb-copy code")).to_have_text(f"kb new incident --symptom '{lines[0]}'")
    assert 2000 < len(page.url) < 8000
    page.reload()
    assert page.locator("#kb-q").input_value() == "\n".join(lines)[:2000]


def test_words_nobody_has_written_find_nothing_and_say_so(site: Path, page: Page) -> None:
    page.goto((site / "handle.html").as_uri())
    page.locator("#kb-q").fill("zzqxv it's <b>yyqkw</b>")
    expect(page.locator(".kb-results")).to_contain_text("Nothing like this is written down yet")
    expect(page.locator(".kb-copy code")).to_have_text("kb new incident --symptom 'zzqxv it'\\''s <b>yyqkw</b>'")
    page.locator("#kb-q").fill("")
    expect(page.locator(".kb-results")).to_be_empty()
    expect(page.locator(".kb-start")).to_be_visible()


def test_hostile_words_are_shown_as_words(site: Path, page: Page) -> None:
    page.goto((site / "index.html").as_uri())
    page.locator("#kb-q").fill("cpu script pwned onerror")
    expect(page.locator(".kb-results")).to_contain_text("<script>window.pwned=1</script>")
    page.locator(".md-search__input").click()
    expect(page.locator("#__search")).to_be_checked()
    page.keyboard.type("onerror pwned", delay=50)
    expect(page.locator(".md-search-result__item").first).to_contain_text("<script>window.pwned=1</script>")
    assert page.evaluate("window.pwned") is None


def test_even_markup_that_came_through_would_not_run(site: Path, browser: Browser) -> None:
    through = "<script>window.pwned=1</script><img src=x onerror=window.pwned=2>"
    through += "<a href='javascript:window.pwned=3'>x</a>"
    text = (site / "incidents.html").read_text("utf-8").replace("<h1", f"{through}<h1", 1)
    (site / "through.html").write_text(text, "utf-8")
    try:
        with tab(browser, DESKTOP) as page:
            page.goto((site / "through.html").as_uri())
            page.locator("a[href^=javascript]").click()
            page.wait_for_timeout(200)
            assert page.evaluate("window.pwned") is None
    finally:
        (site / "through.html").unlink()


def test_dark_is_one_click_and_is_remembered(served: str, page: Page) -> None:
    page.goto(f"{served}/index.html")
    page.locator("label[title='Switch to dark mode']").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.goto(f"{served}/incidents/{SEED}.html")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


def test_an_open_incident_on_the_home_page_leads_to_what_to_ask(served: str, page: Page) -> None:
    page.goto(f"{served}/index.html")
    expect(page.locator(".kb-open__q")).to_have_text(f"“{CRACKED}”")
    page.locator(".kb-open__t a").click()
    expect(page.locator(".kb-ask__q").first).to_have_text(CRACKED)
    expect(page.locator(".md-tabs__item--active")).to_have_text("Incidents")
    expect(page.locator(".kb-suspects")).to_contain_text("Web content 4.18.2")


def test_a_responder_on_a_phone_finds_the_question_in_four_steps(served: str, browser: Browser) -> None:
    with tab(browser, PHONE) as page:
        page.goto(f"{served}/index.html")
        page.locator("#kb-q").click()
        page.locator("#kb-q").fill("high CPU after deploy")
        page.locator(".kb-results .kb-sim header a").first.click()
        expect(page.locator(".kb-answer__c")).to_contain_text(CRACKED)
        page.wait_for_function(f"document.documentElement.scrollWidth === {PHONE.width}")  # once all is laid out


def test_without_scripts_and_on_paper_the_story_is_whole(site: Path, browser: Browser) -> None:
    with tab(browser, SHAPES[3]) as page:
        page.goto((site / f"incidents/{SEED}.html").as_uri())
        expect(page.locator(".kb-answer__c")).to_be_visible()
        assert page.locator(".md-tabs, .md-header").evaluate_all("all => all.every(one => !one.offsetHeight)")


def test_plain_mkdocs_builds_the_same_bytes_from_a_clean_checkout(base: Path, site: Path, tmp_path: Path) -> None:
    checkout = demo.make(tmp_path / "base")
    variables = os.environ | {"SOURCE_DATE_EPOCH": str(int(demo.NOW.timestamp()))}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(tmp_path / "built")]
    done = subprocess.run(command, cwd=checkout, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert differences(site, tmp_path / "built") == []


def test_a_faulty_entry_fails_only_a_strict_build(tmp_path: Path) -> None:
    root = demo.make(tmp_path / "base", library=False)
    (root / "entries" / "systems" / "app-server-01.md").write_text("---\nid: app-server-01\nkind: [\n---\n", "utf-8")
    with pytest.raises(ProblemsFound):
        build(root, tmp_path / "built", strict=True, as_of=demo.NOW)
    assert build(root, tmp_path / "built", as_of=demo.NOW).pages > 12


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "entries").mkdir()
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: x\ndocs_dir: entries\ntheme: {name: material}\nplugins:\n  - kb:\n      timezone: Mars/Olympus\n"
    )
    with pytest.raises(ConfigurationError, match="timezone"):
        build(tmp_path, tmp_path / "built")


def sheets(*contents: tuple[str, str | bytes, str]) -> list[Sheet]:
    return [Sheet(path, lambda content=content: content, mark) for path, content, mark in contents]


def test_staging_writes_what_changed_and_removes_what_vanished(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    first = stage(sheets(("a.md", "1", ""), ("b/c.md", "2", "")), docs)
    before = (docs / "a.md").stat().st_mtime_ns
    second = stage(sheets(("a.md", "1", ""), ("d.js", b"3", "")), docs)
    assert first["a.md"] == second["a.md"]
    assert (docs / "a.md").stat().st_mtime_ns == before
    assert not (docs / "b" / "c.md").exists()
    assert (docs / "d.js").read_bytes() == b"3"


def test_a_page_whose_mark_is_the_same_is_not_made_again(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    stage(sheets(("a.md", "1", "x")), docs, "salt")
    stage(sheets(("a.md", "never made", "x")), docs, "salt")
    assert (docs / "a.md").read_text() == "1"
    stage(sheets(("a.md", "2", "x")), docs, "other code")
    assert (docs / "a.md").read_text() == "2"
    (docs / "a.md").unlink()
    stage(sheets(("a.md", "3", "x")), docs, "other code")
    assert (docs / "a.md").read_text() == "3"


def test_a_stage_that_was_broken_off_is_not_believed(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    stage(sheets(("a.md", "1", "x")), docs)

    def fails() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stage([*sheets(("a.md", "half", "y")), Sheet("b.md", fails)], docs)
    stage(sheets(("a.md", "1", "x")), docs)
    assert (docs / "a.md").read_text() == "1"


def test_the_plugin_knows_the_options_that_kb_reads() -> None:
    from kb import config
    from kb.site.plugin import Options

    options = Options()
    assert {name for name, _ in options._schema} == set(config.OPTIONS)
    fields = config.Settings.__dataclass_fields__
    assert all(fields[name].default == option.default for name, option in options._schema)


def test_a_served_page_follows_the_entry_that_somebody_else_changes(tmp_path: Path) -> None:
    root = demo.make(tmp_path / "base", library=False)
    port = free_port()
    start = f"from pathlib import Path; from kb.site.run import serve; serve(Path({str(root)!r}), '127.0.0.1:{port}')"
    with subprocess.Popen([sys.executable, "-c", start], stderr=subprocess.DEVNULL) as server:
        try:
            address = f"http://127.0.0.1:{port}/incidents/{demo.OPEN}.html"
            wait_for(address, "Over 95 % for five minutes", seconds=30)
            entry = root / "entries" / "incidents" / "2026" / f"{demo.OPEN}.md"
            text = entry.read_text("utf-8")
            text = text.replace("SQL Server slow for every application.", "Every query waits for a disk.")
            entry.write_text(text, "utf-8")
            wait_for(address, "Every query waits for a disk", seconds=10)
        finally:
            server.terminate()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(address: str, words: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            if words in answer.read().decode():
                return
        time.sleep(0.1)
    pytest.fail(f"{address} did not show '{words}' within {seconds} s")
