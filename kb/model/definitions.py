"""What each figure means and who defined it so: told wherever figures are shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure counts.

    Args:
        source: who defined it so; empty for what is our own.
        address: where to read it.
    """

    name: str
    text: str
    source: str = ""
    address: str = ""


_DORA = ("DORA", "https://dora.dev/guides/dora-metrics-four-keys/")
_FOUR_KEYS = ("DORA, Four Keys", "https://github.com/dora-team/fourkeys/blob/main/METRICS.md")
_SRE = ("Google, Site Reliability Workbook", "https://sre.google/workbook/incident-response/")
_METRICS = (
    "Davidovič, Incident Metrics in SRE",
    "https://sre.google/resources/practices-and-processes/incident-metrics-in-sre/",
)
_VOID = ("The VOID reports", "https://www.thevoid.community/report")

DETECT, ACKNOWLEDGE, MITIGATE, RESOLVE = "Time to detect", "Time to acknowledge", "Time to mitigate", "Time to resolve"
CRACK = "Time to the right question"
FREQUENCY, FAILURES = "Deployment frequency", "Change failure rate"
RECOVERY, DELAY = "Failed deployment recovery time", "Delay from deployment to incident"
RECURRENCE, OVERDUE = "Came back", "Overdue actions"

DEFINITIONS = (
    Definition(DETECT, "From the start of the trouble until somebody or something noticed.", *_SRE),
    Definition(
        ACKNOWLEDGE, "From the alert until a person took it up, as on-call services count it: not from the fault."
    ),
    Definition(MITIGATE, "From the start until users were no longer hurt, though the cause may remain.", *_SRE),
    Definition(
        RESOLVE,
        "From the start until it was over. “MTTR” stands for four different things, so the word is not used.",
        *_METRICS,
    ),
    Definition(CRACK, "From the start until the question was asked that cracked it. A measure of our own."),
    Definition(
        FREQUENCY,
        "Deployments that reached production, and days with at least one, in a week: medians over whole weeks, counted "
        "back from the last day, those without any included. Three days a week or more is what DORA calls daily.",
        *_FOUR_KEYS,
    ),
    Definition(
        FAILURES,
        "Deployments that failed, were rolled back, or that an incident names as its cause or a part of it, whenever "
        "that is found out, of all that reached production. A suspicion does not count, nor what was ruled out. What "
        "went to staging, test and the like is left out.",
        *_DORA,
    ),
    Definition(RECOVERY, "From the start of an incident that a deployment caused until service was back.", *_DORA),
    Definition(
        DELAY,
        "From the end of a deployment to the start of an incident that it caused or had a part in; nothing where the "
        "incident began while it ran. It says how long a green deployment should be watched. A measure of our own.",
    ),
    Definition(
        RECURRENCE,
        "Incidents that are written down to have the cause of an earlier one, and came while an action against it was "
        "still open. A measure of our own.",
    ),
    Definition(
        OVERDUE,
        "Actions past their due date, by how long they are. They are counted as they stand, whatever the period.",
    ),
    Definition(
        "Median and middle half",
        "Half of the values are below the median, and half of them lie in the middle half. Where values are few and "
        "skewed, a mean follows the largest.",
        *_VOID,
    ),
    Definition(
        "n", "How many incidents or deployments have the times a figure needs, to the minute and in order.", *_METRICS
    ),
)
"""Every figure that is shown, in the order in which they are shown."""
