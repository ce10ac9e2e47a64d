"""While it burns: every command that writes, what it answers, and what it refuses."""

from __future__ import annotations

import difflib
import os
import pty
import re
import select
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from commands import Kb

from kb.markdown import parse
from kb.model import Deployment, Incident, System


def incident(kb: Kb, *more: str) -> str:
    """A new incident; its path."""
    return str(
        kb("new", "incident", "All applications down", "--started", "2019-03-12 09:00", "--json", *more).json["path"]
    )


def entry(kb: Kb, path: str) -> Incident:
    """The incident in a file."""
    found = parse(kb.text(path)).entry
    assert isinstance(found, Incident)
    return found


def added_lines(before: str, after: str) -> list[str]:
    """The lines a change added; it must have taken none away."""
    changed = [line for line in difflib.ndiff(before.split("\n"), after.split("\n")) if line[0] in "+-"]
    assert all(line.startswith("+") for line in changed), changed
    return [line[2:] for line in changed]


def test_a_new_incident_is_a_file_a_person_is_glad_to_edit(kb: Kb) -> None:
    ran = kb(
        "new", "incident", "All applications down", "--symptom", "CPU near 100 %", "--symptom", "SQL Server slow",
        "--severity", "sev1", "--service", "storefront", "--service", "back office", "--system", "app-server-01",
        "--tag", "cpu", "--started", "2019-03-12 09:00", "--json",
    )  # fmt: skip
    assert ran.json["id"] == "2019-03-12-all-applications-down"
    assert ran.json["path"] == "entries/incidents/2019/2019-03-12-all-applications-down.md"
    assert set(ran.json) >= {"schema", "changed", "problems", "similar", "questions", "suspects"}
    text = kb.text(ran.json["path"])
    assert text.startswith(
        "---\nid: 2019-03-12-all-applications-down\nkind: incident\nstatus: investigating\nseverity: sev1\n"
        "visibility: internal\ntimezone: America/Chicago\nstarted: 2019-03-12 09:00\n"
        "services: [storefront, back office]\nsystems: [app-server-01]\ntags: [cpu]\n---\n\n# All applications down\n"
    )
    assert re.search(r"\n- CPU near 100 % <!-- s:[0-9a-z]{6} -->\n- SQL Server slow <!-- s:[0-9a-z]{6} -->\n", text)
    assert "<!-- What stopped it. -->" in text  # blanks keep their hints


def test_what_is_seen_is_title_enough(kb: Kb) -> None:
    made = kb("new", "incident", "--symptom", "every checkout ends in a 502 from the proxy " * 3, "--json").json
    assert (
        entry(kb, made["path"]).title == "every checkout ends in a 502 from the proxy every checkout ends in a 502 from"
    )


def test_the_same_title_twice_on_a_day_stops_nobody(kb: Kb) -> None:
    assert incident(kb) != incident(kb)
    assert len(kb.files()) == 2


def test_an_event_goes_where_its_time_belongs_and_touches_one_line(kb: Kb) -> None:
    path = incident(kb)
    kb("log", "found it", "--at", "2019-03-12 09:45", "--kind", "finding", "--by", "CTO")
    before = kb.text(path)
    said = kb("log", "alert e-mails", "--at", "2019-03-12 09:00", "--kind", "detection").out
    assert path in said
    assert len(added_lines(before, kb.text(path))) == 1
    assert [(e.text, e.kind, e.by) for e in entry(kb, path).timeline] == [
        ("alert e-mails", "detection", ""), ("found it", "finding", "CTO"),
    ]  # fmt: skip


def test_without_a_time_it_happened_now(kb: Kb) -> None:
    path = incident(kb)
    kb("log", "something")
    at = entry(kb, path).timeline[0].at
    assert at
    assert abs((datetime.now(UTC) - at.utc).total_seconds()) < 120


