"""Hostile text on the pages, in a real Chromium: it makes no element, runs nothing, calls nobody; and twice so.

The first wall is that no text of an entry becomes markup. The second is the Content-Security-Policy of every page,
tried here with the first one switched off. `KB_ATTACKS=all` types every attack into the boxes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import besieged
import demo
import pytest
import sites
from attacks import ATTACKS, Attack
from commands import ROOT, Kb
from pictures import SHAPES, tab
from playwright.sync_api import Browser, Page, expect
from test_site_live import arrive, serving

from kb.markdown.html import _ATTRIBUTES, _TAGS
from kb.site.run import build

ALL = os.environ.get("KB_ATTACKS") == "all"
SEEN = tuple(attack for attack in ATTACKS if attack.group != "trap")
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (one) => window.violations.push(one.effectiveDirective));
"""
ELEMENTS = """() => {
  const found = new Set();
  for (const one of document.querySelectorAll("*")) {
    const name = one.localName;
    found.add(name);
    for (const attribute of one.getAttributeNames()) found.add(`${name} ${attribute}`);
    if (["script", "link", "meta", "base", "style", "form", "iframe", "object", "embed", "template"].includes(name)) {
      const told = one.getAttribute("src") ?? one.getAttribute("href") ?? one.getAttribute("name") ?? "";
      const below = told.replace(/^file:.*\\/site\\//, "").replace(/^(?:\\.\\.?\\/)+/, "");
      found.add(`${name}: ${below.replace(/#.*/, "")}`);
    }
  }
  return [...found];
}"""
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that make text beside them read backwards."""
SCHEMES = "() => [...document.querySelectorAll('[href], [src], [action], [data]')].map((one) => new URL(" \
    "one.getAttribute('href') ?? one.getAttribute('src') ?? '', location).protocol)"  # fmt: skip


@contextmanager
def watched(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page, and what goes wrong on it: errors, requests to elsewhere, dialogs, windows that open."""
    with tab(browser, SHAPES[0]) as page:
        wrong = sites.watch(page)
        page.add_init_script(WATCH)
        page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda popup: wrong.append(f"window {popup.url}"))
        yield page, wrong


def made(folder: Path, chosen: tuple[Attack, ...], **how: Any) -> Path:
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    besieged.besiege(folder, chosen, **how)
    return folder


@pytest.fixture(scope="module")
def walled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of all attacks but those that are to take long, which by default are tried without a page around them."""
    root = made(tmp_path_factory.mktemp("walled") / "base", ATTACKS if ALL else SEEN)
    return build(root, root.parent / "site", as_of=demo.NOW).site


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same site with a word and some code in place of every attack."""
    root = made(tmp_path_factory.mktemp("harmless") / "base", ATTACKS[:60], word="word\n\n```text\ncode\n```")
    return build(root, root.parent / "site", as_of=demo.NOW).site


def pages(site: Path) -> list[str]:
    every = sorted(path for path in site.rglob("*.html") if path.name != "404.html")  # that one knows only a host
    return [path.relative_to(site).as_posix() for path in every]


def elements(site: Path, browser: Browser) -> dict[str, set[str]]:
    """What each page is made of: elements, their attributes, and what those that load something load."""
    found = {}
    with watched(browser) as (page, _):
        for name in pages(site):
            page.goto((site / name).as_uri())
            found[name] = set(page.evaluate(ELEMENTS))
    return found


def allowed() -> set[str]:
    """What Markdown may make of a text, and what the theme's scripts note of what is wide or has the focus."""
    markdown = {*_TAGS, *(f"{tag} {name}" for tag, names in _ATTRIBUTES.items() for name in names), "a rel"}
    return markdown | {"code tabindex", *(f"{tag} data-focus-visible-added" for tag in ("a", "input", "button"))}


def test_no_attack_becomes_an_element_runs_or_calls_anybody(walled: Path, harmless: Path, browser: Browser) -> None:
    known = set().union(*elements(harmless, browser).values()) | allowed()
    with watched(browser) as (page, wrong):
        for name in pages(walled):
            address = (walled / name).as_uri()
            page.goto(address)
            assert set(page.evaluate(ELEMENTS)) - known == set(), name
            assert page.evaluate("window.pwned") is None, name
            assert page.evaluate("window.violations") == [], name
            assert not TURNING.search(page.evaluate("document.body.innerText")), name
            assert set(page.evaluate(SCHEMES)) <= {"file:", "http:", "https:", "mailto:", "data:"}, name
            assert page.url == address, name
            assert wrong == [], name


