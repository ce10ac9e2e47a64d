"""The MkDocs plugin `kb`: stages the pages when MkDocs starts, and fills in what mkdocs.yml leaves out.

No page exists only in here: what is staged under `.kb/site/docs/` is plain Markdown that other builders read as well.
"""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mkdocs.config import base, config_options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.pages import Page
from pathspec.gitignore import GitIgnoreSpec

from kb import config as kb_config
from kb.errors import KbError
from kb.journeys.edition import Edition, gather
from kb.site.book import OFF_NAV, PAGES, book
from kb.site.heads import finish
from kb.site.notfound import NOT_FOUND, from_top
from kb.site.policy import policy
from kb.site.stage import stage

log = logging.getLogger("mkdocs.plugins.kb")

_THEME: dict[str, Any] = {
    "font": False,  # Inter comes with kb; Material's own choice would be fetched from elsewhere
    "logo": "assets/logo.svg",
    "favicon": "assets/logo.svg",
    "features": [
        "navigation.tabs", "navigation.top", "toc.follow", "search.suggest", "search.highlight",
        "content.code.copy", "content.tooltips",
    ],
    "palette": [
        {"media": "(prefers-color-scheme: light)", "scheme": "default", "primary": "white", "accent": "teal",
         "toggle": {"icon": "material/weather-night", "name": "Switch to dark mode"}},
        {"media": "(prefers-color-scheme: dark)", "scheme": "slate", "primary": "black", "accent": "teal",
         "toggle": {"icon": "material/weather-sunny", "name": "Switch to light mode"}},
    ],
}  # fmt: skip


class Options(base.Config):  # type: ignore[no-untyped-call]
    """The options of the plugin; what they mean is said in `kb.config.Settings`, which reads them."""

    timezone = config_options.Type(str, default="UTC")
    database = config_options.Type(str, default="")
    visibility = config_options.Choice(("internal", "public"), default="internal")
    vocabulary = config_options.Type(str, default="")
    semantic = config_options.Type((str, bool), default="auto")
    suspect_hours = config_options.Type(int, default=72)
    indexing = config_options.Type(bool, default=False)


class KbPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Entries in, site out."""

    serving = False
    indexing = False
    reference = ""

    def on_startup(self, *, command: str, **_: Any) -> None:
        """Kept for all builds of one `mkdocs serve`."""
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Gathers the entries, stages the pages, and points MkDocs at them."""
        root = Path(config.config_file_path).resolve().parent
        try:
            settings = kb_config.load(root)
            edition = gather(settings, edit_base=_edit_base(config), site_url=config.site_url or "")
        except KbError as error:
            raise PluginError(f"{error.message}{f' ({error.hint})' if error.hint else ''}") from error
        self.indexing = edition.indexing
        folder = settings.state / "site" / "docs"
        stage(book(edition), folder)
        _report(edition)
        _fill_in(config)
        config.docs_dir = str(folder)
        return config

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, **_: Any) -> LiveReloadServer:
        """Watches the entries instead of the pages made from them."""
        server.unwatch(config.docs_dir)
        server.watch(str(Path(config.config_file_path).resolve().parent / kb_config.ENTRIES_FOLDER))
        return server

    def on_template_context(self, context: Any, *, template_name: str, **_: Any) -> Any:
        """Keeps the page *not found* out of the list of pages."""
        if template_name == "sitemap.xml":
            context["pages"] = [file for file in context["pages"] if file.src_uri != f"{NOT_FOUND}.md"]
        return context

    def on_post_template(self, output: str, *, template_name: str, **_: Any) -> str:
        """Keeps the theme's own page *not found*, which ours replaces: from its scripts the policy is made."""
        if template_name == f"{NOT_FOUND}.html":
            self.reference = output
        return output

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Makes the addresses of the page *not found* hold wherever a host serves it."""
        return from_top(output, _top(config)) if page.file.src_uri == f"{NOT_FOUND}.md" else output

    @event_priority(-100)  # after the search plugin has written its index
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Gives the search its index as a script too, for pages opened from a folder, and the pages their policy."""
        index = Path(config.site_dir) / "search" / "search_index.json"
        if index.is_file():
            index.with_suffix(".js").write_text(f"var __index = {index.read_text('utf-8')}", "utf-8")
        if self.serving:
            return  # MkDocs puts the script that reloads a page into the page, which the policy would refuse
        if not self.reference:
            log.warning("the theme has no 404.html: the pages are published without a Content-Security-Policy")
        rules = policy(self.reference) if self.reference else ""
        finish(Path(config.site_dir), policy=rules, indexing=self.indexing, top=_top(config))


def _top(config: MkDocsConfig) -> str:
    """The path of the site's top on its host."""
    return urlsplit(config.site_url or "/").path


def _report(edition: Edition) -> None:
    for problem in edition.problems:
        log.log(logging.WARNING if problem.level == "error" else logging.INFO, "%s", problem)


def _fill_in(config: MkDocsConfig) -> None:
    """Everything mkdocs.yml does not say, so that it can stay short; what it says, stays."""
    given = _given(config)
    theme = given.get("theme")
    chosen = theme if isinstance(theme, dict) else {}
    for name, value in _THEME.items():
        if name not in chosen:
            config.theme[name] = value
    if not config.nav:
        config.nav = [{name: f"{page}.md"} for page, (name, _) in PAGES.items() if page not in OFF_NAV]
    if config.not_in_nav is None:
        config.not_in_nav = GitIgnoreSpec.from_lines(["/*/**", *(f"/{page}.md" for page in OFF_NAV)])
    config.use_directory_urls = False  # pages find each other from a folder, too
    config.extra_css = ["assets/kb.css", *config.extra_css]
    config.extra_javascript = ["assets/kb-site.js", "assets/kb-table.js", *config.extra_javascript]
    config.extra.setdefault("generator", False)
    config.extra.setdefault("polyfills", ["assets/iframe-worker.js"])
    config.mdx_configs.setdefault("toc", {}).setdefault("permalink", True)


def _given(config: MkDocsConfig) -> dict[str, Any]:
    """What mkdocs.yml itself says: the configuration no longer tells it from defaults."""
    merged: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for layer in config.user_configs:
            merged.update(layer)
    return merged


def _edit_base(config: MkDocsConfig) -> str:
    """Where the entries' files can be edited in the repository."""
    if not config.repo_url:
        return ""
    home = config.repo_url.rstrip("/")
    given = str(_given(config).get("edit_uri") or "")
    if "://" in given:
        return given.rstrip("/") + "/"
    usual = "-/edit/main/entries" if "gitlab" in home else "edit/main/entries"
    return f"{home}/{(given or usual).strip('/')}/"