def test_a_question_its_answers_and_its_verdict(kb: Kb) -> None:
    path = incident(kb)
    kb("ask", "What changed?", "--by", "IT operations", "--at", "2019-03-12 09:05")
    kb("ask", "What is currently running on our application server?", "--by", "CTO", "--at", "2019-03-12 09:30")
    kb("answer", '"Just .NET sites."', "--by", "IT operations")
    kb("answer", "what changed", "The release; it had touched two of five.", "--verdict", "dead-end")
    kb("answer", "running on", "A DotNetNuke service.", "--verdict", "cracked", "--evidence", "sc query\nDNN  RUNNING")
    questions = entry(kb, path).questions
    assert [(q.text, str(q.verdict), q.asked_by) for q in questions] == [
        ("What changed?", "dead end", "IT operations"),
        ("What is currently running on our application server?", "cracked it", "CTO"),
    ]
    assert [answer.text for answer in questions[1].answers] == ['"Just .NET sites."', "A DotNetNuke service."]
    assert questions[1].answers[1].evidence == "sc query\nDNN  RUNNING"
    assert questions[1].answers[0].by == "IT operations"


def test_a_verdict_alone_goes_to_the_question_it_names(kb: Kb) -> None:
    path = incident(kb)
    for text in ("What is running on A?", "What is running on B?", "When did it start?"):
        kb("ask", text)
    kb("answer", "running on A", "--verdict", "cracked")
    assert kb.fails("answer", "running on", "--verdict", "lead").code == 10
    assert [(str(q.verdict), q.answers) for q in entry(kb, path).questions] == [
        ("cracked it", ()),
        ("open", ()),
        ("open", ()),
    ]


def test_an_empty_id_means_nothing(kb: Kb) -> None:
    incident(kb)
    assert kb.fails("log", "x", "--on", "").code == 10
    assert kb.fails("show", "").code == 10


def test_a_terminal_without_our_letters_and_a_reader_who_leaves_early(kb: Kb) -> None:
    path = incident(kb)
    ran = kb.process("log", "über", PYTHONIOENCODING="ascii")
    assert (ran.code, "Traceback" in ran.err) == (0, False)
    assert "über" in kb.text(path)
    command = f"{sys.executable} -m kb check | head -1; exit ${{PIPESTATUS[0]}}"
    left = subprocess.run(["bash", "-c", command], cwd=kb.root, capture_output=True, text=True, check=False)
    assert (left.returncode, "Traceback" in left.stderr) == (0, False)


def test_fields_are_set_by_name(kb: Kb) -> None:
    path = incident(kb)
    before = kb.text(path)
    kb(
        "set",
        "severity=sev2",
        "services+=storefront, back office",
        "environment=production",
        "symptoms+=slow",
        "x=y".replace("x", "summary"),
    )
    kb("set", "services-=back office", "detected=2019-03-12 09:02", "near-miss=yes")
    found = entry(kb, path)
    assert (found.severity, found.services, found.environment, found.summary) == (
        "sev2",
        ("storefront",),
        "production",
        "y",
    )
    assert found.near_miss
    assert found.detected
    assert found.detected.local("America/Chicago") == "2019-03-12 09:02"
    assert "<!-- Who was hit" in kb.text(path)
    assert before != kb.text(path)


def test_another_timezone_tells_the_same_moments(kb: Kb) -> None:
    path = incident(kb)
    kb("log", "found it", "--at", "2019-03-12 09:45")
    before = entry(kb, path)
    kb("set", "timezone=Europe/Berlin")
    assert "started: 2019-03-12 15:00\n" in kb.text(path)
    assert "- **2019-03-12 15:45** found it" in kb.text(path)
    assert (entry(kb, path).started, entry(kb, path).timeline) == (before.started, before.timeline)


def test_mitigated_then_resolved(kb: Kb) -> None:
    path = incident(kb)
    kb("mitigate", "--at", "2019-03-12 09:50")
    assert entry(kb, path).status == "mitigated"
    kb("resolve", "--at", "2019-03-12 10:05", "--root-cause", "An unknown service.", "--resolution", "Stopped it.")
    found = entry(kb, path)
    assert (found.status, found.root_cause, found.resolution) == ("resolved", "An unknown service.", "Stopped it.")
    assert found.mitigated
    assert found.resolved
    assert found.resolved.seconds_since(found.mitigated) == 15 * 60


