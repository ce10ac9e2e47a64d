"""Fields set from words, as `kb set severity=sev1` gives them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from kb.errors import InvalidEntry
from kb.markdown.clean import clean, clean_line
from kb.markdown.fields import FRONT, SECTIONS, FrontField
from kb.markdown.item_syntax import take_group
from kb.markdown.read_items import GROUPS
from kb.model import Check, Entry, Item, Risk
from kb.model.names import new_item_id

Made = TypeVar("Made", Item, Risk, Check)
_MAKERS: dict[str, type[Any]] = {"risks": Risk, "checks": Check}
_ELSEWHERE = {"timeline": "kb log", "questions": "kb ask", "lessons": "kb lesson", "actions": "kb action add"}


def assign(entry: Entry, name: str, value: str, how: str = "=") -> Entry:
    """The entry with a field set.

    Args:
        name: a key of the front matter, a section (`root_cause`), `title`, or a key of the team's own.
        how: `=` sets; `+=` adds to a list; `-=` takes from it.

    Raises:
        InvalidEntry: no such field, or the value is not one it can hold; the message says which would do.
    """
    key = name.strip().replace("-", "_").lower()
    if key in ("id", "kind"):
        raise InvalidEntry(f"{key} never changes", "make a new entry with 'kb new'")
    if key in _ELSEWHERE:
        raise InvalidEntry(f"{key} are not set but added", f"use '{_ELSEWHERE[key]}'")
    front = next((field for field in FRONT[entry.kind] if field.key == key), None)
    if front:
        return _front(entry, front, value, how)
    return _section(entry, key, value, how)


def _front(entry: Entry, front: FrontField, value: str, how: str) -> Entry:
    before = front.write(entry)
    wanted: Any = clean_line(value)
    if how != "=":
        if before is not None and not isinstance(before, list):
            raise InvalidEntry(f"{front.key} is not a list", f"write {front.key}=VALUE")
        wanted = _changed(list(before or []), [part.strip() for part in wanted.split(",") if part.strip()], how)
    try:
        attributes = front.read(wanted, entry.timezone) if wanted else _emptied(entry, front)
        changed: Entry = replace(entry, **attributes)
    except ValueError as error:
        raise InvalidEntry(f"{front.key}: {error}") from None
    return changed


def _changed(before: list[str], words: list[str], how: str) -> list[str]:
    if how == "+=":
        return [*before, *(word for word in words if word not in before)]
    return [word for word in before if word not in words]


def _emptied(entry: Entry, front: FrontField) -> dict[str, Any]:
    """The field's attributes as they are when nobody has said anything."""
    blank = type(entry)(id=entry.id, title=entry.title)
    names = ("window_start", "window_end") if front.key == "window" else (front.key,)
    return {name: getattr(blank, name) for name in names}


def _section(entry: Entry, key: str, value: str, how: str) -> Entry:
    place = next((p for p in SECTIONS[entry.kind] if key in (p.attr, p.heading.lower().replace(" ", "_"))), None)
    if place and place.items:
        return _items(entry, place.attr, value, how)
    if place or key in ("title", "lead"):
        if how != "=":
            raise InvalidEntry(f"{key} is not a list", f"write {key}=TEXT")
        text = clean_line(value) if key == "title" else clean(value)
        if key == "title" and not text:
            raise InvalidEntry("a title cannot be empty")
        return _with(entry, place.attr if place else key, text)
    if key in entry.extra:
        return replace(entry, extra={**entry.extra, key: clean_line(value)})
    raise InvalidEntry(f"{entry.kind}s have no field '{key}'", f"the fields are {', '.join(names(entry))}")


def _items(entry: Entry, attr: str, value: str, how: str) -> Entry:
    before = getattr(entry, attr)
    text = clean(value)
    if how == "-=":
        kept = tuple(item for item in before if item.id != value and item.text != text)
        return _with(entry, attr, kept)
    added = (made(_MAKERS.get(attr, Item), text),) if text else ()
    return _with(entry, attr, (*before, *added) if how == "+=" else added)


def made(kind: type[Made], text: str) -> Made:
    """An item of a new id from cleaned text; that of a risk or a check may end in `(likelihood: low; owner: @x)`."""
    line, *rest = text.split("\n")
    first, pairs = take_group(line, GROUPS[kind]) if kind in GROUPS else (line, {})
    known: dict[str, Any] = pairs if first else {}
    return kind(text="\n".join([first or line, *rest]), id=new_item_id(), **known)


def _with(entry: Entry, attr: str, value: Any) -> Entry:
    return replace(entry, **{attr: value})


def names(entry: Entry) -> list[str]:
    """The names of the fields that can be set in an entry of this kind."""
    sections = [place.attr for place in SECTIONS[entry.kind] if place.attr not in _ELSEWHERE]
    return ["title", *(field.key for field in FRONT[entry.kind]), *sections]
