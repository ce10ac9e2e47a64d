"""What is weighed before a deployment and verified after it: risks and what became of them, checks and results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from kb.errors import NotFound, UsageError
from kb.journeys.base import KnowledgeBase
from kb.journeys.capture import Captured
from kb.journeys.record import Record
from kb.markdown import clean, clean_line
from kb.markdown.assign import made
from kb.model import Check, Deployment, Entry, Risk

_Item = TypeVar("_Item", Risk, Check)


def add_risk(base: KnowledgeBase, record: Record, risk: Risk) -> Captured:
    """A risk that was named.

    Raises:
        UsageError: it has no text, or the entry is no deployment.
    """
    told = made(Risk, _wanted(clean(risk.text), "a risk"))
    more = ((name, clean_line(getattr(risk, name))) for name in ("likelihood", "impact", "mitigation", "owner"))
    added = replace(told, **{name: value for name, value in more if value})
    changed = _edited(base, record, "kb risk add", lambda one: replace(one, risks=(*one.risks, added)))
    return Captured(changed, (f"r:{added.id}",), added.text.split("\n", 1)[0])


def became(base: KnowledgeBase, record: Record, risk: Risk, outcome: str) -> Captured:
    """What became of a risk.

    Raises:
        NotFound: it has been taken out meanwhile.
    """
    known = replace(risk, outcome=clean_line(outcome))

    def edit(one: Deployment) -> Deployment:
        return replace(one, risks=_changed(one.risks, risk.id, lambda it: replace(it, outcome=known.outcome)))

    changed = _edited(base, record, "kb risk became", edit)
    return Captured(changed, (f"r:{risk.id}",), f"{risk.text}: {known.outcome}".replace("\n", " "))


def add_check(base: KnowledgeBase, record: Record, text: str) -> Captured:
    """Something to verify.

    Raises:
        UsageError: it has no text, or the entry is no deployment.
    """
    added = made(Check, _wanted(clean(text), "a check"))
    changed = _edited(base, record, "kb verify add", lambda one: replace(one, checks=(*one.checks, added)))
    return Captured(changed, (f"c:{added.id}",), added.text.split("\n", 1)[0])


def verified(base: KnowledgeBase, record: Record, check: Check, result: str, by: str) -> Captured:
    """Something that was verified, with what came of it.

    Raises:
        NotFound: it has been taken out meanwhile.
    """
    said, who = clean_line(result), clean_line(by)

    def done(one: Check) -> Check:
        return replace(one, done=True, result=said, by=who or one.by)

    changed = _edited(
        base, record, "kb verify done", lambda one: replace(one, checks=_changed(one.checks, check.id, done)), who
    )
    return Captured(changed, (f"c:{check.id}",), f"{check.text}: {said}".replace("\n", " "))


def find_risk(records: Sequence[Record], words: str) -> tuple[Record, Risk]:
    """The risk meant by an id or a part of its text: in the first record, else in any.

    Raises:
        NotFound: none fits, or several do.
    """
    return _find([(record, risk) for record in records for risk in _of(record).risks], words, "risk", "r:")


def find_check(records: Sequence[Record], words: str) -> tuple[Record, Check]:
    """The check meant by an id or a part of its text: in the first record, else in any.

    Raises:
        NotFound: none fits, or several do.
    """
    return _find([(record, check) for record in records for check in _of(record).checks], words, "check", "c:")


def _find(every: Sequence[tuple[Record, _Item]], words: str, what: str, prefix: str) -> tuple[Record, _Item]:
    wanted = words.strip().lower().removeprefix(prefix)
    named = [pair for pair in every if pair[1].id == wanted]
    found = named or [pair for pair in every if wanted and wanted in pair[1].text.lower()]
    nearest = [pair for pair in found if pair[0] is every[0][0]] or found if every else []
    if len(nearest) != 1:
        many = f"{len(nearest)} {what}s are" if nearest else f"no {what} is"
        command = "verify" if what == "check" else what
        raise NotFound(f"{many} like '{words}'", f"'kb {command} list' shows them with their ids")
    return nearest[0]


def _of(record: Record) -> Deployment:
    entry = record.entry
    if not isinstance(entry, Deployment):
        raise UsageError(f"{entry.id} is no deployment", "name one with --on")
    return entry


def _changed(items: Sequence[_Item], item_id: str, edit: Callable[[_Item], _Item]) -> tuple[_Item, ...]:
    if all(item.id != item_id for item in items):
        raise NotFound(f"{item_id} has been taken out meanwhile", "'kb show' says what is there now")
    return tuple(edit(item) if item.id == item_id else item for item in items)


def _edited(
    base: KnowledgeBase, record: Record, via: str, edit: Callable[[Deployment], Deployment], by: str = ""
) -> Record:
    deployment = _of(record)

    def edited(entry: Entry) -> Entry:
        assert isinstance(entry, Deployment)
        return edit(entry)

    return base.change(deployment.id, edited, via=via, by=by)


def _wanted(text: str, what: str) -> str:
    if not text:
        raise UsageError(f"{what} needs a text")
    return text