def test_lessons_and_actions(kb: Kb) -> None:
    path = incident(kb)
    kb("lesson", "Ask questions until you find answers.")
    kb("lesson", "Somebody asked.", "--kind", "lucky")
    kb("action", "add", "Inventory every service", "--owner", "@ops", "--due", "2019-03-22", "--ticket", "OPS-412")
    kb("action", "add", "Alert on new services", "--owner", "@dev", "--due", "2999-01-01")
    overdue = kb("action", "list", "--overdue", "--json").json["actions"]
    assert [action["text"] for action in overdue] == ["Inventory every service"]
    kb("action", "done", "inventory")
    assert kb("action", "list", "--overdue", "--json").json["actions"] == []
    found = entry(kb, path)
    assert [(lesson.text, str(lesson.kind)) for lesson in found.lessons] == [
        ("Ask questions until you find answers.", "learned"), ("Somebody asked.", "lucky"),
    ]  # fmt: skip
    assert [(a.done, a.owner, a.ticket) for a in found.actions] == [(True, "@ops", "OPS-412"), (False, "@dev", "")]


def test_a_deployment_is_suspected_and_then_ruled_out(kb: Kb) -> None:
    made = kb(
        "new", "deployment", "Release 4.10", "--service", "storefront=4.9->4.10", "--service", "back office=4.10",
        "--tool", "Octopus Deploy", "--window", "2019-03-12 05:00 to 06:00", "--status", "succeeded",
        "--started", "2019-03-12 05:00", "--finished", "2019-03-12 05:20", "--risk", "Nobody sees one.",
        "--rollback", "Deploy 4.9 again.", "--json",
    ).json  # fmt: skip
    deployment = parse(kb.text(made["path"])).entry
    assert isinstance(deployment, Deployment)
    assert [(s.name, s.previous, s.version) for s in deployment.services] == [
        ("storefront", "4.9", "4.10"), ("back office", "", "4.10"),
    ]  # fmt: skip
    assert deployment.window_end
    assert deployment.window_end.local("America/Chicago") == "2019-03-12 06:00"
    new = kb("new", "incident", "All down", "--service", "storefront", "--started", "2019-03-12 09:00", "--json").json
    assert [suspect["id"] for suspect in new["suspects"]] == [made["id"]]
    assert new["suspects"][0]["reasons"] == [
        "finished 3 h 40 min before it began", "same service: storefront", "changed 2 services", "still provisional",
    ]  # fmt: skip
    kb("link", "all-down", "release-4-10", "--relation", "ruled-out")
    assert f"  - {made['id']} (ruled-out)\n" in kb.text(new["path"])
    kb("log", "smoke tests fine", "--on", "release", "--at", "2019-03-12 05:30")
    assert "smoke tests fine" in kb.text(made["path"])


def test_a_deployment_that_was_running_is_suspected(kb: Kb) -> None:
    times = ("--started", "2019-03-12 08:50", "--finished", "2019-03-12 09:20")
    kb("new", "deployment", "Slow release", "--status", "succeeded", *times)
    suspects = kb("new", "incident", "Down", "--started", "2019-03-12 09:00", "--json").json["suspects"]
    assert [suspect["reasons"] for suspect in suspects] == [["was running when it began"]]


def test_a_window_over_midnight_ends_the_day_after(kb: Kb) -> None:
    made = kb("new", "deployment", "Night release", "--window", "2030-03-12 23:00 to 01:00", "--json").json
    assert "window: 2030-03-12 23:00 to 2030-03-13 01:00\n" in kb.text(made["path"])


def test_a_deployment_long_before_or_after_is_no_suspect(kb: Kb) -> None:
    for day in ("2019-03-01", "2019-03-13"):
        kb("new", "deployment", f"Release of {day}", "--status", "succeeded", "--started", f"{day} 05:00")
    assert kb("new", "incident", "Down", "--started", "2019-03-12 09:00", "--json").json["suspects"] == []


def test_a_system_knows_what_should_run(kb: Kb) -> None:
    made = kb(
        "new",
        "system",
        "app-server-01",
        "--expect",
        "IIS (W3SVC)",
        "--expect",
        "monitoring agent",
        "--owner",
        "@ops",
        "--json",
    ).json
    assert made["path"] == "entries/systems/app-server-01.md"
    system = parse(kb.text(made["path"])).entry
    assert isinstance(system, System)
    assert [item.text for item in system.expected] == ["IIS (W3SVC)", "monitoring agent"]
    assert kb.fails("new", "system", "app-server-01").code == 11


