"""An entry as search sees it: its fields and their weights, its tokens, and the card a hit shows."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple

from kb.model import Card, Deployment, Entry, Incident, System
from kb.model.names import KEPT_ASIDE, slug
from kb.search import ranking
from kb.search.analysis import Token, informative, normal, tokens
from kb.search.cards import began, card, facets, served
from kb.search.concepts import Vocabulary

WEIGHTS = {
    "symptoms": 3.0, "title": 2.0, "tags": 3.0, "services": 2.0, "systems": 2.0, "summary": 2.0, "trigger": 1.6,
    "cause": 1.5, "factors": 1.2, "impact": 1.2, "questions": 1.0, "lead": 1.0, "body": 1.0, "resolution": 0.9,
    "timeline": 0.8, "lessons": 0.6, "actions": 0.4, "company": 0.5, "extra": 0.5,
}  # fmt: skip
"""How much a word counts by where it stands: what was seen counts more than what was done about it."""
TALK = "#"
"""The token under which it is kept how many things an entry says."""
_SIGNS = ("~", "@", TALK)
QUOTED = 8
"""Of so many concepts an entry's own words are kept, to be quoted: of those it says most strongly."""
REPEATED = 3
"""So often a concept counts in one field at most."""
SAID_LENGTH = 60
_LINK = re.compile(r"\]\((?:(?!\]\()[^)\s])*\)|https?://\S+")
"""An address ends where the next one begins, so that thousands without an end are not each looked for to the end."""
_MARKS = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")
_SPACE = re.compile("[ \t\n\r\f\v\u00a0\u2028\u2029]+")


class Part(NamedTuple):
    """A piece of an entry's text and the field it belongs to."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """An entry ready to be indexed.

    Args:
        impacts: its tokens: words, `~concepts`, `@service:…`, `@system:…`, `@tag:…`.
        said: for each concept, the words of the entry that say it best.
        facets: what filters ask for, as `key:value`.
        day: the day it began, as 20190312; 0 when unknown.
        text: all its text, for excerpts and phrases.
        forms: how each word of the tokens is written where it stands first, in the order of the tokens, one a line.
    """

    card: Card
    impacts: dict[str, int]
    said: dict[str, str]
    facets: tuple[str, ...]
    day: int
    text: str
    forms: str


def document(entry: Entry, path: str, vocabulary: Vocabulary) -> Document:
    """What search keeps of an entry.

    Args:
        path: the entry's file, relative to the knowledge base.
    """
    pieces = _grouped(parts(entry))
    text = "\n\n".join(part.text for part in pieces)
    found = tokens(text)
    frequencies, best, length = _counted(pieces, found, vocabulary)
    weights = ranking.impacts(frequencies, length) | dict.fromkeys(named(entry), ranking.SCALE // 2)
    said = _quotable(best, text, weights, vocabulary)
    linked = isinstance(entry, Incident) and entry.deployments
    if linked and "after-deployment" in vocabulary.concepts and "after-deployment" not in said:
        said["after-deployment"] = linked[0].id
        weights["~after-deployment"] = ranking.SCALE // 2
    weights[TALK] = ranking.talk(len(weights))
    start = began(entry)
    day = int(f"{start.at:%Y%m%d}") if start else 0
    made = card(entry, path)
    written = {token.text: text[token.start : token.end] for token in reversed(found)}
    forms = "\n".join(written[token] for token in words(weights))
    return Document(made, weights, said, tuple(facets(made)), day, text, forms)


def words(tokens: Iterable[str]) -> list[str]:
    """Those tokens that are words."""
    return [token for token in tokens if token[0] not in _SIGNS]


def parts(entry: Entry) -> Iterator[Part]:
    """The texts of an entry, the weightiest first."""
    yield Part("title", entry.title)
    if isinstance(entry, Incident):
        yield from _of_incident(entry)
    elif isinstance(entry, Deployment):
        yield from _of_deployment(entry)
    elif isinstance(entry, System):
        yield from _of_system(entry)
    yield Part("tags", "; ".join(entry.tags))
    yield Part("company", entry.company)
    yield Part("lead", entry.lead)
    for event in entry.timeline:
        yield Part("timeline", event.text)
    for question in entry.questions:
        yield Part("questions", question.text)
        for answer in question.answers:
            yield Part("questions", f"{answer.text}\n{answer.evidence}")
    for section in entry.sections:
        if section.heading.startswith(KEPT_ASIDE):
            continue  # what another tool said of itself
        yield Part("body", f"{section.heading}.\n\n{section.body}")
    for lesson in entry.lessons:
        yield Part("lessons", lesson.text)
    for action in entry.actions:
        yield Part("actions", action.text)
    for text in _texts(entry.extra):
        yield Part("extra", text)


def named(entry: Entry) -> list[str]:
    """The tokens of the services, systems and tags an entry names, and of the part of the day an incident began in."""
    services, systems = served(entry)
    found = [f"@service:{slug(name)}" for name in services]
    found += [f"@system:{slug(name)}" for name in systems]
    found += [f"@tag:{slug(name)}" for name in entry.tags]
    start = began(entry) if isinstance(entry, Incident) else None
    if start and start.precision != "day":
        found.append(f"@began:{_part_of_day(start.local(entry.timezone))}")
    return list(dict.fromkeys(found))


def plain(text: str) -> str:
    """Markdown without links' targets, comments and emphasis."""
    return normal(_MARKS.sub("", _LINK.sub("]", _uncommented(text)))) if text else ""


