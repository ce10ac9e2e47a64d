"""Text -> tokens: what counts as a word, folded and stemmed.

The browser does exactly the same (`kb/site/assets/kb-rank.js`); a test compares the two token by token. So everything
here stays plain: one regular expression, a fold, Porter's stemmer of 1980, a few lists.

A thing with joints (`w3wp.exe`, `ORA-12541`, `/var/log/x`, `4.10.2`) gives itself and its parts, so that both the whole
and a part find it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from kb.search.porter import porter

MAX_TOKEN = 64
"""Longer runs (base64, hashes) are cut: nobody types them, and they only fill the index."""
SENTENCE_GAP = 6
"""How far apart, in words, the end of a sentence sets its neighbours: phrases do not reach across."""

_FUNCTION_WORDS = """
    a about after again all also although am an and any anyone anything are around as at be because been before
    being both but by can come could did do does doing done dont during each either else ever every everyone few for
    from further get go got had has have having he her here hers him his how however i if im in into is it its
    itself ive just keep let lot many me more most much my near no nor not nothing now of off on once one only onto
    or other our ours out over own per please put quite rather really same say see seem she should since so some
    someone something still such take than that the their them then there these they thing this those though through
    to today too two under until up upon us use very via was way we were what when where whether which while who
    whom whose why will with within without would yesterday yet you your
"""
STOPWORDS = frozenset(_FUNCTION_WORDS.split())
"""Words that say nothing alone. They keep their place, because phrases of the vocabulary use them."""

IRREGULAR = {
    "ate": "eat", "began": "begin", "begun": "begin", "bled": "bleed", "blew": "blow", "blown": "blow",
    "broke": "break", "broken": "break", "built": "build", "caught": "catch", "children": "child", "drove": "drive",
    "fell": "fall", "fallen": "fall", "froze": "freeze", "frozen": "freeze", "gave": "give", "grew": "grow",
    "grown": "grow", "held": "hold", "hung": "hang", "kept": "keep", "knew": "know", "known": "know", "lost": "lose",
    "made": "make", "ran": "run", "rose": "rise", "risen": "rise", "saw": "see", "sent": "send", "shown": "show",
    "shrank": "shrink", "slept": "sleep", "spent": "spend", "spun": "spin", "stole": "steal", "stolen": "steal",
    "stopped": "stop", "stuck": "stick", "swept": "sweep", "threw": "throw", "thrown": "throw", "took": "take",
    "taken": "take", "wrote": "write", "written": "write", "went": "go", "gone": "go", "woke": "wake", "worn": "wear",
    "died": "die", "dying": "die", "dies": "die", "tied": "tie", "expiry": "expire", "expiration": "expire",
}  # fmt: skip
"""Forms the stemmer cannot know."""

FIXED = {
    "one": "one", "ups": "ups", "ats": "ats", "ios": "ios", "nats": "nats", "busy": "busy", "business": "business",
    "building": "building", "buildings": "building", "container": "container", "containers": "container",
    "computer": "computer", "computers": "computer", "content": "content", "contents": "content",
    "contention": "contention", "generator": "generator", "generators": "generator", "general": "general",
    "hosting": "hosting", "important": "important", "liveness": "liveness", "readiness": "readiness",
    "observability": "observability", "performance": "performance", "provider": "provider", "providers": "provider",
    "paging": "paging", "queueing": "queueing", "importance": "important", "periodic": "periodic",
    "periodically": "periodic",
}  # fmt: skip
"""Forms the stemmer would take for another word: one -> on, ups -> up, generator -> general."""

_JOINT = r"(?::[\\/]{1,2}|::|_+|[.\-/\\:@+#&'’])"
_RAW = re.compile(rf"([0-9]+(?:[.,][0-9]+)?)[ \u00a0]?%|[^\W_]+(?:{_JOINT}[^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_HUMPED = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]{2}")
_PLAIN = re.compile(r"[a-z]{3,}")
_LETTERS = re.compile(r"[a-z]+(?:-[a-z]+)+")
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(?:[:.][0-9]+)*[a-z]{0,3}|[0-9]{4}-[0-9]{2}-[0-9]{2}[t_].*")
_DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
_NUMBER = re.compile(r"[0-9]+")
_BREAK = re.compile(r"[.!?;](?:[ \t\r\n]|$)|\n[ \t\r]*\n|\n[ \t\r]*[-*#>|0-9]")


class Token(NamedTuple):
    """A word of a text.

    Args:
        text: folded and stemmed.
        at: its place, counted in words; sentences are `SENTENCE_GAP` apart.
        start, end: the characters of the text it stands for.
    """

    text: str
    at: int
    start: int
    end: int


def normal(text: str) -> str:
    """The text offsets refer to: composed, so that an accented letter is one letter."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold(word: str) -> str:
    """Lower case without accents, ligatures or full-width forms."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.lower())
    return "".join(c for c in plain if not unicodedata.category(c).startswith("M")).lower()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a folded word: `deployments` and `deploying` give the same."""
    if word in FIXED:
        return FIXED[word]
    word = IRREGULAR.get(word, word)
    return porter(word) if _PLAIN.fullmatch(word) else word