def test_the_only_open_incident_is_meant(kb: Kb) -> None:
    first = incident(kb)
    kb("resolve", "--at", "2019-03-12 10:05")
    second = kb("new", "incident", "Checkout slow", "--json").json["path"]
    kb("log", "something")
    assert "something" in kb.text(second)
    assert "something" not in kb.text(first)
    kb("log", "elsewhere", "--on", "all-applications")
    assert "elsewhere" in kb.text(first)


def test_text_from_a_log_stays_text(kb: Kb) -> None:
    path = incident(kb)
    evil = (
        "boom \x1b[31m\x07 ```\n## Root cause\n- [x] not mine <!-- q:aaaaaa -->\n</details><script>x</script>\r\u202e"
    )
    kb("log", evil)
    found = entry(kb, path)
    assert len(found.timeline) == 1
    assert found.questions == ()
    assert found.root_cause == ""
    raw = (kb.root / path).read_bytes().decode()
    assert not set(raw) & {"\x1b", "\x07", "\r", "\u202e"}
    assert "␛[31m" in raw
    shown = kb("show", "all-applications").out
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("new", "incident"), 2, "needs a title"),
        (("new", "incident", "  "), 2, "needs a title"),
        (("new", "incident", "Down", "--severity", "sev9"), 13, "did you mean"),
        (("new", "incident", "Down", "--started", "the other day-ish"), 2, "is not a time"),
        (("new", "deployment", "R", "--status", "deployed"), 13, "is none of"),
        (("log", ""), 2, "needs a text"),
        (("log", "x", "--at", "25:99"), 2, "is not a time"),
        (("log", "x", "--kind", "party"), 2, "kind"),
        (("log", "x", "--on", "nothing"), 10, "no entry"),
        (("ask", "\n \n"), 2, "needs a text"),
        (("answer", "no such question", "yes"), 10, "no question like"),
        (("answer", "a", "b", "c"), 2, "3 words"),
        (("set", "severity"), 2, "does not set a field"),
        (("set", "colour=red"), 13, "no field 'colour'"),
        (("set", "started=maybe"), 2, "is not a time"),
        (("set", "timezone=Mars"), 13, "not a time zone"),
        (("set", "id=other"), 13, "never changes"),
        (("set", "timeline=x"), 13, "kb log"),
        (("set", "severity=sev2", "status=over"), 13, "is none of"),
        (("set", "started=9999-12-31 23:59:59 and more"), 2, "is not a time"),
        (("link", "all", "nothing", "--relation", "caused"), 10, "no deployment"),
        (("link", "all", "all", "--relation", "loved"), 2, "relation"),
        (("action", "done", "nothing"), 10, "no unfinished action"),
        (("action", "add", "x", "--due", "someday maybe"), 2, "is not a time"),
        (("lesson", " "), 2, "needs a text"),
        (("show", "nothing"), 10, "no entry"),
        (("list", "unicorns"), 2, "no kind of entry"),
        (("similar", "--text", "x", "all"), 2, "not both"),
        (("import", "/does/not/exist"), 10, "does not exist"),
        (("restore", "nothing"), 10, "no entry"),
        (("history", "nothing"), 10, "no entry"),
        (("frobnicate",), 2, "No such command"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(kb: Kb, words: tuple[str, ...], code: int, says: str) -> None:
    incident(kb)
    before = kb.files()
    ran = kb.fails(*words)
    assert (ran.code, says in ran.err) == (code, True), ran.err
    assert "Traceback" not in ran.err
    assert kb.files() == before


def test_an_answer_to_nothing(kb: Kb) -> None:
    incident(kb)
    assert kb.fails("answer", "x").code == 10


def test_nothing_recorded_yet(kb: Kb) -> None:
    for words in (("log", "x"), ("ask", "x"), ("resolve",), ("show",), ("similar",), ("edit",)):
        ran = kb.fails(*words)
        assert (ran.code, "nothing is recorded yet" in ran.err) == (10, True)


def test_outside_of_a_knowledge_base(kb: Kb) -> None:
    ran = kb.process("log", "x", cwd=kb.root.parent)
    assert (ran.code, "kb init" in ran.err) == (10, True)
    assert kb.process("list", "--root", str(kb.root), cwd=kb.root.parent).code == 0


def test_on_a_terminal_it_asks_three_things(kb: Kb) -> None:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "kb", "new", "incident"], cwd=kb.root, stdin=slave, stdout=slave, stderr=slave,
        env={**os.environ, "COLUMNS": "80", "TERM": "xterm"}, close_fds=True,
    )  # fmt: skip
    os.close(slave)
    seen = ""
    for prompt, answer in (
        ("What happens?", "Checkout is down"),
        ("What do you see?", "502 from the proxy; queue grows"),
        ("How bad?", "2"),
    ):
        seen = _until(master, prompt)
        os.write(master, f"{answer}\n".encode())
    seen += _until(master, "Next:")
    assert process.wait(30) == 0
    (path,) = kb.files()
    found = entry(kb, path)
    assert (found.title, [s.text for s in found.symptoms], found.severity) == (
        "Checkout is down", ["502 from the proxy", "queue grows"], "sev2",
    )  # fmt: skip
    assert found.started == found.detected
    assert "Ask these first" in seen


