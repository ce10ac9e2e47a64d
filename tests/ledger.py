"""Deployments and incidents made from answers: what the measures must be is drawn first, the entries come after."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from kb.model import (
    ActionItem,
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Entry,
    Incident,
    IncidentStatus,
    Moment,
    Question,
    Relation,
    ServiceVersion,
    System,
    Verdict,
    zone,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
LIVE = ("", "production", "Production EU", "live")
ELSEWHERE = ("staging", "Test 2", "qa1", "pre-production", "eu-uat", "dev", "Sandbox")
ZONES = ("UTC", "America/Chicago", "Pacific/Auckland")
RAN = (DeploymentStatus.PROVISIONAL, DeploymentStatus.SUCCEEDED)
WRONG = (DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK)
NOT_YET = (DeploymentStatus.PLANNED, DeploymentStatus.IN_PROGRESS, DeploymentStatus.CANCELLED)
BLAME = (Relation.CAUSED, Relation.CONTRIBUTING)


@dataclass
class Ledger:
    """Entries, and the answers they were made from; durations in seconds, lateness in days.

    Args:
        took: by milestone, how long it took in each incident that says so.
        reached: the days on which deployments reached production.
        hurt: the deployments that hurt.
        delays, cleared: from each deployment to each incident that it had a part in, or that it was cleared of.
        back: by the later incident, by the earlier one, the actions that were open when it came back.
        late: the actions that are overdue, and by how much.
    """

    entries: list[Entry] = field(default_factory=list)
    took: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in MILESTONES})
    cracked: list[float] = field(default_factory=list)
    reached: list[date] = field(default_factory=list)
    hurt: set[str] = field(default_factory=set)
    delays: list[float] = field(default_factory=list)
    cleared: list[float] = field(default_factory=list)
    recovery: list[float] = field(default_factory=list)
    back: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    late: list[int] = field(default_factory=list)
    unfinished: int = 0

    def name(self, kind: str) -> str:
        """An id that no other entry has."""
        return f"{kind}-{len(self.entries)}"

    def per_week(self, distinct: bool) -> list[int]:
        """By whole week back from today, deployments, or days with one: counted day by day."""
        if not self.reached:
            return []
        weeks = ((TODAY - min(self.reached)).days + 1) // 7
        counted = Counter(self.reached)
        days = [[TODAY - timedelta(days=7 * week + day) for day in range(7)] for week in range(weeks)]
        return [sum(min(counted[day], 1) if distinct else counted[day] for day in week) for week in days]


MILESTONES = ("Time to detect", "Time to acknowledge", "Time to mitigate", "Time to resolve")


def ago(days: int, hour: int = 12, minute: int = 0, timezone: str = "UTC") -> datetime:
    """That time, so many days before today, in a time zone."""
    there = TODAY - timedelta(days=days)
    return datetime(there.year, there.month, there.day, hour, minute, tzinfo=zone(timezone))


def later(at: datetime, minutes: int) -> datetime:
    """So many minutes of real time after it."""
    return (at.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(at.tzinfo)


minutes = st.one_of(st.integers(0, 20), st.integers(0, 6000))


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """A ledger of a few deployments, incidents, recurrences and actions."""
    ledger = Ledger()
    for _ in range(draw(st.integers(0, 7))):
        _change(draw, ledger)
    for _ in range(draw(st.integers(0, 4))):
        _incident(draw, ledger, ago(draw(st.integers(2, 300)), draw(st.integers(0, 23))))
    for _ in range(draw(st.integers(0, 2))):
        _saga(draw, ledger)
    for _ in range(draw(st.integers(0, 2))):
        system = System(id=ledger.name("system"), title="A machine")
        ledger.entries.append(replace(system, actions=_actions(draw, ledger)))
    return ledger


def _change(draw: st.DrawFn, ledger: Ledger) -> None:
    """A deployment: where it went, what became of it by itself, and what incidents say of it later."""
    live, timezone, days = draw(st.booleans()), draw(st.sampled_from(ZONES)), draw(st.integers(2, 120))
    status = draw(st.sampled_from((*RAN, *RAN, *WRONG, *NOT_YET)))
    start, length = ago(days, draw(st.integers(3, 20)), draw(st.integers(0, 59)), timezone), draw(st.integers(1, 90))
    end = later(start, length)
    ended = draw(st.booleans())
    verdicts = draw(st.lists(st.sampled_from(Relation), max_size=2))
    one = Deployment(
        id=ledger.name("release"), title="A release", status=status, timezone=timezone,
        environment=draw(st.sampled_from(LIVE if live else ELSEWHERE)), started=Moment(start),
        finished=Moment(end) if ended else None, services=(ServiceVersion("storefront", "2"),),
        rollback_plan="Back to 1.",
    )  # fmt: skip
    ledger.entries.append(replace(one, actions=_actions(draw, ledger)))
    blamed = live and any(verdict in BLAME for verdict in verdicts)
    counted = live and (blamed or status not in NOT_YET)
    if counted:
        ledger.reached.append(TODAY - timedelta(days=days))
    if live and (blamed or status in WRONG):
        ledger.hurt.add(one.id)
    for verdict in verdicts:
        ran_still = ended and draw(st.booleans())
        waited = draw(st.integers(0, length - 1) if ran_still else minutes)
        began = later(start if ran_still else end if ended else start, waited)
        if live and verdict in BLAME:
            ledger.delays.append(0.0 if ran_still else 60.0 * waited)
        if counted and verdict is Relation.RULED_OUT:
            ledger.cleared.append(0.0 if ran_still else 60.0 * waited)
        _incident(draw, ledger, began, DeploymentLink(one.id, verdict), live and verdict is Relation.CAUSED)


def _incident(
    draw: st.DrawFn, ledger: Ledger, began: datetime, link: DeploymentLink | None = None, counts: bool = False
) -> None:
    """An incident whose milestones may be written down or not; `counts` when a deployment broke production."""
    known = {name: draw(st.one_of(st.none(), minutes)) for name in (*MILESTONES, "crack")}
    detect, acknowledge, mitigate, resolve, crack = known.values()
    if detect is None:
        acknowledge = None
    for name, took in zip(MILESTONES, (detect, acknowledge, mitigate, resolve), strict=True):
        if took is not None:
            ledger.took[name].append(60.0 * took)
    back = mitigate if mitigate is not None else resolve
    if counts and back is not None:
        ledger.recovery.append(60.0 * back)
    if crack is not None:
        ledger.cracked.append(60.0 * crack)

    def moment(took: int | None, since: int = 0) -> Moment | None:
        return None if took is None else Moment(later(began, took + since))

    asked = draw(st.sampled_from([Verdict.OPEN, Verdict.LEAD, Verdict.DEAD_END]))
    one = Incident(
        id=ledger.name("incident"), title="Trouble", status=IncidentStatus.RESOLVED, started=Moment(began),
        detected=moment(detect), acknowledged=moment(acknowledge, detect or 0), mitigated=moment(mitigate),
        resolved=moment(resolve), deployments=(link,) if link else (),
        questions=(
            Question("What changed?", at=moment(1), verdict=asked, id="q00000"),
            *((Question("What runs there?", at=moment(crack), verdict=Verdict.CRACKED, id="q00001"),)
              if crack is not None else ()),
        ),
    )  # fmt: skip
    ledger.entries.append(replace(one, actions=_actions(draw, ledger)))


def _saga(draw: st.DrawFn, ledger: Ledger) -> None:
    """A cause that came back once or twice, with what had been done against it by then."""
    first, second, third = sorted(draw(st.sets(st.integers(2, 900), min_size=3, max_size=3)), reverse=True)
    when = {
        "open": None,
        "in time": ago(draw(st.integers(second, first))).date(),
        "between": ago(draw(st.integers(third, second - 1))).date(),
        "too late": ago(draw(st.integers(0, third - 1))).date(),
    }
    kinds = draw(st.lists(st.sampled_from(sorted(when)), max_size=4))
    actions = tuple(
        ActionItem(f"{kind} {number}", when[kind] is not None, done_on=when[kind], id=f"a0000{number}")
        for number, kind in enumerate(kinds)
    )
    ledger.unfinished += kinds.count("open")
    texts = {kind: {one.text for one in actions if one.text.startswith(kind)} for kind in when}
    before = _told(ledger, first, actions=actions)
    again = _told(ledger, second, recurrence_of=(before,))
    ledger.back[again] = {before: texts["open"] | texts["between"] | texts["too late"]}
    if draw(st.booleans()):
        twice = _told(ledger, third, recurrence_of=(again,))
        ledger.back[twice] = {again: set(), before: texts["open"] | texts["too late"]}


def _told(ledger: Ledger, days: int, **fields: Any) -> str:
    one = Incident(
        id=ledger.name("again"), title="It again", status=IncidentStatus.RESOLVED, started=Moment(ago(days)), **fields
    )
    ledger.entries.append(one)
    return one.id


def _actions(draw: st.DrawFn, ledger: Ledger) -> tuple[ActionItem, ...]:
    """Actions that are overdue by so many days, due today or later, undated, or done."""
    found = []
    for number in range(draw(st.integers(0, 2))):
        days, done = draw(st.one_of(st.none(), st.integers(-40, 500))), draw(st.booleans())
        due = None if days is None else TODAY - timedelta(days=days)
        found.append(ActionItem(f"Do it {number}", done, "@ops", due, id=f"d0000{number}"))
        ledger.unfinished += not done
        if not done and days is not None and days > 0:
            ledger.late.append(days)
    return tuple(found)
