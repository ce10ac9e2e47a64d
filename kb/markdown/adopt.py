"""Somebody else's Markdown document made into an entry: its text stays as it is, and gets a front matter kb knows.

Nothing is dropped: a value that kb has no field for, or that its field would not hold exactly, keeps its own key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kb.errors import InvalidEntry
from kb.markdown import frontmatter
from kb.markdown.document import BOM, Document, conflict_line, take_apart
from kb.markdown.fields import FRONT, choose
from kb.markdown.parse import parse
from kb.markdown.reshape import reshape
from kb.markdown.times import read_moment
from kb.model import IncidentStatus, Moment, Severity
from kb.model.visible import visible

ORIGIN = "imported_from"
"""The key that says which file an entry was imported from, so that a second import finds it again."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "started": ("started", "start_time", "start", "started_at", "incident_start", "began", "date", "incident_date"),
    "detected": ("detected", "detected_at", "detect_time"),
    "mitigated": ("mitigated", "mitigated_at"),
    "resolved": ("resolved", "end_time", "end", "ended_at", "resolved_at", "incident_end"),
    "severity": ("severity", "sev", "priority"),
    "status": ("status", "state"),
    "tags": ("tags", "keywords", "labels"),
    "company": ("company", "organization", "organisation"),
    "source": ("source", "url", "link", "source_url"),
    "services": ("services", "service", "product"),
    "environment": ("environment", "env"),
}
"""What other tools call our fields."""
_OURS = frozenset({"id", "kind", ORIGIN, *(field.key for field in FRONT["incident"])})
_TIMES = ("started", "detected", "mitigated", "resolved")
_LISTS = ("tags", "services")
_SEVERITIES = re.compile(r"(?:sev|p|severity|priority)?[\s_-]*([1-4])(?:\b.*)?", re.IGNORECASE)
_SENTENCE = re.compile(r"(.{15,}?)(?:[.!?](?:\s|$)|\n|$)", re.DOTALL)
_TITLE_LENGTH = 90


@dataclass(slots=True)
class Adopted:
    """A document on its way to becoming an entry.

    Args:
        title: as the document says it, or a guess.
        day: when it began, if that is known.
        guessed: what was taken from where, in words.
    """

    title: str
    day: date | None
    values: dict[str, Any]
    extra: dict[str, Any]
    body: str
    guessed: list[str] = field(default_factory=list)

    def text(self, entry_id: str, origin: str) -> str:
        """The entry's file.

        Raises:
            InvalidEntry: the document cannot be read even so.
        """
        order = ["status", "severity", "visibility", "timezone", *(f.key for f in FRONT["incident"])]
        known = {key: self.values[key] for key in dict.fromkeys(order) if self.values.get(key)}
        front = {"id": entry_id, "kind": "incident", **known, **self.extra, ORIGIN: origin}
        lines = [line for key, value in front.items() for line in frontmatter.lines(key, value)]
        text = "\n".join(["---", *lines, "---", "", self.body.strip("\n"), ""])
        parsed = parse(text)
        if not parsed.ok:
            problem = next(p for p in parsed.problems if p.level == "error")
            raise InvalidEntry(f"{problem.message}", problem.hint)
        return text


def adopt(text: str, name: str, timezone: str = "UTC", visibility: str = "internal") -> Adopted:
    """What a document says, as far as kb can tell.

    Args:
        name: the file's name, the last resort for a title.
        timezone: the zone of times without one.

    Raises:
        InvalidEntry: its front matter is not YAML; the message names the line.
    """
    text = re.sub(r"\r\n?", "\n", text.removeprefix(BOM)).replace("\0", "␀")
    if line := conflict_line(text):
        raise InvalidEntry(f"line {line}: git conflict markers", "merge the file first")
    document = take_apart(text)
    given = _front(document)
    body = "\n".join(document.lines[document.body_start :]).strip("\n")
    return _Adopter(given, body, timezone, visibility).adopted(name)


def _front(document: Document) -> dict[str, Any]:
    if document.front is None:
        return {}
    start, end = document.front
    try:
        return {key.name: key.value for key in frontmatter.read("\n".join(document.lines[start:end]), start)}
    except frontmatter.FrontMatterError as error:
        raise InvalidEntry(f"line {error.line}: {error.message}", error.hint) from None