@lru_cache(maxsize=65536)
def _stem_of(word: str) -> str:
    """The stem of a word of plain letters, as it is written."""
    return stem(word.lower())


def tokens(text: str) -> list[Token]:
    """All tokens of a text in reading order; a jointed word comes before its parts.

    Args:
        text: as given by `normal`.
    """
    found: list[Token] = []
    append, made = found.append, tuple.__new__
    at, last = 0, 0
    for raw in _RAW.finditer(text):
        start, end = raw.span()
        if start - last > 1 and _BREAK.search(text, last, start + 1):
            at += SENTENCE_GAP
        last = end
        word = raw[0]
        if word.isascii() and word.isalpha() and (end - start < 9 or (word[1:].islower() and end - start < MAX_TOKEN)):
            append(made(Token, (_stem_of(word), at, start, end)))  # most words; the rest below does the same, slower
            at += 1
        elif raw[1]:
            found.append(Token(raw[1].replace(",", ".") + "%", at, start, end))
            at += 1
        else:
            at = _jointed(word, at, start, end, found)
    return found


def words(text: str) -> list[str]:
    """Only the tokens' texts; for the words of a vocabulary."""
    return [token.text for token in tokens(normal(text))]


@lru_cache(maxsize=65536)
def informative(token: str) -> bool:
    """Whether a token says something alone: no stopword, no small number, no single letter."""
    if token in _STOPPED:
        return False
    if _NUMBER.fullmatch(token):
        return 3 <= len(token) <= 8
    return len(token) > 1


def _jointed(raw: str, at: int, start: int, end: int, found: list[Token]) -> int:
    """Append the tokens of one run of letters, digits and joints; the place after it."""
    apostrophes = "'" in raw or "’" in raw
    word = fold(raw.replace("'", "").replace("’", "")) if apostrophes else fold(raw)
    if _PLAIN.fullmatch(word):
        return _single(raw, word, at, start, found)
    if _CLOCK.fullmatch(word):
        return at + 1
    if word.isalnum():
        return _single(raw, word, at, start, found)
    whole = word.replace("-", "") if _LETTERS.fullmatch(word) else word
    found.append(Token(stem(whole[:MAX_TOKEN]), at, start, end))
    if _DATE.fullmatch(word):
        return at + 1
    for part in _PART.finditer(raw.replace("'", "").replace("’", "") if apostrophes else raw):
        at = _single(part[0], fold(part[0]), at, min(start + part.start(), end - len(part[0])), found)
    return at


def _single(raw: str, word: str, at: int, start: int, found: list[Token]) -> int:
    """Append one word, and its humps if it is a CamelCase name."""
    found.append(Token(stem(word[:MAX_TOKEN]), at, start, start + len(raw)))
    if len(raw) < 9 or not _HUMPED.search(raw):
        return at + 1
    humps = [(m[0].lower(), m.start()) for m in _CAMEL.finditer(raw)]
    if len(humps) < 2 or any(len(hump) < (3 if len(humps) < 3 else 2) for hump, _ in humps):
        return at + 1
    for place, (hump, left) in enumerate(humps):
        found.append(Token(stem(hump), at + place, start + left, start + left + len(hump)))
    return at + len(humps)


_STOPPED = STOPWORDS | {stem(word) for word in STOPWORDS}
