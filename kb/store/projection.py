"""Which rows an entry becomes. They answer questions in SQL and are made again with every revision of the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Table

from kb.model import Deployment, Entry, Incident, Moment, System
from kb.store import derived

Row = dict[str, Any]
PROJECTED: tuple[Table, ...] = (
    derived.incidents,
    derived.deployments,
    derived.systems,
    derived.events,
    derived.questions,
    derived.answers,
    derived.lessons,
    derived.actions,
    derived.risks,
    derived.checks,
    derived.deployment_links,
    derived.services,
    derived.names,
    derived.items,
)
"""The tables derived from the text."""

_OWN = {Incident: derived.incidents, Deployment: derived.deployments, System: derived.systems}


def rows(entry: Entry) -> dict[Table, list[Row]]:
    """The rows of an entry, by table; only tables that get some."""
    found: dict[Table, list[Row]] = {}
    for table, row in (*_own(entry), *_shared(entry), *_lists(entry)):
        found.setdefault(table, []).append({"entry": entry.id, **row})
    return found


def _own(entry: Entry) -> Iterator[tuple[Table, Row]]:
    table = _OWN[type(entry)]
    columns = (name for name in _columns(table) if name != "entry")
    yield table, _values(entry, columns)


def _shared(entry: Entry) -> Iterator[tuple[Table, Row]]:
    for table, items in (
        (derived.events, entry.timeline),
        (derived.lessons, entry.lessons),
        (derived.actions, entry.actions),
    ):
        yield from _items(table, items)
    yield from _items(derived.questions, entry.questions)
    for position, question in enumerate(entry.questions):
        for number, answer in enumerate(question.answers):
            columns = _values(answer, ("text", "by", "at", "evidence"))
            yield derived.answers, {"question": position, "position": number, **columns}


def _lists(entry: Entry) -> Iterator[tuple[Table, Row]]:
    if isinstance(entry, Deployment):
        yield from _items(derived.risks, entry.risks)
        yield from _items(derived.checks, entry.checks)
        services: Iterable[tuple[str, str, str]] = ((s.name, s.version, s.previous) for s in entry.services)
    else:
        services = ((name, "", "") for name in getattr(entry, "services", ()))
    for position, (name, version, previous) in enumerate(services):
        yield derived.services, {"position": position, "name": name, "version": version, "previous": previous}
    for position, link in enumerate(getattr(entry, "deployments", ())):
        yield derived.deployment_links, {"position": position, "deployment": link.id, "relation": str(link.relation)}
    for field in ("tags", "systems", "hosts", "attendees", "recurrence_of"):
        for position, name in enumerate(getattr(entry, field, ())):
            yield derived.names, {"field": field, "position": position, "name": name}
    for field in ("symptoms", "contributing_factors", "links", "expected", "unexpected"):
        for position, item in enumerate(getattr(entry, field, ())):
            yield derived.items, {"field": field, "position": position, "item": item.id, "text": item.text}


def _items(table: Table, items: Iterable[Any]) -> Iterator[tuple[Table, Row]]:
    columns = [name for name in _columns(table) if name not in ("entry", "position", "item")]
    for position, item in enumerate(items):
        yield table, {"position": position, "item": item.id, **_values(item, columns)}


def _columns(table: Table) -> list[str]:
    return [column.key for column in table.columns]


def _values(thing: Any, columns: Iterable[str]) -> Row:
    return {name: _value(getattr(thing, name)) for name in columns}


def _value(value: Any) -> Any:
    if isinstance(value, Moment):
        return value.utc
    return value.value if hasattr(value, "value") else value
