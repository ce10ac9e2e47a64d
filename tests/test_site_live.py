"""The site on a server: pages that change in place, and pages that follow what is logged."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import demo
import pytest
import sites
from commands import Kb
from pictures import SHAPES, tab
from playwright.sync_api import Browser, Page, expect

from kb.site.run import build

SEED = "2019-03-12-all-applications-down"
INSTANT = "navigation.instant"


# ---- Instant navigation


@pytest.fixture(scope="module")
def instant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demonstration, built with its address, on a host."""
    root = demo.make(tmp_path_factory.mktemp("instant") / "base", library=False)
    with sites.host(root.parent) as address, (root / "mkdocs.yml").open("a") as settings:
        settings.write(f"\nsite_url: {address}/notes/\n")
        settings.flush()
        build(root, root.parent / "notes", strict=True, as_of=demo.NOW)
        yield f"{address}/notes"


def test_only_a_site_that_knows_its_address_navigates_instantly(site: Path, instant: str, page: Page) -> None:
    assert INSTANT not in (site / "index.html").read_text("utf-8")
    page.goto(f"{instant}/index.html")
    assert INSTANT in page.content()


def test_everything_works_on_pages_that_changed_in_place(instant: str, page: Page) -> None:
    page.goto(f"{instant}/lessons.html")
    page.evaluate("window.kept = true")

    page.locator(".md-tabs__link", has_text="Handle").click()
    expect(page.locator("#kb-q")).to_be_focused()
    page.locator("#kb-q").press_sequentially("high CPU after deploy")
    page.locator(".kb-results .kb-sim header a").first.click()
    expect(page.locator(".kb-answer__c")).to_be_visible()
    expect(page.locator(".md-tabs__item--active")).to_have_text("Incidents")

    page.go_back()
    expect(page.locator("#kb-q")).to_have_value("high CPU after deploy")
    expect(page.locator(".kb-results .kb-sim").first).to_be_visible()

    page.locator(".md-header .md-logo").click()
    page.locator(".kb-open__t a").click()
    page.locator(".kb-ask input").first.check()
    page.locator(".md-tabs__link", has_text="Home").click()
    page.locator(".kb-open__t a").click()
    expect(page.locator(".kb-ask input").first).to_be_checked()

    page.locator(".md-tabs__link", has_text="Actions").click()
    page.locator(".kb-sort").first.click()
    expect(page.locator("th[aria-sort=ascending], th[aria-sort=descending]")).to_have_count(1)

    page.wait_for_timeout(300)  # a moment after the page has changed, the theme closes its search
    page.locator(".md-search__input").press_sequentially("onerror")
    page.get_by_role("dialog", name="Search").locator(".md-search-result__item a").first.click()
    expect(page.locator(".kb-eyebrow")).to_contain_text(demo.HOSTILE)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("window.kept"), "the pages were loaded anew"
    assert page.locator("meta[http-equiv=Content-Security-Policy]").count() == 1


# ---- A page of the incident that is going on


@contextmanager
def serving(kb: Kb) -> Iterator[str]:
    """`kb serve` in a process of its own, and its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{found.getsockname()[1]}"
    command = [sys.executable, "-m", "kb", "serve", "--address", address]
    with subprocess.Popen(
        command, cwd=kb.root, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            yield f"http://{address}"
        finally:
            server.terminate()


def arrive(page: Page, address: str) -> None:
    """Opens a page of a server that is about to start."""
    for _ in range(300):
        try:
            page.goto(address)
            return
        except Exception:
            time.sleep(0.1)
    pytest.fail(f"nothing answers at {address}")


def test_the_open_page_shows_within_two_seconds_what_another_terminal_logs(tmp_path: Path, browser: Browser) -> None:
    kb = Kb(demo.make(tmp_path / "base"))
    kb.process("sync")
    took: list[float] = []
    with serving(kb) as address, tab(browser, SHAPES[0]) as page:
        arrive(page, f"{address}/index.html")
        page.locator(".kb-open__t a").click()
        expect(page.locator(".kb-tl")).to_contain_text("SQL Server slow for every application")
        for number in range(3):
            kb.process("log", f"Pool {number} recycled, no change", "--on", demo.OPEN)
            begun = time.monotonic()
            expect(page.locator(".kb-tl")).to_contain_text(f"Pool {number} recycled", timeout=10_000)
            took.append(time.monotonic() - begun)
            if took[-1] < 2:
                break  # a machine may be busy with something else; three times it is not
    assert min(took) < 2, took
