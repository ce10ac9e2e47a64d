"""A file's text read into an entry, with every doubt named by its line. Reading never fails on any text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from kb.markdown import frontmatter
from kb.markdown.document import Block, Document, Part, conflict_line, take_apart
from kb.markdown.fields import FRONT, KINDS, LESSON_HEADINGS, ListField, SectionField, plain_heading, section_for
from kb.markdown.frontmatter import Key
from kb.markdown.item_syntax import raw_item
from kb.markdown.read_items import Context, Fault, read_line
from kb.model import Entry, LessonKind, Problem, Section, TimelineEvent
from kb.model.names import ENTRY_ID, derived_item_id

_MAX_CHARACTERS = 2 * 1024 * 1024
_ENDS_SECTION = ("html_block", "fence", "code_block")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text was understood to say.

    Args:
        entry: the entry, as far as it could be read; None when not even its kind and id could.
        problems: errors and warnings, by line.
    """

    entry: Entry | None
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the entry is there and nothing in it is an error."""
        return self.entry is not None and not any(p.level == "error" for p in self.problems)


@dataclass(frozen=True, slots=True)
class PlacedItem:
    """An item, where it stands ([start, end), counted from 0), and what kind the heading above says it is of."""

    value: Any
    start: int
    end: int
    heading: LessonKind = LessonKind.LEARNED


@dataclass(frozen=True, slots=True)
class PlacedSection:
    """A section and the field it holds; None when kb has none for it."""

    part: Part
    field: SectionField | None
    items: tuple[PlacedItem, ...] = ()
    used: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """A parsed text together with the places of what was read, for edits."""

    parsed: Parsed
    document: Document
    keys: tuple[Key, ...] = ()
    sections: tuple[PlacedSection, ...] = ()


def parse(text: str, path: str = "") -> Parsed:
    """The entry a text describes, and every problem in it.

    Args:
        path: the file, named in the problems.
    """
    return read_text(text, path).parsed


def read_text(text: str, path: str = "") -> Reading:
    """Like `parse`, with the places of everything that was read."""
    conflict = conflict_line(text)
    if conflict or len(text) > _MAX_CHARACTERS:
        message = "git conflict markers" if conflict else f"the file is larger than {_MAX_CHARACTERS // 2**20} MiB"
        mend = "run 'kb mend', or keep what is meant of both sides and delete the markers"
        hint = mend if conflict else "attach logs as files"
        return Reading(Parsed(None, (Problem(path, conflict or 1, message, hint),)), take_apart(""))
    document = take_apart(text)
    return _Parser(document, path).reading()


@dataclass(slots=True)
class _Parser:
    document: Document
    path: str
    problems: list[Problem] = field(default_factory=list)

    def reading(self) -> Reading:
        keys = self.front_matter()
        values = {key.name: key for key in keys or ()}
        kind = self.kind(values) if keys is not None else None
        entry_id = self.id(values) if kind else None
        if kind is None or entry_id is None or keys is None:
            return Reading(Parsed(None, tuple(sorted(self.problems))), self.document)
        attributes = self.typed(kind, values)
        self.title(attributes, entry_id)
        sections = self.sections(kind, attributes)
        attributes["lead"] = self.document.text(*self.document.lead)
        entry = KINDS[kind](id=entry_id, **attributes)
        return Reading(Parsed(entry, tuple(sorted(self.problems))), self.document, tuple(keys), tuple(sections))

    def problem(self, line: int, message: str, hint: str, lenient: bool = False) -> None:
        """Note a problem; `line` is counted from 0."""
        self.problems.append(Problem(self.path, line + 1, message, hint, "warning" if lenient else "error"))

    # front matter

    def front_matter(self) -> list[Key] | None:
        if self.document.front is None:
            self.problem(0, "no front matter", "begin the file with '---', then 'id:' and 'kind:', then '---'")
            return None
        start, end = self.document.front
        try:
            return frontmatter.read("\n".join(self.document.lines[start:end]), start)
        except frontmatter.FrontMatterError as error:
            self.problem(error.line - 1, error.message, error.hint)
            return None

    def kind(self, values: dict[str, Key]) -> str | None:
        given = values.get("kind")
        if given and given.value in KINDS:
            return str(given.value)
        message = f"kind '{given.value}' is not known" if given else "no kind"
        self.problem(given.line if given else 0, message, "write 'kind: incident', deployment or system")
        return None

    def id(self, values: dict[str, Key]) -> str | None:
        given = values.get("id")
        if given and isinstance(given.value, str) and ENTRY_ID.fullmatch(given.value):
            return given.value
        message = f"id '{given.value}' is not an id" if given else "no id"
        self.problem(given.line if given else 0, message, "write 'id:' with lower-case letters, digits and hyphens")
        return None

    def typed(self, kind: str, values: dict[str, Key]) -> dict[str, Any]:
        attributes: dict[str, Any] = {}
        fields = sorted(FRONT[kind], key=lambda f: f.key != "timezone")
        for front in fields:
            if (key := values.get(front.key)) is None:
                continue
            try:
                attributes |= front.read(key.value, attributes.get("timezone", "UTC"))
            except ValueError as error:
                self.problem(key.line, f"{front.key}: {error}", "mend the value or remove the line", front.lenient)
        known = {front.key for front in fields} | {"id", "kind"}
        attributes["extra"] = {name: key.value for name, key in values.items() if name not in known}
        return attributes

    def title(self, attributes: dict[str, Any], entry_id: str) -> None:
        if self.document.title:
            attributes["title"] = self.document.title
            return
        named = attributes["extra"].get("title")
        attributes["title"] = named if isinstance(named, str) and named else entry_id
        self.problem(self.document.body_start, "no title", "write one below the front matter: # What happened", True)

    # sections

    def sections(self, kind: str, attributes: dict[str, Any]) -> list[PlacedSection]:
        found: list[PlacedSection] = []
        others: list[Section] = []
        for part in self.document.parts:
            self.swallowed(kind, part)
            place = section_for(kind, part.heading)
            if place and place.items:
                section, prose = self.list_section(part, place, attributes)
                if prose:
                    others.append(Section(part.heading, prose))
            else:
                section = self.prose_section(part, place, attributes, others)
            found.append(section)
        attributes["sections"] = tuple(others)
        return self.with_ids(found, attributes)

    def prose_section(
        self, part: Part, place: SectionField | None, attributes: dict[str, Any], others: list[Section]
    ) -> PlacedSection:
        body = self.document.text(part.start, part.end)
        hint_only = all(b.kind == "html_block" for b in part.blocks) and body.startswith("<!--")
        if place and (hint_only or not body):
            return PlacedSection(part, place, used=place.attr not in attributes)
        if place and place.attr not in attributes:
            attributes[place.attr] = body
            return PlacedSection(part, place)
        others.append(Section(part.heading, body))
        return PlacedSection(part, None)

    def list_section(self, part: Part, place: SectionField, attributes: dict[str, Any]) -> tuple[PlacedSection, str]:
        """The items of a list section, and what else stands in it."""
        assert place.items
        items: list[PlacedItem] = []
        faults: list[Fault] = []
        context = self.context(attributes)
        prose: list[str] = []
        for block, kind in self.by_heading(part, place):
            if block.kind in ("bullet_list", "ordered_list"):
                for child in block.children:
                    value, end = self.item(place.items, child, kind, context, faults)
                    if value.text or isinstance(value, TimelineEvent):
                        items.append(PlacedItem(value, child.start, end, LessonKind(kind)))
                    context = _next_day(context, value)
            elif not (block.kind == "html_block" and self.document.lines[block.start].lstrip().startswith("<!--")):
                prose.append(self.document.text(block.start, block.end))
        for line, message, hint in faults:
            self.problem(line, message, hint, True)
        attributes.setdefault(place.attr, ())
        return PlacedSection(part, place, tuple(items)), "\n\n".join(prose)

    def item(
        self, syntax: ListField, block: Block, kind: str, context: Context, faults: list[Fault]
    ) -> tuple[Any, int]:
        """An item, and the line after it."""
        if block.end == block.start + 1:
            value, doubts = read_line(syntax.read, self.document.lines[block.start], kind, context)
            faults += [(block.start + line, message, hint) for line, message, hint in doubts]
            return value, block.end
        raw = replace(raw_item(self.document.lines, block, syntax.nested), default_kind=kind)
        return syntax.read(raw, context, faults), raw.end

    def context(self, attributes: dict[str, Any]) -> Context:
        named = (attributes.get(key) for key in ("started", "detected", "window_start", "meeting"))
        first = next((moment for moment in named if moment), None)
        return Context(attributes.get("timezone", "UTC"), first.at.date() if first else None)

    def by_heading(self, part: Part, place: SectionField) -> Iterator[tuple[Block, str]]:
        """The blocks of a list section with the kind of lesson the heading above them says."""
        lessons = place.attr == "lessons"
        kind = LESSON_HEADINGS.get(plain_heading(part.heading), LessonKind.LEARNED) if lessons else LessonKind.LEARNED
        for block in part.blocks:
            named = LESSON_HEADINGS.get(plain_heading(block.info)) if lessons and block.kind in ("h3", "h4") else None
            if named:
                kind = named
            else:
                yield block, kind.value

    def swallowed(self, kind: str, part: Part) -> None:
        """Warn when a known heading stands inside a code or HTML block: a closing fence is missing."""
        for block in part.blocks:
            if block.kind not in _ENDS_SECTION:
                continue
            for number in range(block.start + 1, block.end):
                line = self.document.lines[number]
                if line.startswith("## ") and section_for(kind, line[3:]):
                    message = f"heading '{line[3:].strip()}' is inside a block opened on line {block.start + 1}"
                    self.problem(number, message, "is a closing fence missing?", True)

    def with_ids(self, found: list[PlacedSection], attributes: dict[str, Any]) -> list[PlacedSection]:
        """Give items typed without an id one derived from their text, and gather the fields' items."""
        seen: set[str] = set()
        alike: Counter[tuple[str, ...]] = Counter()
        placed: list[PlacedSection] = []
        for section in found:
            items = tuple(self.with_id(item, section, seen, alike) for item in section.items)
            placed.append(replace(section, items=items))
            if section.field and section.field.items:
                attributes[section.field.attr] += tuple(item.value for item in items)
        return placed

    def with_id(
        self, item: PlacedItem, section: PlacedSection, seen: set[str], alike: Counter[tuple[str, ...]]
    ) -> PlacedItem:
        """The item with an id; `alike` counts those of the same words, lest thousands of them try each other's ids."""
        assert section.field
        given = item.value.id
        if given and given not in seen:
            seen.add(given)
            return item
        if given:
            self.problem(item.start, f"the id {given} is used twice", "delete the comment of one of the two", True)
        words = (section.field.attr, item.value.text, str(getattr(item.value, "at", "")))
        new = ""
        while not new or new in seen:
            new = derived_item_id(*words, str(alike[words]))
            alike[words] += 1
        seen.add(new)
        return replace(item, value=replace(item.value, id=new))


def _next_day(context: Context, value: Any) -> Context:
    """The day a following clock time is on: that of the last time written."""
    at = getattr(value, "at", None)
    if at is None:
        return context
    return replace(context, day=date.fromisoformat(at.local(context.timezone)[:10]))
