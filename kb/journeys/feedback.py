"""Which of the past incidents that were proposed were of use; an incident keeps it, and it is unsaid as it was said."""

from __future__ import annotations

from dataclasses import replace

from kb.errors import UsageError
from kb.journeys.base import KnowledgeBase
from kb.journeys.capture import Captured
from kb.model import Entry, Incident


def judge(base: KnowledgeBase, incident: str, past: str, useful: bool | None) -> Captured:
    """Notes in an incident whether a past one was useful to it.

    Args:
        incident, past: ids.
        useful: None to unsay it.

    Raises:
        UsageError: an incident is of no use to itself.
        NotFound: there is no such incident.
    """
    if incident == past:
        raise UsageError(f"{incident} is the incident itself", "name one that 'kb similar' proposed")

    def edit(entry: Entry) -> Entry:
        assert isinstance(entry, Incident)
        yes = tuple(name for name in entry.useful if name != past)
        no = tuple(name for name in entry.not_useful if name != past)
        return replace(entry, useful=(*yes, past) if useful else yes, not_useful=(*no, past) if useful is False else no)

    record = base.change(incident, edit, "kb useful")
    said = {True: "was useful", False: "was not useful", None: "is judged no more"}[useful]
    return Captured(record, ("useful", "not_useful"), f"{past} {said} to {incident}")
