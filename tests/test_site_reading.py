"""The pages one reads and finds with: tables, questions, lessons, measures, search, feeds, and the page *not found*."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import demo
import pytest
import stories
from bench.judged import JUDGED, entries
from pictures import SHAPES, tab
from playwright.sync_api import Browser, Page, expect

from kb.search import export, finder, vocabulary
from kb.search.documents import document
from kb.search.source import Memory
from kb.site.run import build

DESKTOP, PHONE, PRINT = SHAPES[0], SHAPES[1], SHAPES[3]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a year's stories."""
    root = stories.make(tmp_path_factory.mktemp("told") / "base")
    return build(root, root.parent / "built", strict=True, as_of=demo.NOW).site


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with tab(browser, DESKTOP) as found:
        wrong: list[str] = []
        found.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        found.on("pageerror", lambda error: wrong.append(str(error)))
        yield found
        assert wrong == []


def names(page: Page) -> list[str]:
    """The incidents a table shows, from the top."""
    return page.locator("tbody tr:not([hidden]) .kb-t__t").all_inner_texts()


def test_a_table_is_filtered_by_words_and_says_how_many_are_left(told: Path, page: Page) -> None:
    page.goto((told / "incidents.html").as_uri())
    page.get_by_label("Filter incidents").fill("SEV1 checkout")
    expect(page.get_by_role("status")).to_have_text("2 of 15 shown")
    assert names(page) == [demo.going_on().title, "Thirty seconds of packet loss, two hours of retries"]
    page.get_by_label("Filter incidents").fill("nobody has written this")
    expect(page.get_by_role("status")).to_have_text("None of 15 shown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("status")).to_be_empty()
    assert len(names(page)) == 15


def test_a_table_is_sorted_with_the_keyboard_and_tells_a_screen_reader(told: Path, page: Page) -> None:
    page.goto((told / "incidents.html").as_uri())
    first = names(page)
    assert first[0] == demo.going_on().title  # open ones stand first
    head = page.get_by_role("columnheader", name="Lasted")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert names(page)[0] == "Checkout down after release 11.0.4"  # 19 minutes
    assert names(page)[-1] == demo.going_on().title  # nobody knows yet
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert names(page)[0] == "Reports time out every morning"
    assert names(page)[-1] == demo.going_on().title
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None
    assert names(page) == first


def test_the_cracking_question_stays_in_the_table_also_on_a_phone_and_on_paper(told: Path, browser: Browser) -> None:
    for shape in (PHONE, PRINT):
        with tab(browser, shape) as page:
            page.goto((told / "incidents.html").as_uri())
            row = page.locator("tbody tr", has_text="Both web nodes full")
            expect(row).to_contain_text("“Why does the disk say full when the folders add up to half of it?”")
            if shape.scripts:
                assert page.evaluate("document.documentElement.scrollWidth") == shape.width


def test_the_search_finds_every_kind_and_narrows_what_it_found(told: Path, page: Page) -> None:
    page.goto((told / "search.html").as_uri())
    expect(page.get_by_label("Search everything")).to_be_focused()
    expect(page.locator(".kb-start")).to_contain_text("15 incidents")
    page.get_by_label("Search everything").press_sequentially("portal 5.1 app pool")
    found = page.locator(".kb-found > li")
    expect(found.first).to_be_visible()
    kinds = set(page.locator(".kb-found small").all_inner_texts())
    assert {"Deployment", "Incident"} <= {one.split(" · ")[0] for one in kinds}
    expect(page.locator(".kb-start")).to_be_hidden()
    assert page.url.endswith("#q=portal%205.1%20app%20pool")
    page.get_by_role("button", name="Deployments").click()
    expect(page.get_by_role("button", name="Deployments")).to_be_focused()
    expect(page.get_by_role("button", name="Deployments")).to_have_attribute("aria-pressed", "true")
    expect(found.first).to_contain_text("Portal 5.1")
    assert all(one.startswith("Deployment") for one in page.locator(".kb-found small").all_inner_texts())
    page.get_by_role("button", name="Library").click()
    expect(page.locator(".kb-hits")).to_contain_text("Nothing among what the buttons above leave")
    page.get_by_role("button", name="Search everything again").click()
    expect(found.first).to_be_visible()
    found.first.locator("a").click()
    expect(page.locator("h1")).to_be_visible()


def test_a_search_can_be_pasted_into_a_chat_and_says_what_it_cannot_do(told: Path, page: Page) -> None:
    page.goto((told / "search.html").as_uri() + "#q=service%3Acheckout%20retries")
    expect(page.get_by_label("Search everything")).to_have_value("service:checkout retries")
    expect(page.locator(".kb-copy code")).to_have_text("kb search 'service:checkout retries'")
    page.get_by_label("Search everything").fill("zzqxv")
    expect(page.get_by_role("status")).to_have_text("Nothing found")
    expect(page.locator(".kb-hits")).to_contain_text("Try others, or fewer")


def test_the_box_leads_to_everything_that_is_found(told: Path, page: Page) -> None:
    page.goto((told / "index.html").as_uri())
    page.locator("#kb-q").fill("certificate expired")
    page.get_by_role("link", name="All results").click()
    expect(page.get_by_label("Search everything")).to_have_value("certificate expired")
    expect(page.locator(".kb-found > li").first).to_contain_text("Partner interface rejected our requests")


def test_the_page_search_ranks_as_the_command_does(browser: Browser, tmp_path: Path) -> None:
    words = vocabulary.builtin()
    every = [*entries(), *((one, f"entries/{one.kind}s/2026/{one.id}.md") for one in stories.entries())]
    source = Memory(document(entry, path, words) for entry, path in every)
    for name, script in export.scripts(source, words).items():
        (tmp_path / name).write_bytes(script)
    (tmp_path / "kb-rank.js").write_bytes((demo.ROOT / "kb/site/assets/kb-rank.js").read_bytes())
    (tmp_path / "page.html").write_text(
        '<!doctype html><meta charset="utf-8"><script src="kb-index.js"></script><script src="kb-rank.js"></script>'
    )
    asked = [*[text for text, _ in JUDGED][:40], "checkout 11.0.4", "app-server-01", "portal rolled back", "release"]
    with tab(browser, DESKTOP) as opened:
        opened.goto((tmp_path / "page.html").as_uri())
        answers = opened.evaluate(
            "asked => Promise.all(asked.map(async text => { const found = await kbRank.find(text, {}, 10);"
            " return [found.total, found.hits.map(hit => [hit.doc.id, hit.score, hit.fit])]; }))", asked,
        )  # fmt: skip
    for text, answer in zip(asked, answers, strict=True):
        results = finder.search(source, words, text, 10)
        assert answer == [results.total, [[hit.entry.id, hit.score, hit.fit] for hit in results.hits]], text
