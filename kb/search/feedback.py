"""What people said of what was proposed counts in the order of what is proposed next: bounded, named, and undone by
unsaying it.

An incident keeps which past ones were useful to it and which were not. In its own list these weigh much, in the lists
of others a little, by how many agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kb.model import Card, Match
from kb.search.source import Source

HERE = 50
"""Percent of its score that a hit gains or loses where it was judged for this very incident."""
ELSEWHERE = 5
"""The same for each other incident that judged it, up to `MOST` in all."""
MOST = 20
_REASONS = 4


def judged(matches: Iterable[Match], asker: Card, source: Source) -> list[Match]:
    """Hits in the order that also counts what people said of them, each with that among its reasons.

    Args:
        asker: the incident they are proposed to.
    """
    useful, useless = _named(asker, "useful"), _named(asker, "not_useful")
    found = [_judged(match, useful, useless, asker.id, source) for match in matches]
    return sorted(found, key=lambda match: -match.score)  # stable: equals stay as they were


def judged_apart(matches: Iterable[Match], asker: Card, source: Source) -> tuple[Match, ...]:
    """The same where the team's own stand before the library's, as on pages."""
    return tuple(sorted(judged(matches, asker, source), key=lambda match: match.entry.library))


def _judged(match: Match, useful: frozenset[str], useless: frozenset[str], asker: str, source: Source) -> Match:
    name = match.entry.id
    if name in useful or name in useless:
        percent = HERE if name in useful else -HERE
        why = "called useful here" if name in useful else "called not useful here"
    else:
        more, less = (_others(source, f"{key}:{name}", asker) for key in ("useful", "not_useful"))
        percent = max(-MOST, min(MOST, ELSEWHERE * (more - less)))
        times = abs(more - less)
        why = f"called {'useful' if percent > 0 else 'not useful'} in {times} other{'s' if times > 1 else ''}"
    if not percent:
        return match
    score = round(match.score * (100 + percent) / 100, 4)
    return replace(match, score=score, reasons=(*match.reasons[: _REASONS - 1], why))


def _named(card: Card, key: str) -> frozenset[str]:
    value = card.front_matter.get(key)
    return frozenset(value) if isinstance(value, list) else frozenset()


def _others(source: Source, facet: str, asker: str) -> int:
    return len({source.stored(doc).card.id for doc in source.facet(facet)} - {asker})
