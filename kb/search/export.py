"""The index for the browser: one script that a page loads, so that it works from files too.

It is made from a list of entries and nothing else: what is not in the list (internal entries in a public build) leaves
no trace, neither in words nor in how rare they are. The same entries give the same bytes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from kb.model import Card
from kb.search import analysis, documents, porter, probe, questions, ranking, spelling
from kb.search.concepts import SLACK, Vocabulary
from kb.search.finder import UNIT
from kb.search.source import Memory

VERSION = 1
"""Of the data; `kb-rank.js` reads this one only."""


def script(memory: Memory, vocabulary: Vocabulary, urls: Mapping[str, str] | None = None) -> bytes:
    """The text of `kb-index.js`.

    Args:
        memory: what may be found.
        urls: for each id, the address of its page.
    """
    text = json.dumps(data(memory, vocabulary, urls), ensure_ascii=True, separators=(",", ":"))
    safe = text.replace("</", "<\\u002f").replace("<!", "<\\u0021")
    return f"window.KB_INDEX={safe};\n".encode("ascii")


def data(memory: Memory, vocabulary: Vocabulary, urls: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What `kb-rank.js` needs to rank as `finder.similar` does."""
    terms = [token for token in memory.tokens if not token.startswith("@tag:")]
    most = max((len(memory.postings(token)) for token in terms), default=0)
    return {
        "version": VERSION,
        "constants": _constants(),
        "words": {
            "stop": sorted(analysis.STOPWORDS),
            "irregular": analysis.IRREGULAR,
            "step2": porter.STEP2,
            "step3": porter.STEP3,
            "step4": porter.STEP4,
        },
        "vocabulary": _vocabulary(vocabulary),
        "starters": questions.bank(),
        "docs": [_doc(d.card, d.said, (urls or {}).get(d.card.id, "")) for d in memory.documents],
        "terms": "\n".join(terms),
        "postings": base64.b64encode(b"".join(_packed(memory.postings(token)) for token in terms)).decode(),
        "rarity": [ranking.rarity(memory.count, holding) for holding in range(most + 1)],
    }


def _constants() -> dict[str, Any]:
    return {
        "MAX_TOKEN": analysis.MAX_TOKEN,
        "SENTENCE_GAP": analysis.SENTENCE_GAP,
        "SLACK": SLACK,
        "SAID_LENGTH": documents.SAID_LENGTH,
        "WORD": ranking.WORD,
        "WEAK": ranking.WEAK,
        "CONCEPT": ranking.CONCEPT,
        "BROADER": ranking.BROADER,
        "RELATED": ranking.RELATED,
        "NAMED": ranking.NAMED,
        "UNIT": UNIT,
        "MOST": probe.MOST,
        "LONG": probe.LONG,
        "MOST_OF_A_WORD": probe.MOST_OF_A_WORD,
        "FINE": probe.FINE,
        "MOST_MENDED": spelling.MOST_TOKENS,
        "WORTH": {str(verdict): worth for verdict, worth in questions.WORTH.items()},
        "AGAIN": questions.AGAIN,
        "INCIDENTS": questions.INCIDENTS,
        "LEAST": questions.LEAST,
        "ALIKE": questions.ALIKE,
    }


def _vocabulary(vocabulary: Vocabulary) -> dict[str, Any]:
    """Members and phrases as lines: `<high> maxed out`, `<cpu> <high>`, `=load averag` for an exact one."""
    phrases: dict[str, list[str]] = {name: [] for name in vocabulary.concepts}
    for group in vocabulary.phrases.values():
        for phrase in group:
            phrases[phrase.concept].append(("=" if phrase.exact else "") + " ".join(phrase.slots))
    members: dict[str, list[str]] = {}
    for listed in vocabulary.members.values():
        for words, name in listed:
            members.setdefault(name, []).append(" ".join(words))
    return {
        "weak": " ".join(sorted(vocabulary.weak)),
        "concepts": [[c.name, c.kind, c.label, c.says, c.broader, c.related] for c in vocabulary.concepts.values()],
        "members": {name: "|".join(lines) for name, lines in members.items()},
        "phrases": {name: "|".join(lines) for name, lines in phrases.items()},
    }


def _doc(card: Card, said: Mapping[str, str], url: str) -> dict[str, Any]:
    """A card without what is empty; a page shows it from this alone."""
    full = {
        "id": card.id, "kind": card.kind, "title": card.title, "path": card.path, "url": url, "status": card.status,
        "severity": card.severity, "started": card.started, "library": card.library, "company": card.company,
        "services": card.services, "systems": card.systems, "tags": card.tags, "looked_like": card.looked_like,
        "cracked_by": card.cracked_by, "what_it_was": card.what_it_was, "fixed_by": card.fixed_by,
        "questions": [[q.text, str(q.verdict), q.seconds_in] for q in card.questions],
        "open_actions": card.open_actions, "said": dict(said),
    }  # fmt: skip
    return {key: value for key, value in full.items() if value}


def _packed(postings: list[tuple[int, int]]) -> bytes:
    """The number of entries, then for each the distance from the one before and its impact."""
    packed = bytearray(_varint(len(postings)))
    last = 0
    for doc, impact in sorted(postings):
        packed += _varint(doc - last)
        packed.append(impact)
        last = doc
    return bytes(packed)


def _varint(number: int) -> bytes:
    packed = bytearray()
    while number > 127:
        packed.append(number & 127 | 128)
        number >>= 7
    packed.append(number)
    return bytes(packed)
