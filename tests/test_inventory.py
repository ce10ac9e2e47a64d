"""What really runs on a system: expected, unknown, missing; what is accepted; what is written down."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ROOT, Kb, Ran
from hypothesis import example, given
from hypothesis import strategies as st

from kb.journeys import inventory
from kb.journeys.meant import EVERYDAY, Meant, exact
from kb.journeys.record import Record
from kb.listings import Thing, decode, key, read
from kb.markdown import parse
from kb.model import Incident, Item, System

LISTINGS = Path(__file__).with_name("listings")
TASKS, SERVICES, PS = (str(LISTINGS / name) for name in ("tasklist.txt", "get-service.txt", "ps-aux.txt"))
SEED = "entries/systems/app-server-01.md"


def system(kb: Kb, path: str = SEED) -> System:
    found = parse(kb.text(path)).entry
    assert isinstance(found, System)
    return found


def incident(kb: Kb, path: str) -> Incident:
    found = parse(kb.text(path)).entry
    assert isinstance(found, Incident)
    return found


def names(ran: Ran, what: str) -> list[str]:
    return [one["name"] for one in ran.json[what]]


def compared(expected: list[str], text: str, unexpected: tuple[str, ...] = ()) -> inventory.Comparison:
    entry = System(
        id="web", title="web", expected=tuple(map(Item, expected)), unexpected=tuple(map(Item, unexpected))
    )  # fmt: skip
    return inventory.compare(Record(entry, "entries/systems/web.md", "", 1), read(text))


# the story


def test_the_unknown_dotnetnuke_is_found_in_what_tasklist_prints(seeded: Kb) -> None:
    ran = seeded.fails("inventory", "app-server-01", TASKS, "--json")
    assert ran.code == 3
    (found,) = ran.json["unknown"]
    assert (found["name"], found["pids"], found["memory_kib"], found["lines"]) == (
        "dotnetnuke.exe", ["4312"], 1_283_740, [44],
    )  # fmt: skip
    assert found["found_before"][0].startswith("DotNetNuke executable running as a Windows service; found on 2019")
    assert (ran.json["system"], ran.json["format"], ran.json["unread"]) == ("app-server-01", "tasklist", [])
    assert {"w3wp.exe", "Tentacle.exe", "MsMpEng.exe", "beremote.exe"} <= set(names(ran, "expected"))
    assert next(one["count"] for one in ran.json["expected"] if one["name"] == "w3wp.exe") == 5
    assert ran.json["passed_over"] == 50
    assert ran.json["missing"] == []
    assert [one["text"] for one in ran.json["not_in_listing"]] == [
        f".NET site: {name}" for name in ("storefront", "back office", "customer portal", "partner portal", "reporting")
    ]


def test_a_person_reads_what_is_unknown_first_and_copies_the_command(seeded: Kb) -> None:
    ran = seeded.fails("inventory", "app-server-01", TASKS)
    assert ran.code == 3
    lines = ran.out.split("\n")
    assert lines[0] == "app-server-01, the application server"
    assert lines[3:5] == ["Unknown", "● dotnetnuke.exe  1.2 GB · pid 4312 · line 44"]
    assert "found here before: DotNetNuke executable" in lines[5]
    assert ran.out.index("Unknown") < ran.out.index("Not in this listing") < ran.out.index("6 of 11 expected items run")
    assert "a name is no proof" in ran.out
    assert "unknown on app-server-01: dotnetnuke.exe" in ran.err
    command = next(line for line in lines if "--accept" in line)
    assert command == 'kb inventory app-server-01 --accept dotnetnuke.exe --owner @who --note "what it is for"'


def test_every_listing_of_that_morning_finds_it(seeded: Kb) -> None:
    for name, what in (
        ("tasklist-svc.txt", ["dotnetnuke.exe"]), ("tasklist-v.txt", ["dotnetnuke.exe"]),
        ("tasklist-de.txt", ["dotnetnuke.exe"]), ("tasklist-utf16.txt", ["dotnetnuke.exe"]),
        ("tasklist.csv", ["dotnetnuke.exe"]), ("get-process.txt", ["dotnetnuke"]), ("get-service.txt", ["DNNService"]),
        ("get-service-utf16.txt", ["DNNService"]), ("appcmd.txt", ["DotNetNuke", "intranet-old"]),
    ):  # fmt: skip
        ran = seeded.fails("inventory", "app-server-01", str(LISTINGS / name), "--json")
        assert (ran.code, names(ran, "unknown"), ran.json["missing"]) == (3, what, []), name


def test_it_is_logged_while_the_incident_is_open_and_noted_in_the_entry_once(seeded: Kb) -> None:
    path = seeded("new", "incident", "CPU near 100 % again", "--system", "app-server-01", "--json").json["path"]
    words = ("inventory", "app-server-01", SERVICES, "--log", "--at", "2026-11-22 09:45", "--by", "CTO")
    ran = seeded.fails(*words)
    assert ran.code == 3
    assert path in ran.out
    (event,) = incident(seeded, path).timeline
    assert (event.text, event.kind, event.by) == (
        "Unknown on app-server-01 (get-service): `DNNService`.", "finding", "CTO",
    )  # fmt: skip
    assert [item.text for item in system(seeded).unexpected][1:] == ["`DNNService` found on 2026-11-22 (get-service)"]
    assert system(seeded).unexpected[0].id == "dn8rpe"

    assert seeded.fails(*words).code == 3
    assert len(incident(seeded, path).timeline) == 2, "who looks twice has looked twice"
    assert len(system(seeded).unexpected) == 2
    assert seeded("check").code == 0
    again = seeded.fails("inventory", "app-server-01", SERVICES, "--json").json["unknown"]
    assert again[0]["found_before"] == ["`DNNService` found on 2026-11-22 (get-service)"]


def test_another_incident_can_be_named(seeded: Kb) -> None:
    path = "entries/incidents/2019/2019-03-12-all-applications-down.md"
    before = len(incident(seeded, path).timeline)
    ran = seeded.fails(
        "inventory", "app-server-01", TASKS, "--log", "--on", "all-applications", "--at", "2019-03-12 09:45", "--json"
    )
    assert ran.code == 3
    assert [one["path"] for one in ran.json["written"]] == [path]
    events = incident(seeded, path).timeline
    assert len(events) == before + 1
    (added,) = [event for event in events if "dotnetnuke.exe" in event.text]
    assert added.text == "Unknown on app-server-01 (tasklist): `dotnetnuke.exe` (1.2 GB)."
    assert events.index(added) < next(n for n, event in enumerate(events) if "set to disabled" in event.text)
    assert len(system(seeded).unexpected) == 1, "DotNetNuke stands there already"
    assert seeded.fails("inventory", "app-server-01", TASKS, "--on", "no-such-thing").code == 10


def test_without_an_open_incident_the_system_keeps_its_own_log(kb: Kb) -> None:
    path = kb("new", "system", "web-03", "--expect", "nginx", "--json").json["path"]
    ran = kb("inventory", "web-03", "-", "--log", "--at", "2026-11-22 09:45", stdin="nginx\n")
    assert path in ran.out
    assert [event.text for event in system(kb, path).timeline] == ["Nothing unknown runs on web-03 (names)."]
    assert kb.fails("inventory", "web-03", "-", "--log", stdin="nginx\nmoonminer\n").code == 3
    assert "`moonminer`" in system(kb, path).timeline[1].text
    assert system(kb, path).unexpected[0].text.startswith("`moonminer` found on ")


def test_what_is_accepted_is_silent_from_then_on(seeded: Kb) -> None:
    accept = (
        "inventory",
        "app-server-01",
        "--accept",
        "dotnetnuke.exe",
        "--owner",
        "@web",
        "--note",
        "old intranet",
    )
    before = seeded.text(SEED)
    ran = seeded(*accept, "--json")
    assert ran.json["path"] == SEED
    assert [item.text for item in system(seeded).expected][-1] == "`dotnetnuke.exe` old intranet (@web)"
    added = set(seeded.text(SEED).split("\n")) - set(before.split("\n"))
    assert len(added) == 1
    after = seeded.text(SEED)
    assert "nothing was changed" in seeded(*accept).out
    assert seeded.text(SEED) == after
    ran = seeded("inventory", "app-server-01", TASKS, "--json")
    assert ran.json["unknown"] == []
    assert "dotnetnuke.exe" in names(ran, "expected")
    assert ran.code == 0


def test_accepting_and_looking_in_one_go_and_several_at_once(kb: Kb) -> None:
    path = kb("new", "system", "web-03", "--json").json["path"]
    assert kb.fails("inventory", "web-03", PS, "--log").code == 3
    assert len(system(kb, path).unexpected) == 8
    wanted = ("nginx", "postgres", "contain*", "node_exporter", "*.jar", "worker.py")
    words = [word for name in wanted for word in ("--accept", name)]
    ran = kb.fails("inventory", "web-03", PS, *words, "--owner", "@ops", "--note", "the shop", "--json")
    assert ran.code == 3
    assert names(ran, "unknown") == ["kworkerds", "[kworker/u4:2]"]
    assert ran.json["written"][0]["path"] == path
    kept = [item.text.split()[0] for item in system(kb, path).unexpected]
    assert kept == ["`kworkerds`", "`[kworker/u4:2]`"], "what is accepted is unexpected no more"


def test_what_fails_leaves_nothing_half_done(kb: Kb) -> None:
    path = kb("new", "system", "web-03", "--json").json["path"]
    before = kb.text(path)
    accept = ("inventory", "web-03", PS, "--accept", "nginx", "--owner", "@ops", "--note", "the proxy")
    assert kb.fails(*accept, "--log", "--on", "no-such-incident").code == 10
    assert kb.fails(*accept, "--log", "--at", "the other day-ish").code == 2
    assert kb.text(path) == before


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("web-03", "--accept", "x"), 2, "needs an owner and a note"),
        (("web-03", "--accept", "x", "--owner", "@a"), 2, "needs an owner and a note"),
        (("web-03", "--accept", "*", "--owner", "@a", "--note", "n"), 2, "no name of a program"),
        (("web-03", "--accept", "**a", "--owner", "@a", "--note", "n"), 2, "no name of a program"),
        (("web-03", "--accept", " ", "--owner", "@a", "--note", "n"), 2, "no name of a program"),
        (("web-03", "--owner", "@a", "--note", "n"), 2, "--accept NAME"),
        (("no-such", TASKS), 10, "no system 'no-such'"),
        (("web", TASKS), 10, "fits 2 entries"),
        (("web-03", "/no/such/file"), 10, "no file /no/such/file"),
        (("web-03", str(LISTINGS)), 10, "no file"),
        (("web-03", TASKS, "--format", "toplist"), 2, "no format of a listing"),
        (("web-03", TASKS, "--format", "docker"), 13, "nothing as docker is understood"),
        (("web-03", "-"), 13, "the listing is empty"),
        (("web-03",), 13, "the listing is empty"),
    ],
)
def test_a_clear_word_for_what_cannot_be_done(kb: Kb, words: tuple[str, ...], code: int, says: str) -> None:
    path = kb("new", "system", "web-03", "--json").json["path"]
    kb("new", "system", "web-04")
    before = kb.text(path)
    ran = kb.fails("inventory", *words)
    assert ran.code == code
    assert says in ran.err
    assert "→" in ran.err
    assert kb.text(path) == before


def test_a_system_goes_by_its_hosts_too(kb: Kb) -> None:
    kb("new", "system", "The web farm", "--host", "web-03.corp.local", "--host", "web-04", "--expect", "nginx")
    kb("new", "system", "web-04 database", "--host", "db-01")
    assert kb("inventory", "WEB-04", "-", "--json", stdin="nginx").json["system"] == "the-web-farm"
    assert kb("inventory", "farm", "-", "--json", stdin="nginx").json["system"] == "the-web-farm"
    kb("new", "system", "Another farm", "--host", "web-04")
    ran = kb.fails("inventory", "web-04", "-", stdin="nginx")
    assert (ran.code, "host of several systems" in ran.err) == (10, True)
    assert kb("inventory", "the-web-farm", "-", "--json", stdin="nginx").code == 0


def test_on_a_terminal_without_a_listing_it_says_how_to_get_one(kb: Kb) -> None:
    kb("new", "system", "web-03")
    master, slave = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "kb", "inventory", "web-03"], cwd=kb.root, stdin=slave, capture_output=True, text=True,
        env={**os.environ, "COLUMNS": "100"}, check=False,
    )  # fmt: skip
    os.close(slave)
    os.close(master)
    assert done.returncode == 2
    for how in ("tasklist |", "Get-Service >", "ps aux |", "docker ps |", "kubectl get pods -A |", "one name a line"):
        assert how in done.stderr


def test_what_was_not_understood_is_said(kb: Kb) -> None:
    kb("new", "system", "web-03", "--expect", "w3wp.exe")
    ran = kb.fails("inventory", "web-03", str(LISTINGS / "tasklist-wrapped.txt"))
    assert ran.code == 3
    assert "not understood: line 6: 0          4 K" in ran.err
    assert "61 more lines" in ran.err
    told = kb.fails("inventory", "web-03", str(LISTINGS / "tasklist-cut.txt"), "--json").json["unread"]
    assert told == [{"line": 41, "text": "w3wp.exe"}]


def test_nothing_of_a_listing_drives_the_terminal_or_the_file(kb: Kb) -> None:
    path = kb("new", "system", "web-03", "--json").json["path"]
    evil = '\x1b]0;pwned\x07 "$(reboot)" <!-- x:aaaaaa --> `a` ## Timeline <script>'
    rows = [f'"{evil.replace(chr(34), chr(34) * 2)}","1","Services","0","5 K"', '"fine.exe","1","Services","0","5 K"']
    ran = kb.fails("inventory", "web-03", "-", "--log", stdin="\n".join(rows))
    assert ran.code == 3
    assert not set(ran.out) & {"\x1b", "\x07"}
    entry = system(kb, path)
    assert (len(entry.unexpected), len(entry.timeline), entry.expected) == (2, 1, ())
    assert not set(kb.text(path)) & {"\x1b", "\x07"}
    assert kb.fails("inventory", "web-03", "-", "--log", stdin="\n".join(rows)).code == 3
    assert len(system(kb, path).unexpected) == 2
    kb("inventory", "web-03", "--accept", "fine.exe", "--owner", "@a`b`", "--note", "## x <!-- x:bbbbbb --> `svchost`")
    (accepted,) = system(kb, path).expected
    assert exact([accepted]) == {"fine"}, "a note gives no further names"


def test_all_shows_what_was_passed_over(seeded: Kb) -> None:
    shown = seeded.fails("inventory", "app-server-01", TASKS, "--all").out
    assert "svchost.exe  " in shown
    assert "● w3wp.exe  5 of it" in shown
    assert "svchost.exe" not in seeded.fails("inventory", "app-server-01", TASKS).out
    assert "svchost.exe" in names(seeded.fails("inventory", "app-server-01", TASKS, "--all", "--json"), "own")


def test_it_is_found_in_the_help_with_an_example(kb: Kb) -> None:
    ran = kb.process("inventory", "--help")
    assert "tasklist | kb inventory app-server-01 --log" in ran.out
    assert "Before a deployment" in kb.process("--help").out


# what a person wrote, and what it means


IIS = "IIS, the World Wide Web Publishing Service (W3SVC), with one pool each"


@pytest.mark.parametrize(
    ("item", "name", "meant"),
    [
        (IIS, "W3SVC", True),
        (IIS, "World Wide Web Publishing Service", True),
        (IIS, "Service", False),
        ("nginx, before everything", "nginx.exe", True),
        ("nginx.", "NGINX", True),
        ("nginx-proxy", "nginx", False),
        ("nginx", "nginx2", False),
        ("SQL Server", "sql-server", True),
        (".NET site: back office", "back office", True),
        ("the monitoring agent", "agent", False),
        ("the monitoring agent", "monitoring agent", True),
        ("agent", "agent", True),
        ("Octopus (`octopus*`, `Tentacle.exe`)", "OctopusDeploy", True),
        ("Octopus (`octopus*`, `Tentacle.exe`)", "tentacle", True),
        ("Octopus (`octopus*`, `Tentacle.exe`)", "Octo", False),
        ("`shop-*-1` of docker compose", "shop-web-1", True),
        ("`shop-*-1` of docker compose", "shop-web-12", False),
        ("`dotnetnuke.exe` used by the storefront", "storefront", False),
        ("`/opt/shop/shop.jar`", "shop.jar", True),
        ("`[a]?` is no pattern", "ab", False),
        ("`*`", "anything", False),
        ("`nginx.service`", "nginx", True),
    ],
)
def test_an_item_means_what_it_says(item: str, name: str, meant: bool) -> None:
    assert bool(Meant([Item(item)]).of(Thing(name, "program"))) is meant


def test_a_name_cut_short_by_a_column_is_still_known() -> None:
    thing = Thing("OctopusDeploy T...", "service")
    assert Meant([Item("`OctopusDeploy Tentacle`")]).of(thing)
    assert not Meant([Item("`OctopusDeploy Server`")]).of(thing)
    assert not Meant([Item("`Oct`")]).of(Thing("O...", "service"))


@given(st.lists(st.text(max_size=60), max_size=5), st.text(max_size=40))
@example(["*" * 30 + "a"], "a" * 60 + "b")
@example(["`" + "a*" * 12 + "`"], "a" * 40 + "b")
@example(["``"], "")
def test_no_sentence_and_no_name_make_it_stumble(items: list[str], name: str) -> None:
    Meant(list(map(Item, items))).of(Thing(name, "program"))


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=4, max_size=20).filter(lambda n: n not in EVERYDAY))
def test_what_is_accepted_is_always_found_again(name: str) -> None:
    assert Meant([Item(f"`{name}` for something (@who)")]).of(Thing(name, "program"))
    assert Meant([Item(f"Here runs {name}, for something")]).of(Thing(f"{name}.exe", "program"))


RUNNING = st.lists(st.from_regex(r"[a-z][a-z0-9_.]{0,11}[a-z0-9]", fullmatch=True), min_size=1, max_size=12)


@given(RUNNING, RUNNING, st.sets(st.integers(0, 11)))
def test_everything_that_runs_is_in_one_place_and_what_is_expected_is_there_or_missing(
    running: list[str], others: list[str], accepted: set[int]
) -> None:
    """With everything accepted nothing is unknown; whatever is expected and does not run is missing."""
    text = "\n".join(running)
    some = [f"`{name}` for something (@who)" for number, name in enumerate(running) if number in accepted]
    found = compared([*some, *(f"`{name}`" for name in others)], text)
    groups = (found.expected, found.unknown, found.own)
    assert sorted(thing.line for group in groups for one in group for thing in one.things) == [
        number + 1 for number in range(len(running))
    ]
    keys = {thing.key for thing in found.listing.things}
    assert {one.things[0].key for one in found.expected} == keys & exact(found.system.expected)
    assert {one.item.text for one in found.absent} == {f"`{name}`" for name in others if key(name) not in keys}
    everything = [*(item.text for item in found.system.expected), *(f"`{one.name}` x (@who)" for one in found.unknown)]
    assert compared(everything, text).unknown == ()


# what a listing can and cannot say


def told(comparison: inventory.Comparison) -> dict[str, bool]:
    """What is absent, and whether that is sure."""
    return {absent.item.text: absent.sure for absent in comparison.absent}


def test_missing_is_only_claimed_where_it_would_be_seen() -> None:
    ps = "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\nroot 1 0 0 0 9 ? S 1 0:00 /usr/sbin/nginx\n"
    units = "nginx.service loaded active running x\n"
    task = "w3wp.exe                      1234 Services                   0      1,000 K\n"
    service = "Running  W3SVC              World Wide Web Publishing Service\n"
    docker = '{"Names": "web", "Image": "web", "State": "running"}'
    pods = "web-7d9f8b6c5-x2x4q   1/1   Running   0   3d"
    everywhere = "shop   web-7d9f8b6c5-x2x4q   1/1   Running   0   3d"
    site = 'SITE "web" (id:1,state:Started)'
    for text, item, sure in (
        (ps, "redis", True), (ps, "`redis`", True), (ps, "redis, a cache for baskets", False),
        (ps, "`redis.service`", False), (units, "`redis.service`", True), (units, "`redis`", True),
        (task, "`sqlservr.exe`", True), (task, "`MSSQLSERVER`", False), (task, "`sqlservr.exe`, `MSSQLSERVER`", False),
        (service, "`MSSQLSERVER`", True), (service, "`sqlservr.exe`", False),
        (task + service, "`sqlservr.exe` or `MSSQLSERVER`", True),
        (docker, "`redis`", False), (pods, "`redis`", False), (everywhere, "`redis`", True), (site, "`redis`", False),
        ("web\nnginx", "redis", True),
    ):  # fmt: skip
        assert told(compared([item], text)) == {item: sure}, (text, item)


def test_what_stands_in_a_line_that_was_not_understood_is_not_called_missing() -> None:
    assert told(compared(["`redis.exe`", "`nginx.exe`"], "a.exe   12 Console   1   5 K\nredis.exe     1")) == {
        "`redis.exe`": False, "`nginx.exe`": True,
    }  # fmt: skip


def test_one_of_several_names_is_enough() -> None:
    assert told(compared(["IIS (`W3SVC`, `w3wp.exe`)"], "w3wp.exe\nsvchost.exe")) == {}


def test_what_has_stopped_or_failed_is_said_so() -> None:
    found = compared(["`ALG`", "`W3SVC`"], (LISTINGS / "get-service.txt").read_text("utf-8"))
    (absent,) = found.absent
    assert (absent.item.text, absent.sure, absent.why) == ("`ALG`", True, "ALG is there, but stopped")
    found = compared(["`shop`", "`postgresql`"], (LISTINGS / "systemctl.txt").read_text("utf-8"))
    assert [absent.why for absent in found.absent] == ["shop.service is there, but activating auto-restart"]
    assert [one.name for one in found.failed] == ["logrotate.service", "shop.service"]


def test_what_uses_most_comes_first() -> None:
    found = compared([], (LISTINGS / "ps-aux.txt").read_text("utf-8"))
    assert [one.name for one in found.unknown][:3] == ["kworkerds", "shop.jar", "nginx"]
    assert found.unknown[0].uses == ["97.4 % CPU", "311 MB"]


def test_the_file_says_utf_16_and_the_shell_pipes_it(kb: Kb) -> None:
    kb("new", "system", "app-server-01", "--expect", "w3wp.exe")
    data = (LISTINGS / "get-service-utf16.txt").read_bytes()
    assert data.startswith(b"\xff\xfe")
    done = subprocess.run(
        [sys.executable, "-m", "kb", "inventory", "app-server-01", "--json"], cwd=kb.root, input=data,
        capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "DNNService" in done.stdout.decode()
    assert read(decode(data)).forms == ("get-service",)


def test_the_day_is_the_systems_own(seeded: Kb) -> None:
    assert seeded.fails("inventory", "app-server-01", SERVICES, "--log", "--at", "2026-11-22T03:00Z").code == 3
    assert "found on 2026-11-21" in system(seeded).unexpected[-1].text
