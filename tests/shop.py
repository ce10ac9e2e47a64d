"""A year of a small shop for the demonstration: incidents, deployments and systems, all invented."""

from __future__ import annotations

from datetime import UTC, date, datetime

from kb.model import (
    ActionItem,
    Answer,
    Deployment,
    DeploymentLink,
    DeploymentStatus,
    Entry,
    Incident,
    IncidentStatus,
    Item,
    Lesson,
    Moment,
    Question,
    Relation,
    ServiceVersion,
    Severity,
    System,
    TimelineEvent,
    Verdict,
    Visibility,
)

PUBLIC = Visibility.PUBLIC
AGAIN = "2026-10-30-orders-wait-behind-the-statements"


def at(month: int, day: int, hour: int, minute: int = 0) -> Moment:
    """A minute of 2026, in UTC."""
    return Moment(datetime(2026, month, day, hour, minute, tzinfo=UTC))


def incidents() -> list[Incident]:
    """Five incidents, one of them a near miss."""
    return [_session_cache(), _statements(), _courier(), _vouchers(), _labels()]


def _session_cache() -> Incident:
    return Incident(
        id="2026-02-17-shoppers-lose-their-baskets",
        title="Shoppers lose their baskets every ten minutes",
        status=IncidentStatus.REVIEWED, severity=Severity.SEV2, visibility=PUBLIC,
        started=at(2, 17, 10, 5), detected=at(2, 17, 10, 40), mitigated=at(2, 17, 12, 20), resolved=at(2, 17, 13),
        detected_by="customer support", services=("storefront", "checkout"), systems=("web-01", "web-02"),
        deployments=(DeploymentLink("2026-02-17-storefront-4-14", Relation.CAUSED),),
        summary="Baskets emptied themselves while people were shopping. Support heard of it before any alarm did.",
        symptoms=(Item("Baskets are empty after a few minutes"), Item("People are logged out at random")),
        questions=(
            Question("Is the session store losing data?", "Jonas", at(2, 17, 10, 55), Verdict.DEAD_END,
                     (Answer("All keys are there, none expired early."),)),
            Question("Do both web servers run the same version?", "Mina", at(2, 17, 11, 50), Verdict.CRACKED,
                     (Answer("No: web-02 still had 4.13, which signs its cookies with another key."),)),
        ),
        root_cause="The release stopped half way: one web server kept the old version, and each refused the other's "
        "cookies.",
        resolution="The second server was brought to the same version.",
        lessons=(Lesson("Two servers behind one name must be asked for their version, each by itself."),),
        actions=(
            ActionItem("Let the release fail when the servers' versions differ", True, "@platform", date(2026, 3, 6),
                       "SHOP-91", date(2026, 3, 4)),
            ActionItem("Alarm on emptied baskets", False, "@storefront", date(2026, 4, 30), "SHOP-92"),
        ),
        tags=("release", "cookies"),
    )  # fmt: skip


def _statements() -> Incident:
    return Incident(
        id="2026-05-05-month-end-statements-block-orders",
        title="Month-end statements block the order tables",
        status=IncidentStatus.RESOLVED, severity=Severity.SEV2, visibility=PUBLIC,
        started=at(5, 5, 9, 10), detected=at(5, 5, 9, 22), mitigated=at(5, 5, 10, 14), resolved=at(5, 5, 11),
        detected_by="order backlog alarm", services=("back office", "checkout"), systems=("sql-server",),
        summary="Orders waited behind the statements, which a new customer had made ten times as long as usual.",
        symptoms=(Item("Orders hang at the last step"), Item("Lock waits on the order tables")),
        questions=(
            Question("Who holds the lock that everybody waits for?", "Priya", at(5, 5, 9, 58), Verdict.CRACKED,
                     (Answer("The statement job, in one transaction since 09:08."),)),
        ),
        root_cause="The statement job reads a whole month in one transaction and locks what it reads.",
        resolution="The job was stopped and run again in the evening, customer by customer.",
        lessons=(Lesson("Ask who holds the lock before asking what is slow."),),
        actions=(
            ActionItem("Split the statement job by customer", False, "@back-office", date(2026, 9, 15), "SHOP-120"),
            ActionItem("Write down which jobs may run in office hours", False),
        ),
        tags=("database", "batch"),
    )  # fmt: skip