@dataclass(slots=True)
class _Adopter:
    given: dict[str, Any]
    body: str
    timezone: str
    visibility: str
    values: dict[str, Any] = field(default_factory=dict)
    guessed: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)

    def adopted(self, name: str) -> Adopted:
        if any(re.search(r"(Z|[+-]\d\d:?\d\d)$", str(self.given.get(n, ""))) for n in NAMES["started"]):
            self.timezone = "UTC"
        self.values |= {"visibility": self.visibility, "timezone": self.timezone}
        shaped = reshape(self.body)
        self.body, self.labels = shaped.body, shaped.values
        self.guessed += shaped.guessed
        for key in NAMES:
            self.field(key)
        self.state()
        body = self.sections()
        title, body = self.title(name, body)
        day = self.values.pop("day", None)
        extra = {f"original_{key}" if key in _OURS else key: value for key, value in self.given.items()}
        return Adopted(title, day, self.values, extra, body, self.guessed)

    def field(self, key: str) -> None:
        """Fill one field from the first key that has something for it; a value held exactly leaves its own key."""
        for name in NAMES[key]:
            value = self.given.get(name) or self.labels.get(name)
            if not value:
                continue
            found, exact = self.value(key, value)
            if found:
                self.values[key] = found
                if exact:
                    self.given.pop(name, None)
                if name != key:
                    self.guessed.append(f"{key} from {name}")
                return

    def value(self, key: str, value: Any) -> tuple[Any, bool]:
        if key in _LISTS:
            return self.words(value)
        if not isinstance(value, str):
            return None, False
        if key in _TIMES:
            return self.time(key, value), False
        if key == "severity":
            found = _SEVERITIES.fullmatch(value.strip())
            return (f"sev{found[1]}", value == f"sev{found[1]}") if found else (None, False)
        if key == "status":
            return self.status(value)
        line = " ".join(value.split())
        return line, line == value

    def words(self, value: Any) -> tuple[Any, bool]:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return [item for item in value if item], "" not in value
        if isinstance(value, str):
            found = [part.strip() for part in value.split(",") if part.strip()]
            return found, found == [value]
        return None, False

    def time(self, key: str, value: str) -> str | None:
        """A time, to the day where only midnight is given and to the minute where no seconds are."""
        try:
            at = read_moment(value, self.timezone)
        except ValueError:
            return None
        clock = (at.at.hour, at.at.minute, at.at.second)
        precision = "day" if clock == (0, 0, 0) else "minute" if at.at.second == 0 else "second"
        if precision == "day":
            self.values.setdefault("day", at.at.date())
            return f"{at.at:%Y-%m-%d}"
        rounded = Moment(at.at, "minute" if precision == "minute" else "second")
        if key == "started":
            self.values["day"] = date.fromisoformat(rounded.local(self.timezone)[:10])
        return rounded.local(self.timezone)

    def status(self, value: str) -> tuple[str | None, bool]:
        try:
            return choose(IncidentStatus, value).value, False
        except ValueError:
            return None, False

    def state(self) -> None:
        """A written report is of something that is over, unless it says otherwise."""
        if "status" not in self.values:
            self.values["status"] = IncidentStatus.RESOLVED.value
            self.guessed.append("status resolved, because it is a report")
        elif self.given.get("status") == self.values["status"]:
            del self.given["status"]
        if "severity" not in self.values:
            self.values["severity"] = Severity.NONE.value

    def sections(self) -> str:
        """The body, below headings of its own or below one of ours; a summary in the front matter becomes a section."""
        document = take_apart(self.body)
        body = _one_title(self.body, document)
        parts = take_apart(body).parts
        summary = self.given.get("summary")
        blocks = []
        if isinstance(summary, str) and summary and self.stands(summary) and not self.says("summary", parts):
            del self.given["summary"]
            blocks.append(f"## Summary\n\n{summary}")
        if parts:
            return "\n\n".join([*blocks, body]) if not blocks else self.after_lead(body, blocks[0])
        heading, text = _split_title(body)
        if text:
            blocks.append(f"## Report\n\n{text}")
            self.guessed.append("the whole text as the section Report")
        return "\n\n".join(block for block in (heading, *blocks) if block)

    def after_lead(self, body: str, block: str) -> str:
        """The summary put before the first section of a body that has its own title and lead."""
        lines = body.split("\n")
        first = take_apart(body).parts[0].line
        return "\n".join([*lines[:first], block, "", *lines[first:]])

    def says(self, name: str, parts: Any) -> bool:
        return any(part.heading.strip().lower() == name for part in parts)

    def stands(self, text: str) -> bool:
        """Whether a text from the front matter can stand as a section without changing."""
        same = text.strip() == text and "\n#" not in text and visible(text) == text
        return same and not text.startswith(("#", "    ", "<", "```", "~~~"))

    def title(self, name: str, body: str) -> tuple[str, str]:
        """The title and the body with it as its heading."""
        heading = take_apart(body)
        if heading.title_line is not None:
            if self.given.get("title") == heading.title:
                del self.given["title"]
            return heading.title, body
        given = self.given.get("title")
        title = " ".join(given.split()) if isinstance(given, str) else ""
        if title and title == given:
            del self.given["title"]
        if not title:
            title, where = self.guessed_title(name)
            self.guessed.append(f"title from {where}")
        closing = " #" if title.endswith("#") else ""
        return title, f"# {visible(title)}{closing}\n\n{body}"

    def guessed_title(self, name: str) -> tuple[str, str]:
        text = (self.body if not isinstance(self.given.get("summary"), str) else str(self.given["summary"]))[:4000]
        plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|[*_`#>]+", r"\1", text).strip()
        sentence = _SENTENCE.match(plain)
        if sentence is None:
            return name.rsplit(".", 1)[0].replace("-", " ").replace("_", " ").strip() or "untitled", "the file's name"
        words = " ".join(sentence[1].split())
        cut = words if len(words) <= _TITLE_LENGTH else words[:_TITLE_LENGTH].rpartition(" ")[0] + " …"
        company = self.values.get("company", "")
        return (f"{company}: {cut}" if company and company.lower() not in cut.lower() else cut), "the first sentence"


def _split_title(body: str) -> tuple[str, str]:
    """A body's own title, with what stands before it, and the text below it."""
    document = take_apart(body)
    end = document.title_end if document.title_line is not None else 0
    return "\n".join(document.lines[:end]).strip("\n"), "\n".join(document.lines[end:]).strip("\n")


def _one_title(body: str, document: Document) -> str:
    """A document whose sections are level-1 headings, with all but the first moved down a level."""
    tops = [block for block in document.blocks if block.kind == "h1"]
    if len(tops) < 2:
        return body
    lines = body.split("\n")
    for block in document.blocks:
        atx = re.fullmatch(r"h[1-5]", block.kind) and lines[block.start].lstrip().startswith("#")
        if atx and block.start != tops[0].start:
            lines[block.start] = f"#{lines[block.start].lstrip()}"
    return "\n".join(lines)
