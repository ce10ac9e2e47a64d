"""A three-way merge of the texts of an entry, so that no word of either side is lost.

The lines are merged first, because that keeps comments and layout of both sides; then the result is made to say what a
merge of the entries says. Conflicts stand in the file under `## Unresolved conflicts` until a person settles them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kb.errors import InvalidEntry
from kb.markdown.document import BOM
from kb.markdown.fields import KINDS
from kb.markdown.item_syntax import fenced
from kb.markdown.merge_entries import Conflict, Merger, both_additions, merge_lines
from kb.markdown.parse import parse
from kb.markdown.revise import revise
from kb.model import Entry, Section

CONFLICTS_HEADING = "Unresolved conflicts"
_ID = re.compile(r"<!--\s*[a-z]:([0-9a-z]{4,16})\s*-->")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of two texts.

    Args:
        conflicts: what both sides changed differently; the text holds both versions.
    """

    text: str
    conflicts: tuple[Conflict, ...] = ()


def merge(base: str, ours: str, theirs: str) -> Merged:
    """Both sides' changes since the base in one text, laid out as `theirs` is.

    Args:
        base: what both grew from; empty when there is none.
        ours: what the record holds.
        theirs: what the file says; of a conflict this side stands in place.

    Raises:
        InvalidEntry: a side cannot be read, they are of different entries, or the result could not be written.
    """
    plain = [_plain(text) for text in (base, ours, theirs)]
    if plain[1] in (plain[0], plain[2]):
        return Merged(theirs)
    if plain[0] == plain[2]:
        return Merged(ours)
    one, two = _read(ours), _read(theirs)
    if (one.id, one.kind) != (two.id, two.kind):
        raise InvalidEntry(f"{one.id} ({one.kind}) and {two.id} ({two.kind}) are not versions of one entry")
    before = parse(base).entry
    if before is None or (before.id, before.kind) != (two.id, two.kind):
        before = KINDS[two.kind](id=two.id, title="")
    for whole_prose in (False, True):
        merger = Merger(two.timezone, whole_prose)
        wanted = merger.entries(before, one, two)
        if text := _written(plain, wanted, merger.conflicts):
            return Merged(_laid_out(text, theirs), tuple(merger.conflicts))
    raise InvalidEntry(f"the two versions of {two.id} could not be merged", "merge them by hand")


def written_ids(text: str) -> frozenset[str]:
    """The ids of items that stand in a text: whoever wrote it has seen those items."""
    return frozenset(_ID.findall(text))


def _read(text: str) -> Entry:
    parsed = parse(text)
    if parsed.entry is None or not parsed.ok:
        first = next(p for p in parsed.problems if p.level == "error")
        raise InvalidEntry(f"a version cannot be read: line {first.line}: {first.message}", first.hint)
    return parsed.entry


def _written(plain: list[str], wanted: Entry, conflicts: list[Conflict]) -> str | None:
    """The merged entry as a text; None when it cannot be written. What would be lost on the way becomes a conflict."""
    for draft in _drafts(*plain):
        text = _revised(draft, with_conflicts(wanted, conflicts))
        if text is None:
            continue
        base, ours, theirs = plain
        lost = [*_lost(base, ours, theirs, text), *_lost(base, theirs, ours, text)]
        if not lost:
            return text
        conflicts += [Conflict("text", "", line) for line in lost]
        return _revised(draft, with_conflicts(wanted, conflicts))
    return None


def _drafts(base: str, ours: str, theirs: str) -> Iterator[str]:
    """Texts to begin with, the one that keeps most first."""
    lines = []
    for group in merge_lines(*(text.split("\n") for text in (base, ours, theirs))):
        if group[0] != "conflict":
            lines += group[1]
        else:
            lines += (both_additions(group[2], group[3]) if not group[1] else None) or group[3]
    yield "\n".join(lines)
    yield theirs
    yield ours


def _revised(draft: str, wanted: Entry) -> str | None:
    parsed = parse(draft)
    if parsed.entry == wanted:
        return draft
    if not parsed.ok:
        return None
    try:
        return revise(draft, wanted)
    except InvalidEntry:
        return None


def with_conflicts(entry: Entry, conflicts: list[Conflict]) -> Entry:
    """The entry with the other versions of what clashed in a section of its own; what stands there already stays."""
    told = [_told(conflict) for conflict in conflicts]
    place = next((n for n, s in enumerate(entry.sections) if s.heading == CONFLICTS_HEADING), None)
    body = entry.sections[place].body if place is not None else ""
    for text in told:
        if text not in body:
            body = f"{body}\n\n{text}" if body else text
    if not body:
        return entry
    sections = list(entry.sections)
    if place is None:
        sections.append(Section(CONFLICTS_HEADING, body))
    else:
        sections[place] = Section(CONFLICTS_HEADING, body)
    return replace(entry, sections=tuple(sections))


def _told(conflict: Conflict) -> str:
    return f"The other version of **{conflict.where}**:\n\n{fenced(conflict.other)}"


def _lost(base: str, side: str, other: str, result: str) -> list[str]:
    """Lines a side wrote of which some word stands nowhere in the result, and was not deleted by the other side."""
    words = set(_WORD.findall(result)) | (set(_WORD.findall(base)) - set(_WORD.findall(other)))
    added = Counter(side.split("\n")) - Counter(base.split("\n"))
    return [line for line in added if not words.issuperset(_WORD.findall(line))]


def _plain(text: str) -> str:
    return text.removeprefix(BOM).replace("\r\n", "\n")


def _laid_out(text: str, like: str) -> str:
    """The text with the byte-order mark and the line endings of another; each line that stands there keeps its own."""
    lines = like.removeprefix(BOM).split("\n")
    returns = {line[:-1] for line in lines if line.endswith("\r")}
    without = {line for line in lines if not line.endswith("\r")}
    usual = len([line for line in lines if line.endswith("\r")]) * 2 > len(lines)
    ended = [
        line + ("\r" if (line in returns and (usual or line not in without)) or (usual and line not in without) else "")
        for line in text.split("\n")
    ]
    if ended[-1] == "\r":
        ended[-1] = ""
    return (BOM if like.startswith(BOM) else "") + "\n".join(ended)
