"""A team moves in: what Slack, pagers, status pages, deployers, git and tables have, taken in without losing a line."""

from __future__ import annotations

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import exports
import pytest
from commands import Kb, Ran

from kb.markdown import parse
from kb.model import Deployment, Entry, Incident, Verdict


def entries(kb: Kb) -> dict[str, Entry]:
    """Every entry by where it came from."""
    found = [parse(data.decode()).entry for data in kb.files().values()]
    return {str(entry.extra["imported_from"]): entry for entry in found if entry}


def put(place: Path, told: Any) -> Path:
    """A document in a file."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(told if isinstance(told, str) else json.dumps(told), "utf-8")
    return place


def words(told: Any) -> set[str]:
    """Every text in a document that a person would miss."""
    if isinstance(told, dict):
        return set().union(*(words(value) for value in told.values()))
    if isinstance(told, list):
        return set().union(*map(words, told)) if told else set()
    return {told} if isinstance(told, str) and " " in told else set()


def test_a_channel_of_slack_tells_what_was_seen_asked_and_answered(kb: Kb, tmp_path: Path) -> None:
    archive = exports.zip_of(dict(exports.slack_files()), tmp_path / "export.zip")
    done = kb("import", str(archive), "--json").json
    entry = entries(kb)["slack/inc-checkout-down"]
    assert isinstance(entry, Incident)
    assert (entry.title, entry.summary) == ("Checkout is down", "Everything about the outage of 6 May & nothing else")
    assert entry.started
    assert entry.started.iso() == "2024-05-06T05:00-05:00"
    (question,) = entry.questions
    assert (question.text, question.asked_by, question.verdict) == (
        "What runs on #app-server-01?",
        "Bob Ross",
        Verdict.OPEN,
    )
    assert [(answer.text, answer.by) for answer in question.answers] == [
        ("Just the shop, @Bob Ross.", "ada"),
        ("And a service nobody knew: `dnn.exe`\nsee the wiki (https://wiki.example/dnn)", "Bob Ross"),
    ]
    told = [(event.text.split("\n")[0], event.by) for event in entry.timeline]
    assert told == [
        ("Checkout answers 502 since 10:00", "ada"), ("Resolved: checkout", "Pager"), ("graphs", "ada"),
        ("thanks everybody", "U03GONE"),
    ]  # fmt: skip
    text = next(iter(kb.files().values())).decode()
    for kept in (
        "cpu.png (image/png, 20480 bytes)",
        "ada joined",
        ":eyes: 1",
        "Host: app-server-01",
        '"weather": "sunny"',
    ):
        assert kept in text, kept
    assert "xoxe" not in text, "the address of a file that opens without a login"
    assert "title from the channel's topic" in done["brought"][0]["guessed"]
    assert kb("check").code == 0


def test_a_message_that_has_its_words_in_blocks_alone_is_read_too(kb: Kb, tmp_path: Path) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Alert: *disk full* on db-1"}}
    rich = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "94 %"}]}],
    }
    told = [
        {
            "type": "message",
            "bot_id": "B1",
            "username": "Alerts",
            "text": "",
            "ts": "1714989660.0",
            "blocks": [section, rich],
        }
    ]
    kb("import", str(put(tmp_path / "inc.json", told)))
    entry = entries(kb)["slack/inc"]
    assert [(event.text, event.by) for event in entry.timeline] == [("Alert: *disk full* on db-1\n94 %", "Alerts")]


def test_the_same_channel_from_a_folder_is_the_same(kb: Kb, tmp_path: Path) -> None:
    kb("import", str(exports.zip_of(dict(exports.slack_files()), tmp_path / "export.zip")))
    folder = exports.folder_of(exports.slack_files(), tmp_path / "unpacked")
    assert [one["what"] for one in kb("import", str(folder), "--json").json["brought"]] == ["unchanged"]


@pytest.mark.parametrize("tool", exports.TOLD)
def test_what_a_tool_told_is_in_the_entries_to_the_last_word(kb: Kb, tmp_path: Path, tool: str) -> None:
    told = exports.TOLD[tool]
    kb("import", str(put(tmp_path / "told.json", told)))
    whole = "\n".join(data.decode() for data in kb.files().values())
    lost = [word for word in words(told) if word.strip() not in whole and json.dumps(word)[1:-1] not in whole]
    assert lost == [], "words with a space in them are people's"


@pytest.mark.parametrize("tool", [*exports.TOLD, "csv", "git-log", "slack"])
def test_a_second_run_changes_nothing_whether_the_tool_is_named_or_seen(kb: Kb, tmp_path: Path, tool: str) -> None:
    texts = {"csv": exports.CSV, "git-log": exports.GIT_LOG, "slack": json.dumps(exports.DAY_ONE)}
    name = {"csv": "ops.csv", "git-log": "web.log", "slack": "inc.json"}.get(tool, "told.json")
    file = put(tmp_path / name, texts.get(tool, exports.TOLD.get(tool)))
    first = kb("import", str(file), "--json").json
    assert {one["what"] for one in first["brought"]} == {"new"}
    before = kb.files()
    for words_ in ((), ("--format", tool)):
        again = kb("import", str(file), *words_, "--json").json
        assert {one["what"] for one in again["brought"]} == {"unchanged"}
    assert kb.files() == before


def test_what_changed_at_the_source_is_merged_with_what_people_added(kb: Kb, tmp_path: Path) -> None:
    file = put(tmp_path / "told.json", exports.PAGERDUTY)
    kb("import", str(file))
    kb("log", "looked at it again", "--on", "checkout-is-down")
    kb("set", "root_cause=A service nobody knew", "--on", "checkout-is-down")
    told = copy.deepcopy(exports.PAGERDUTY)
    told["notes"].append(
        {"id": "N2", "content": "Wrote the report", "created_at": "2024-05-07T09:00:00Z", "user": {"summary": "Ada"}}
    )
    told["incidents"][0]["priority"] = {"summary": "P2"}
    put(file, told)
    assert [one["what"] for one in kb("import", str(file), "--json").json["brought"]] == ["updated"]
    entry = entries(kb)["pagerduty/Q1CHECKOUT"]
    assert isinstance(entry, Incident)
    assert (entry.severity, entry.root_cause) == ("sev2", "A service nobody knew")
    texts = [event.text for event in entry.timeline]
    assert {"looked at it again", "Wrote the report", "Stopped dnn.exe on app-server-01"} <= set(texts)
    assert [one["what"] for one in kb("import", str(file), "--json").json["brought"]] == ["unchanged"]


def test_pagers_and_status_pages_tell_when_it_was_seen_and_over(kb: Kb, tmp_path: Path) -> None:
    for tool in ("pagerduty", "opsgenie", "statuspage"):
        kb("import", str(put(tmp_path / f"{tool}.json", exports.TOLD[tool])))
    found = entries(kb)
    pager, genie, page = (found[key] for key in ("pagerduty/Q1CHECKOUT", "opsgenie/b5b4-1", "statuspage/sp1"))
    assert isinstance(pager, Incident)
    assert isinstance(genie, Incident)
    assert isinstance(page, Incident)
    assert (pager.status, pager.severity, pager.services) == ("resolved", "sev1", ("Checkout",))
    assert [m.utc.strftime("%H:%M:%S") for m in (pager.started, pager.acknowledged, pager.resolved) if m] == [
        "10:01:00", "10:04:00", "11:42:30",
    ]  # fmt: skip
    assert [event.kind for event in pager.timeline] == ["detection", "observation", "note", "recovery"]
    assert (genie.severity, genie.tags, genie.detected_by) == ("sev2", ("shop", "dnn"), "Prometheus")
    assert (page.status, page.severity) == ("reviewed", "sev1")
    assert page.mitigated
    assert [section.heading for section in page.sections] == ["Published postmortem"]
    work = found["statuspage/sm1"]
    assert isinstance(work, Deployment)
    assert (work.status, work.window_start and work.window_start.utc.hour) == ("succeeded", 2)


def test_deployers_tell_what_went_where_and_how_it_ended(kb: Kb, tmp_path: Path) -> None:
    for tool in ("octopus", "argocd", "github-releases"):
        kb("import", str(put(tmp_path / f"{tool}.json", exports.TOLD[tool])))
    found = {key: entry for key, entry in entries(kb).items() if isinstance(entry, Deployment)}
    assert {key: str(one.status) for key, one in found.items()} == {
        "octopus/Deployments-101": "succeeded", "octopus/Deployments-102": "failed", "argocd/shop/3": "succeeded",
        "argocd/shop/4": "failed", "github/shop/web/v4.9": "succeeded", "github/shop/web/v4.10": "succeeded",
    }  # fmt: skip
    octopus, argo, release = (
        found[key] for key in ("octopus/Deployments-101", "argocd/shop/4", "github/shop/web/v4.10")
    )
    assert (octopus.title, octopus.environment, octopus.tool) == (
        "Deploy Shop 4.9 to Production",
        "Production",
        "Octopus Deploy",
    )
    assert argo.services[0].version == "c0ffee000000"
    assert argo.services[0].previous == "beef00000000"
    assert (release.services[0].name, release.services[0].previous) == ("web", "v4.9")
    assert release.summary == "#### Changed\n\n- the basket"


def test_the_tags_of_a_repository_are_its_deployments(kb: Kb, tmp_path: Path) -> None:
    repo = tmp_path / "web"

    def git(*words: str, at: str = "2024-05-06T05:00:00+02:00") -> None:
        env = {"GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": at, "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@shop.example")
        subprocess.run(["git", "-C", str(repo), *who, *words], check=True, env=env, capture_output=True)

    repo.mkdir()
    git("init", "-q")
    for number, subject in enumerate(("Basket", "Search | with a `bar`", "# no heading"), 1):
        git("commit", "--allow-empty", "-qm", subject, at=f"2024-05-0{number}T05:00:00+02:00")
        if number != 2:
            git("tag", "-a", f"v{number}", "-m", f"Release {number}", at=f"2024-05-0{number}T06:00:00+02:00")
    done = kb("import", str(repo), "--format", "git", "--json").json
    assert [one["source"] for one in done["brought"]] == ["git/web/v1", "git/web/v3"]
    last = entries(kb)["git/web/v3"]
    assert isinstance(last, Deployment)
    assert (last.services[0].version, last.services[0].previous) == ("v3", "v1")
    for kept in ("Release 3", "Search | with a `bar`", "# no heading"):
        assert kept in last.summary
    assert {one["what"] for one in kb("import", str(repo), "--format", "git", "--json").json["brought"]} == {
        "unchanged"
    }
    nothing = kb.fails("import", str(tmp_path), "--format", "git")
    assert (nothing.code, "git repository" in nothing.err) == (10, True)


def test_a_table_with_a_map_and_one_without(kb: Kb, tmp_path: Path) -> None:
    table, columns = put(tmp_path / "ops.csv", exports.CSV), put(tmp_path / "map.yml", exports.MAP)
    kb("import", str(table), "--map", str(columns))
    one, two = (entries(kb)[f"ops.csv/OPS-{n}"] for n in (1, 2))
    assert isinstance(one, Incident)
    assert (one.title, one.severity, one.services) == ("Checkout is down", "sev1", ("checkout", "basket"))
    assert [lesson.text for lesson in one.lessons] == ["Ask what runs there"]
    assert one.extra["cost"] == "1000"
    assert two.title == "=cmd|' /C calc'!A0"
    assert (two.extra["original_severity"], two.extra["opened"]) == ("P9", "someday")
    again = kb("import", str(table), "--map", str(columns), "--json").json
    assert {brought["what"] for brought in again["brought"]} == {"unchanged"}
    bare = put(tmp_path / "bare.csv", "Title,Severity,Opened,Mood\nDisk full,sev2,2024-01-02 03:04,bad\n")
    told = kb("import", str(bare), "--json").json["brought"][0]
    assert {"started", "severity"} <= set(told["understood"])
    assert entries(kb)["bare.csv#1"].extra["mood"] == "bad"


def test_the_fields_of_morgue_are_known(kb: Kb, tmp_path: Path) -> None:
    kb("import", str(put(tmp_path / "morgue.json", exports.MORGUE)))
    found = entries(kb)["morgue.json/42"]
    assert isinstance(found, Incident)
    assert (found.title, found.summary, found.severity) == ("Checkout is down", "502 from every node.", "sev1")
    moments = (found.started, found.detected, found.acknowledged, found.resolved)
    assert [m.utc.strftime("%H:%M:%S") for m in moments if m] == ["10:01:00", "10:01:40", "10:06:40", "11:42:00"]
    assert (found.tags, found.services) == (("shop", "dnn"), ("checkout",))
    assert found.extra["why_surprised"] == "Nobody knew of it."
    assert found.extra["tldr"] == "A service nobody knew took the CPU."


@pytest.mark.parametrize(("text", "says"), [
    ("color: Key\n", "there is no field 'color'"), ("kind: party\n", "kind is 'party'"), (": [", "map.yml:1"),
    ("title: Nowhere\n", "there is no column 'Nowhere'"),
])  # fmt: skip
def test_a_wrong_map_says_what_there_is(kb: Kb, tmp_path: Path, text: str, says: str) -> None:
    columns = put(tmp_path / "map.yml", text)
    ran = kb.fails("import", str(put(tmp_path / "ops.csv", exports.CSV)), "--map", str(columns))
    assert ran.code in (2, 3)
    assert says in " ".join((ran.out + ran.err).split()), ran.err
    assert kb.files() == {}


def put_bytes(place: Path, data: bytes) -> Path:
    """Bytes in a file."""
    place.write_bytes(data)
    return place


def _bomb(place: Path) -> Path:
    return exports.zip_of({"inc/2024-05-06.json": b"[" + b" " * (40 << 20) + b"]", "users.json": "[]"}, place)


def _lying(place: Path) -> Path:
    """An archive whose directory says that a member is small."""
    data = bytearray(exports.zip_of({"a.md": "# A\n" + "x" * 100_000}, place).read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    place.write_bytes(bytes(data))
    return place


def _deep(place: Path) -> Path:
    return put(place.with_suffix(".json"), "[" * 200_000 + "]" * 200_000)


def _large(place: Path) -> Path:
    file = place.with_suffix(".json")
    with file.open("wb") as sparse:
        sparse.truncate(100 << 20)
    return file


WRONG = {"id": ["x"], "title": {"a": 1}, "incident_updates": 7, "created_at": {}}
HOSTILE = {
    "slip": lambda place: exports.zip_of({"../../evil.md": "# Evil\n"}, place),
    "slip of Windows": lambda place: exports.zip_of({"..\\..\\evil.md": "# Evil\n", "C:/evil.md": "# Evil\n"}, place),
    "absolute": lambda place: exports.zip_of({"/etc/evil.md": "# Evil\n"}, place),
    "bomb": _bomb,
    "lying": _lying,
    "cut": lambda place: put_bytes(place, exports.zip_of({"a.md": "# A\n"}, place).read_bytes()[:-30]),
    "no archive": lambda place: put(place, "PK\x03\x04 no"),
    "deep": _deep,
    "100 MB": _large,
    "cut JSON": lambda place: put(place.with_suffix(".json"), json.dumps(exports.PAGERDUTY)[:-40]),
    "an endless number": lambda place: put(place.with_suffix(".json"), '{"incidents": [' + "9" * 10_000 + "]}"),
    "of no tool": lambda place: put(place.with_suffix(".json"), {"hello": "world"}),
    "wrong sorts": lambda place: put(place.with_suffix(".json"), {"incidents": [WRONG]}),
    "Latin-1": lambda place: put_bytes(place.with_suffix(".csv"), "Title\nOutage in Köln\n".encode("latin-1")),
    "a quotation without end": lambda place: put(place.with_suffix(".csv"), 'Title,Mood\n"Disk full,bad\n'),
    "a column twice": lambda place: put(place.with_suffix(".csv"), "Title,Title\na,b\n"),
}  # fmt: skip


@pytest.mark.parametrize("harm", [name for name in HOSTILE if name != "wrong sorts"])
def test_damaged_and_hostile_files_change_nothing_and_are_named(kb: Kb, tmp_path: Path, harm: str) -> None:
    (tmp_path / "in").mkdir()
    file = HOSTILE[harm](tmp_path / "in" / "given.zip")
    outside = {path for path in tmp_path.rglob("*") if kb.root not in path.parents}
    ran = kb.fails("import", str(file), "--json")
    assert ran.code == 3, ran.err
    (problem,) = ran.json["problems"]
    assert problem["path"] == str(file)
    assert problem["message"]
    assert problem["hint"]
    assert "Traceback" not in ran.err
    assert kb.files() == {}
    assert {path for path in tmp_path.rglob("*") if kb.root not in path.parents} == outside


def test_values_of_the_wrong_sort_stop_nobody(kb: Kb, tmp_path: Path) -> None:
    ran = kb.fails("import", str(HOSTILE["wrong sorts"](tmp_path / "given.zip")), "--json")
    assert ran.code in (0, 3)
    assert "Traceback" not in ran.err


def test_threads_that_answer_each_other_and_links_in_a_circle_end(kb: Kb, tmp_path: Path) -> None:
    stamps = [f"171498960{n}.0" for n in range(3)]
    ring = [
        {"type": "message", "user": "U1", "text": f"message {n}?", "ts": stamps[n], "thread_ts": stamps[(n + 1) % 3]}
        for n in range(3)
    ]
    folder = tmp_path / "in"
    put(folder / "ring.json", ring)
    (folder / "again").symlink_to(folder)
    kb("import", str(folder))
    assert all(f"message {n}?" in next(iter(kb.files().values())).decode() for n in range(3))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_other_encodings_that_say_so_are_read(kb: Kb, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "ops.csv"
    file.write_bytes("Title,Severity\nOutage in Köln,sev1\n".encode(encoding))
    kb("import", str(file))
    assert entries(kb)["ops.csv#1"].title == "Outage in Köln"


def test_hostile_words_stay_words(kb: Kb, tmp_path: Path) -> None:
    from attacks import ATTACKS

    texts = [attack if isinstance(attack, str) else str(getattr(attack, "text", attack)) for attack in ATTACKS][:150]
    told = [
        {"type": "message", "user": "U1", "text": text[:20_000], "ts": f"{1714989600 + n}.0"}
        for n, text in enumerate(texts)
    ]
    ran: Ran = kb.fails("import", str(put(tmp_path / "inc.json", told)), "--json")
    assert ran.code == 0, ran.json
    assert {one["what"] for one in kb("import", str(tmp_path / "inc.json"), "--json").json["brought"]} == {"unchanged"}
    assert "\x1b" not in next(iter(kb.files().values())).decode()


def test_secrets_in_what_comes_are_told_or_masked(kb: Kb, tmp_path: Path) -> None:
    told = copy.deepcopy(exports.PAGERDUTY)
    told["notes"][0]["content"] = "password=Tr0ub4dor&3-kx9 worked"
    file = put(tmp_path / "told.json", told)
    ran = kb("import", str(file), "--dry-run", "--json")
    assert ran.json["problems"], "told"
    kb("import", str(file), KB_SECRETS="mask")
    assert b"Tr0ub4dor" not in b"".join(kb.files().values())


def test_a_secret_in_a_title_is_masked_before_an_id_is_made_of_it(kb: Kb, tmp_path: Path) -> None:
    file = put(tmp_path / "report.md", "# Login with password=Tr0ub4dor9-kx9 fails\n\n## Impact\n\nAll.\n")
    kb("import", str(file), KB_SECRETS="mask")
    told = copy.deepcopy(exports.PAGERDUTY)
    told["incidents"][0]["title"] = "Login with password=Tr0ub4dor9-kx9 fails"
    kb("import", str(put(tmp_path / "told.json", told)), KB_SECRETS="mask")
    assert len(kb.files()) == 2
    assert not any("tr0ub4dor" in path + data.decode().lower() for path, data in kb.files().items())
