"""Other builders make the same site of the staged pages, without a plugin of ours: the way out of Material."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import sites
from commands import missing
from playwright.sync_api import Page, expect

from kb.site.book import OFF_NAV, PAGES

LEAVING = """\
site_name: Outage notes
docs_dir: .kb/site/docs
use_directory_urls: false
nav: [NAVIGATION]
not_in_nav: |
  /*/**
  /*.md
theme:
  name: material
  variant: classic  # for Zensical: the look of Material
  font: false
  logo: assets/logo.svg
  favicon: assets/logo.svg
  features: [navigation.tabs, navigation.top, toc.follow, search.suggest, search.highlight, content.code.copy]
  palette:
    - {media: "(prefers-color-scheme: light)", scheme: default, primary: white, accent: teal,
       toggle: {icon: material/weather-night, name: Switch to dark mode}}
    - {media: "(prefers-color-scheme: dark)", scheme: slate, primary: black, accent: teal,
       toggle: {icon: material/weather-sunny, name: Switch to light mode}}
extra_css: [assets/kb.css]
extra_javascript: [assets/kb-site.js, assets/kb-table.js]
extra:
  generator: false
  polyfills: [assets/iframe-worker.js]
markdown_extensions:
  - toc: {permalink: true}
plugins: [search]
"""
"""What mkdocs.yml says once it is no longer MkDocs that reads it: all that the plugin fills in otherwise."""

COMMANDS = {
    "properdocs": ("properdocs", "build", "--quiet", "--strict", "-f", "mkdocs.yml"),
    "zensical": ("zensical", "build", "--strict", "-f", "mkdocs.yml"),
}


@pytest.fixture(scope="module", params=list(COMMANDS))
def elsewhere(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, base: Path, site: Path) -> Path:
    """The site as another builder makes it of what was staged for MkDocs."""
    name, *words = COMMANDS[request.param]
    if find_spec(name) is None:
        missing(f"{name} is not installed")
    root = tmp_path_factory.mktemp(name)
    shutil.copytree(base / ".kb" / "site" / "docs", root / ".kb" / "site" / "docs")
    navigation = ", ".join(f"{{{name}: {page}.md}}" for page, (name, _) in PAGES.items() if page not in OFF_NAV)
    (root / "mkdocs.yml").write_text(LEAVING.replace("NAVIGATION", navigation), "utf-8")
    done = subprocess.run([sys.executable, "-m", name, *words], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return root / "site"


def articles(site: Path) -> dict[str, str]:
    """What each page says, without the blank lines and the anchor that builders put in differently."""
    found: dict[str, str] = {}
    for page in sorted(site.rglob("*.html")):
        article = re.search(r'<article class="md-content__inner.*</article>', page.read_text("utf-8"), re.S)
        assert article, page
        text = article[0].replace('<a id="__skip" tabindex="-1"></a>', "")
        found[page.relative_to(site).as_posix()] = re.sub(r"\s*\n\s*", "\n", text)
    return found


def test_other_builders_make_the_same_pages(elsewhere: Path, site: Path) -> None:
    theirs, ours = articles(elsewhere), articles(site)
    assert sorted(theirs) == sorted(ours)
    assert [name for name in ours if theirs[name] != ours[name]] == [
        "404.html"
    ]  # ours has addresses that hold anywhere


def test_the_box_answers_on_pages_of_other_builders(elsewhere: Path, page: Page) -> None:
    with sites.host(elsewhere) as address:
        page.goto(f"{address}/index.html")
        page.locator("#kb-q").fill("high CPU after deploy")
        page.locator(".kb-results .kb-sim header a").first.click()
        expect(page.locator(".kb-answer__c")).to_be_visible()
