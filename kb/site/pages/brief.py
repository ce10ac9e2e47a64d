"""The page for a risk meeting: what the past says of a deployment that is to come. Made to be printed."""

from __future__ import annotations

from collections.abc import Iterable

from kb.journeys.edition import Article
from kb.journeys.paper import ASKED, Line, Paper, Part
from kb.markdown.html import to_text
from kb.model import Deployment
from kb.site.parts.frame import Frame, compose, eyebrow, section, title
from kb.site.parts.html import Child, Html, el, hidden, icon, join
from kb.site.parts.pieces import fact, listed
from kb.site.parts.words import stretch

_SIGNS = {"star": ("star", "It cracked an incident: "), "bad": ("warning", "Went wrong: "),
          "wait": ("timer", "Not settled: "), "ok": ("check", "Went well: ")}  # fmt: skip


def brief_page(frame: Frame, article: Article, page: Paper) -> str:
    """The brief of a deployment."""
    deployment = article.entry
    assert isinstance(deployment, Deployment)
    parts: list[Child] = [
        eyebrow(frame, "deployments", "Deployments", deployment.id),
        title(page.title),
        el("div", _facts(frame, deployment), class_="kb-meta"),
        el("p", "From history alone: what stands here stands in an entry, which it names.", class_="kb-intro"),
    ]
    for part in page.parts:
        parts += section(part.heading, _part(frame, part))
    return compose(to_text(page.title), parts, about=page.lead)


def _facts(frame: Frame, deployment: Deployment) -> Iterable[Html | None]:
    start = deployment.window_start or deployment.started
    yield fact("deploy", frame.link(deployment.id, "The deployment"))
    yield fact("calendar", stretch(start, deployment.window_end, deployment.timezone)) if start else None
    yield fact("system", listed(map(frame.system, deployment.systems))) if deployment.systems else None
    yield fact("wrench", deployment.tool) if deployment.tool else None


def _part(frame: Frame, part: Part) -> Html:
    kind = "kb-paper kb-paper--asked" if part.heading == ASKED else "kb-paper"
    return el(
        "div",
        el("p", part.lead) if part.lead else None,
        el("ul", (_line(frame, line) for line in part.lines), class_=kind) if part.lines else None,
    )


def _line(frame: Frame, line: Line) -> Html:
    first = next(iter(line.entries), "")
    known = frame.edition.by_id.get(first)
    itself = known is not None and known.entry.title == line.text
    picture, word = _SIGNS.get(line.sign, ("", ""))
    text = frame.link(first) if itself else frame.inline(line.text)
    notes, named = _notes(frame, line)
    others = [frame.link(name) for name in line.entries if name not in named and not (itself and name == first)]
    return el(
        "li",
        icon(picture) if picture else None,
        el(
            "div",
            hidden(word) if word else None,
            el("span", text, class_="kb-paper__t"),
            (el("small", note) for note in notes),
            el("small", listed(others)) if others else None,
        ),
        class_=f"is-{line.sign}" if line.sign else None,
    )


def _notes(frame: Frame, line: Line) -> tuple[list[Html], set[str]]:
    """What is to be known of it, with the entries it names as links; and which entries these are."""
    notes, named = [], set()
    for note in line.notes:
        found = [(name, words) for name in line.entries for words in _called(frame, name) if words in note]
        if found:
            name, words = found[0]
            before, _, after = note.partition(words)
            named.add(name)
            notes.append(join(before, frame.link(name), after))
        else:
            notes.append(join(note))
    return notes, named


def _called(frame: Frame, name: str) -> tuple[str, ...]:
    """What a note may call an entry: its id or its title."""
    article = frame.edition.by_id.get(name)
    return tuple(filter(None, (name, article.entry.title))) if article else ()