def test_what_is_typed_into_the_boxes_is_only_searched_for(walled: Path, browser: Browser) -> None:
    chosen = [one for one in ATTACKS if one.group != "trap"][:: 1 if ALL else 16]
    with sites.host(walled) as address, watched(browser) as (page, wrong):
        page.goto(f"{address}/handle.html")
        for attack in chosen:
            typed = attack.text.encode("utf-8", "replace").decode()
            page.locator("#kb-q").fill(typed)
            page.wait_for_function("() => location.hash !== '' || !document.querySelector('#kb-q').value.trim()")
            assert page.evaluate("window.pwned") is None, attack.name
        for attack in chosen[::4]:
            asked = quote(attack.text.encode("utf-8", "replace"))
            page.goto(f"{address}/handle.html#q={asked}")
            page.goto(f"{address}/index.html?q={asked}&h={asked}")
            assert page.evaluate("window.pwned") is None, attack.name
        page.goto(f"{address}/index.html")
        page.locator(".md-search__input").press_sequentially("onerror")
        expect(page.locator(".md-search-result__item").first).to_be_visible()
        assert page.evaluate("window.pwned") is None
        assert page.evaluate("window.violations") == []
        assert wrong == []


def test_the_policy_alone_lets_nothing_run_and_nobody_be_called(tmp_path: Path, browser: Browser) -> None:
    """With everything else switched off, the attacks are in the pages as elements; the browser refuses them."""
    active = [one for one in ATTACKS if one.group in ("page", "link") and one.name not in SWALLOWING]
    chosen = tuple(active if ALL else [one for one in active if one.name in TELLING])
    root = made(tmp_path / "base", chosen, together=4)
    command = [sys.executable, str(ROOT / "tests" / "besieged.py"), str(root), str(tmp_path / "site")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run(command, check=True, capture_output=True, env=env)
    refused, elsewhere, seen = 0, [], set()
    with watched(browser) as (page, _):
        page.on("request", lambda request: None if sites.local(request.url) else elsewhere.append(request.url))
        for name in filter(lambda one: "/" in one, pages(tmp_path / "site")):
            page.goto((tmp_path / "site" / name).as_uri(), wait_until="domcontentloaded")
            refused += len(page.evaluate("window.violations"))
            seen |= set(page.evaluate(ELEMENTS))
            assert page.evaluate("window.pwned") is None, name
    assert {"script", "img onerror", "svg onload", "iframe srcdoc", "object data"} <= seen, "the first wall stood"
    assert refused > 100
    assert elsewhere == []


TELLING = frozenset({
    "script", "script from elsewhere", "script from data", "script of a module", "picture that fails", "vector",
    "vector with a script", "iframe with a document", "iframe", "object", "object from data", "style",
    "style from elsewhere", "base", "details that open", "javascript in an element",
})  # fmt: skip
SWALLOWING = frozenset({"plaintext", "xmp", "script left open", "picture left open", "template element", "refresh"})
"""They hide what stands behind them from the browser. A page that sends its reader elsewhere no policy can hinder."""


def test_the_policy_holds_while_the_site_is_served(tmp_path: Path, browser: Browser) -> None:
    root = made(tmp_path / "base", ATTACKS[:24])
    kb = Kb(root)
    kb.process("sync")
    with serving(kb) as address, watched(browser) as (page, wrong):
        arrive(page, f"{address}/index.html")
        first = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
        assert first
        assert "unsafe" not in first
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'pwned = 1'}))")
        assert page.evaluate("window.pwned") is None
        assert page.evaluate("window.violations") == ["script-src-elem"]
        wrong.clear()
        page.goto(f"{address}/index.html")
        kb.process("new", "incident", "Something new broke")
        expect(page.locator("body")).to_contain_text("Something new broke", timeout=20_000)
        assert page.evaluate("window.violations") == []
        assert [one for one in wrong if "ERR_" not in one] == []


def test_a_name_of_the_site_cannot_run(tmp_path: Path, browser: Browser) -> None:
    root = made(tmp_path / "base", ATTACKS[:2])
    name = "x</title><script>window.pwned=1</script><img src=x onerror=window.pwned=2>"
    settings = (root / "mkdocs.yml").read_text("utf-8").replace("Outage notes", f"'{name}'", 1)
    (root / "mkdocs.yml").write_text(settings, "utf-8")
    site = build(root, tmp_path / "site", as_of=demo.NOW).site
    with watched(browser) as (page, _):
        for one in pages(site)[:6]:
            page.goto((site / one).as_uri())
            assert page.evaluate("window.pwned") is None, one
