"""How good the answers are, on the judged queries beside the project (`../shared/eval`); nothing without them.

    python tests/bench/quality.py

Prints one line for each set: symptoms (a responder's words), known items (someone half remembers one incident), similar
(which incidents share this one's mechanism). The judged part is small: differences below 0.02 mean nothing.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
EVAL = ROOT.parent / "shared" / "eval"
CORPUS = ROOT.parent / "shared" / "corpus" / "postmortems"
sys.path.insert(0, str(ROOT))

from kb.model import Incident, Section  # noqa: E402
from kb.search import finder, vocabulary  # noqa: E402
from kb.search.documents import document  # noqa: E402
from kb.search.source import Memory  # noqa: E402


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


def measure(incidents: list[Incident], words: vocabulary.Vocabulary) -> dict[str, dict[str, float]]:
    """The scores of each set."""
    source = Memory(document(entry, f"entries/library/{entry.id}.md", words) for entry in incidents)
    known = {entry.id: entry for entry in incidents}

    def typed(query: dict[str, Any]) -> list[str]:
        return [hit.entry.id for hit in finder.similar(source, words, query["query"])]

    def like(query: dict[str, Any]) -> list[str]:
        return [hit.entry.id for hit in finder.similar(source, words, known[query["uuid"]])]

    return {
        "symptoms": _scores("symptoms_dev.jsonl", typed),
        "known item": _scores("known_item_dev.jsonl", typed),
        "similar": _scores("similar_dev.jsonl", like),
    }


def _scores(name: str, answer: Callable[[dict[str, Any]], list[str]]) -> dict[str, float]:
    spec = importlib.util.spec_from_file_location("score", EVAL / "score.py")
    assert spec
    assert spec.loader
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    judged = score.load_judgements(str(EVAL / name))
    queries = [json.loads(line) for line in (EVAL / name).read_text(encoding="utf-8").splitlines() if line.strip()]
    run = {query["id"]: answer(query) for query in queries}
    each = [score.one(run.get(id, []), relevant, me, 1) for id, (relevant, me) in judged.items()]
    return {key: sum(one[key] for one in each) / len(each) for key in each[0]}


def main() -> None:
    """Print the table."""
    if not available():
        print(f"no judged queries in {EVAL}: nothing measured")
        return
    began = time.perf_counter()
    for name, got in measure(list(corpus()), vocabulary.builtin()).items():
        print(
            f"{name:11} nDCG@10 {got['ndcg@10']:.3f}  S@1 {got['success@1']:.2f}  S@3 {got['success@3']:.2f}"
            f"  strict S@1 {got['strict_success@1']:.2f}  MRR {got['mrr@10']:.3f}"
        )
    print(f"in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
