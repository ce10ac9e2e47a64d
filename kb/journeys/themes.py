"""What entries and their lessons are about, in the words of the search's vocabulary; and which say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.model import Entry
from kb.search import ranking
from kb.search.alike import repeated
from kb.search.concepts import Vocabulary
from kb.search.documents import Document

_MOST = 4
_BROKE = ("mechanism", "change", "symptom")
"""The kinds of concepts a lesson is filed under: how it broke says more than what was seen."""


@dataclass(frozen=True, slots=True)
class Themes:
    """What things are about. Labels are plain text, the strongest first.

    Args:
        symptoms: by an entry's id, what was seen.
        causes: by an entry's id, how it broke, after which change, and what was seen.
        lessons: by a lesson's text, the same of the lesson itself.
        repeated: each question or lesson that says what an earlier one said, with that one.
    """

    symptoms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    causes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lessons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    repeated: Mapping[str, str] = field(default_factory=dict)


def themes(
    entries: Iterable[Entry],
    documents: Mapping[str, Document],
    said: Callable[[str], Sequence[str]],
    vocabulary: Vocabulary,
) -> Themes:
    """The themes of entries.

    Args:
        entries: in the order in which one is taken to have said a thing first.
        documents: what search keeps of each entry, by its id.
        said: gives the concepts a text says.
    """
    known = [(entry, documents[entry.id]) for entry in entries]
    lessons = dict.fromkeys(lesson.text for entry, _ in known for lesson in entry.lessons)
    questions = dict.fromkeys(question.text for entry, _ in known for question in entry.questions)
    return Themes(
        symptoms={entry.id: _labels(_strongest(one, vocabulary), vocabulary, ("symptom",)) for entry, one in known},
        causes={entry.id: _labels(_strongest(one, vocabulary), vocabulary, _BROKE) for entry, one in known},
        lessons={text: _labels(said(text), vocabulary, _BROKE) for text in lessons},
        repeated={**repeated(questions), **repeated(lessons)},
    )


def _strongest(one: Document, vocabulary: Vocabulary) -> list[str]:
    """The concepts an entry says in words of its own, the strongest first."""

    def strength(name: str) -> tuple[int, str]:
        return -one.impacts.get(f"~{name}", 0) * ranking.CONCEPT[vocabulary.concepts[name].kind], name

    return sorted(one.said, key=strength)


def _labels(names: Sequence[str], vocabulary: Vocabulary, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The labels of concepts of some kinds, kind by kind, without those that a narrower one among them says too."""
    concepts = [vocabulary.concepts[name] for name in names]
    broader = {name for concept in concepts for name in concept.broader}
    kept = [concept for concept in concepts if concept.name not in broader]
    ordered = sorted((one for one in kept if one.kind in kinds), key=lambda one: kinds.index(one.kind))
    return tuple(one.label for one in ordered[:_MOST])
