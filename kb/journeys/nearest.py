"""Which kept revision a file grew from.

Not the last one: an editor that was open for an hour saves what it read an hour ago plus its own change. Taking the
newest revision as base, that save would delete everything logged meanwhile. So the base is the revision that differs
least from the file, of those it can have grown from:

- An id in the file proves that its writer has seen the revision which brought that id.
- A revision that somebody replaced by saving the file by hand is no base of a later save: what they undo is undone.

- Who deletes the conflicts that a revision holds has seen that revision.

Of two that differ in as many lines the one is meant that is no merge of somebody else's save, for a line too many is
better than one too few; then the one that differs in fewer words; of two that differ equally the newer one, because
people mostly edit what they see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from kb.markdown.merge import CONFLICTS_HEADING, written_ids
from kb.store import Revision

BY_HAND = "file"
"""How a revision says that it is a file as somebody saved it."""

AS_SAVED = "file, before merging"
"""How a revision says that it is a file as saved, which was then merged with what had been recorded meanwhile."""

MERGE = "merge"
"""How a revision says that it has both, what was recorded and what was saved."""

_ALIKE = 0.5
_LONG_BLOCK = 60


def nearest(
    revisions: Sequence[Revision], text_of: Callable[[int], str], text: str, had: int, checkout: str
) -> tuple[int, str]:
    """The base of a saved file: its revision and text.

    Args:
        revisions: all kept ones, oldest first; at least one.
        text_of: gives a revision's text.
        had: the revision this checkout's file held when last looked at; 0 if none.
        checkout: this checkout.
    """
    lines = _lines(text)
    rough: list[tuple[int, int]] = []
    for revision in _possible(revisions, text_of, written_ids(text), had, checkout):
        rough.append((_at_most(lines, _lines(text_of(revision))), -revision))
        if CONFLICTS_HEADING in text_of(revision) and CONFLICTS_HEADING not in text:
            break
    merges = {revision.rev for revision in revisions if revision.via == MERGE}
    best: tuple[int, bool, int, int] | None = None
    for most, negative in sorted(rough):
        if best is not None and most > 2 * best[0]:
            break  # a changed line counts at least half of its two
        in_lines, in_words = _distance(lines, _lines(text_of(-negative)))
        found = in_lines, -negative in merges, in_words, negative
        best = min(best or found, found)
    assert best is not None
    return -best[3], text_of(-best[3])


def grew_from(base: str, text: str) -> bool:
    """Whether a file that this checkout did not know is a later state of a text: it has an item of it, or where there
    are none to tell it by, half of its lines."""
    known, seen = written_ids(base), written_ids(text)
    if known and seen:
        return bool(known & seen)
    lines, words = Counter(_lines(base)), Counter(_lines(text))
    return 2 * (lines & words).total() >= lines.total()


def _possible(
    revisions: Sequence[Revision], text_of: Callable[[int], str], seen: frozenset[str], had: int, checkout: str
) -> Iterator[int]:
    """The revisions a file with these ids can have grown from, newest first; at least one."""
    start = _newest_possible(revisions[-1].rev, text_of, seen, had)
    proven: frozenset[str] = frozenset()
    after: Revision | None = None
    for revision in reversed(revisions):
        replaced = after is not None and after.rev <= start and made_by_hand(after, checkout)
        after = revision
        if revision.rev > start or replaced:
            continue
        ids = seen & written_ids(text_of(revision.rev))
        if not proven <= ids and revision.via == AS_SAVED:
            continue  # a text as it came, without what had been recorded meanwhile
        if not proven <= ids:
            break  # the file holds an item that came later than this revision
        proven |= ids
        yield revision.rev


def made_by_hand(revision: Revision, checkout: str) -> bool:
    """Whether a revision is this checkout's file just as somebody saved it."""
    return revision.via == BY_HAND and revision.checkout == checkout


def _newest_possible(newest: int, text_of: Callable[[int], str], seen: frozenset[str], had: int) -> int:
    """What the checkout had, unless the file shows (git brought it) that its writer knew a newer one."""
    if not had or had == newest:
        return newest
    unknown = seen - written_ids(text_of(had))
    return newest if unknown & written_ids(text_of(newest)) else had


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


def _at_most(one: list[str], two: list[str]) -> int:
    """How many lines (or words) differ at most, wherever they stand."""
    first, second = Counter(one), Counter(two)
    return (first - second).total() + (second - first).total()


def _distance(one: list[str], two: list[str]) -> tuple[int, int]:
    """How many lines differ (a changed one counts once, one that was replaced by another one twice), and words."""
    lines = words = 0
    for tag, i, j, k, m in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        words += _at_most(" ".join(one[i:j]).split(), " ".join(two[k:m]).split())
        if tag != "replace" or j - i + m - k > _LONG_BLOCK:
            lines += j - i + m - k
        else:
            lines += sum(_apart(a, b) for a, b in zip_longest(one[i:j], two[k:m]))
    return lines, words


def _apart(one: str | None, two: str | None) -> int:
    if one is None or two is None:
        return 1
    if written_ids(one) != written_ids(two):
        return 2
    return 1 if SequenceMatcher(None, one, two).quick_ratio() >= _ALIKE else 2
