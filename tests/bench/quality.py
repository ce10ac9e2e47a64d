"""How good the answers are: kb beside other engines, with and without the model.

    python tests/bench/quality.py

First, on the queries judged over 242 public postmortems that lie beside the project (`../shared/eval`; nothing without
them): symptoms (a responder's words), known items (someone half remembers one incident), similar (which incidents share
this one's mechanism). Then on this repository's own (`judged.py`), with the false alarms: what is asked of things that
are not in the base. The judged parts are small: differences below 0.02 mean nothing.
"""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
EVAL = ROOT.parent / "shared" / "eval"
CORPUS = ROOT.parent / "shared" / "corpus" / "postmortems"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bench.judged import ALIKE, JUDGED, NOTHING, entries  # noqa: E402

from kb.model import Incident, Section  # noqa: E402
from kb.search import finder, meaning, vocabulary  # noqa: E402
from kb.search.analysis import informative, words  # noqa: E402
from kb.search.documents import Document, document  # noqa: E402
from kb.search.source import Memory  # noqa: E402

Answer = Callable[[Any], list[str]]
"""A text or an incident -> ids, the best first."""
MOST = 12


def available() -> bool:
    """Whether the judged queries are there."""
    return (EVAL / "score.py").is_file() and CORPUS.is_dir()


def corpus() -> Iterator[Incident]:
    """Every postmortem as an incident: title, summary and keywords in their fields, the rest as its body."""
    for path in sorted(CORPUS.glob("*-*.md")):
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        meta = yaml.load(front, Loader=yaml.BaseLoader)
        yield Incident(
            id=meta["uuid"],
            title=meta.get("title") or "",
            summary=meta.get("summary") or "",
            tags=tuple(meta.get("keywords") or ()),
            company=meta.get("company") or "",
            extra={"categories": meta.get("categories") or [], "product": meta.get("product") or ""},
            sections=(Section("", body.strip()),),
        )


def measure(answer: Answer, incidents: list[Incident]) -> dict[str, dict[str, float]]:
    """The scores of an engine on each set."""
    known = {entry.id: entry for entry in incidents}
    return {
        "symptoms": _scores("symptoms_dev.jsonl", lambda query: answer(query["query"])),
        "known item": _scores("known_item_dev.jsonl", lambda query: answer(query["query"])),
        "similar": _scores("similar_dev.jsonl", lambda query: answer(known[query["uuid"]])),
    }


def _scores(name: str, answer: Answer) -> dict[str, float]:
    score = _scorer()
    judged = score.load_judgements(str(EVAL / name))
    queries = [json.loads(line) for line in (EVAL / name).read_text(encoding="utf-8").splitlines() if line.strip()]
    run = {query["id"]: answer(query) for query in queries}
    each = [score.one(run.get(id, []), relevant, me, 1) for id, (relevant, me) in judged.items()]
    return {key: sum(one[key] for one in each) / len(each) for key in each[0]}


def _scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", EVAL / "score.py")
    assert spec
    assert spec.loader
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    return score


# ------------------------------------------------------------------------------------------------------------ engines


def kb(source: Memory, near: finder.Near | None = None) -> Answer:
    """kb itself, with or without the model."""
    own = vocabulary.builtin()
    return lambda about: [hit.entry.id for hit in finder.similar(source, own, about, MOST, near=near)]


def _asked(about: Any) -> str:
    """A query, or the whole text of an incident."""
    if isinstance(about, str):
        return about
    return "\n\n".join((about.title, about.summary, about.sections[0].body))


def model_alone(near: finder.Near) -> Answer:
    """Nothing but the model."""

    def answer(about: Any) -> list[str]:
        nearness = near(_asked(about))
        return sorted(nearness, key=lambda id: -nearness[id])[:MOST]

    return answer


def expanded(documents: list[Document], model: meaning.Model, meanings: meaning.Meanings) -> Memory:
    """The model only at indexing: each entry also says, faintly, the five concepts nearest to it."""
    import numpy as np

    names = list(vocabulary.builtin().concepts)
    said = np.array([model.vectors([vocabulary.builtin().concepts[name].label])[0] for name in names])
    ids, below, first = meanings._matrix  # what the file holds; the bench may look
    nearness = np.maximum.reduceat(below @ said.T, first)
    unusual = (nearness - nearness.mean(axis=0)) / nearness.std(axis=0)
    nearest = {id: [names[at] for at in np.argsort(-unusual[row])[:5]] for row, id in enumerate(ids)}
    return Memory(
        replace(made, impacts={f"~{name}": 5 for name in nearest[made.card.id]} | made.impacts) for made in documents
    )


def fts5(documents: list[Document]) -> Answer:
    """SQLite's full-text search: Porter's stemmer, any word."""
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table entry using fts5(id unindexed, text, tokenize='porter')")
    base.executemany("insert into entry values (?, ?)", [(made.card.id, made.text) for made in documents])

    def answer(about: Any) -> list[str]:
        asked = " OR ".join(f'"{word}"' for word in dict.fromkeys(words(_asked(about))) if word.isalnum())
        found = base.execute("select id from entry where entry match ? order by rank limit 12", (asked,))
        return [row[0] for row in found]

    return answer