def _until(handle: int, wanted: str) -> str:
    seen, end = "", time.monotonic() + 30
    while wanted not in seen and time.monotonic() < end:
        if select.select([handle], [], [], 0.2)[0]:
            try:
                seen += os.read(handle, 65536).decode("utf-8", "replace")
            except OSError:
                break
    assert wanted in seen, seen
    return seen


def test_edit_checks_what_was_saved_and_keeps_a_bad_draft(kb: Kb) -> None:
    path = incident(kb)
    before = kb.text(path)
    ran = kb.fails("edit", "all", EDITOR="sed -i s/investigating/investigatin/")
    assert (ran.code, "did you mean 'investigating'?" in ran.out) == (13, True)
    assert kb.text(path) == before
    (draft,) = (kb.root / ".kb/drafts").glob("*.md")
    kb("log", "meanwhile")
    ran = kb("edit", "all", EDITOR="sed -i s/investigatin$/identified/")
    assert not draft.exists()
    found = entry(kb, path)
    assert (found.status, [event.text for event in found.timeline]) == ("identified", ["meanwhile"])
    assert kb("edit", "all", EDITOR="true").out.strip() == "✓ nothing was changed"
    assert kb.fails("edit", "all", EDITOR="false").code == 2
    assert kb.fails("edit", "all", EDITOR="rm").code == 2
    assert kb.fails("edit", "all", EDITOR="", VISUAL="").code == 2
    assert kb.fails("edit", "all", EDITOR="/no/such/editor").code == 14


def test_a_template_of_ones_own_wins_and_a_broken_one_is_named(kb: Kb) -> None:
    own = kb.root / "templates/incident.md"
    own.write_text(
        own.read_text()
        .replace("visibility: internal", "visibility: internal\ntags: [payments]")
        .replace("## Impact", "## Money lost\n\n## Impact")
    )
    text = kb.text(incident(kb))
    assert "tags: [payments]" in text
    assert "## Money lost" in text
    own.write_text("nothing")
    ran = kb.fails("new", "incident", "x")
    assert (ran.code, "templates/incident.md:1: no front matter" in ran.err) == (13, True)


def test_show_list_and_history_as_json(kb: Kb) -> None:
    path = incident(kb, "--severity", "sev1")
    kb("log", "something", "--by", "Ada")
    shown = kb("show", "all-applications", "--json").json
    assert shown["path"] == path
    assert shown["timeline"][0]["text"] == "something"
    assert shown["started"] == "2019-03-12T09:00-05:00"
    assert kb("show", "all-applications").out == kb.text(path)
    assert kb("list", "--open", "--severity", "sev1", "--json").json["total"] == 1
    assert kb("list", "--severity", "sev2", "--json").json["total"] == 0
    revisions = kb("history", "all-applications", "--json").json["revisions"]
    assert [(revision["rev"], revision["via"], revision["by"]) for revision in revisions] == [
        (1, "kb new incident", ""), (2, "kb log", "Ada"),
    ]  # fmt: skip
