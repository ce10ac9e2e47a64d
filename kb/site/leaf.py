"""The staged pages as MkDocs takes them, without what it would do for text that anybody wrote.

What `compose` in `kb.site.parts.frame` writes is front matter, plain headings, and raw blocks of HTML. Python-Markdown
makes the same HTML of it as this module, but takes most of the time of a build for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markdown.extensions.toc import slugify, unique
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from kb.site.kept import Kept
from kb.site.pages.notfound import NOT_FOUND
from kb.site.parts.frame import HEADING

_EXTENSIONS = ["toc", "tables", "fenced_code"]
_KNOWN = {"kb", "material/search", "search"}
_SETTINGS = {"toc": {"permalink": True}}


class LeafFile(File):
    """A staged file.

    Args:
        fresh: it has to be made into a part of the site; otherwise the site has that already.
    """

    fresh = True

    def is_modified(self) -> bool:
        """Asked when only what changed is built: told by what a page is made from, not by the clock."""
        return self.fresh


class Leaf(Page):
    """A page that `compose` wrote; it is only held while it is made into a page of the site, for there may be many."""

    def read_source(self, config: MkDocsConfig) -> None:
        """The front matter: the title is all that others ask of a page."""
        super().read_source(config)
        self.markdown = ""

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002  (MkDocs gives them)
        """Nothing yet."""
        self.content = ""

    def fill(self) -> None:
        """Makes its HTML: headings become headings, blocks stay."""
        _, _, body = self.file.content_string.partition("\n---\n")
        taken: set[str] = set()
        contents, done, gap = [], [], ""
        for line in filter(None, body.split("\n")):
            if line.startswith(HEADING):
                name = line.removeprefix(HEADING)
                place = unique(slugify(name, "-"), taken)
                contents.append({"level": 2, "id": place, "name": name, "children": []})
                link = f'<a class="headerlink" href="#{place}" title="Permanent link">&para;</a>'
                done += [gap, f'<h2 id="{place}">{name}{link}</h2>']
                gap = "\n"
            else:
                done += [gap, line]
                gap = "\n\n"
        self.content = "".join(done)
        self.toc = get_toc(contents)  # type: ignore[arg-type]

    def empty(self) -> None:
        """Lets its HTML go again."""
        self.content, self.toc = "", get_toc([])


def only_ours(config: MkDocsConfig) -> bool:
    """Whether nobody else has a say in what the pages look like."""
    return not config.hooks and not config.theme.custom_dir and set(config.plugins) <= _KNOWN


def take(files: Files, marks: Mapping[str, str], kept: Kept, config: MkDocsConfig) -> tuple[dict[str, str], int]:
    """Makes staged files of the files that were staged, and leaves of the pages.

    Args:
        marks: of what was staged, by path.
        kept: what the site holds already.

    Returns:
        The marks by the names the files have in the site, and how many pages have to be made.
    """
    usual = only_ours(config) and config.markdown_extensions == _EXTENSIONS and config.mdx_configs == _SETTINGS
    titles = dict(_titles(config.nav))
    done: dict[str, str] = {}
    due = 0
    for path, mark in marks.items():
        found = files.get_file_from_path(path)
        if found is None:
            continue  # left out by a setting of MkDocs
        files.remove(found)
        file = LeafFile(path, found.src_dir, found.dest_dir, found.use_directory_urls)
        # the theme has just written a page *not found* of its own in the place of ours
        file.fresh = path == f"{NOT_FOUND}.md" or not kept.holds(file.dest_uri, mark)
        files.append(file)
        done[file.dest_uri] = mark
        if file.is_documentation_page():
            page = Leaf if usual else Page
            page(titles.get(path), file, config)
            due += file.fresh
    return done, due


def _titles(nav: Any) -> Iterator[tuple[str, str]]:
    """The names that the navigation gives to pages, by their paths."""
    if isinstance(nav, list):
        for item in nav:
            yield from _titles(item)
    elif isinstance(nav, dict):
        for name, item in nav.items():
            if isinstance(item, str):
                yield item, name
            else:
                yield from _titles(item)