def whoosh(documents: list[Document], folder: str, any_word: bool) -> Answer:
    """Whoosh as it comes (all words), or with stemming over several fields and any word."""
    from whoosh import fields, index, qparser
    from whoosh.analysis import StemmingAnalyzer

    kind = fields.TEXT(analyzer=StemmingAnalyzer()) if any_word else fields.TEXT()
    made = index.create_in(folder, fields.Schema(id=fields.ID(stored=True), title=kind, text=kind))
    writer = made.writer()
    for one in documents:
        writer.add_document(id=one.card.id, title=one.card.title, text=one.text)
    writer.commit()
    searcher = made.searcher()
    group = qparser.OrGroup if any_word else qparser.AndGroup
    parser = qparser.MultifieldParser(["title", "text"] if any_word else ["text"], made.schema, group=group)

    def answer(about: Any) -> list[str]:
        every = dict.fromkeys(words(_asked(about)))
        plain = " ".join(word for word in every if informative(word) and word.isalnum())
        return [hit["id"] for hit in searcher.search(parser.parse(plain), limit=MOST)]

    return answer


def engines(incidents: list[Incident], folder: Path) -> Iterator[tuple[str, Answer]]:
    """Every engine that can be had here, each with its name."""
    documents = [document(entry, f"entries/library/{entry.id}.md", vocabulary.builtin()) for entry in incidents]
    for name, any_word in (("Whoosh as it comes (all words)", False), ("Whoosh, stemming, any word", True)):
        yield name, whoosh(documents, tempfile.mkdtemp(dir=folder), any_word)
    yield "SQLite FTS5, porter, any word", fts5(documents)
    yield "kb", kb(Memory(documents))
    model = meaning.model(meaning.AUTO, ROOT)
    if model:
        meanings = meaning.Meanings(folder, model)
        meanings.read((one.card.id, one.text) for one in documents)
        yield "the model alone", model_alone(meanings.near)
        yield "kb, the model at indexing only", kb(expanded(documents, model, meanings))
        yield "kb[semantic]", kb(Memory(documents), meanings.near)


# ------------------------------------------------------------------------------------------------ this repository's own


def own(near: finder.Near | None = None) -> dict[str, float]:
    """How kb does on the queries of `judged.py`, in shares of 1.

    Returns:
        first, in_three: judged queries whose entry comes first, or among the first three. heard: of those that come
        first, how many fit better than "none". alarms: queries about nothing here that find something that fits.
        alike: incidents that share a mechanism with one, found among its first five.
    """
    words_, answers = vocabulary.builtin(), partial(finder.similar, near=near)
    source = Memory(document(entry, path, words_) for entry, path in entries())
    found = [(wanted, answers(source, words_, typed, 5)) for typed, wanted in JUDGED]
    right = [hits[0] for wanted, hits in found if hits and hits[0].entry.id == wanted]
    strange = [answers(source, words_, typed, 1) for typed in NOTHING]
    known = {entry.id: entry for entry, _ in entries()}
    like = [
        (wanted, [hit.entry.id for hit in finder.similar(source, words_, known[id], 5)])
        for id, several in ALIKE
        for wanted in several
    ]
    return {
        "first": len(right) / len(found),
        "in_three": sum(wanted in [hit.entry.id for hit in hits[:3]] for wanted, hits in found) / len(found),
        "heard": sum(hit.fit != "none" for hit in right) / len(right),
        "alarms": sum(any(hit.fit != "none" for hit in hits) for hits in strange) / len(strange),
        "alike": sum(wanted in ids for wanted, ids in like) / len(like),
    }


def main() -> None:
    """Print the tables."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        if available():
            incidents = list(corpus())
            print(f"{'':32}symptoms nDCG@10 / S@1 / S@3   known item nDCG / S@1   similar nDCG / strict S@1")
            for name, answer in engines(incidents, Path(folder)):
                got = measure(answer, incidents)
                typed, known, like = got["symptoms"], got["known item"], got["similar"]
                print(
                    f"{name:32}{typed['ndcg@10']:.3f} / {typed['success@1']:.2f} / {typed['success@3']:.2f}"
                    f"{known['ndcg@10']:22.3f} / {known['success@1']:.2f}"
                    f"{like['ndcg@10']:18.3f} / {like['strict_success@1']:.2f}"
                )
        else:
            print(f"no judged queries in {EVAL}: only this repository's own are measured")
        model = meaning.model(meaning.AUTO, ROOT)
        meanings = meaning.Meanings(Path(folder), model) if model else None
        if meanings:
            made = [document(entry, path, vocabulary.builtin()) for entry, path in entries()]
            meanings.read((one.card.id, one.text) for one in made)
        print(f"\n{len(JUDGED)} queries on the entries here, {len(NOTHING)} on nothing here, {len(ALIKE)} incidents:")
        for name, near in (("kb", None), ("kb[semantic]", meanings.near if meanings else None)):
            got_here = own(near) if name == "kb" or near else {}
            print(f"{name:14}" + "  ".join(f"{key} {value:.2f}" for key, value in got_here.items()))
    print(f"in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
