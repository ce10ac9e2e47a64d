"""The index for the browser: scripts that a page loads, so that it works from files too.

`kb-index.js` has what ranking needs; what a hit shows lies in `kb-docs-0.js`, `kb-docs-1.js`, … of which a page loads
those it shows something of. All is made from a list of entries and nothing else: what is not in the list (internal
entries in a public build) leaves no trace, neither in words nor in how rare they are. The same entries give the same
bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import sub
from typing import Any

from kb.model import Card
from kb.search import analysis, documents, porter, probe, questions, ranking, spelling
from kb.search.alike import ALIKE
from kb.search.cards import aside
from kb.search.concepts import SLACK, Vocabulary
from kb.search.documents import Document
from kb.search.finder import UNIT
from kb.search.source import Memory

VERSION = 3
"""Of the data; `kb-rank.js` reads this one only."""
SHARD = 32
"""Entries in one of the scripts that tell what hits show."""
FIRST_YEAR = 1900
"""Years are counted from here; an entry without a date has none."""
LOOKED_LIKE, FIXED_BY = 120, 180
"""Characters of what an incident looked like, and of what fixed it."""
ALPHABET = "".join(chr(code) for code in range(35, 127) if chr(code) not in "<\\")
"""The digits of packed numbers: what stands in a script as it is. The upper half says that another digit follows."""
_UNSEEN = ("@tag:", "@began:")
"""Tokens that only whole entries ask for."""


def scripts(memory: Memory, vocabulary: Vocabulary) -> dict[str, bytes]:
    """The scripts by name.

    Args:
        memory: what may be found.
    """
    made = {"kb-index.js": _script("window.KB_INDEX=", data(memory, vocabulary))}
    numbers = {name: at for at, name in enumerate(vocabulary.concepts)}
    for first in range(0, memory.count, SHARD):
        shown = [_doc(one.card, _said(one.said, numbers)) for one in memory.documents[first : first + SHARD]]
        number = first // SHARD
        made[f"kb-docs-{number}.js"] = _script(f"(window.KB_DOCS??=[])[{number}]=", shown)
    return made


def _script(name: str, value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    safe = text.replace("</", "<\\u002f").replace("<!", "<\\u0021")
    return f"{name}{safe};\n".encode("ascii")


def data(memory: Memory, vocabulary: Vocabulary) -> dict[str, Any]:
    """What `kb-rank.js` needs to rank as `finder.similar` does."""
    held = {token for token in memory.tokens if token != documents.TALK and not token.startswith(_UNSEEN)}
    terms = sorted(held | vocabulary.known_words)
    counts = [len(memory.postings(token)) if token in held else 0 for token in terms]
    by_count = sorted(range(len(terms)), key=lambda at: counts[at])  # like beside like compresses better
    postings = [zip(*memory.postings(terms[at]), strict=True) for at in by_count if counts[at]]
    docs, impacts = zip(*postings, strict=True) if postings else ((), ())
    return {
        "version": VERSION,
        "constants": _constants(),
        "words": {
            "stop": sorted(analysis.STOPWORDS),
            "irregular": analysis.IRREGULAR,
            "fixed": analysis.FIXED,
            "step2": porter.STEP2,
            "step3": porter.STEP3,
            "step4": porter.STEP4,
        },
        "vocabulary": _vocabulary(vocabulary, terms),
        "starters": {said: texts for said, texts in questions.bank().items() if said != questions.MEETING},
        "kinds": "".join(_kind(one) for one in memory.documents),
        "severities": "".join(one.card.severity[-1:] or "-" for one in memory.documents),
        "years": _packed(max(0, one.day // 10000 - FIRST_YEAR) for one in memory.documents),
        "terms": _fronted(terms),
        "counts": _packed(counts),
        "gaps": _packed(chain.from_iterable(map(_gaps, docs))),
        "impacts": _packed(chain.from_iterable(impacts)),
        "rarity": [ranking.rarity(memory.count, holding) for holding in range(memory.count + 2)],
    }


def _kind(one: Document) -> str:
    """An incident's letter is `i`, `l` in the library, `o` if it is open; a deployment's is `d`, a system's `s`."""
    return (aside(one.card) or one.card.kind)[0] if one.card.kind == "incident" else one.card.kind[0]


