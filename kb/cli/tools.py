"""What an assistant can do: each tool is a command, its arguments typed and described, its answer the command's JSON.

The docstrings are what the assistant reads. The annotations are values here, which the schemas are made of.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from kb.cli import action, brief, capture, find, new, read
from kb.cli.capture import VerdictWord
from kb.model import EventKind, LessonKind, Severity

_TIME = "09:05, '10 minutes ago', '2026-11-22 09:05' or ISO 8601; in the entry's time zone if it names none."

Text = Annotated[str, Field(description="What is seen, in the words of those who see it; log lines will do.")]
IncidentId = Annotated[str, Field(description="Id of an incident, or a unique part of one; empty: the open incident.")]
Many = Annotated[int, Field(ge=1, le=100, description="How many at most.")]
On = Annotated[
    str,
    Field(description="Id of the entry to write to, or a unique part of one; empty: the open incident, else the only "
    "deployment in progress, else what was last touched. The answer's `id` says which it was."),
]  # fmt: skip
At = Annotated[str, Field(description=f"When: {_TIME} Empty: now.")]
By = Annotated[str, Field(description="Who did, saw or said it: the person or team, not you who write it down.")]
Services = Annotated[list[str], Field(description="Names of services, as `storefront`.")]
Systems = Annotated[list[str], Field(description="Names of hosts or databases, as `app-server-01`.")]
Resolution = Annotated[
    str, Field(description="What stopped the harm, or fixed it; replaces what stands there, which the history keeps.")
]

REPLACING = ("mitigate", "resolve")
"""Tools that put a text in the place of another; all others only add."""


@dataclass(frozen=True)
class Reading:
    """Tools that answer from what is recorded, and record nothing."""

    root: Path

    def search(
        self,
        query: Annotated[str, Field(description='Words, "a phrase", prefix*, -without, and filters.')],
        limit: Many = 10,
    ) -> None:
        """Search every incident, deployment and system that is recorded, and well-known incidents of other companies.

        Ask in your own words: any word may match, and words alike count. Filters: service: system: severity: tag: kind:
        status: company: before: after:, as in `checkout slow severity:sev1 after:2024`. Each hit says how well it fits
        (`fit`: strong, likely, weak, none), why (`reasons`), which question cracked it and what fixed it. A fit of
        `none` is no better than chance: then nothing like it is recorded.
        """
        find.search([query], limit, self.root, True)

    def similar(self, text: Text = "", id: IncidentId = "", limit: Many = 5) -> None:
        """Have we seen this before? Past incidents that resemble what is seen now, and why.

        Give a text, or the id of an incident, or neither for the one that is open. Of an incident it also names
        the deployments of the days before that may be behind it (`suspects`), the likeliest first.
        """
        find.similar(id or None, text, limit, self.root, True)

    def questions(self, text: Text = "", id: IncidentId = "", limit: Many = 10) -> None:
        """Which questions to ask now: those that cracked incidents like this, with where they were asked before.

        Give a text, or the id of an incident, or neither for the one that is open. `verdict` says what a question was
        worth then: `cracked it`, `lead`, `dead end`, `open`.
        """
        find.questions(id or None, text, limit, self.root, True)

    def brief(
        self,
        deployment: Annotated[
            str, Field(description="Id of a recorded deployment, or a part of it; empty: the next one planned.")
        ] = "",
        services: Annotated[
            list[str], Field(description="`storefront` or `storefront=4.11`: for a deployment not recorded yet.")
        ] = [],  # noqa: B006
        systems: Systems = [],  # noqa: B006
        tool: Annotated[str, Field(description="What deploys it: `Octopus Deploy`, `Argo CD`.")] = "",
        change: Annotated[str, Field(description="What is changed, in a sentence.")] = "",
    ) -> None:
        """What the past says of a deployment before it goes out, for the meeting that weighs its risks.

        What is in its way (freezes, open incidents), what happened after the last deployments of its services,
        incidents like it and what fixed them, lessons, risks feared before, overdue actions, questions to ask.
        """
        brief.brief(deployment, services, systems, tool, change, False, self.root, True)

    def show(
        self,
        id: Annotated[
            str, Field(description="Id of an entry, or a unique part of one; empty: the open incident.")
        ] = "",
    ) -> None:
        """Everything that is recorded of one incident, deployment or system, field by field.

        `stale` is true while its file has a fault: what is shown then is its last good version.
        """
        read.show(id or None, self.root, True)


@dataclass(frozen=True)
class Recording:
    """Tools that record, as it happens."""

    root: Path

    def new_incident(
        self,
        title: Annotated[str, Field(description="What happens, in a line, as those affected would say it.")],
        symptoms: Annotated[list[str], Field(description="What is seen, one thing each.")] = [],  # noqa: B006
        severity: Annotated[Severity, Field(description="sev1 (all down) to sev4 (hardly noticed).")] = Severity.NONE,
        started: Annotated[str, Field(description=f"When it began: {_TIME} Empty: now.")] = "",
        detected_by: Annotated[str, Field(description="Who or what noticed.")] = "",
        services: Services = [],  # noqa: B006
        systems: Systems = [],  # noqa: B006
        environment: Annotated[str, Field(description="production, staging, …")] = "",
        tags: Annotated[list[str], Field(description="Short words to find it by.")] = [],  # noqa: B006
    ) -> None:
        """Something breaks now: record a new incident, and learn at once whether it has been seen before.

        Look with `search` or `show` first whether it is recorded already. The answer has the `id`, incidents it
        resembles (`similar`), `questions` to ask first, deployments that may be behind it (`suspects`) and what was
        left undone after incidents like it (`unfinished`).
        """
        new.incident(
            title, symptoms, severity, started, detected_by, services, systems, environment, tags, self.root, True
        )

    def log(
        self,
        text: Annotated[str, Field(description="What happened, was done or was seen, in a sentence.")],
        at: At = "",
        kind: Annotated[EventKind, Field(description="What sort of event it is.")] = EventKind.NOTE,
        by: By = "",
        on: On = "",
    ) -> None:
        """Record an event in the timeline of an incident or a deployment; each call adds one, in its place."""
        capture.log(text, at, kind, by, on or None, self.root, True)

    def ask(
        self,
        text: Annotated[str, Field(description="The question, as it was asked.")],
        by: By = "",
        at: At = "",
        on: On = "",
    ) -> None:
        """Record a question that somebody asked in an incident. Its id stands in `changed`, as `q:a1b2c3`."""
        capture.ask(text, by, at, on or None, self.root, True)

    def answer(
        self,
        text: Annotated[str, Field(description="What came back; may be empty when only the verdict is new.")] = "",
        question: Annotated[
            str, Field(description="The question's id, or a part of its text; empty: the last one still open.")
        ] = "",
        verdict: Annotated[
            VerdictWord | None, Field(description="What the question turned out to be worth, once that is known.")
        ] = None,
        evidence: Annotated[str, Field(description="The command and its output, or a link, that shows it.")] = "",
        by: By = "",
        at: At = "",
        on: On = "",
    ) -> None:
        """Record an answer to a question, and what the question turned out to be worth; each call adds one answer."""
        words = [question, text] if question else [text]
        capture.answer(words, verdict, evidence, by, at, on or None, self.root, True)

    def mitigate(self, at: At = "", resolution: Resolution = "", on: On = "") -> None:
        """Record that the harm of an incident has stopped, though its cause may remain."""
        capture.mitigate(at, resolution, on or None, self.root, True)

    def resolve(
        self,
        at: At = "",
        root_cause: Annotated[
            str, Field(description="What it was, if that is known; replaces what stands there.")
        ] = "",
        resolution: Resolution = "",
        on: On = "",
    ) -> None:
        """Record that an incident is over and all is as it was before. Ask whoever leads the incident first."""
        capture.resolve(at, root_cause, resolution, on or None, self.root, True)

    def lesson(
        self,
        text: Annotated[str, Field(description="The lesson, in a sentence that helps strangers too.")],
        kind: Annotated[
            LessonKind, Field(description="What was learned, went well, went wrong, or was luck.")
        ] = LessonKind.LEARNED,
        on: On = "",
    ) -> None:
        """Record what an incident or a deployment has taught; it is shown where something like it happens again."""
        capture.lesson(text, kind, on or None, self.root, True)

    def action_add(
        self,
        text: Annotated[str, Field(description="What is to be done so that it does not happen again.")],
        owner: Annotated[str, Field(description="Who does it, as `@ops`.")] = "",
        due: Annotated[str, Field(description="Until when: 2026-12-01, 'next friday', 'in 2 weeks'.")] = "",
        ticket: Annotated[str, Field(description="Its ticket, as `OPS-412`.")] = "",
        on: On = "",
    ) -> None:
        """Record something to be done after an incident or a deployment; it is reminded of until it is done."""
        action.action_add(text, owner, due, ticket, on or None, self.root, True)