def _courier() -> Incident:
    return Incident(
        id="2026-08-11-courier-refuses-our-labels",
        title="The courier refuses our shipping labels",
        status=IncidentStatus.RESOLVED, severity=Severity.SEV3, visibility=PUBLIC,
        started=at(8, 11, 6), detected=at(8, 11, 7, 45), mitigated=at(8, 11, 9, 30), resolved=at(8, 11, 9, 50),
        detected_by="the warehouse", services=("shipping",), systems=("web-01",),
        deployments=(DeploymentLink("2026-08-10-shipping-2-9", Relation.RULED_OUT),),
        summary="No parcel could be labelled for half a morning. Our release of the day before was suspected first.",
        symptoms=(Item("The courier answers every label with 403"),),
        questions=(
            Question("Did the release change how labels are made?", "Mina", at(8, 11, 8), Verdict.DEAD_END),
            Question("What does the courier say to somebody else?", "Jonas", at(8, 11, 9, 5), Verdict.CRACKED,
                     (Answer("Their status page: old access keys were switched off at six."),)),
        ),
        root_cause="The courier switched off access keys older than two years, announced to an address nobody reads.",
        resolution="A new access key was made and put in place.",
        lessons=(Lesson("A partner's notices need a reader with a name."),),
        actions=(
            ActionItem("Give the partner mailbox an owner", True, "@office", date(2026, 8, 28), "",
                       date(2026, 10, 2)),
        ),
        tags=("partner", "credentials"),
    )  # fmt: skip


def _vouchers() -> Incident:
    return Incident(
        id="2026-10-08-vouchers-can-be-used-twice",
        title="Vouchers can be used twice",
        status=IncidentStatus.REVIEWED, severity=Severity.SEV3, visibility=PUBLIC,
        started=at(10, 7, 15), detected=at(10, 8, 8, 30), mitigated=at(10, 8, 9, 5), resolved=at(10, 8, 16),
        detected_by="the accountant", services=("checkout", "Payments API"), systems=("sql-server",),
        deployments=(DeploymentLink("2026-10-07-payments-api-3-2", Relation.CONTRIBUTING),),
        summary="For seventeen hours a voucher could be paid with in two tabs at once.",
        symptoms=(Item("Two orders with the same voucher"),),
        root_cause="The check and the booking of a voucher became two calls, with time between them.",
        resolution="The booking checks again, in the same transaction.",
        lessons=(Lesson("Where money is counted, check and book in one step."),),
        actions=(
            ActionItem("Book the 41 double vouchers back", True, "@office", date(2026, 10, 16), "", date(2026, 10, 15)),
            ActionItem("Test every payment call with two at once", False, "@payments", date(2026, 12, 11), "SHOP-163"),
        ),
        tags=("race-condition",),
    )  # fmt: skip


def again() -> Incident:
    """One more, whose cause was there before; it is not among them all."""
    return Incident(
        id=AGAIN,
        title="Orders wait behind the statements again",
        status=IncidentStatus.RESOLVED, severity=Severity.SEV2, visibility=PUBLIC,
        started=at(10, 30, 8, 40), detected=at(10, 30, 8, 44), mitigated=at(10, 30, 8, 58), resolved=at(10, 30, 9, 20),
        detected_by="order backlog alarm", services=("back office", "checkout"), systems=("sql-server",),
        recurrence_of=("2026-05-05-month-end-statements-block-orders",),
        summary="The statement job held the order tables once more. This time somebody knew where to look.",
        symptoms=(Item("Orders hang at the last step"),),
        questions=(
            Question("Does the statement job run?", "Priya", at(10, 30, 8, 50), Verdict.CRACKED,
                     (Answer("Since 08:36, for October."),)),
            Question("Who started it in office hours?", "Jonas", at(10, 30, 9, 5)),
        ),
        root_cause="The statement job still reads a whole month in one transaction.",
        resolution="The job was stopped and run again in the evening.",
        lessons=(Lesson("What was decided after an incident is only worth what was done of it."),),
        actions=(
            ActionItem("Take the start button away in office hours", True, "@back-office", date(2026, 11, 6),
                       "SHOP-171", date(2026, 11, 3)),
        ),
        tags=("database", "batch"),
    )  # fmt: skip


