"""A year of a small shop, for pages that need more than a few entries: incidents, deployments, questions, lessons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import demo

from kb.markdown import render
from kb.model import (
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Entry,
    Incident,
    IncidentStatus,
    Item,
    Lesson,
    LessonKind,
    Moment,
    Question,
    Relation,
    ServiceVersion,
    Severity,
    Verdict,
    Visibility,
)

CRACKED, LEAD, DEAD, OPEN = Verdict.CRACKED, Verdict.LEAD, Verdict.DEAD_END, Verdict.OPEN
LEARNED, WELL, WRONG, LUCKY = LessonKind.LEARNED, LessonKind.WELL, LessonKind.WRONG, LessonKind.LUCKY

INCIDENTS = (
    ("2026-01-14 07:40", "sev2", "Orders wait in the queue after the night batch", "orders", 3, 12, 96, 140,
     ("The queue of orders keeps growing", "Checkout is slow"), "A consumer stopped without a word at 02:10.",
     ((20, DEAD, "Is the broker out of memory?"), (44, LEAD, "When was the last message consumed?"),
      (71, CRACKED, "Which consumers are connected to the queue right now?")),
     ((LEARNED, "Watch the age of the oldest message, not the length of the queue."),
      (WRONG, "Nobody was alerted, because the process was still running."))),
    ("2026-02-03 13:05", "sev3", "Pictures missing in the customer portal", "portal", 10, 5, 30, 45,
     ("Pages without pictures", "404 for every picture"), "The clean-up job removed a folder that was still used.",
     ((8, CRACKED, "What was deleted in the last hour?"),),
     ((LEARNED, "A clean-up says what it would delete before it deletes anything."),)),
    ("2026-02-27 23:50", "sev1", "No customer can log in at the end of the month", "login", 1, 4, 55, 80,
     ("Nobody can log in", "TLS handshake fails"), "The certificate of the login service expired at midnight UTC.",
     ((6, DEAD, "Was there a deployment tonight?"), (14, DEAD, "Is the identity provider down?"),
      (31, CRACKED, "What does the other side see when it connects to us?")),
     ((LEARNED, "Look from the other side of the wire."),
      (LEARNED, "Put every certificate on the list that is watched."),
      (WELL, "The status page was changed within five minutes."))),
    ("2026-03-19 09:20", "sev3", "Reports time out every morning", "reporting", 25, 30, 180, 260,
     ("Reports time out", "Database slow between 9 and 10"), "Statistics were out of date after the migration.",
     ((15, LEAD, "Which query is the database busy with?"), (90, OPEN, "Why only in the morning?"),
      (150, CRACKED, "What differs between the plan of today and the plan of last week?")),
     ((LEARNED, "A slow database is often a busy one: ask what it waits for."),)),
    ("2026-04-08 16:12", "sev2", "Payments fail for one card brand", "payments", 18, 6, 70, 90,
     ("Payments fail for some customers", "Errors from one provider only"), "A changed address at the provider.",
     ((12, DEAD, "Did we change anything in payments?"),
      (40, CRACKED, "What do the failing requests have in common?")),
     ((LEARNED, "Compare what fails with what works before reading a single log."),
      (WRONG, "The provider's notice went to somebody who has left."))),
    ("2026-05-21 11:30", "sev1", "Thirty seconds of packet loss, two hours of retries", "checkout", 2, 3, 121, 150,
     ("Everything times out", "CPU high on all checkout nodes", "Queue grows after the network recovered"),
     "Retries without a limit kept the load up after the cause was gone.",
     ((5, LEAD, "Is the network healthy now?"), (30, DEAD, "Which deployment went out this morning?"),
      (85, CRACKED, "If the network is healthy now, who is still sending all this traffic?")),
     ((LEARNED, "When the trigger is gone and the symptom stays, look for a loop that feeds itself."),
      (LUCKY, "The sale had been moved to the next day."))),
    ("2026-06-09 08:05", "sev3", "Index rebuild ran into the working day", "back office", 6, 9, 65, 65,
     ("SQL Server slow", "Saving takes a minute"), "The rebuild began late, because the backup had taken longer.",
     ((10, LEAD, "What is the database waiting for?"),
      (33, CRACKED, "Which jobs are running right now that should have ended?")),
     ((LEARNED, "A job has an end, not only a beginning: stop it when the day starts."),)),
    ("2026-07-02 15:44", "sev2", "App pool recycled every four minutes", "portal", 11, 2, 48, 75,
     ("Users are thrown out", "CPU spikes every four minutes on one host"), "A limit in the new template.",
     ((9, DEAD, "Is there a memory leak in the new version?"),
      (26, CRACKED, "What differs between the two app servers, one of which is fine?")),
     ((LEARNED, "Compare a broken machine with a healthy one before you read a single log."),
      (WELL, "Both hosts were left as they were until they had been compared."))),
    ("2026-08-30 19:15", "sev2", "Partner interface rejected our requests", "partner api", 40, 15, 130, 200,
     ("Certificate errors at the partner",), "An intermediate certificate had expired; our side never sends it.",
     ((30, DEAD, "Did the partner change its firewall?"),
      (88, CRACKED, "What does the other side see when it connects to us?")),
     ((LEARNED, "Look from the other side of the wire."),)),
    ("2026-09-18 03:10", "sev1", "Both web nodes full", "storefront", 1, 22, 58, 70,
     ("Disk full", "No page can be saved"), "The log shipper kept every deleted file open.",
     ((12, DEAD, "Which folder is the largest?"),
      (35, CRACKED, "Why does the disk say full when the folders add up to half of it?")),
     ((LEARNED, "When two numbers that should agree do not, follow the difference."),)),
    ("2026-10-06 10:02", "sev2", "Checkout down after release 11.0.4", "checkout", 2, 1, 19, 40,
     ("Server errors in checkout right after a deployment",), "A column that the old version still needed.",
     ((4, CRACKED, "What does the new version expect that was not there yesterday?"),),
     ((LEARNED, "Change the schema one release before the code that needs it."),
      (WELL, "The release was rolled back within twenty minutes."))),
    ("2026-11-12 20:30", "sev4", "Newsletter sent twice", "newsletter", None, None, None, 60,
     ("Customers got the newsletter twice",), "The job was started by hand while the timer ran.",
     ((None, CRACKED, "Who can start this job, and how do they know that it runs already?"),),
     ((LEARNED, "Make a job that may run twice do its work once."),)),
)  # fmt: skip
"""When, how bad, what, where; minutes until it was detected, acknowledged (from then), mitigated, resolved; what was
seen; the cause; what was asked after how many minutes; the lessons."""

DEPLOYMENTS = (
    ("2026-01-13 22:00", "Orders 3.2", "orders", DeploymentStatus.SUCCEEDED),
    ("2026-02-24 05:00", "Login 7.1", "login", DeploymentStatus.SUCCEEDED),
    ("2026-03-17 05:00", "Reporting 2.0", "reporting", DeploymentStatus.SUCCEEDED),
    ("2026-05-12 05:10", "Checkout 10.9", "checkout", DeploymentStatus.SUCCEEDED),
    ("2026-06-16 05:00", "Portal 5.0", "portal", DeploymentStatus.ROLLED_BACK),
    ("2026-07-02 14:50", "Portal 5.1", "portal", DeploymentStatus.SUCCEEDED),
    ("2026-09-01 05:00", "Payments 2.41", "payments", DeploymentStatus.SUCCEEDED),
    ("2026-10-06 09:40", "Checkout 11.0.4", "checkout", DeploymentStatus.ROLLED_BACK),
    ("2026-10-13 05:00", "Checkout 11.0.5", "checkout", DeploymentStatus.SUCCEEDED),
    ("2026-11-13 05:00", "Back office 7.3.0", "back office", DeploymentStatus.SUCCEEDED),
)
BLAMED = {"Portal 5.1": "App pool recycled every four minutes", "Checkout 11.0.4": "Checkout down after release 11.0.4"}


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def name(when: str, title: str) -> str:
    """The id of a story."""
    words = "".join(c if c.isalnum() else " " for c in title.lower()).split()
    return f"{when[:10]}-{'-'.join(words)}"


def _incident(row: tuple[object, ...]) -> Incident:
    when, severity, title, service, detected, acknowledged, mitigated, resolved, seen, cause, asked, lessons = row
    start = _time(str(when))

    def after(minutes: object) -> Moment | None:
        return Moment(start + timedelta(minutes=minutes)) if isinstance(minutes, int) else None

    linked = [deployment for deployment, incident in BLAMED.items() if incident == title]
    by_name = {one[1]: name(one[0], one[1]) for one in DEPLOYMENTS}
    return Incident(
        id=name(str(when), str(title)), title=str(title), status=IncidentStatus.RESOLVED, severity=Severity(severity),
        visibility=Visibility.PUBLIC, started=after(0), detected=after(detected),
        acknowledged=after(detected + acknowledged) if isinstance(detected, int) else None,
        mitigated=after(mitigated), resolved=after(resolved), detected_by="an alert", services=(str(service),),
        tags=(str(service),), summary=f"{title}. {cause}", symptoms=tuple(map(Item, seen)),
        root_cause=str(cause),
        deployments=tuple(DeploymentLink(by_name[one], Relation.CAUSED) for one in linked),
        questions=tuple(Question(text, "on call", after(at), verdict) for at, verdict, text in asked),
        lessons=tuple(Lesson(text, kind) for kind, text in lessons),
    )  # fmt: skip


def _deployment(row: tuple[str, str, str, DeploymentStatus]) -> Deployment:
    when, title, service, status = row
    start = _time(when)
    return Deployment(
        id=name(when, title), title=title, status=status, visibility=Visibility.PUBLIC, tool="Octopus Deploy",
        services=(ServiceVersion(service, title.rpartition(" ")[2]),), started=Moment(start),
        finished=Moment(start + timedelta(minutes=12)), summary=f"{title} as planned.",
    )  # fmt: skip


def entries() -> Iterator[Entry]:
    """All of them."""
    yield from map(_incident, INCIDENTS)
    yield from map(_deployment, DEPLOYMENTS)


def make(folder: Path) -> Path:
    """The demonstration with these stories, in `folder`, which is made."""
    demo.make(folder, year=False)
    for entry in entries():
        path = folder / "entries" / f"{entry.kind}s" / "2026" / f"{entry.id}.md"
        path.write_text(render(entry), "utf-8")
    return folder
