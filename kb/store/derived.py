"""The tables whose rows are derived from the entries' texts, and made again with every revision.

They answer questions in SQL. Times are in UTC. Rows of one entry carry their `position` in the file, because two items
may have the same id.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, String, Table, TypedColumns

from kb.store.columns import entry_key, flag, long_text, metadata, position, time, word


class _IncidentColumns(TypedColumns):
    """An incident's own fields."""

    entry = entry_key()
    status = word(index=True)
    severity = word()
    near_miss = flag()
    started = time(index=True)
    detected = time()
    acknowledged = time()
    mitigated = time()
    resolved = time()
    detected_by = long_text()
    environment = long_text()
    source = long_text()
    company = long_text()
    summary = long_text()
    impact = long_text()
    trigger = long_text()
    root_cause = long_text()
    resolution = long_text()


incidents = Table("incidents", metadata, _IncidentColumns)


class _DeploymentColumns(TypedColumns):
    """A deployment's own fields."""

    entry = entry_key()
    status = word(index=True)
    environment = long_text()
    tool = long_text()
    window_start = time()
    window_end = time()
    started = time(index=True)
    finished = time()
    meeting = time()
    decision = long_text()
    override = long_text()
    summary = long_text()
    discussion = long_text()
    rollback_plan = long_text()


deployments = Table("deployments", metadata, _DeploymentColumns)


class _SystemColumns(TypedColumns):
    """A system's own fields."""

    entry = entry_key()
    status = word()
    environment = long_text()
    owner = long_text()
    summary = long_text()


systems = Table("systems", metadata, _SystemColumns)


class _EventColumns(TypedColumns):
    """A timeline event."""

    entry = entry_key()
    position = position()
    item = word()
    at = time()
    kind = long_text()
    by = long_text()
    text = long_text()


events = Table("events", metadata, _EventColumns)


class _QuestionColumns(TypedColumns):
    """A question that was asked."""

    entry = entry_key()
    position = position()
    item = word()
    text = long_text()
    asked_by = long_text()
    at = time()
    verdict = word(index=True)


questions = Table("questions", metadata, _QuestionColumns)


class _AnswerColumns(TypedColumns):
    """An answer to the question at `question` of the same entry."""

    entry = entry_key()
    question = position()
    position = position()
    text = long_text()
    by = long_text()
    at = time()
    evidence = long_text()


answers = Table("answers", metadata, _AnswerColumns)


class _LessonColumns(TypedColumns):
    """A lesson."""

    entry = entry_key()
    position = position()
    item = word()
    kind = word()
    text = long_text()


lessons = Table("lessons", metadata, _LessonColumns)


class _ActionColumns(TypedColumns):
    """An action item."""

    entry = entry_key()
    position = position()
    item = word()
    text = long_text()
    done = flag(index=True)
    owner = long_text()
    due = Column(Date)
    ticket = long_text()
    done_on = Column(Date)


actions = Table("actions", metadata, _ActionColumns)


class _RiskColumns(TypedColumns):
    """A risk named before a deployment."""

    entry = entry_key()
    position = position()
    item = word()
    text = long_text()
    likelihood = long_text()
    impact = long_text()
    mitigation = long_text()
    owner = long_text()
    outcome = long_text()


risks = Table("risks", metadata, _RiskColumns)


class _CheckColumns(TypedColumns):
    """A check before or after a deployment."""

    entry = entry_key()
    position = position()
    item = word()
    text = long_text()
    done = flag()
    result = long_text()
    by = long_text()


checks = Table("checks", metadata, _CheckColumns)


class _DeploymentLinkColumns(TypedColumns):
    """A deployment an incident names; it may not be recorded here."""

    entry = entry_key()
    position = position()
    deployment = long_text()
    relation = word()


deployment_links = Table("deployment_links", metadata, _DeploymentLinkColumns)


class _ServiceColumns(TypedColumns):
    """A service an entry names; for deployments with its versions."""

    entry = entry_key()
    position = position()
    name = long_text()
    version = long_text()
    previous = long_text()


services = Table("services", metadata, _ServiceColumns)


class _NameColumns(TypedColumns):
    """One of an entry's names in a list: `field` is tags, systems, hosts, attendees or recurrence_of."""

    entry = entry_key()
    field = Column(String(32), primary_key=True)
    position = position()
    name = long_text()


names = Table("names", metadata, _NameColumns)


class _ItemColumns(TypedColumns):
    """One line of a list: `field` is symptoms, contributing_factors, links, expected or unexpected."""

    entry = entry_key()
    field = Column(String(32), primary_key=True)
    position = position()
    item = word()
    text = long_text()


items = Table("items", metadata, _ItemColumns)
