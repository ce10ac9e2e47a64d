"""A small knowledge base to try storage on: how a person, an editor and a command touch it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb.config import Settings
from kb.journeys.base import KnowledgeBase
from kb.journeys.record import Record
from kb.model import ActionItem, Deployment, Entry, Incident, Item, Question, Severity, System, TimelineEvent
from kb.model.names import new_item_id

ID = "2019-03-12-all-applications-down"
PATH = f"entries/incidents/2019/{ID}.md"

TEXT = """\
---
# read by the night shift: keep it short
id: 2019-03-12-all-applications-down
kind: incident
status: investigating
severity: sev1
timezone: America/Chicago
started: 2019-03-12 09:00
services: [storefront, back office]   # two of five
ticket-system: OPS
tags: [unknown-software]
---

# All applications down

<!-- the desk's phone list is in the other binder -->

## Symptoms

- No application answers. <!-- s:m2x8qa -->
- CPU near 100 %. <!-- s:c4k1ze -->

## Timeline

- **2019-03-12 05:00** `change` Release 4.10 deployed. (by: release team) <!-- e:e4m1zq -->
- **2019-03-12 09:00** `detection` Alert e-mails. (by: IT operations) <!-- e:k8w2rd -->

## Root cause

Nobody knows yet.

## Weather that morning

Rain.
"""


def clock() -> Callable[[], datetime]:
    """A clock that moves a second every time it is read."""
    times = (datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=n) for n in range(10**9))
    return lambda: next(times)


def opened(root: Path, database: str = "") -> KnowledgeBase:
    """The knowledge base in a folder."""
    return KnowledgeBase.open(root, Settings(root=root, database=database), clock())


def put(root: Path, text: str = TEXT, path: str = PATH) -> Path:
    """A file written as an editor does."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode("utf-8"))
    return file


def text_for(entry_id: str, title: str = "Something broke") -> str:
    """A short file for an id."""
    return f"---\nid: {entry_id}\nkind: incident\nstatus: resolved\n---\n\n# {title}\n\n## Summary\n\nIt broke.\n"


def incident(entry_id: str = "2026-11-23-checkout-slow", title: str = "Checkout is slow") -> Incident:
    """An incident as `kb new` makes it."""
    return Incident(id=entry_id, title=title, severity=Severity.SEV2, symptoms=(Item("Slow.", "cccccc"),))


def some_of_each() -> tuple[Entry, ...]:
    """An incident, a deployment and a system."""
    return (
        incident(),
        Deployment(id="2026-11-22-release", title="Release", actions=(ActionItem("Tell the desk.", id="aaaaaa"),)),
        System(id="app-server-01", title="Application server", expected=(Item("IIS", "bbbbbb"),)),
    )


def log(kb: KnowledgeBase, text: str, entry_id: str = ID) -> Record:
    """What `kb log` does."""
    event = TimelineEvent(text, id=new_item_id())
    return kb.change(entry_id, lambda entry: replace(entry, timeline=(*entry.timeline, event)), "kb log", "tester")


def ask(kb: KnowledgeBase, text: str, entry_id: str = ID) -> Record:
    """What `kb ask` does."""
    question = Question(text, id=new_item_id())
    return kb.change(entry_id, lambda entry: replace(entry, questions=(*entry.questions, question)), "kb ask")


def change(kb: KnowledgeBase, entry_id: str = ID, **fields: object) -> Record:
    """What `kb set` does."""
    return kb.change(entry_id, lambda entry: replace(entry, **fields), "kb set")


def tree(root: Path) -> dict[str, bytes]:
    """Every file below `entries/` with its bytes."""
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted((root / "entries").rglob("*")) if p.is_file()}


def in_step(root: Path, kb: KnowledgeBase) -> bool:
    """Whether files and database say the same."""
    return tree(root) == {record.path: record.text.encode() for record in kb.records()}
