"""Takes pictures of the built site in every shape it is read in: `python tests/pictures.py SITE FOLDER [NAME ...]`.

The names are those of pages (`index`, `incidents/2019-03-12-all-applications-down`); without any, one of every kind.
`python tests/pictures.py site .github cover` takes the README's, of a site made of `tests/demo.py` without the hostile
entry.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from sites import kinds

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """How a page is looked at: size in pixels, colour scheme, on paper or not, with scripts or not."""

    name: str
    width: int
    height: int
    scheme: str = "light"
    paper: bool = False
    scripts: bool = True


SHAPES = (
    Shape("desktop", 1280, 900),
    Shape("phone", 390, 844),
    Shape("dark", 1280, 900, scheme="dark"),
    Shape("print", 794, 1123, paper=True, scripts=False),
    Shape("tablet", 820, 1180),
    Shape("phone-dark", 390, 844, scheme="dark"),
    Shape("no-scripts", 1280, 900, scripts=False),
)
COVER = Shape("readme", 1280, 800)


def program() -> str | None:
    """The system's Chromium; None where there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def tab(browser: Browser, shape: Shape) -> Iterator[Page]:
    """A page of that shape."""
    settings: dict[str, Any] = {
        "viewport": {"width": shape.width, "height": shape.height},
        "color_scheme": shape.scheme,
        "java_script_enabled": shape.scripts,
    }
    context = browser.new_context(**settings)
    page = context.new_page()
    if shape.paper:
        page.emulate_media(media="print")
    try:
        yield page
    finally:
        context.close()


def take(site: Path, folder: Path, names: list[str]) -> None:
    """Pictures of whole pages, `<name>-<shape>.png`; the page *handle* also typed into."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for shape in SHAPES:
            with tab(browser, shape) as page:
                page.goto((site / "index.html").as_uri())  # the first page is the one without our font
                for name in names:
                    page.goto((site / f"{name}.html").as_uri())
                    shoot(page, shape, folder / f"{name.replace('/', '-')}-{shape.name}.png")
                if shape.scripts:
                    handle(page, site)
                    shoot(page, shape, folder / f"handle-typed-{shape.name}.png")


def cover(site: Path, folder: Path) -> None:
    """The pictures in the README, as the pages first meet the eye: home, the open incident, a brief, and *Handle an
    incident*."""
    folder.mkdir(parents=True, exist_ok=True)
    asks = (path for path in sorted(site.glob("incidents/*.html")) if "data-kb-ask" in path.read_text("utf-8"))
    going_on, brief = next(asks), next(site.glob("briefs/*.html"))
    with chromium() as browser, tab(browser, COVER) as page:
        for name, path in (("home", site / "index.html"), ("open", going_on), ("brief", brief)):
            page.goto((site / "lessons.html").as_uri())
            page.goto(path.as_uri())
            page.wait_for_timeout(300)
            page.screenshot(path=folder / f"{name}.png")
        handle(page, site)
        page.screenshot(path=folder / "handle.png")


def handle(page: Page, site: Path) -> None:
    """The page *Handle an incident*, typed into."""
    page.goto((site / "handle.html").as_uri())
    page.locator("#kb-q").fill("high CPU after deploy")
    page.locator(".kb-results > *").first.wait_for()
    page.wait_for_timeout(300)


def shoot(page: Page, shape: Shape, path: Path) -> None:
    """The whole page, by a window as high as the page: Material hides its tabs as soon as a page scrolls."""
    page.set_viewport_size({"width": shape.width, "height": shape.height})
    page.wait_for_timeout(150)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": shape.width, "height": max(height, shape.height)})
    page.wait_for_timeout(100)
    page.screenshot(path=path)


if __name__ == "__main__":
    where = Path(sys.argv[1]).resolve()
    if sys.argv[3:] == ["cover"]:
        cover(where, Path(sys.argv[2]))
    else:
        take(where, Path(sys.argv[2]), sys.argv[3:] or kinds(where))
