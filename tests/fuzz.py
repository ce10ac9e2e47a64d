"""What must hold of any text whatever, and atheris to look for one of which it does not: `python tests/fuzz.py`.

Each property takes a text and raises when it does not hold. `python tests/fuzz.py SECONDS [NAME …]` looks for texts,
led by which lines they make kb run, beginning from the entries of this repository and from `tests/attacks.py`. What it
finds is printed so that it can be pasted into `tests/test_fuzz.py`. It takes over the process it runs in.
"""

from __future__ import annotations

import contextlib
import difflib
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONGEST = 4096
"""Characters of a text that is made; a longer one only takes longer."""
SLOW = 1.0
"""Seconds of a processor that no text of that length may take."""


def _imports() -> None:
    """Loads what is tried, so that what looks for texts can watch it."""
    import kb.listings
    import kb.markdown.adopt
    import kb.markdown.html
    import kb.markdown.merge
    import kb.markdown.quote
    import kb.search.finder
    import kb.search.query  # noqa: F401


def reading(text: str) -> None:
    """A text is read into an entry or problems with a line in it; its blocks are all of it."""
    from kb.markdown import parse
    from kb.markdown.document import physical_lines, take_apart

    read = parse(text, "x.md")
    lines = physical_lines(text)
    assert all(1 <= problem.line <= len(lines) for problem in read.problems), read.problems
    assert all(problem.message and problem.hint for problem in read.problems)
    document = take_apart(text)
    bounds = [document.lead, *((part.line, part.end) for part in document.parts)]
    assert all(one[1] == other[0] for one, other in pairwise(bounds)), bounds
    assert bounds[-1][1] == len(document.lines) == len(lines)


def editing(text: str) -> None:
    """An event put into a text inserts lines, or is refused; an edit to what is there already changes nothing."""
    from kb.errors import InvalidEntry
    from kb.markdown import parse, revise
    from kb.model import TimelineEvent

    read = parse(text)
    if not read.ok or read.entry is None:
        return
    entry = read.entry
    assert revise(text, entry) == text
    with contextlib.suppress(InvalidEntry):
        wanted = replace(entry, timeline=(*entry.timeline, TimelineEvent("seen", id="zzzzzz")))
        after = revise(text, wanted)
        assert parse(after).entry == wanted
        assert only_inserted(text, after)


def only_inserted(before: str, after: str) -> bool:
    """Whether all that was done is to insert lines, apart from the last line end of a text."""
    changes = difflib.SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False).get_opcodes()
    return {tag for tag, *_ in changes} <= {"equal", "insert"}


def taking_in(text: str) -> None:
    """A text that comes in through a command stays where it is put, and nothing in it is hidden."""
    from kb.markdown import clean, clean_line, parse, render
    from kb.model import Answer, Incident, Item, Question, TimelineEvent
    from kb.model.visible import visible

    kept, line = clean(text), clean_line(text[:900])
    assert clean(kept) == kept
    assert clean_line(line) == line
    assert visible(kept) == kept
    if not kept:
        return
    asked = clean(text, question=True)
    entry = Incident(
        id="a", title=line or "x", summary=kept, symptoms=(Item(kept, "aaaaaa"), Item("after", "bbbbbb")),
        timeline=(TimelineEvent(kept, by=line, id="cccccc"),),
        questions=(Question(asked, line, answers=(Answer(kept, line, evidence=kept if "\n" not in kept else ""),),
                            id="dddddd"),),
        root_cause="after",
    )  # fmt: skip
    if entry.questions[0].answers[0].evidence == kept:
        entry = replace(entry, questions=(replace(entry.questions[0], answers=(Answer(kept, line),)),))
    assert parse(render(entry)).entry == entry


