"""Find: a probe against a source gives hits, each with its reasons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kb.model import Entry, Match
from kb.search import excerpts, feedback, ranking, reasons, spelling
from kb.search import probe as probes
from kb.search.analysis import fold, informative, normal, stem, tokens
from kb.search.cards import card
from kb.search.concepts import Vocabulary
from kb.search.documents import Document, document
from kb.search.probe import FINE, Probe
from kb.search.query import Query, parse
from kb.search.scoring import FAR, Fit, Ranking, rank
from kb.search.source import Source, Stored

UNIT = ranking.SCALE * ranking.WORD * ranking.RARITY * FINE
"""A score of 1 is one plain word, e times rarer than half the base, said as strongly as can be."""
Near = Callable[[str], Mapping[str, float]]
"""Tells for each entry, by its id, how near it is in meaning to a text, from 0 to 1."""
_DEEPER = 10
"""So many more are looked at, because one of them may have been called useful."""
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


def search(source: Source, vocabulary: Vocabulary, text: str, limit: int = 10, near: Near | None = None) -> Results:
    """The entries that answer a query, with filters, phrases and prefixes.

    Args:
        near: tells how near each entry is in meaning, where a model for it is installed.
    """
    query = parse(text)
    probe = probes.from_text(query.words, source, vocabulary)
    for prefix in query.prefixes:
        _complete(probe, prefix, source)
    allowed = _allowed(query, source)
    if not probe.weights and query.filtered:
        return _listed(source, query, _kept(query, source, allowed), limit)
    test = _phrase_test(query, source)
    found = rank(source, probe, limit, allowed, test, near(query.words) if near else {})
    suggestion = _suggestion(text, source, vocabulary)
    return Results(_matches(source, vocabulary, probe, found), found.total, suggestion)


def similar(
    source: Source,
    vocabulary: Vocabulary,
    about: str | Entry,
    limit: int = 10,
    exclude: frozenset[str] = frozenset(),
    near: Near | None = None,
) -> list[Match]:
    """The incidents that resemble a text or an entry; never the entry itself.

    Args:
        exclude: ids to leave out.
        near: tells how near each entry is in meaning to a text, where a model for it is installed.
    """
    if isinstance(about, str):
        return _matches(source, vocabulary, *ranked(source, vocabulary, about, limit, exclude, near))
    probe, found = ranked(source, vocabulary, about, limit + _DEEPER, exclude, near)
    return feedback.judged(_matches(source, vocabulary, probe, found), card(about, ""), source)[:limit]


def ranked(
    source: Source,
    vocabulary: Vocabulary,
    about: str | Entry | Document,
    limit: int,
    exclude: frozenset[str] = frozenset(),
    near: Near | None = None,
) -> tuple[Probe, Ranking]:
    """The same as `similar`, before anything is put in words."""
    nearness: Mapping[str, float] = {}
    if isinstance(about, str):
        probe = probes.from_text(about, source, vocabulary)
        nearness = near(about) if near else {}
    elif not isinstance(about, Document) and (text := probes.so_far(about)):
        probe = probes.from_so_far(about, source, vocabulary)
        nearness = near(text) if near else {}
        exclude |= {about.id}
    else:
        made = about if isinstance(about, Document) else document(about, "", vocabulary)
        probe = probes.from_document(made, vocabulary)
        exclude |= {made.card.id}
    out = source.facet("kind:deployment") | source.facet("kind:system")
    for id in exclude:
        out |= source.facet(f"id:{id}")
    return probe, rank(source, probe, limit, None, (lambda doc: doc not in out) if out else None, nearness)


def _matches(source: Source, vocabulary: Vocabulary, probe: Probe, found: Ranking) -> list[Match]:
    matches = []
    fit = Fit(source, probe, vocabulary)
    for doc, score in found.docs:
        stored = source.stored(doc)
        shared = found.shared(doc)
        near = found.near.get(doc, FAR)
        why = reasons.give(shared, probe, stored.said, vocabulary, near.worth)
        body = stored.text.partition("\n\n")[2]  # the title stands above the passage anyway
        passage = excerpts.best(body, shared, vocabulary)
        matches.append(Match(stored.card, score * 10000 // UNIT / 10000, why, passage, fit=fit.of(score, shared, near)))
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
        if before.text != after.text and source.postings(after.text):  # else only the vocabulary knows it
            mended = mended[: before.start] + _surface(source, after.text) + mended[before.end :]
    return mended if mended != plain else None


def _surface(source: Source, token: str) -> str:
    """A stem as the base writes it: the shortest form in the first entry that holds it."""
    text = source.stored(source.postings(token)[0][0]).text
    forms = {fold(text[t.start : t.end]) for t in tokens(text) if t.text == token}
    return min(forms, key=lambda form: (len(form), form), default=token)