def _labels() -> Incident:
    return Incident(
        id="2026-11-12-price-list-nearly-published-early",
        title="The winter price list was nearly published a week early",
        status=IncidentStatus.RESOLVED, severity=Severity.SEV4, near_miss=True, visibility=PUBLIC,
        started=at(11, 12, 14), detected=at(11, 12, 14, 5), mitigated=at(11, 12, 14, 12), resolved=at(11, 12, 14, 30),
        detected_by="a second pair of eyes", services=("web content",),
        summary="A preview went to the public folder. It was seen and taken back before anybody else saw it.",
        questions=(
            Question("Where does the preview button write to?", "Priya", at(11, 12, 14, 8), Verdict.CRACKED,
                     (Answer("To the public folder since the move in October."),)),
        ),
        root_cause="The preview's folder was renamed, and its button fell back to the public one.",
        resolution="The button now refuses to guess.",
        tags=("near-miss",),
    )  # fmt: skip


def deployments() -> list[Deployment]:
    """Seven deployments: most went well, one was rolled back, one is still to come."""
    went_well = DeploymentStatus.SUCCEEDED
    return [
        _deployment("2026-02-17-storefront-4-14", "Storefront 4.14", ("storefront", "4.14", "4.13"), at(2, 17, 9, 45),
                    went_well, "web-01", "web-02"),
        _deployment("2026-03-19-back-office-4-15", "Back office 4.15", ("Back office", "4.15", "4.14"), at(3, 19, 5),
                    went_well, "web-01"),
        _deployment("2026-06-23-checkout-2-0", "Checkout 2.0", ("checkout", "2.0", "1.11"), at(6, 23, 5, 30),
                    DeploymentStatus.ROLLED_BACK, "web-01", "web-02"),
        _deployment("2026-08-10-shipping-2-9", "Shipping 2.9", ("shipping", "2.9", "2.8"), at(8, 10, 6), went_well,
                    "web-01"),
        _deployment("2026-10-07-payments-api-3-2", "Payments API 3.2", ("Payments API", "3.2", "3.1"),
                    at(10, 7, 14, 20), went_well, "web-02"),
        _deployment("2026-11-19-checkout-2-1", "Checkout 2.1", ("checkout", "2.1", "1.12"), at(11, 19, 5, 30),
                    went_well, "web-01", "web-02"),
        _deployment("2026-12-01-storefront-5-0", "Storefront 5.0", ("storefront", "5.0", "4.18"), at(12, 1, 5),
                    DeploymentStatus.PLANNED, "web-01", "web-02"),
    ]  # fmt: skip


def _deployment(
    name: str, title: str, service: tuple[str, str, str], start: Moment, status: DeploymentStatus, *systems: str
) -> Deployment:
    planned = status is DeploymentStatus.PLANNED
    return Deployment(
        id=name, title=title, status=status, visibility=PUBLIC, tool="Octopus Deploy",
        services=(ServiceVersion(*service),), systems=systems,
        window_start=start if planned else None, started=None if planned else start,
    )  # fmt: skip


def systems() -> list[System]:
    """Three machines, one of which runs what it should not."""
    return [
        System(
            id="web-01", title="web-01, the first web server", visibility=PUBLIC, environment="production",
            owner="platform team", hosts=("web-01",), services=("storefront", "checkout", "shipping"),
            summary="Half of the shop's traffic.",
            expected=(Item("nginx"), Item("The shop, one process for each product"), Item("Monitoring agent")),
        ),
        System(
            id="web-02", title="web-02, the second web server", visibility=PUBLIC, environment="production",
            owner="platform team", hosts=("web-02",), services=("storefront", "checkout", "Payments API"),
            summary="The other half.",
            expected=(Item("nginx"), Item("The shop, one process for each product"), Item("Monitoring agent")),
            unexpected=(Item("A file share that somebody set up for a trade fair in 2024, still mounted"),),
            timeline=(TimelineEvent("Found while comparing versions.", at(2, 17, 12), "finding", "Mina"),),
            actions=(ActionItem("Find out who uses the file share, then remove it", False, "@platform",
                                date(2026, 11, 27)),),
        ),
        System(
            id="sql-server", title="sql-server, the database of every product", visibility=PUBLIC,
            environment="production", owner="IT operations", hosts=("sql-server",),
            services=("storefront", "back office", "checkout", "Payments API"),
            expected=(Item("SQL Server"), Item("Nightly backup at 02:00"), Item("Statement job, evenings only")),
        ),
    ]  # fmt: skip


def every() -> list[Entry]:
    """All of them."""
    return [*incidents(), *deployments(), *systems()]
