"""The bar every kind of page is held to: for everybody, by keyboard, at any width, quickly, and quietly."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import demo
import pytest
import sites
from commands import missing
from pictures import SHAPES, Shape, tab
from playwright.sync_api import Browser, Page, Request, expect

from kb.markdown import render
from kb.model import Deployment, Incident, System
from kb.site.run import build

DESKTOP, PHONE = SHAPES[0], SHAPES[1]
TYPED = "high CPU after deploy"
OF_COLOUR = ("color-contrast", "link-in-text-block")
"""The rules that can hold in one scheme and not in the other; what is in a page is the same in both."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


# ---- For everybody: axe-core finds nothing


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    if find_spec("axe_playwright_python") is None:
        missing("no axe-core: pip install axe-playwright-python")
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def found_by(axe: str, page: Page, rules: Sequence[str] = RULES) -> list[str]:
    """What axe-core has against the page as it stands.

    It runs beside the page's own scripts, as what a person types into the console does; the policy stays in force.
    """
    page.evaluate(axe)
    told: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", list(rules)
    )
    return [f"{one['id']}: {node['html'][:200]}" for one in told["violations"] for node in one["nodes"]]


@pytest.fixture(scope="session")
def rooted(site: Path) -> Iterator[str]:
    """The site as the only one of its host, where *not found* finds its style."""
    with sites.host(site) as found:
        yield found


@pytest.mark.parametrize("half", [0, 1])
def test_axe_finds_nothing_on_any_kind_of_page_in_either_scheme(
    half: int, rooted: str, site: Path, browser: Browser, axe: str
) -> None:
    wrong: dict[str, list[str]] = {}
    with tab(browser, DESKTOP) as page:
        for name in [*sites.kinds(site), "404"][half::2]:
            page.goto(f"{rooted}/{name}.html")
            wrong[name] = found_by(axe, page)
            before = page.locator("body").get_attribute("data-md-color-scheme") or ""
            page.locator(".md-header__option label:visible").dispatch_event("click")  # without a tooltip that fades in
            expect(page.locator("body")).not_to_have_attribute("data-md-color-scheme", before)
            wrong[f"{name}, not {before}"] = found_by(axe, page, OF_COLOUR)
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_what_opens_and_changes(
    width: int, scheme: str, rooted: str, browser: Browser, axe: str
) -> None:
    wrong: dict[str, list[str]] = {}
    with tab(browser, Shape("any", width, 844, scheme)) as page:
        for name in ("index", "handle"):
            page.goto(f"{rooted}/{name}.html")
            page.locator("#kb-q").fill(TYPED)
            page.locator(".kb-results .kb-ask input").first.check()
            wrong[f"{name}, typed into"] = found_by(axe, page)
        page.locator("#kb-q").fill("zzqxv yyqkw")
        page.locator(".kb-results .kb-none").first.wait_for()
        wrong["nothing found"] = found_by(axe, page)
        open_search(page)
        wrong["search"] = found_by(axe, page)
        if width < DESKTOP.width:
            page.goto(f"{rooted}/incidents/{demo.OPEN}.html")
            page.locator(".md-header label[for=__drawer]").click()
            page.wait_for_timeout(400)
            wrong["drawer"] = found_by(axe, page)
    assert {name: found for name, found in wrong.items() if found} == {}


def open_search(page: Page) -> None:
    """Material's search, with something found."""
    if not page.locator(".md-search__input").is_visible():
        page.locator(".md-header__button[for=__search]").click()
    page.locator(".md-search__input").press_sequentially("server")  # it listens to keys
    page.locator(".md-search-result__item").first.wait_for()
    page.wait_for_timeout(400)


# ---- At any width, from anywhere, quietly


@pytest.fixture(params=["a folder", "a path of a host", "the root of a host"])
def where(request: pytest.FixtureRequest, site: Path, served: str, rooted: str) -> str:
    """Where the site is read from, without a slash at the end."""
    return {"a folder": site.as_uri(), "a path of a host": served, "the root of a host": rooted}[request.param]


