"""The MkDocs plugin `kb`: stages the pages when MkDocs starts, and fills in what mkdocs.yml leaves out.

No page exists only in here: what is staged under `.kb/site/docs/` is plain Markdown that other builders read as well.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemBytecodeCache
from markupsafe import escape
from mkdocs.config import base, config_options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext
from pathspec.gitignore import GitIgnoreSpec

from kb import config as kb_config
from kb.config import Settings
from kb.errors import KbError
from kb.files import Lock
from kb.journeys.edition import Edition, gather
from kb.journeys.publishing import Published
from kb.journeys.record import Progress
from kb.site.book import OFF_NAV, PAGES, sheets
from kb.site.extract import mark_of
from kb.site.feed import SITEMAP, sitemap
from kb.site.heads import headed
from kb.site.kept import NOTES, Kept, code
from kb.site.leaf import Leaf, only_ours, take
from kb.site.pages.notfound import NOT_FOUND, from_top
from kb.site.policy import allowed, policy
from kb.site.records import RECORDS, kept_records
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

_INSTANT = ("navigation.instant", "navigation.instant.prefetch")
"""Pages change without loading anew, where the site knows its address: Material needs the map of the site for it."""

STAGE, PUBLIC_STAGE = "site", "public"
"""The folders of `.kb/` in which the pages are staged, for ourselves and for strangers."""

LONGEST = 900
"""Seconds a build waits for another one of the same knowledge base, for both write to `.kb/site/`."""
_PASSING = {"site_dir", "strict", "dev_addr"}
"""What a build is told that changes no page."""


class Options(base.Config):  # type: ignore[no-untyped-call]
    """The options of the plugin; what they mean is said in `kb.config.Settings`, which reads them."""

    timezone = config_options.Type(str, default="UTC")
    database = config_options.Type(str, default="")
    visibility = config_options.Choice(("internal", "public"), default="internal")
    vocabulary = config_options.Type(str, default="")
    semantic = config_options.Type((str, bool), default="auto")
    suspect_hours = config_options.Type(int, default=72)
    soak_hours = config_options.Type(int, default=24)
    freeze = config_options.Type(object, default=())  # what is wrong with one is better said by `kb.config`
    indexing = config_options.Type(bool, default=False)
    searches = config_options.Type(bool, default=True)
    secrets = config_options.Choice(("ask", "mask", "refuse"), default="ask")
    people = config_options.Type(object, default=())
    customers = config_options.Type(object, default=())
    hosts = config_options.Type(object, default=())
    public_sections = config_options.Type(object, default=())


class KbPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Entries in, site out.

    Attributes:
        only: all that may be shown, if not everything may.
        fresh: the site's folder is a new one; nothing is known or noted of it.
    """

    serving = False
    phase: Callable[[str], Progress] | None = None
    only: Published | None = None
    fresh = False
    made = 0
    policy = ""
    kept: Kept | None = None
    edition: Edition
    marks: Mapping[str, str]
    _told: Progress
    _due: int

    def __init__(self) -> None:
        """Nothing is gathered yet."""
        super().__init__()
        self._alone = ExitStack()

    def on_startup(self, *, command: str, **_: Any) -> None:
        """What is noted here is kept for all builds of one `mkdocs serve`."""
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Gathers the entries, stages the pages, and points MkDocs at them."""
        root = Path(config.config_file_path).resolve().parent
        try:
            settings = kb_config.load(root)
            self._alone.enter_context(Lock(root, LONGEST, "site.lock"))
            self.edition = gather(
                settings,
                edit_base=_edit_base(config),
                site_url=config.site_url or "",
                keep=code(),
                phase=self._phase,
                only=self.only,
            )
        except KbError as error:
            raise PluginError(f"{error.message}{f' ({error.hint})' if error.hint else ''}") from error
        folder = settings.state / (STAGE if self.only is None else PUBLIC_STAGE) / "docs"
        told, many = self._phase("Writing pages"), len(self.edition.articles)
        self.marks = stage(sheets(self.edition), folder, code(), lambda done: told(min(done, many), many))
        _report(self.edition)
        self._remember(config, settings)
        _fill_in(config)
        if self.only is not None:
            config.repo_url = config.repo_name = None  # where the entries lie is nobody else's business
        config.docs_dir = str(folder)
        return config

    def _phase(self, name: str) -> Progress:
        return self.phase(name) if self.phase else _nobody

    def _remember(self, config: MkDocsConfig, settings: Settings) -> None:
        """What the site holds already; while serving that is only kept in memory, for its folder is a passing one."""
        shell = _shell(config, settings)
        if not self.serving and not self.fresh:
            self.kept = Kept(Path(config.site_dir), shell, _notes(settings))
        elif self.fresh or self.kept is None or self.kept.shell != shell:
            self.kept = Kept(Path(config.site_dir), shell)

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Takes the staged pages as they are."""
        assert self.kept is not None
        self.marks, self._due = take(files, self.marks, self.kept, config)
        self._told, self.made = self._phase("Making the site"), 0
        self.kept.begin()
        return files

    def on_env(self, env: Environment, *, config: MkDocsConfig, **_: Any) -> Environment:
        """Keeps the theme's templates as they were compiled for the last build."""
        folder = Path(config.docs_dir).parent / "templates"
        folder.mkdir(mode=0o700, exist_ok=True)
        env.bytecode_cache = FileSystemBytecodeCache(str(folder))
        return env

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, **_: Any) -> LiveReloadServer:
        """Watches the entries instead of the pages made from them; the policy lets the script that reloads them run."""
        server.unwatch(config.docs_dir)
        server.watch(str(Path(config.config_file_path).resolve().parent / kb_config.ENTRIES_FOLDER))
        live: Any = server
        inject = live._inject_js_into_html
        live._inject_js_into_html = lambda page, epoch: allowed(page, inject(page, epoch))
        return server

    def on_template_context(self, context: Any, *, template_name: str, **_: Any) -> Any:
        """Keeps the page *not found* out of the map of the site, and days on which nothing changed but the build's."""
        if template_name == SITEMAP:
            context["pages"] = [file for file in context["pages"] if file.src_uri != f"{NOT_FOUND}.md"]
            for file in context["pages"]:
                file.page.update_date = ""
        return context

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig, **_: Any) -> str:
        """From the theme's own page *not found*, which ours replaces later, the policy of all pages is made."""
        if template_name == f"{NOT_FOUND}.html":
            self.policy = policy(output)
        if template_name == SITEMAP:
            return sitemap(output, indexing=self.edition.indexing) if config.site_url else ""
        return output

    @event_priority(100)  # before the search plugin looks at it
    def on_page_context(self, context: TemplateContext, *, page: Page, **_: Any) -> TemplateContext:
        """Fills the page, and keeps it out of the search index: its record is made from the entry."""
        page.meta["search"] = {"exclude": True}
        if isinstance(page, Leaf):
            page.fill()
        return context

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Gives the page its head; the addresses of the page *not found* have to hold wherever a host serves it."""
        if isinstance(page, Leaf):
            page.empty()
        self.made += 1
        self._told(self.made, self._due)
        up = "../" * page.file.dest_uri.count("/")
        if page.file.src_uri == f"{NOT_FOUND}.md":
            up = urlsplit(config.site_url or "/").path
            output = from_top(output, up)
        return headed(output, self.policy, up, indexing=self.edition.indexing)

    @event_priority(100)  # before the search plugin writes its index
    def _feed(self, *, config: MkDocsConfig) -> None:
        search = config.plugins.get("material/search")
        if search is not None:
            path = Path(config.docs_dir).parent / RECORDS
            search.search_index.entries = kept_records(self.edition, path, code() + self.marks["index.html"])
            search.search_index_prev = None

    @event_priority(-100)  # after the search plugin has written its index
    def _finish(self, *, config: MkDocsConfig) -> None:
        """Gives the search its index as a script too, for pages opened from a folder, and notes what was built."""
        index = Path(config.site_dir) / "search" / "search_index.json"
        if index.is_file():
            index.with_suffix(".js").write_text(f"var __index = {index.read_text('utf-8')}", "utf-8")
        if not self.policy:
            log.warning("the theme has no 404.html: the pages are published without a Content-Security-Policy")
        assert self.kept is not None
        self.kept.done(self.marks)
        self._alone.close()

    def on_build_error(self, *, error: Exception) -> None:  # noqa: ARG002  (MkDocs gives it)
        """Lets another build begin."""
        self._alone.close()

    on_post_build = CombinedEvent(_feed, _finish)


def only_changes(config: MkDocsConfig) -> bool:
    """Whether only what changed since the last build need be built: there was one, and nobody else has a say."""
    settings = kb_config.load(Path(config.config_file_path).resolve().parent)
    return only_ours(config) and Kept(Path(config.site_dir), _shell(config, settings), _notes(settings)).known


def _notes(settings: Settings) -> Path:
    return settings.state / STAGE / NOTES


def _nobody(done: int, total: int) -> None:
    """Nobody wants to know how far it is."""


def _shell(config: MkDocsConfig, settings: Settings) -> str:
    """Tells what all pages share: when it is another one, all of them are made again."""
    own = {name: value for name, value in _given(config).items() if name not in _PASSING}
    return mark_of((code(), config.site_url, settings.indexing, own))


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
    if config.site_url and "features" not in chosen:
        config.theme["features"] = [*_THEME["features"], *_INSTANT]
    for name in ("site_name", "site_description", "site_author"):
        config[name] = escape(config[name]) if config[name] else config[name]  # the theme takes it for HTML
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
