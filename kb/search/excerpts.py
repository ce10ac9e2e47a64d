"""The passage of an entry that shows best why it was found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from kb.search.analysis import tokens
from kb.search.concepts import Vocabulary

OPEN, CLOSE = "\x02", "\x03"
LENGTH = 220
"""Characters of a passage, about three lines of a terminal."""
MOST = 20000
"""Characters of an entry that are looked at."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_CONTROL = re.compile("[\x02\x03]")
_PARAGRAPHS = re.compile(r"([.!?:;…]?\x03?)\s*\n\s*\n\s*")


def best(text: str, shared: Mapping[str, int], vocabulary: Vocabulary) -> str:
    """The passage that says most of what both share, the words that match between U+0002 and U+0003.

    Args:
        shared: the tokens both sides hold, with what each gave to the score.
    """
    text = _CONTROL.sub(" ", text[:MOST])
    marks = _marks(text, shared, vocabulary)
    if not marks:
        return ""
    start, end = _passage(text, marks)
    pieces: list[str] = []
    here = start
    for left, right in _merged((m[0], m[1]) for m in marks if start <= m[0] and m[1] <= end):
        pieces += [text[here:left], OPEN, text[left:right], CLOSE]
        here = right
    pieces.append(text[here:end])
    before, after = "… " if _cut(text, start) else "", " …" if end < len(text) and text[end - 1] not in ".!?" else ""
    return before + " ".join(_PARAGRAPHS.sub(_joined, "".join(pieces)).split()) + after


def _marks(text: str, shared: Mapping[str, int], vocabulary: Vocabulary) -> list[tuple[int, int, str]]:
    """Where the text says what is shared: start, end, token."""
    return [mark for mark in _sayings(text, vocabulary) if shared.get(mark[2], 0) > 0]


@lru_cache(maxsize=512)
def _sayings(text: str, vocabulary: Vocabulary) -> list[tuple[int, int, str]]:
    """All that a text says: start, end, token, in the order of the text."""
    found = tokens(text)
    marks = [(token.start, token.end, token.text) for token in found]
    marks += [(start, end, "~" + concept) for concept, start, end in vocabulary.find(found)]
    return sorted(marks)


def _passage(text: str, marks: list[tuple[int, int, str]]) -> tuple[int, int]:
    """The sentence, or the run of sentences, with most different marks."""
    bounds = [0, *(m.end() for m in _SENTENCE.finditer(text)), len(text)]
    best_start, best_end, most = 0, min(len(text), LENGTH), -1
    for start in bounds[:-1]:
        end = min(len(text), start + LENGTH)
        kinds = {mark[2] for mark in marks if start <= mark[0] and mark[1] <= end}
        if len(kinds) > most:
            best_start, best_end, most = start, end, len(kinds)
    if most <= 0:
        best_start = text.rfind(" ", 0, max(0, marks[0][0] - LENGTH // 4)) + 1
        best_end = min(len(text), best_start + LENGTH)
    if best_end < len(text):
        stop = max(text.rfind(" ", best_start, best_end), best_start + LENGTH // 2)
        best_end = stop
    return best_start, best_end


def _joined(found: re.Match[str]) -> str:
    """What stands between two paragraphs on one line: nothing after a full stop, else a point."""
    return f"{found[1]} " if found[1].strip(CLOSE) else f"{found[1]} · "


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _cut(text: str, start: int) -> bool:
    return start > 0 and text[start - 1] not in "\n" and text[:start].rstrip()[-1:] not in (".", "!", "?", "")