def test_every_kind_of_page_fits_stays_at_home_and_does_not_complain(
    where: str, rooted: str, site: Path, page: Page
) -> None:
    names = sites.kinds(site) if where != rooted else [*sites.kinds(site)[::4], "404"]
    for name in names:
        page.goto(f"{where}/{name}.html")
        assert page.locator("h1").count() == 1, name
        assert page.locator(".md-skip[href^='#']").count() == 1, name
        assert page.locator("meta[http-equiv=Content-Security-Policy]").count() == 1, name
        for width in (1280, 820, 390):
            assert fits(page, width), f"{name} at {width}"


def fits(page: Page, width: int) -> bool:
    """Nothing is cut off at the right, once what moves has come to rest."""
    page.set_viewport_size({"width": width, "height": 844})
    for _ in range(20):
        if page.evaluate("document.documentElement.scrollWidth") == width:
            return True
        page.wait_for_timeout(50)
    return False


def test_box_and_search_work_wherever_the_site_is_read(where: str, page: Page) -> None:
    page.goto(f"{where}/incidents/{demo.OPEN}.html")
    open_search(page)
    expect(page.locator(".md-search-result__item mark").first).to_contain_text("server")
    page.locator(".md-search-result__item a").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.goto(f"{where}/handle.html#q=high%20CPU%20after%20deploy")
    page.locator(".kb-results .kb-sim header a").first.click()
    expect(page.locator(".kb-answer__c")).to_be_visible()


@pytest.mark.parametrize("width", [820, 390])
def test_answers_fit_where_there_is_little_room(width: int, rooted: str, page: Page) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for typed in (TYPED, "x" * 300, "certificate " * 100, "zzqxv yyqkw"):
        page.goto(f"{rooted}/handle.html")
        page.locator("#kb-q").fill(typed)
        expect(page.locator("#kb-said")).not_to_be_empty()
        assert fits(page, width), typed[:20]


# ---- By keyboard alone


INDICATED = """() => {
  const marked = (node) => {
    const style = getComputedStyle(node);
    return (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none";
  };
  const here = document.activeElement;
  return [here, here.parentElement, here.nextElementSibling].some((node) => node && node.offsetParent && marked(node))
    || here.matches(".md-search__input, .md-skip");  // one opens a dialog, the other appears
}"""