def _uncommented(text: str) -> str:
    pieces, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        pieces.append(text[at:start])
        at = end + 3
    return "]".join([*pieces, text[at:]])


def _of_incident(entry: Incident) -> Iterator[Part]:
    for item in entry.symptoms:
        yield Part("symptoms", item.text)
    yield Part("summary", entry.summary)
    yield Part("services", "; ".join(entry.services))
    yield Part("systems", "; ".join(entry.systems))
    yield Part("trigger", entry.trigger)
    yield Part("cause", entry.root_cause)
    for item in entry.contributing_factors:
        yield Part("factors", item.text)
    yield Part("impact", entry.impact)
    yield Part("timeline", entry.detected_by)
    yield Part("resolution", entry.resolution)


def _of_deployment(entry: Deployment) -> Iterator[Part]:
    yield Part("summary", entry.summary)
    yield Part("services", "; ".join(f"{s.name} {s.version}" for s in entry.services))
    yield Part("systems", "; ".join(entry.systems))
    yield Part("body", f"{entry.tool}. {entry.discussion}\n\n{entry.decision}")
    for risk in entry.risks:
        yield Part("factors", f"{risk.text}. {risk.mitigation}. {risk.outcome}")
    for check in entry.checks:
        yield Part("actions", f"{check.text} {check.result}")
    yield Part("resolution", entry.rollback_plan)


def _of_system(entry: System) -> Iterator[Part]:
    yield Part("summary", entry.summary)
    yield Part("services", "; ".join(entry.services))
    yield Part("systems", "; ".join(entry.hosts))
    for item in entry.unexpected:
        yield Part("symptoms", item.text)
    for item in entry.expected:
        yield Part("body", item.text)


def _grouped(pieces: Iterable[Part]) -> list[Part]:
    """One part for each field, the texts of a list with blank lines between."""
    fields: dict[str, list[str]] = {}
    for piece in pieces:
        if piece.text.strip():
            fields.setdefault(piece.field, []).append(piece.text)
    return [Part(field, plain("\n\n".join(texts))) for field, texts in fields.items()]


def _counted(
    pieces: list[Part], found: list[Token], vocabulary: Vocabulary
) -> tuple[dict[str, float], dict[str, tuple[float, int, int]], float]:
    """How often each token and concept is said, weighed by where; where each concept is said best: the weight of the
    place, and its characters; and the weighted number of words."""
    ends = list(accumulate(len(part.text) + 2 for part in pieces))
    weights = [WEIGHTS[part.field] for part in pieces]
    frequencies: defaultdict[str, float] = defaultdict(float)
    length, first = 0.0, 0
    begins = [token.start for token in found]
    for end, weight in zip(ends, weights, strict=True):
        last = bisect_left(begins, end, first)
        for word, often in Counter(map(itemgetter(0), found[first:last])).items():
            if informative(word):
                frequencies[word] += weight * often
                length += weight * often
        first = last
    best: dict[str, tuple[float, int, int]] = {}
    times: Counter[tuple[str, int]] = Counter()
    for concept, start, end in vocabulary.find(found):
        here = bisect_right(ends, start)
        times[concept, here] += 1
        if concept not in best or best[concept][0] < weights[here]:
            best[concept] = (weights[here], start, end)
    for (concept, here), often in times.items():
        for name in (concept, *vocabulary.concepts[concept].broader):
            frequencies["~" + name] += weights[here] * min(often, REPEATED)
    return frequencies, best, length


def _quotable(
    best: dict[str, tuple[float, int, int]], text: str, impacts: dict[str, int], vocabulary: Vocabulary
) -> dict[str, str]:
    """By concept, the entry's own words for it."""

    def strength(concept: str) -> tuple[int, str]:
        return -impacts["~" + concept] * ranking.CONCEPT[vocabulary.concepts[concept].kind], concept

    chosen = set(sorted(best, key=strength)[:QUOTED])
    return {name: shown(text[best[name][1] : best[name][2]]) for name in vocabulary.concepts if name in chosen}


def shown(words: str) -> str:
    """A passage as a reason quotes it: on one line, not too long."""
    line = _SPACE.sub(" ", words).strip(" ")
    return line if len(line) <= SAID_LENGTH else line[: SAID_LENGTH - 1].rstrip(" ") + "…"


def _part_of_day(local: str) -> str:
    """Night, morning, afternoon or evening, from a local time such as `2019-03-12 09:00`."""
    return ("night", "morning", "afternoon", "evening")[int(local[11:13]) // 6]


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """The words of front matter kb has no field for; addresses and dates say nothing."""
    if depth > 4:
        return
    if isinstance(value, str):
        if not re.match(r"https?:|\d{4}-\d\d|[0-9a-f-]{32,}$", value):
            yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner, depth + 1)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner, depth + 1)
