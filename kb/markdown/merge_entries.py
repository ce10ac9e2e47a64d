"""Two versions of an entry that grew from a third, made into one: value by value, item by item, prose by lines.

`ours` is what the record holds, `theirs` what the file says. Where both changed the same thing differently the file's
value stands and the other is told as a `Conflict`; nothing is dropped. What one side edited and the other deleted
stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from kb.model import Entry, Moment
from kb.model.names import derived_item_id

AnyEntry = TypeVar("AnyEntry", bound=Entry)
_PROSE = frozenset({
    "lead", "summary", "impact", "trigger", "root_cause", "resolution", "discussion", "rollback_plan", "body", "text",
    "evidence",
})  # fmt: skip
_Key = tuple[Hashable, int]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something both sides changed differently.

    Args:
        where: the field, and of an item its id: `timeline e4m1zq text`.
        kept: what now stands there.
        other: what the other side wanted.
    """

    where: str
    kept: str
    other: str


@dataclass(slots=True)
class Merger:
    """One merge of two entries.

    Args:
        whole_prose: do not merge prose by lines: the lines of both sides together may mean something else.
    """

    timezone: str
    whole_prose: bool = False
    conflicts: list[Conflict] = field(default_factory=list)

    def entries(self, base: AnyEntry, ours: AnyEntry, theirs: AnyEntry) -> AnyEntry:
        """The entry that holds what both sides changed since the base; all three of one kind and id."""
        merged: AnyEntry = self.record("", base, ours, theirs)
        return _with_unique_ids(merged)

    def record(self, where: str, base: Any, ours: Any, theirs: Any) -> Any:
        """A dataclass, merged field by field."""
        values = {}
        for each in fields(theirs):
            name = f"{where} {each.name}".strip()
            before, one, two = (getattr(side, each.name) for side in (base, ours, theirs))
            values[each.name] = self.any(name, each.name, (before, one, two))
        return replace(theirs, **values)

    def any(self, where: str, name: str, sides: tuple[Any, Any, Any]) -> Any:
        """A value of any type, merged as its type asks."""
        base, ours, theirs = sides
        if ours in (theirs, base):
            return theirs
        if base == theirs:
            return ours
        if isinstance(theirs, tuple):
            return self.names(sides) if any(isinstance(v, str) for s in sides for v in s) else self.items(where, sides)
        if isinstance(theirs, Mapping):
            return self.mapping(where, base, ours, theirs)
        if name in _PROSE and not self.whole_prose:
            return self.prose(where, base, ours, theirs)
        return self.value(where, ours, theirs)

    def value(self, where: str, ours: Any, theirs: Any) -> Any:
        """A single value both sides changed: an edit beats a removal, else the file's stands and the other is told."""
        if theirs in (None, ""):
            return ours
        if ours not in (None, ""):
            self.conflicts.append(Conflict(where, self.shown(theirs), self.shown(ours)))
        return theirs

    def mapping(self, where: str, base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Any:
        """Keys kb has no field for, merged key by key."""
        names = [*theirs, *(name for name in ours if name not in theirs)]
        merged = {n: self.any(f"{where} {n}", "", (base.get(n), ours.get(n), theirs.get(n))) for n in names}
        return {name: value for name, value in merged.items() if value is not None}

    def prose(self, where: str, base: str, ours: str, theirs: str) -> str:
        """Text of several lines, merged by lines; where they clash the file's lines stand."""
        out: list[str] = []
        for group in merge_lines(*(text.split("\n") if text else [] for text in (base, ours, theirs))):
            if group[0] != "conflict":
                out += group[1]
                continue
            before, one, two = group[1:]
            chosen = both_additions(one, two) if not before else None
            if chosen is None:
                chosen = self.value(where, "\n".join(one), "\n".join(two)).split("\n")
            out += chosen
        return "\n".join(out).strip("\n")

    def names(self, sides: tuple[Sequence[str], Sequence[str], Sequence[str]]) -> tuple[str, ...]:
        """A list of names: what either side added or removed."""
        base, ours, theirs = (_numbered(side, lambda name: name) for side in sides)
        kept = {key for key in (*ours, *theirs) if (key in ours and key in theirs) or key not in base}
        return tuple(str(key[0]) for key in _order(list(base), list(ours), list(theirs)) if key in kept)

    def items(self, where: str, sides: tuple[Sequence[Any], Sequence[Any], Sequence[Any]]) -> tuple[Any, ...]:
        """A list of items, each merged with its namesake."""
        base, ours, theirs = (_numbered(side, _identity) for side in sides)
        merged: dict[_Key, Any] = {}
        for key in (*theirs, *(key for key in ours if key not in theirs)):
            before, one, two = base.get(key), ours.get(key), theirs.get(key)
            if one is not None and two is not None:
                merged[key] = self.record(f"{where} {key[0]}", before or _blank(two), one, two)
            elif before is None or before != (one or two):
                merged[key] = one or two  # added, or edited by one side while the other deleted it
        result = [merged[key] for key in _order(list(base), list(ours), list(theirs)) if key in merged]
        return tuple(_by_time(result) if _in_time(sides[1]) and _in_time(sides[2]) else result)

    def shown(self, value: Any) -> str:
        """A value as it is written in a file."""
        if isinstance(value, Moment):
            return value.local(self.timezone)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, date):
            return value.isoformat()
        return str(value.value) if isinstance(value, Enum) else str(value)