def tab_to(page: Page, wanted: str, most: int = 60) -> None:
    """Presses Tab until what is wanted has the keyboard; all that has it on the way must show it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        assert page.evaluate(INDICATED), f"nothing shows that the keyboard is here: {here}"
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    pytest.fail(f"Tab does not lead to {wanted}")


def test_the_first_tab_of_a_page_skips_the_navigation(rooted: str, page: Page) -> None:
    for name in ("index", "library", f"incidents/{demo.OPEN}"):
        page.goto(f"{rooted}/{name}.html")
        page.keyboard.press("Tab")
        expect(page.locator(".md-skip")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.md-content, .md-sidebar--secondary') !== null"), name


def test_an_incident_is_found_and_its_questions_ticked_without_a_mouse(rooted: str, page: Page) -> None:
    page.goto(f"{rooted}/index.html")
    tab_to(page, "#kb-q")
    page.keyboard.type(TYPED)
    expect(page.locator(".kb-results .kb-sim").first).to_be_visible()
    tab_to(page, ".kb-results .kb-sim header a")
    page.keyboard.press("Enter")
    expect(page.locator(".kb-answer__c")).to_be_visible()
    page.goto(f"{rooted}/incidents/{demo.OPEN}.html")
    tab_to(page, ".kb-ask input")
    page.keyboard.press("Space")
    page.reload()
    expect(page.locator(".kb-ask input").first).to_be_checked()
    tab_to(page, ".kb-ask input")
    page.keyboard.press("Space")
    page.reload()
    expect(page.locator(".kb-ask input").first).not_to_be_checked()


def test_an_example_fills_the_box_and_the_command_is_copied(rooted: str, browser: Browser) -> None:
    with tab(browser, DESKTOP) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"{rooted}/handle.html")
        tab_to(page, ".kb-box__x button")
        page.keyboard.press("Enter")
        expect(page.locator("#kb-q")).to_be_focused()
        expect(page.locator(".kb-results .kb-sim").first).to_be_visible()
        tab_to(page, ".kb-copy button")
        page.keyboard.press("Enter")
        expect(page.locator(".kb-copy button")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == f"kb new incident --symptom '{TYPED}'"


def test_a_page_from_a_folder_copies_too(site: Path, browser: Browser) -> None:
    with tab(browser, DESKTOP) as page:
        page.goto((site / "handle.html").as_uri() + "#q=disk%20full")
        page.locator(".kb-copy button").click()
        expect(page.locator(".kb-copy button")).to_have_text("Copied")
        page.locator("#kb-q").fill("")
        page.locator("#kb-q").press("Control+V")
        expect(page.locator("#kb-q")).to_have_value("kb new incident --symptom 'disk full'")


def test_dark_mode_is_switched_by_enter(rooted: str, page: Page) -> None:
    page.goto(f"{rooted}/index.html")
    tab_to(page, "[name=__palette]")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "default")


def test_the_search_is_opened_used_and_left(rooted: str, page: Page) -> None:
    page.goto(f"{rooted}/incidents/{demo.OPEN}.html")
    tab_to(page, ".md-search__input")
    expect(page.locator("#__search")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("#__search")).not_to_be_checked()
    page.wait_for_timeout(200)  # faster than any person, the search would take the two keys for one
    page.keyboard.press("/")
    expect(page.get_by_role("dialog", name="Search").locator("input")).to_be_focused()
    page.keyboard.type("vouchers")
    expect(page.locator(".md-search-result__item").first).to_contain_text("Vouchers can be used twice")
    expect(page.locator(".md-search-result__meta")).to_contain_text("match")  # all has been found
    page.keyboard.press("ArrowDown")
    expect(page.locator(".md-search-result__link").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".md-content h1")).to_contain_text("Vouchers can be used twice")


# ---- Light and steady

BUDGET = 200_000
"""Bytes that home may transfer, compressed, with everything it loads; its box loads its index when it is first used."""

READY = """async () => {
  await document.fonts.ready;
  const painted = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  return Math.max(painted, performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd);
}"""

SHIFTS = """() => new Promise((done) => {
  const found = [];
  const keep = (list) => found.push(...list.getEntries().filter((one) => !one.hadRecentInput));
  new PerformanceObserver(keep).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(found.map((one) => [one.value, one.sources.map((source) => source.node?.className)])), 200);
})"""


def test_home_is_light(rooted: str, page: Page) -> None:
    requests: list[Request] = []
    page.on("request", lambda request: requests.extend([request]))
    page.goto(f"{rooted}/index.html", wait_until="networkidle")
    weights = {request.url.rpartition("/")[2]: weight(request) for request in requests}
    assert {"index.html", "kb.css", "kb-site.js", "search_index.json"} <= set(weights)
    assert "kb-index.js" not in weights
    assert sum(weights.values()) < BUDGET, weights


def test_from_the_second_page_on_texts_are_set_in_inter(rooted: str, page: Page) -> None:
    page.goto(f"{rooted}/index.html")
    page.goto(f"{rooted}/incidents.html")
    assert page.evaluate(
        "() => { const width = (font) => { document.querySelector('h1').style.setProperty('font-family', font);"
        " document.querySelector('h1').style.setProperty('display', 'inline');"
        " return document.querySelector('h1').getBoundingClientRect().width; };"
        " const own = width(''); return own === width('Inter') && own !== width('monospace'); }"
    )


def weight(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


def test_home_is_ready_in_half_a_second(rooted: str, browser: Browser) -> None:
    """Painted, and its scripts started, at a first visit, on a core that has nothing else to do.

    The best of a few visits counts, and where many tests share the cores each gets as much longer.
    """
    took: list[float] = []
    limit = 500 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    while len(took) < 6 and min(took, default=limit) >= limit:
        with tab(browser, DESKTOP) as page:
            page.goto(f"{rooted}/index.html")
            took.append(page.evaluate(READY))
    assert min(took) < limit, took


@pytest.mark.parametrize(("shape", "delay"), [(DESKTOP, 0), (PHONE, 0), (DESKTOP, 150)])
def test_nothing_moves_while_one_reads_or_types(shape: Shape, delay: int, rooted: str, browser: Browser) -> None:
    """Neither on the spot nor over a slow network, where the index comes late."""
    for name in ("index", f"incidents/{demo.OPEN}", "handle", *(() if delay else ("actions",))):
        with tab(browser, shape) as page:
            slow_down(page, delay)
            page.goto(f"{rooted}/{name}.html")
            if name in ("index", "handle"):
                page.locator("#kb-q").press_sequentially(TYPED, delay=20)
                page.locator(".kb-results .kb-sim").first.wait_for()
            shifts = page.evaluate(SHIFTS)
            assert round(sum(value for value, _ in shifts), 3) == 0, f"{name}: {shifts}"


def slow_down(page: Page, delay: int) -> None:
    """A network with that latency in milliseconds, of 1.6 Mbit/s; none if it is 0."""
    if delay:
        conditions = {"offline": False, "latency": delay, "downloadThroughput": 200_000, "uploadThroughput": 100_000}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", conditions)


# ---- What is hostile stays text


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose entries hold payloads in every field and every value of their front matter."""
    root = demo.make(tmp_path_factory.mktemp("attacked") / "base", library=False)
    for kind in (Incident, Deployment, System):
        entry = demo.filled(kind)
        (root / "entries" / f"{kind.kind}s" / f"{entry.id}.md").write_text(render(entry), "utf-8")
    return build(root, root.parent / "built", as_of=demo.NOW).site


