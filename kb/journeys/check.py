"""Every fault in the entries, named by file and line: what cannot be read, what is missing, what leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from kb.journeys.base import KnowledgeBase
from kb.journeys.publishing import mark_problems, secret_problems
from kb.journeys.record import Record
from kb.markdown import parse
from kb.markdown.locate import locate
from kb.markdown.merge import CONFLICTS_HEADING
from kb.model import Problem
from kb.model.rules import Doubt, check, check_links, check_recurrence

_MARKDOWN_LINK = re.compile(r"\]\((?![a-z][a-z0-9+.-]*:|#|/)([^()\s#]+\.md)(?:#[^()\s]*)?\)", re.IGNORECASE)


def problems(base: KnowledgeBase, root: Path) -> list[Problem]:
    """All problems of all entries, by file and line; errors are those that keep an entry from being understood."""
    records = base.records()
    deployments = {record.entry.id for record in records if record.entry.kind == "deployment"}
    incidents = {record.entry.id: record.entry for record in records if record.entry.kind == "incident"}
    found = list(base.problems)
    for record in records:
        if record.stale:
            continue
        found += parse(record.text, record.path).problems
        doubts = [
            *check(record.entry, record.library),
            *check_links(record.entry, deployments),
            *check_recurrence(record.entry, incidents),
        ]
        found += [_placed(record, doubt) for doubt in doubts]
        found += _broken_links(record, root)
        found += _conflicts(record)
        found += secret_problems(record.path, record.text)
        found += mark_problems(record.entry.kind, record.path, record.text)
    return sorted(set(found))


def _placed(record: Record, doubt: Doubt) -> Problem:
    line = locate(record.text, doubt.where)
    return Problem(record.path, line, doubt.message, doubt.hint, "warning")


def _conflicts(record: Record) -> Iterator[Problem]:
    for number, line in enumerate(record.text.split("\n"), 1):
        if line.rstrip() == f"## {CONFLICTS_HEADING}":
            hint = "keep one version of each, then delete this section"
            yield Problem(record.path, number, "two versions of the same thing were kept", hint)


def _broken_links(record: Record, root: Path) -> Iterator[Problem]:
    folder = PurePosixPath(record.path).parent
    for number, line in enumerate(record.text.split("\n"), 1):
        for found in _MARKDOWN_LINK.finditer(line):
            if not (root / folder / found[1]).resolve().is_file():
                yield Problem(record.path, number, f"the link to {found[1]} leads nowhere", "mend the path", "warning")
