"""What each figure means and who defined it so: told on the page of measures."""

from __future__ import annotations

from kb.site.parts.html import Html, el, join

_DORA = ("DORA", "https://dora.dev/guides/dora-metrics-four-keys/")
_SRE = ("Google, Site Reliability Workbook", "https://sre.google/workbook/incident-response/")
_METRICS = (
    "Davidovič, Incident Metrics in SRE",
    "https://sre.google/resources/practices-and-processes/incident-metrics-in-sre/",
)
_VOID = ("The VOID reports", "https://www.thevoid.community/report")
_OURS = ("", "")

_DEFINITIONS = (
    ("Time to detect", "From the start of the trouble until somebody or something noticed.", _SRE),
    ("Time to acknowledge",
     "From the alert until a person took it up, as on-call services count it: not from the fault.", _OURS),
    ("Time to mitigate", "From the start until users were no longer hurt, though the cause may remain.", _SRE),
    ("Time to resolve",
     "From the start until it was over. “MTTR” stands for four different things, so the word is not used.", _METRICS),
    ("Time to the right question",
     "From the start until the question was asked that cracked it. A measure of our own.", _OURS),
    ("Change failure rate",
     "Deployments that failed, were rolled back, or that an incident names as its cause or a part of it, of all that "
     "reached production. A suspicion does not count, nor what was ruled out.", _DORA),
    ("Failed deployment recovery time",
     "From the start of an incident that a deployment caused until service was back.", _DORA),
    ("Median and middle half",
     "Half of the values are below the median, and half of them lie in the middle half. Where values are few and "
     "skewed, a mean follows the largest.", _VOID),
    ("n", "How many incidents or deployments have the times a figure needs, to the minute and in order.", _METRICS),
)  # fmt: skip


def definitions() -> Html:
    """Every figure of the page of measures, what it counts, and where the definition comes from."""
    return el("dl", (_definition(*one) for one in _DEFINITIONS), class_="kb-defs")


def _definition(name: str, text: str, source: tuple[str, str]) -> Html:
    label, address = source
    origin = join(" ", el("a", label, href=address, rel="noopener noreferrer")) if label else None
    return el("div", el("dt", name), el("dd", text, origin))