@pytest.mark.parametrize("from_folder", [True, False])
def test_no_payload_runs_in_any_field_of_any_kind_of_entry(from_folder: bool, attacked: Path, page: Page) -> None:
    names = sites.kinds(attacked)
    assert sum("hostile" in name for name in names) == 5  # each entry, and the brief of the deployment
    with sites.host(attacked) as address:
        for name in names:
            page.goto(f"{attacked.as_uri() if from_folder else address}/{name}.html")
            assert page.evaluate("window.pwned") is None, name
            runs = "[href^='javascript' i], [onerror], [onload], [ontoggle], [onfocus], [srcdoc], .md-content iframe"
            assert page.locator(runs).count() == 0, name
            assert page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content"), name
        page.locator(".md-search__input").press_sequentially("onerror")
        expect(page.locator(".md-search-result__item").first).to_contain_text("onerror")
        page.goto(f"{attacked.as_uri() if from_folder else address}/handle.html#q=onerror%20pwned%20script")
        expect(page.locator(".kb-results .kb-sim").first).to_be_visible()
        assert page.evaluate("window.pwned") is None


def test_the_policy_allows_no_inline_script_or_style(site: Path) -> None:
    for path in site.rglob("*.html"):
        policy = re.search(
            r'<head><meta http-equiv="Content-Security-Policy" content="([^"]*)"', path.read_text("utf-8")
        )
        assert policy, path
        assert "unsafe" not in policy[1]
        assert "default-src &#x27;self&#x27;" in policy[1]


# ---- On paper


def test_an_incident_prints_as_the_paper_for_its_review_also_from_a_dark_screen(site: Path, browser: Browser) -> None:
    with tab(browser, Shape("paper", 794, 1123, scheme="dark", paper=True)) as page:
        page.goto((site / "incidents" / "2019-03-12-all-applications-down.html").as_uri())
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
        expect(page.locator("h1")).to_have_css("color", "rgb(22, 32, 43)")
        for name in ("Timeline", "Questions asked", "Root cause", "Lessons", "Action items"):
            expect(page.get_by_role("heading", name=name)).to_be_visible()
        for hidden in (".md-header", ".md-tabs", ".md-sidebar", ".md-footer", ".headerlink", ".kb-source"):
            assert page.locator(hidden).evaluate_all("all => all.every((one) => !one.getClientRects().length)"), hidden
        box = page.locator(".kb-todo > li:not(.is-done) .kb-i").first
        expect(box).not_to_have_css("border-top-width", "0px")
        assert 3 <= len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) <= 6