def _constants() -> dict[str, Any]:
    return {
        "MAX_TOKEN": analysis.MAX_TOKEN,
        "SENTENCE_GAP": analysis.SENTENCE_GAP,
        "SLACK": SLACK,
        "SAID_LENGTH": documents.SAID_LENGTH,
        "WORD": ranking.WORD,
        "WEAK": ranking.WEAK,
        "CONCEPT": ranking.CONCEPT,
        "WORD_ALIKE": ranking.ALIKE,
        "ASIDE": {name[0]: part for name, part in ranking.ASIDE.items()},
        "NAMED": ranking.NAMED,
        "BOUNDS": ranking.BOUNDS,
        "SCALE": ranking.SCALE,
        "SHARD": SHARD,
        "FIRST_YEAR": FIRST_YEAR,
        "UNIT": UNIT,
        "MOST": probe.MOST,
        "LONG": probe.LONG,
        "MOST_OF_A_WORD": probe.MOST_OF_A_WORD,
        "FINE": probe.FINE,
        "MOST_MENDED": spelling.MOST_TOKENS,
        "WORTH": {str(verdict): worth for verdict, worth in questions.WORTH.items()},
        "AGAIN": questions.AGAIN,
        "INCIDENTS": questions.INCIDENTS,
        "FURTHER": questions.FURTHER,
        "LEAST": questions.LEAST,
        "ALIKE": ALIKE,
    }


def _vocabulary(vocabulary: Vocabulary, terms: list[str]) -> dict[str, Any]:
    """Words and classes by number: first the classes, then the terms."""
    members: dict[str, list[tuple[str, ...]]] = {}
    for listed in vocabulary.members.values():
        for run, name in listed:
            members.setdefault(name, []).append(run)
    phrases: dict[str, list[tuple[tuple[str, ...], bool]]] = {name: [] for name in vocabulary.concepts}
    for group in vocabulary.phrases.values():
        for phrase in group:
            phrases[phrase.concept].append((phrase.slots, phrase.exact))
    number = {name: at for at, name in enumerate([*members, *terms])}
    return {
        "classes": len(members),
        "weak": _packed(_gaps(sorted(number[word] for word in vocabulary.weak))),
        "concepts": [[c.name, c.kind, c.label, c.says, c.broader] for c in vocabulary.concepts.values()],
        "members": _runs([[(run, False) for run in runs] for runs in members.values()], number),
        "phrases": _runs(list(phrases.values()), number),
        "alike": _runs([[(group, False)] for group in vocabulary.alike], number),
    }


def _runs(groups: list[list[tuple[tuple[str, ...], bool]]], number: Mapping[str, int]) -> list[str]:
    """Groups of runs of words: how many runs a group has; how long each is, and whether exact; the words' numbers, the
    first of a run counted from the first of the run before."""
    counts, shapes, numbers = [], [], []
    for group in groups:
        counts.append(len(group))
        last = 0
        for run, exact in sorted(([number[word] for word in run], exact) for run, exact in group):
            shapes.append(2 * len(run) + exact)
            numbers += [run[0] - last, *run[1:]]
            last = run[0]
    return [_packed(counts), _packed(shapes), _packed(numbers)]


def _fronted(terms: Iterable[str]) -> str:
    """Sorted words, each without the letters it shares with the one before, but with their number."""
    found, last = [], ""
    for term in terms:
        shared = next((at for at, pair in enumerate(zip(term, last, strict=False)) if pair[0] != pair[1]), len(last))
        shared = min(shared, len(term))
        found.append(_packed([shared]) + term[shared:])
        last = term
    return "\n".join(found)


def _doc(card: Card, said: list[str]) -> dict[str, Any]:
    """A card without what is empty; a page shows it from this alone."""
    full = {
        "id": card.id, "kind": card.kind, "title": card.title, "status": card.status, "severity": card.severity,
        "started": card.started[:10], "library": card.library, "company": card.company, "services": card.services[:3],
        "looked_like": _cut(" · ".join(text.rstrip(".") for text in card.looked_like[:4]), LOOKED_LIKE),
        "cracked_by": card.cracked_by, "fixed_by": _cut(card.fixed_by or "", FIXED_BY),
        "questions": [[q.text, str(q.verdict), q.seconds_in] for q in card.questions],
        "open_actions": len(card.open_actions), "said": said,
    }  # fmt: skip
    return {key: value for key, value in full.items() if value}


def _said(said: Mapping[str, str], numbers: Mapping[str, int]) -> list[str]:
    """The words quoted: the numbers of the concepts that they say, then themselves, each on its line."""
    quoted = sorted((numbers[concept], words) for concept, words in said.items())
    return [_packed(_gaps([at for at, _ in quoted])), "\n".join(words for _, words in quoted)]


def _cut(text: str, length: int) -> str:
    """A text cut after a word."""
    return text if len(text) <= length else text[:length].rpartition(" ")[0].rstrip(" ,;:.·") + "\u00a0…"


def _gaps(numbers: Sequence[int]) -> Iterable[int]:
    """The distance of each from the one before."""
    return map(sub, numbers, (0, *numbers))


def _packed(numbers: Iterable[int]) -> str:
    """Numbers as digits of `ALPHABET`, the lowest first. Letters, unlike bytes in base 64, stay what they are when a
    server compresses the script, so each number takes as little as it says."""
    return "".join(map(_digits, numbers))


@lru_cache(maxsize=4096)
def _digits(number: int) -> str:
    half, found = len(ALPHABET) // 2, ""
    while number >= half:
        number, digit = divmod(number, half)
        found += ALPHABET[half + digit]
    return found + ALPHABET[number]
