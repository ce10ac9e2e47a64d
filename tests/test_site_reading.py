"""The pages one reads and finds with: tables, questions, lessons, measures, search, feeds, and the page *not found*."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import demo
import pytest
import stories
from pictures import SHAPES, tab
from playwright.sync_api import Browser, Page, expect

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
