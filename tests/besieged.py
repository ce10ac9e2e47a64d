"""Knowledge bases full of hostile text: as commands take it in, and as somebody wrote it into the files by hand."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from attacks import ATTACKS, Attack

from kb.markdown import clean, clean_line, parse, render
from kb.model import Answer, Deployment, Entry, Incident, Question, ServiceVersion, System, Visibility

Text = Callable[[str], str]
KINDS = (Incident, Deployment, System)
BLOCKS = {
    "text", "lead", "summary", "impact", "trigger", "root_cause", "resolution", "discussion", "rollback_plan", "body",
    "evidence",
}  # fmt: skip
"""Fields that hold more than a line."""


def filled(kind: type[Any], text: str, block: Text = str, line: Text = str, word: Text = str) -> Any:
    """A value of that kind with the text in every field that takes text.

    Args:
        block: makes of the text what a field of several lines holds; `line` what one of a line holds; `word` what
            stands in a list of words.
    """
    if kind is ServiceVersion:
        return ServiceVersion(word(text) or "x")
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for one in fields(kind):
        hint = hints[one.name]
        if one.name == "id":
            if one.default is MISSING:
                values["id"] = "2026-11-03-filled"
        elif hint is str and one.name not in ("timezone", "heading", "kind"):
            values[one.name] = block(text) if one.name in BLOCKS else line(text)
        elif get_origin(hint) is tuple:
            values[one.name] = _several(get_args(hint)[0], text, block, line, word)
    if kind is Question:
        values["text"] = clean(text, question=True) if block is clean else text
    if "heading" in hints and kind not in KINDS:
        values["heading"] = f"Note {line(text)}".rstrip("# ")
    return kind(**values)


def _several(inner: Any, text: str, block: Text, line: Text, word: Text) -> tuple[Any, ...]:
    if inner is str:
        return tuple(filter(None, [word(text)]))
    if "id" in get_type_hints(inner) and any(one.name == "id" and one.default is MISSING for one in fields(inner)):
        return ()  # a link to another entry: its id is a word that is checked
    return (filled(inner, text, block, line, word),)


def taken_in(kind: type[Entry], attack: Attack, block: Text = clean) -> Entry:
    """An entry with an attack in every field, as commands take it in; ids make its items distinct."""

    def line(text: str) -> str:
        return clean_line(text[:900])

    def word(text: str) -> str:
        return line(text).replace(",", ";").replace("(", "[").replace(")", "]").strip()

    made = filled(kind, attack.text, block, line, word)
    assert isinstance(made, Entry)
    made = _numbered(replace(made, id=f"2026-11-03-{kind.kind}-{attack.number:03d}", title=line(attack.marked)))
    return replace(made, visibility=Visibility.PUBLIC, timezone="UTC")


def _numbered(entry: Entry) -> Entry:
    """Its items with ids, each another one."""
    number = 0
    changed: dict[str, Any] = {}
    for one in fields(entry):
        items = getattr(entry, one.name)
        if isinstance(items, tuple) and items and hasattr(items[0], "id") and hasattr(items[0], "text"):
            ids = []
            for item in items:
                number += 1
                ids.append(replace(item, id=f"{number:06d}"))
            changed[one.name] = tuple(ids)
    return replace(entry, **changed)


def mild(text: str) -> bool:
    """Whether a cleaned text is nothing at all, which no field keeps."""
    return bool(clean(text).strip()) and bool(clean_line(text[:900]))


def by_hand(attack: Attack) -> str:
    """A file as somebody wrote it, with the attack in all places, cleaned nowhere."""
    raw = attack.text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    one = " ".join(raw[:900].split())
    entry = filled(Incident, raw, line=lambda _: one, word=lambda _: one.replace(",", ";"))
    entry = replace(entry, id=f"2026-11-04-by-hand-{attack.number:03d}", title=f"attack{attack.number:03d} {one}")
    entry = replace(entry, visibility=Visibility.PUBLIC, timezone="UTC", questions=(
        Question("Asked before?", answers=(Answer(one, evidence=one),), id="000091"), *entry.questions,
    ))  # fmt: skip
    return render(_numbered(entry))


def write(root: Path, texts: dict[str, str]) -> None:
    """Files of entries, by their path."""
    for path, text in texts.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))


def bundled(number: int, entries: Sequence[Entry]) -> Entry:
    """Entries of one kind as one: their lists and their prose behind each other, of single lines what has room."""
    first = entries[0]
    values: dict[str, Any] = {}
    for one in fields(first):
        every = [getattr(entry, one.name) for entry in entries]
        if isinstance(every[0], tuple):
            values[one.name] = tuple(item for items in every for item in items)
        elif isinstance(every[0], str) and one.name in BLOCKS:
            values[one.name] = "\n\n".join(filter(None, every))
        elif type(every[0]) is str and one.name not in ("id", "timezone", "kind"):
            values[one.name] = " ".join(every)[:1900].strip()
    titled = replace(first, **values, id=f"{first.id[:10]}-{first.kind}-{number:03d}")
    return _numbered(titled)


def besiege(root: Path, chosen: Sequence[Attack] = ATTACKS, together: int = 20, word: str = "") -> None:
    """Every attack in a knowledge base: as commands take it in, and as somebody wrote it into a file.

    Args:
        together: so many attacks share an entry, for pages take time.
        word: stands in place of every attack, for what the pages are made of without any.
    """
    meant = [replace(attack, text=word) if word else attack for attack in chosen]
    for number, start in enumerate(range(0, len(meant), together)):
        some = meant[start : start + together]
        kind = KINDS[number % len(KINDS)]
        taken = bundled(number, [taken_in(kind, attack) for attack in some])
        write(root, {f"entries/{kind.kind}s/{taken.id}.md": render(taken)})
        hand = [attack for attack in some if attack.group in ("page", "link", "template", "data")]
        if hand:
            typed = bundled(number, [_typed(attack) for attack in hand])
            write(root, {f"entries/incidents/{typed.id}.md": render(typed)})


def _typed(attack: Attack) -> Entry:
    entry = parse(by_hand(attack)).entry
    assert entry
    return entry


def without_the_first_wall() -> None:
    """Switches off all that makes a text of an entry safe in a page, so that only the policy is left."""
    from kb.markdown import html
    from kb.site.parts import html as parts

    html._engine().options["html"] = True
    html._cleaned = lambda markup, resolve: markup
    parts.escape = parts.Html


def main(root: str, site: str) -> None:
    """Builds a site so, in a process of its own: `python tests/besieged.py ROOT SITE`."""
    from mutants import MUTANTS

    from kb.site.run import build

    without_the_first_wall()
    if name := os.environ.get("KB_MUTANT"):
        MUTANTS[name][0]()
    build(Path(root), Path(site))


if __name__ == "__main__":
    main(*sys.argv[1:])