def _with_unique_ids(entry: AnyEntry) -> AnyEntry:
    """An item that one side moved to another list, and the other edited where it was, is two items now."""
    seen: set[str] = set()
    values: dict[str, Any] = {}
    for each in fields(entry):
        items = getattr(entry, each.name)
        if not isinstance(items, tuple) or not any(hasattr(item, "text") for item in items):
            continue
        ids = [derived_item_id(each.name, item.id) if item.id in seen else item.id for item in items]
        seen.update(ids)
        values[each.name] = tuple(replace(item, id=new) for item, new in zip(items, ids, strict=True))
    return replace(entry, **values)


def merge_lines(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[Any, ...]]:
    """The lines of both sides in groups: (kind, lines), or ("conflict", base lines, ours, theirs)."""
    from merge3 import Merge3  # most commands never merge

    return list(Merge3(list(base), list(ours), list(theirs)).merge_groups())


def both_additions(ours: list[str], theirs: list[str]) -> list[str] | None:
    """Lines added by both in one place, when one side's lines hold the other's; None when they do not."""
    for fewer, more in ((ours, theirs), (theirs, ours)):
        left = iter(more)
        if all(line in left for line in fewer):
            return more
    return None


def _identity(item: Any) -> Hashable:
    """What makes two versions of an item the same item."""
    found: Hashable = next(getattr(item, name) for name in ("id", "name", "heading", "text") if hasattr(item, name))
    return found


def _numbered(items: Sequence[Any], identity: Callable[[Any], Hashable]) -> dict[_Key, Any]:
    """Items by identity; further ones of the same identity get a number."""
    seen: Counter[Hashable] = Counter()
    found: dict[_Key, Any] = {}
    for item in items:
        key = identity(item)
        found[key, seen[key]] = item
        seen[key] += 1
    return found


def _blank(item: Any) -> Any:
    """An item of the same identity with nothing in it: what both sides had before they added it."""
    names = ("id", "name", "heading")
    blanks = {f.name: f.default for f in fields(item) if f.name not in names and f.default is not MISSING}
    return replace(item, **blanks, **({"text": ""} if hasattr(item, "text") else {}))


def _order(base: list[_Key], ours: list[_Key], theirs: list[_Key]) -> list[_Key]:
    """All keys in one order: that of the side which moved something, the other's new ones behind their predecessors."""
    common = set(ours) & set(theirs) & set(base)
    theirs_moved = [k for k in theirs if k in common] != [k for k in base if k in common]
    first, second = (theirs, ours) if theirs_moved else (ours, theirs)
    result = list(first)
    known = set(first)
    previous: _Key | None = None
    for key in second:
        if key not in known:
            known.add(key)
            result.insert(0 if previous is None else result.index(previous) + 1, key)
        previous = key
    return result


def _in_time(items: Sequence[Any]) -> bool:
    if not items or not all(hasattr(item, "at") and is_dataclass(item) for item in items):
        return False
    times = [item.at.at for item in items if item.at]
    return times == sorted(times)


def _by_time(items: list[Any]) -> list[Any]:
    """Events in the order of their times; one without a time stays behind the one before it."""
    keyed, last = [], None
    for item in items:
        last = item.at.at if item.at else last
        keyed.append((last, item))
    early = [item for at, item in keyed if at is None]
    timed = [(at, item) for at, item in keyed if at is not None]
    return early + [item for _, item in sorted(timed, key=lambda pair: pair[0])]
