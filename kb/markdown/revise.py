"""The smallest change of a text that makes it describe another entry: only the lines of what differs are touched.

Whatever kb does not understand, comments, unknown keys and sections, the order and spelling of everything else, stays
byte for byte. The result is read again and must be the wanted entry, or nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from difflib import SequenceMatcher
from typing import Any

from kb.errors import InvalidEntry
from kb.markdown import frontmatter
from kb.markdown.document import Part, physical_lines
from kb.markdown.fields import FRONT, SECTIONS, SectionField
from kb.markdown.frontmatter import Key
from kb.markdown.parse import PlacedItem, PlacedSection, Reading, parse, read_text
from kb.markdown.render import heading, item_lines, section_body
from kb.model import Entry, LessonKind, Section


def revise(text: str, wanted: Entry) -> str:
    """The text changed so that it describes the wanted entry, in as few lines as possible.

    Raises:
        InvalidEntry: the text cannot be read, or the change cannot be written without touching what it does not mean.
    """
    reading = read_text(text)
    old = reading.parsed.entry
    if old is None:
        first = reading.parsed.problems[0]
        raise InvalidEntry(f"the entry cannot be read: line {first.line}: {first.message}", first.hint)
    if (old.id, old.kind) != (wanted.id, wanted.kind):
        raise InvalidEntry("an entry's id and kind never change")
    for rewrite_typed in (False, True):
        result = _Edit(reading, old, wanted, text, rewrite_typed).result()
        if parse(result).entry == wanted:
            return result
    raise InvalidEntry(f"cannot change {_difference(parse(result).entry, wanted)} in place", "edit the file by hand")


def _difference(got: Entry | None, wanted: Entry) -> str:
    if got is None:
        return "the entry"
    names = [f.name for f in fields(wanted) if getattr(got, f.name) != getattr(wanted, f.name)]
    return ", ".join(names).replace("_", " ")


@dataclass(slots=True)
class _Edit:
    """Replacements of lines [start, end) of the original, applied together at the end.

    Args:
        rewrite_typed: also write out the items typed by hand, whose meaning depends on their neighbours.
    """

    reading: Reading
    old: Entry
    new: Entry
    text: str
    rewrite_typed: bool
    changes: list[tuple[int, int, list[str]]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)

    def result(self) -> str:
        self.raw = physical_lines(self.text)
        self.front_matter()
        if self.old.title != self.new.title:
            self.title()
        if self.old.lead != self.new.lead:
            self.prose(*self.reading.document.lead, self.new.lead)
        for place in SECTIONS[self.new.kind]:
            if place.items:
                self.items(place)
            elif getattr(self.old, place.attr) != getattr(self.new, place.attr):
                self.section(place)
        if self.old.sections != self.new.sections:
            self.other_sections()
        return self.applied()

    def applied(self) -> str:
        ending = "\r" if self.text.count("\r\n") * 2 > self.text.count("\n") else ""
        out: list[str] = []
        at = 0
        for start, end, lines in sorted(self.changes, key=lambda change: change[:2]):
            out += self.raw[at:start]
            out += [line + ending for line in lines]
            at = max(at, end)
        out += self.raw[at:]
        if ending and out and out[-1] == ending:
            out[-1] = ""
        return "\n".join(out)

    def replace(self, start: int, end: int, lines: list[str]) -> None:
        self.changes.append((start, end, lines))

    # front matter

    def front_matter(self) -> None:
        keys = {key.name: key for key in self.reading.keys}
        order = ["id", "kind", *(front.key for front in FRONT[self.new.kind])]
        for front in FRONT[self.new.kind]:
            before, after = front.write(self.old), front.write(self.new)
            if before != after:
                self.key(front.key, after, keys, order)
        for name in {**self.old.extra, **self.new.extra}:
            if self.old.extra.get(name) != self.new.extra.get(name):
                self.key(name, self.new.extra.get(name), keys, [*order, *keys])

    def key(self, name: str, value: Any, keys: dict[str, Key], order: list[str]) -> None:
        key = keys.get(name)
        if key is None:
            if value is not None:
                before = (
                    [keys[n] for n in order[: order.index(name)] if n in keys] if name in order else list(keys.values())
                )
                at = _last_line(before[-1]) + 1 if before else self.document_front_start()
                self.replace(at, at, frontmatter.lines(name, value))
        elif value is None:
            self.replace(key.line, _last_line(key) + 1, [])
        elif key.block_items and isinstance(value, list) and all(isinstance(v, str) for v in value):
            self.block_list(key, value)
        elif isinstance(value, dict) or not key.value or key.span.end_column == 0 or key.block_items:
            self.replace(key.line, _last_line(key) + 1, self.with_comment(key, frontmatter.lines(name, value)))
        else:
            self.value(key, frontmatter.flow(value) if isinstance(value, list) else frontmatter.scalar(value))

    def document_front_start(self) -> int:
        return self.reading.document.front[0] if self.reading.document.front else 0

    def with_comment(self, key: Key, lines: list[str]) -> list[str]:
        """An empty key's new line keeps the comment that stood behind it."""
        rest = self.line(key.line).partition(":")[2]
        return [f"{lines[0]}{rest}"] if not key.value and len(lines) == 1 and rest.strip().startswith("#") else lines

    def line(self, number: int) -> str:
        return self.raw[number].removesuffix("\r")

    def value(self, key: Key, written: str) -> None:
        span = key.span
        head, tail = self.line(span.line)[: span.column], self.line(span.end_line)[span.end_column :]
        self.replace(span.line, span.end_line + 1, [f"{head}{written}{tail}"])

    def block_list(self, key: Key, values: list[str]) -> None:
        """A list with one item a line: lines of items that stay are not touched."""
        before = [item for item, _ in key.block_items]
        spans = [span for _, span in key.block_items]
        margin = self.line(spans[0].line).partition("-")[0]
        for tag, i, j, k, m in SequenceMatcher(None, before, values, autojunk=False).get_opcodes():
            if tag == "equal":
                continue
            start = spans[i].line if i < len(spans) else spans[-1].end_line + 1
            end = spans[j - 1].end_line + 1 if j > i else start
            self.replace(start, end, [f"{margin}- {frontmatter.block_item(value)}" for value in values[k:m]])

    # title and prose

    def title(self) -> None:
        document = self.reading.document
        if document.title_line is not None:
            self.replace(document.title_line, document.title_end, [heading(1, self.new.title)])
        else:
            at = document.body_start
            self.replace(at, at, ["", heading(1, self.new.title)])

    def prose(self, start: int, end: int, body: str) -> None:
        """Replace the text in [start, end), leaving the blank lines around it."""
        first, last = self.trimmed(start, end)
        lines = body.split("\n") if body else []
        if first < last:
            self.replace(first, last, lines)
        elif lines:
            self.replace(start, end, ["", *lines, ""])

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        while start < end and not self.line(start).strip():
            start += 1
        while end > start and not self.line(end - 1).strip():
            end -= 1
        return start, end

    # sections

    def placed(self, place: SectionField) -> list[PlacedSection]:
        return [s for s in self.reading.sections if s.field is place and s.used]

    def section(self, place: SectionField) -> None:
        present = self.placed(place)
        body = section_body(self.new, place)
        if present:
            self.prose(present[0].part.start, present[0].part.end, body)
        elif body:
            self.new_section(place, body)

    def new_section(self, place: SectionField, body: str) -> None:
        order = SECTIONS[self.new.kind]
        number = order.index(place)
        before = [s.part for s in self.reading.sections if s.field in order[:number]]
        after = [s.part for s in self.reading.sections if s.field in order[number + 1 :]]
        if before:
            at = before[-1].end
        elif after:
            at = after[0].line
        else:
            at = self.reading.sections[0].part.line if self.reading.sections else len(self.raw)
        self.block(at, [f"## {place.heading}", "", *body.split("\n")])

    def block(self, at: int, lines: list[str]) -> None:
        """Insert lines before line `at`, with a blank line on either side."""
        if at >= len(self.raw):
            last = self.trimmed(0, len(self.raw))[1]
            self.replace(last, last, ["", *lines])
        else:
            gap = [] if not self.line(at - 1).strip() else [""]
            self.replace(at, at, [*gap, *lines, ""])

    def items(self, place: SectionField) -> None:
        placed = [item for section in self.placed(place) for item in section.items]
        wanted = getattr(self.new, place.attr)
        force = self.moved or (self.rewrite_typed and any(not self.has_id(item) for item in placed))
        if not force and getattr(self.old, place.attr) == wanted:
            return
        if not self.placed(place):
            if wanted:
                self.new_section(place, section_body(self.new, place))
            return
        ids = [item.value.id for item in placed]
        matcher = SequenceMatcher(None, ids, [item.id for item in wanted], autojunk=False)
        for tag, i, j, k, m in matcher.get_opcodes():
            if tag == "equal":
                for item, value in zip(placed[i:j], wanted[k:m], strict=True):
                    self.item(place, item, value)
                continue
            for item in placed[i:j]:
                self.replace(item.start, item.end, [])
            if m > k:
                self.insert(place, placed, i, j, wanted[k:m])

    @property
    def moved(self) -> bool:
        """Whether the same moments are to be told in the time of another zone."""
        return self.old.timezone != self.new.timezone

    def has_id(self, item: PlacedItem) -> bool:
        return f":{item.value.id} -->" in self.line(item.start)

    def item(self, place: SectionField, item: PlacedItem, value: Any) -> None:
        if item.value != value or self.moved or (self.rewrite_typed and not self.has_id(item)):
            self.replace(item.start, item.end, self.written(place, value, item.heading))

    def written(self, place: SectionField, value: Any, lesson_kind: LessonKind) -> list[str]:
        return item_lines(place, value, self.new.timezone, lesson_kind)

    def insert(self, place: SectionField, placed: list[PlacedItem], i: int, j: int, values: tuple[Any, ...]) -> None:
        """Insert new items after the item before them, or before the one after them."""
        if i > 0:
            at, kind = placed[i - 1].end, placed[i - 1].heading
        elif j < len(placed):
            at, kind = placed[j].start, placed[j].heading
        else:
            self.first_items(place, values)
            return
        self.replace(at, at, [line for value in values for line in self.written(place, value, kind)])

    def first_items(self, place: SectionField, values: tuple[Any, ...]) -> None:
        """Put the first items below a heading that has none yet, after whatever hint stands there."""
        part: Part = self.placed(place)[0].part
        lines = section_body_of(place, values, self.new.timezone)
        first, last = self.trimmed(part.start, part.end)
        if first < last:
            self.replace(last, last, ["", *lines])
        else:
            self.replace(part.start, part.end, ["", *lines, ""])

    # sections kb has no field for

    def other_sections(self) -> None:
        parts = [s.part for s in self.reading.sections if s.field is None]
        old = [Section(p.heading, self.reading.document.text(p.start, p.end)) for p in parts]
        kept = [s for s in self.new.sections if s not in self.old.sections or s in old]
        matcher = SequenceMatcher(None, [s.heading for s in old], [s.heading for s in kept], autojunk=False)
        for tag, i, j, k, m in matcher.get_opcodes():
            for n, section in enumerate(kept[k:m]):
                if tag == "equal":
                    if old[i + n].body != section.body:
                        self.prose(parts[i + n].start, parts[i + n].end, section.body)
                else:
                    at = parts[i].line if i < len(parts) else len(self.raw)
                    self.block(
                        at, [heading(2, section.heading), *(["", *section.body.split("\n")] if section.body else [])]
                    )
            if tag in ("delete", "replace"):
                for part in parts[i:j]:
                    self.replace(part.line, part.end, [])


def section_body_of(place: SectionField, values: tuple[Any, ...], timezone: str) -> list[str]:
    """Items as the lines of a section whose heading says nothing of their kind."""
    return [line for value in values for line in item_lines(place, value, timezone)]


def _last_line(key: Key) -> int:
    ends_before = key.span.end_column == 0 and key.span.end_line > key.span.line
    return max(key.line, key.span.end_line - (1 if ends_before else 0))
