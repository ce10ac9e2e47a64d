"""Find: a probe against a source gives hits, each with its reasons."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kb.model import Entry, Match
from kb.search import excerpts, ranking, reasons, spelling
from kb.search import probe as probes
from kb.search.analysis import fold, informative, normal, stem, tokens
from kb.search.concepts import Vocabulary
from kb.search.probe import FINE, MOST, Probe
from kb.search.query import Query, parse
from kb.search.source import Source, Stored

UNIT = ranking.SCALE * ranking.WORD * ranking.RARITY * FINE
"""A score of 1 is one plain word, e times rarer than half the base, said as strongly as can be."""
MOST_COMPLETIONS = 64
"""How many words a prefix stands for at most."""


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a query.

    Args:
        hits: best first.
        total: how many entries fit in all.
        suggestion: the query with its misspelt words mended, when the base knows better ones.
    """

    hits: list[Match]
    total: int
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Entries in order.

    Args:
        docs: the best entries with their scores.
        total: how many entries fit in all.
        parts: what each token is worth where its impact is 1.
        impacts: for each of the best entries, the impacts of the tokens it shares with the probe.
    """

    docs: list[tuple[int, int]]
    total: int
    parts: dict[str, int]
    impacts: dict[int, dict[str, int]]


def search(source: Source, vocabulary: Vocabulary, text: str, limit: int = 10) -> Results:
    """The entries that answer a query, with filters, phrases and prefixes."""
    query = parse(text)
    probe = probes.from_text(query.words, source, vocabulary)
    for prefix in query.prefixes:
        _complete(probe, prefix, source)
    allowed = _allowed(query, source)
    if not probe.weights and query.filtered:
        return _listed(source, query, _kept(query, source, allowed), limit)
    test = _phrase_test(query, source)
    found = rank(source, probe, limit, allowed, test)
    suggestion = _suggestion(text, source, vocabulary)
    return Results(_matches(source, vocabulary, probe, found), found.total, suggestion)


def similar(
    source: Source, vocabulary: Vocabulary, about: str | Entry, limit: int = 10, exclude: frozenset[str] = frozenset()
) -> list[Match]:
    """The incidents that resemble a text or an entry; never the entry itself.

    Args:
        exclude: ids to leave out.
    """
    probe, found = ranked(source, vocabulary, about, limit, exclude)
    return _matches(source, vocabulary, probe, found)


def ranked(
    source: Source, vocabulary: Vocabulary, about: str | Entry, limit: int, exclude: frozenset[str] = frozenset()
) -> tuple[Probe, Ranking]:
    """The same as `similar`, before anything is put in words."""
    if isinstance(about, str):
        probe = probes.from_text(about, source, vocabulary)
    else:
        probe = probes.from_entry(about, vocabulary)
        exclude |= {about.id}
    out = source.facet("kind:deployment") | source.facet("kind:system")
    for id in exclude:
        out |= source.facet(f"id:{id}")
    return probe, rank(source, probe, limit, None, (lambda doc: doc not in out) if out else None)


def rank(
    source: Source,
    probe: Probe,
    limit: int,
    allowed: set[int] | None = None,
    test: Callable[[int], bool] | None = None,
) -> Ranking:
    """The best entries for a probe. Only entries that share what is said itself count; relations only add to these.

    Args:
        allowed: the only entries considered, if given.
        test: asked, in order of rank, whether an entry counts.
    """
    postings = {token: source.postings(token) for token in probe.weights}
    parts = {
        token: weight * ranking.rarity(source.count, len(postings[token]))
        for token, weight in probe.weights.items()
        if postings[token]
    }
    if len(parts) > MOST:
        parts = dict(sorted(parts.items(), key=lambda item: -item[1])[:MOST])
    total: dict[int, int] = {}
    for token, part in parts.items():
        if token in probe.said:
            for doc, impact in postings[token]:
                total[doc] = total.get(doc, 0) + part * impact
    for token, part in parts.items():
        if token not in probe.said:
            for doc, impact in postings[token]:
                if doc in total:
                    total[doc] += part * impact
    if allowed is not None:
        total = {doc: score for doc, score in total.items() if doc in allowed}
    best, count = _best(source, total, limit, test)
    chosen = {doc for doc, _ in best}
    impacts: dict[int, dict[str, int]] = {doc: {} for doc in chosen}
    for token in parts:
        for doc, impact in postings[token]:
            if doc in chosen:
                impacts[doc][token] = impact
    return Ranking(best, count, parts, impacts)


def _best(
    source: Source, total: dict[int, int], limit: int, test: Callable[[int], bool] | None
) -> tuple[list[tuple[int, int]], int]:
    """The best by score, equals in the order of their ids; and how many there are."""
    if test:
        total = {doc: score for doc, score in total.items() if test(doc)}
    if limit <= 0 or not total:
        return [], len(total)
    values = sorted(total.values(), reverse=True)
    least = values[min(limit, len(values)) - 1]
    near = [(doc, score) for doc, score in total.items() if score >= least]
    near.sort(key=lambda item: (-item[1], source.stored(item[0]).order))
    return near[:limit], len(total)


def _matches(source: Source, vocabulary: Vocabulary, probe: Probe, found: Ranking) -> list[Match]:
    matches = []
    for doc, score in found.docs:
        stored = source.stored(doc)
        shared = {token: found.parts[token] * impact for token, impact in found.impacts[doc].items()}
        why = reasons.give(shared, probe, stored.said, vocabulary)
        body = stored.text.partition("\n\n")[2]  # the title stands above the passage anyway
        passage = excerpts.best(body, shared, vocabulary)
        matches.append(Match(stored.card, score * 10000 // UNIT / 10000, why, passage))
    return matches


def _complete(probe: Probe, prefix: str, source: Source) -> None:
    """Ask for every word that begins so; the beginning may be typed as the word is written or as it is stemmed."""
    folded = fold(normal(prefix))
    found = dict.fromkeys(source.terms(folded)[:MOST_COMPLETIONS])
    if (stemmed := stem(folded)) in source.terms(stemmed):
        found[stemmed] = None
    for token in found:
        probe.add(token, ranking.WORD * FINE, prefix + "*")


def _allowed(query: Query, source: Source) -> set[int] | None:
    """The entries the filters leave; None when there are none."""
    left: set[int] | None = None
    for group in query.facets:
        any_of = set().union(*(source.facet(name) for name in group))
        left = any_of if left is None else left & any_of
    if query.since is not None and query.until is not None:
        between = source.days(query.since, query.until)
        left = between if left is None else left & between
    return left


def _kept(query: Query, source: Source, allowed: set[int] | None) -> set[int]:
    left = set(range(source.count)) if allowed is None else allowed
    test = _phrase_test(query, source)
    return {doc for doc in left if test is None or test(doc)}


def _phrase_test(query: Query, source: Source) -> Callable[[int], bool] | None:
    """What phrases and absences demand of an entry; None when nothing."""
    without = set().union(*(source.facet(name) for group in query.without for name in group))
    for word in query.not_words:
        held = [dict(source.postings(t.text)).keys() for t in tokens(normal(word)) if informative(t.text)]
        if held:
            without |= set(held[0]).intersection(*held[1:])
    wanted = [_pattern(phrase) for phrase in query.phrases]
    unwanted = [_pattern(phrase) for phrase in query.not_phrases]
    if not (without or wanted or unwanted):
        return None

    def test(doc: int) -> bool:
        if doc in without:
            return False
        if not wanted and not unwanted:
            return True
        text = source.stored(doc).text
        return all(p.search(text) for p in wanted) and not any(p.search(text) for p in unwanted)

    return test


def _pattern(phrase: str) -> re.Pattern[str]:
    """The words of a phrase, whatever stands between them that is no word."""
    words = re.findall(r"[^\W_]+", normal(phrase))
    return re.compile(r"(?<![^\W_])" + r"[\W_]+".join(re.escape(w) for w in words) + r"(?![^\W_])", re.IGNORECASE)


def _listed(source: Source, query: Query, docs: set[int], limit: int) -> Results:
    """Entries that pass filters without words: the newest first."""
    kept: list[Stored] = sorted((source.stored(doc) for doc in docs), key=lambda stored: stored.order)
    kept.sort(key=lambda stored: stored.card.started, reverse=True)
    why = reasons.filtered(query)
    return Results([Match(stored.card, 0.0, why) for stored in kept[:limit]], len(kept))


def _suggestion(text: str, source: Source, vocabulary: Vocabulary) -> str | None:
    """The query with its misspelt words as the base writes them."""
    plain = normal(text)
    found = tokens(plain)
    mended = plain
    for before, after in zip(reversed(found), reversed(spelling.mend(found, source, vocabulary)), strict=True):
        if before.text != after.text:
            mended = mended[: before.start] + _surface(source, after.text) + mended[before.end :]
    return mended if mended != plain else None


def _surface(source: Source, token: str) -> str:
    """A stem as the base writes it: the shortest form in the first entry that holds it."""
    text = source.stored(source.postings(token)[0][0]).text
    forms = {fold(text[t.start : t.end]) for t in tokens(text) if t.text == token}
    return min(forms, key=lambda form: (len(form), form), default=token)