class _Elements(HTMLParser):
    """Sees that HTML has only elements and attributes that an entry may make."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        from kb.markdown.html import _ATTRIBUTES, _SCHEMES, _TAGS

        assert tag in _TAGS, tag
        for name, value in attrs:
            assert name in _ATTRIBUTES.get(tag, ()) or (tag, name) == ("a", "rel"), (tag, name)
            scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", value or "", re.IGNORECASE)
            assert name != "href" or not scheme or scheme[1].lower() in _SCHEMES, value


def showing(text: str) -> None:
    """What a text becomes in a page has only harmless elements; in a mail it is words."""
    from markdown_it import MarkdownIt

    from kb.markdown.html import to_html, to_inline, to_text
    from kb.markdown.quote import quoted

    for made in (to_html(text), to_inline(text)):
        _Elements().feed(made)
    assert "\n" not in to_text(text)
    words = quoted(text)
    assert "\n" not in words
    shown = MarkdownIt("commonmark").render(f"Said: {words}")
    assert set(re.findall(r"<[^>]*>", shown)) <= {"<p>", "</p>"}, shown


def asking(text: str) -> None:
    """Whatever is typed finds something or nothing."""
    from kb.model import Incident
    from kb.search import finder, query, vocabulary
    from kb.search.documents import document
    from kb.search.source import Memory

    if not _SOURCE:
        words = vocabulary.builtin()
        known = [
            Incident(id="a", title="Site slow after deploy", summary="CPU at 98 %"),
            Incident(id="b", title="Disk"),
        ]
        _SOURCE.extend([words, Memory([document(one, f"{one.id}.md", words) for one in known])])
    words, source = _SOURCE
    query.parse(text)
    finder.search(source, words, text)
    finder.similar(source, words, text)


_SOURCE: list[object] = []


def listing(text: str) -> None:
    """What is no listing is refused; what is one tells lines that are there."""
    from kb import listings
    from kb.errors import InvalidEntry
    from kb.listings.text import lines

    with contextlib.suppress(InvalidEntry):
        found = listings.read(text)
        last = len(lines(text))
        assert all(1 <= one.line <= last for one in (*found.things, *found.unread))


def keys(text: str) -> None:
    """Front matter is read, or refused with a line in it; what is read is written so that it reads the same."""
    from kb.markdown import frontmatter

    line = 2
    try:
        found = frontmatter.read(text, 1)
    except frontmatter.FrontMatterError as error:
        found, line = [], error.line
    assert 2 <= line <= text.count("\n") + 3, line  # a fault may be seen at the closing line
    if any(len(word) > _KEY for key in found for word in _words(key.value, key.name)):
        return
    written = "\n".join(line for key in found for line in frontmatter.lines(key.name, key.value))
    assert [(key.name, key.value) for key in frontmatter.read(written, 1)] == [(key.name, key.value) for key in found]


_KEY = 500
"""YAML reads no key of more than 1,024 characters where a colon follows it, so none is written again."""


def _words(value: object, *before: str) -> list[str]:
    if isinstance(value, dict):
        return [*before, *value, *(word for inner in value.values() for word in _words(inner))]
    return [*before, *(word for inner in value for word in _words(inner))] if isinstance(value, list) else [*before]


def adopting(text: str) -> None:
    """A document of others becomes an entry, or is refused; a second time it becomes the same."""
    from kb.errors import InvalidEntry
    from kb.markdown.adopt import adopt

    with contextlib.suppress(InvalidEntry):
        first = adopt(text, "x.md").text("a", "x.md")
        assert adopt(text, "x.md").text("a", "x.md") == first


def times(text: str) -> None:
    """A time is one, or it is said that it is none."""
    from kb.markdown.times import read_date, read_moment

    for read in (lambda: read_moment(text, "America/Chicago"), lambda: read_date(text)):
        with contextlib.suppress(ValueError):
            read()


def merging(text: str) -> None:
    """Two sides are merged into a text that reads, or it is refused; what one side alone has added is there.

    The text holds both sides' own words, of which the halves stand in a section and an event.
    """
    from storing import TEXT

    from kb.errors import InvalidEntry
    from kb.markdown import clean, parse, revise
    from kb.markdown.merge import merge
    from kb.model import TimelineEvent

    before = parse(TEXT).entry
    assert before
    one, other = clean(text[: len(text) // 2]) or "x", clean(text[len(text) // 2 :]) or "y"
    with contextlib.suppress(InvalidEntry):
        ours = revise(TEXT, replace(before, timeline=(*before.timeline, TimelineEvent(one, id="yyyyyy"))))
        theirs = revise(TEXT, replace(before, summary=other, timeline=(TimelineEvent(other, id="zzzzzz"),
                                                                      *before.timeline)))  # fmt: skip
        merged = parse(merge(TEXT, ours, theirs).text).entry
        assert merged
        assert {event.text for event in merged.timeline} == {one, other, *(event.text for event in before.timeline)}
        assert getattr(merged, "summary", "") == other


PROPERTIES: dict[str, Callable[[str], None]] = {
    "reading": reading, "editing": editing, "taking in": taking_in, "showing": showing, "asking": asking,
    "listing": listing, "keys": keys, "adopting": adopting, "times": times, "merging": merging,
}  # fmt: skip


def holds(name: str, text: str, slow: float = SLOW) -> None:
    """Tries a property, and sees that it does not take long."""
    began = time.process_time()
    PROPERTIES[name](text)
    took = time.process_time() - began
    assert took < slow, f"{name} took {took:.1f} s"


def seeds(name: str) -> list[str]:
    """Texts to begin from."""
    from attacks import ATTACKS

    texts = [attack.text[:LONGEST] for attack in ATTACKS]
    head = "---\nid: a\nkind: incident\n---\n\n# T\n\n## Timeline\n\n- **2026-11-03 09:00** `note` x\n\n"
    if name in ("reading", "editing", "adopting"):
        entries = sorted((ROOT / "entries").rglob("*.md"), key=lambda path: path.stat().st_size)[:12]
        return [head + text for text in texts] + [path.read_text("utf-8")[:LONGEST] for path in entries]
    if name == "listing":
        folder = ROOT / "tests" / "listings"
        return texts + [path.read_text("utf-8", "replace")[:LONGEST] for path in folder.glob("*.txt")]
    if name == "keys":
        return [f"a: {text}\n" for text in texts] + ["a: [b, c]\nd:\n  - e\n  - f: g\n"]
    return texts


def main(arguments: list[str]) -> None:
    """Looks for a text of which a property does not hold, for so many seconds for all the properties named."""
    import atheris

    with atheris.instrument_imports(include=["kb", "markdown_it"]):
        _imports()
    seconds, *names = arguments
    chosen = names or [*PROPERTIES]
    corpus, found = tempfile.TemporaryDirectory(prefix="kb-fuzz-"), tempfile.TemporaryDirectory(prefix="kb-found-")
    for number, name in enumerate(chosen):
        for count, text in enumerate(seeds(name)[:: 1 if names else 10]):
            data = bytes([number]) + text.encode("utf-8", "surrogatepass")
            (Path(corpus.name) / f"{number}-{count}").write_bytes(data)

    def one(data: bytes) -> None:
        name = chosen[data[0] % len(chosen)] if data else chosen[0]
        text = data[1:].decode("utf-8", "surrogatepass" if name == "taking in" and _whole(data[1:]) else "replace")
        try:
            holds(name, text, SLOW * 10)  # being watched takes its time
        except Exception:
            sys.stderr.write(f"\nPROPERTY {name!r} DOES NOT HOLD OF\n    {text!a}\n")
            raise

    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST + 1}", "-timeout=20", "-rss_limit_mb=4096", "-seed=6"]
    atheris.Setup([sys.argv[0], corpus.name, *options, f"-artifact_prefix={found.name}/"], one)
    atheris.Fuzz()


def _whole(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1:])
