"""Building and serving the site from within `kb`, by MkDocs."""

from __future__ import annotations

import gc
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kb.config import CONFIG_FILE
from kb.errors import ConfigurationError, KbError, ProblemsFound
from kb.journeys.publishing import Published
from kb.journeys.record import Progress
from kb.model import Problem

Phase = Callable[[str], Progress]
"""Told the name of a phase of the work as it begins, it gives what is told how far that is."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made.

    Args:
        site: the folder with the site.
        pages: how many pages it has.
        made: how many of them were made anew; the others were right already.
        entries: how many entries of each kind it shows; those of the library are a kind of their own.
        left_out: what is wrong with the files that are not shown, or only as they were before.
        seconds: how long it took.
    """

    site: Path
    pages: int
    made: int
    entries: Mapping[str, int]
    left_out: tuple[Problem, ...]
    seconds: float


def build(
    root: Path,
    site_dir: Path | None = None,
    *,
    strict: bool = False,
    as_of: datetime | None = None,
    phase: Phase | None = None,
    only: Published | None = None,
    fresh: bool = False,
) -> Built:
    """Builds the site of the knowledge base in `root`; of a site built before, only what changed.

    Args:
        site_dir: where to; `site_dir` of mkdocs.yml if not given.
        strict: a fault in an entry, or a warning of MkDocs, fails the build.
        as_of: the moment the site is made for (aware).
        phase: told how far it is.
        only: all that may be shown, if not everything may.
        fresh: into a folder that is new; nothing is noted of it.

    Raises:
        ConfigurationError: mkdocs.yml is wrong, or does not name the plugin `kb`.
        ProblemsFound: the build failed.
    """
    begun = time.monotonic()
    with _mkdocs(as_of), _uncollected():
        from mkdocs.commands import build as command

        from kb.site.plugin import KbPlugin, only_changes

        config = _config(root, strict=strict or None, site_dir=str(site_dir) if site_dir else None)
        plugin = config.plugins.get("kb")
        if not isinstance(plugin, KbPlugin):
            raise ConfigurationError(f"{CONFIG_FILE} does not name the plugin kb", "write '- kb' under 'plugins:'")
        plugin.phase, plugin.only, plugin.fresh = phase, only, fresh
        quick = not fresh and only_changes(config)
        config.plugins.on_startup(command="build", dirty=quick)
        try:
            command.build(config, dirty=quick)
        finally:
            config.plugins.on_shutdown()
    kinds = Counter("library" if article.library else article.entry.kind for article in plugin.edition.articles)
    faults = tuple(problem for problem in plugin.edition.problems if problem.level == "error")
    pages = sum(name.endswith(".html") for name in plugin.marks)
    return Built(Path(config.site_dir), pages, plugin.made, kinds, faults, time.monotonic() - begun)


def serve(root: Path, address: str = "127.0.0.1:8000", *, open_browser: bool = False) -> None:
    """Serves the site until interrupted, and builds it anew when an entry changes.

    Args:
        address: host and port.

    Raises:
        ConfigurationError: mkdocs.yml or the address is wrong.
        ProblemsFound: the first build failed.
    """
    with _mkdocs(None):
        from mkdocs.commands import serve as command

        from kb.site.leaf import only_ours

        logging.getLogger("mkdocs").setLevel(logging.INFO)
        config = _config(root, dev_addr=address)  # a wrong one is reported before anything is built
        kind = "dirty" if only_ours(config) else None  # what changed, by the plugin's word; or everything each time
        try:
            command.serve(str(root / CONFIG_FILE), build_type=kind, open_in_browser=open_browser, dev_addr=address)
        except OSError as error:
            raise ConfigurationError(f"cannot serve on {address}: {error.strerror}", "choose another") from error


def _config(root: Path, **values: Any) -> Any:
    from mkdocs.config import load_config

    return load_config(str(root / CONFIG_FILE), **{name: value for name, value in values.items() if value is not None})


@contextmanager
def _mkdocs(as_of: datetime | None) -> Iterator[None]:
    """MkDocs' variables, its warnings on stderr, and its exceptions turned into ours."""
    variables = {"NO_MKDOCS_2_WARNING": "1"}  # an announcement for those who maintain a theme's configuration
    if as_of is not None:
        variables["SOURCE_DATE_EPOCH"] = str(int(as_of.timestamp()))
    with _environment(variables), _messages():
        from mkdocs.exceptions import Abort, MkDocsException
        from mkdocs.exceptions import ConfigurationError as WrongConfig

        try:
            yield
        except WrongConfig as error:
            raise ConfigurationError(f"{CONFIG_FILE}: {error}") from error
        except (Abort, MkDocsException) as error:
            raise _reason(error) from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """A build makes many things and keeps most of them: looking for what nobody needs any more only takes time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _messages() -> Iterator[None]:
    logger, handler = logging.getLogger("mkdocs"), logging.StreamHandler()
    logging.getLogger("mkdocs.commands.build").addFilter(_not_about_dirty)
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.addFilter(lambda record: record.levelno < logging.ERROR)  # errors come as exceptions too
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logging.getLogger("mkdocs.commands.build").removeFilter(_not_about_dirty)


def _not_about_dirty(record: logging.LogRecord) -> bool:
    """MkDocs warns of building only what its own clock calls changed; here the plugin says what that is."""
    return not record.getMessage().startswith("A 'dirty' build is being performed")


def _reason(error: BaseException) -> KbError:
    """What made MkDocs give up: our own exception further up the chain, or else the last thing it said."""
    last, link = error, error.__cause__ or error.__context__
    while link is not None:
        if isinstance(link, KbError):
            return link
        last, link = link, link.__cause__ or link.__context__
    return ProblemsFound(f"the site was not built: {last}")
