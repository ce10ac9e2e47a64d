"""Listings as people get them: every format that is read, as it comes, and as it comes damaged."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import string
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.errors import InvalidEntry, UsageError
from kb.listings import FORMS, Listing, Thing, decode, own, read
from kb.listings.commands import program

FOLDER = Path(__file__).with_name("listings")


def listing(name: str) -> Listing:
    return read(decode((FOLDER / name).read_bytes()))


def foreign(found: Listing) -> dict[str, int]:
    """What runs and is not the operating system's own: how many of each name."""
    return dict(Counter(thing.name for thing in found.things if thing.runs and not own(thing)))


def the(found: Listing, name: str) -> Thing:
    (thing,) = [thing for thing in found.things if thing.name == name]
    return thing


WINDOWS = {
    "Tentacle.exe": 1, "zabbix_agentd.exe": 1, "beremote.exe": 1, "w3wp.exe": 5, "dotnetnuke.exe": 1,
}  # fmt: skip
SERVICES = {
    "AppHostSvc": 1, "BackupExecAgentAccelerator": 1, "DNNService": 1, "OctopusDeploy Tentacle": 1, "W3SVC": 1,
    "WAS": 1, "Zabbix Agent": 1,
}  # fmt: skip
CUT_SHORT = {
    "AppHostSvc": 1, "BackupExecAgent...": 1, "DNNService": 1, "OctopusDeploy T...": 1, "W3SVC": 1, "WAS": 1,
    "Zabbix Agent": 1,
}  # fmt: skip
BARE = {name.removesuffix(".exe"): count for name, count in WINDOWS.items()}
EVERY = {
    "tasklist.txt": ("tasklist", 63, WINDOWS),
    "tasklist-de.txt": ("tasklist", 63, WINDOWS),
    "tasklist-v.txt": ("tasklist", 63, WINDOWS),
    "tasklist.csv": ("tasklist", 63, WINDOWS),
    "tasklist-utf16.txt": ("tasklist", 63, WINDOWS),
    "tasklist-no-head.txt": ("tasklist", 63, WINDOWS),
    "tasklist-list.txt": ("tasklist", 31, {name: 1 for name in WINDOWS if name != "w3wp.exe"}),
    "tasklist-svc.txt": ("tasklist", 127, {**WINDOWS, "AppHostSvc": 1, "W3SVC": 1, "WAS": 1}),
    "get-service.txt": ("get-service", 49, CUT_SHORT),
    "get-service-utf16.txt": ("get-service", 49, CUT_SHORT),
    "get-service-list.txt": ("get-service", 49, SERVICES),
    "get-service.csv": ("get-service", 49, SERVICES),
    "get-process.txt": ("get-process", 63, BARE),
    "get-process-list.txt": ("get-process", 63, BARE),
    "ps-aux.txt": ("ps", 27, {
        "containerd": 1, "postgres": 3, "nginx": 3, "shop.jar": 1, "worker.py": 1, "node_exporter": 1, "kworkerds": 1,
        "[kworker/u4:2]": 1,
    }),
    "ps-ef.txt": ("ps", 10, {
        "containerd": 1, "nginx": 2, "postgres": 1, "shop.jar": 1, "worker.py": 1, "watch.sh": 1, "kworkerds": 1,
    }),
    "systemctl.txt": ("systemctl", 11, {
        "containerd.service": 1, "nginx.service": 1, "postgresql@15-main.service": 1, "tradefair.service": 1,
    }),
    "docker-ps.txt": ("docker", 3, {"shop-web-1": 1, "shop-db-1": 1, "quirky_turing": 1}),
    "docker.json": ("docker", 2, {"shop-web-1": 1, "quirky_turing": 1}),
    "kubectl.txt": ("kubectl", 5, {"storefront": 2, "postgres": 1, "log-shipper": 1, "debug-shell": 1}),
    "kubectl-all.txt": ("kubectl", 3, {"coredns": 1, "storefront": 1, "tradefair": 1}),
    "appcmd.txt": ("appcmd", 11, {
        "storefront": 4, "back office": 1, "customer portal": 1, "partner portal": 1, "reporting": 1,
        "intranet-old": 1, "DotNetNuke": 1, "reporting/exports": 1,
    }),
    "names.txt": ("names", 5, {
        "nginx": 1, "postgres": 1, "shop.jar": 1, "dotnetnuke.exe": 1, "Octopus Deploy Tentacle": 1,
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
def test_every_format_is_seen_for_what_it_is(name: str) -> None:
    found = listing(name)
    form, running, names = EVERY[name]
    assert found.forms == (form,)
    assert found.unread == ()
    assert sum(thing.runs for thing in found.things) == running
    assert foreign(found) == names
    for thing in found.things:
        line = decode((FOLDER / name).read_bytes()).split("\n")[thing.line - 1]
        assert thing.form == form
        assert thing.name.rstrip(".").rpartition("/")[2][:12] in line or form == "get-process", "it tells its line"


@pytest.mark.parametrize("name", EVERY)
def test_the_format_can_be_said_and_another_one_understands_nothing(name: str) -> None:
    text = decode((FOLDER / name).read_bytes())
    form = EVERY[name][0]
    assert foreign(read(text, form)) == EVERY[name][2]
    other = "kubectl" if form != "kubectl" else "appcmd"
    with pytest.raises(InvalidEntry, match=other):
        read(text, other)


def wear(text: str) -> dict[str, str]:
    """The same listing as it arrives by other ways."""
    return {
        "Windows line ends": text.replace("\r\n", "\n").replace("\n", "\r\n"),
        "indented": "\n".join(f"    {line}" for line in text.split("\n")),
        "blank lines between": text.replace("\n", "\n\n") if "Name " not in text and "PID:" not in text else text,
        "a mail around it": f"\n\nuser@host:~$ something --else\n\n{text}\n\nuser@host:~$ \n",
        "a byte order mark": f"\ufeff{text}",
        "colours": text.replace("●", "\x1b[0;1;31m●\x1b[0m"),
    }


@pytest.mark.parametrize("name", [name for name in EVERY if name != "names.txt"])
def test_how_it_was_copied_does_not_matter(name: str) -> None:
    plain = decode((FOLDER / name).read_bytes())
    for how, text in wear(plain).items():
        if name == "tasklist-svc.txt" and how == "blank lines between":
            continue
        assert foreign(read(text)) == EVERY[name][2], how


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_bytes_as_they_come(encoding: str) -> None:
    text = "Müllabfuhr.exe                4312 Services                   0      1.283 K\r\n" * 3
    found = read(decode(text.encode(encoding)))
    assert {thing.name for thing in found.things} == {"Müllabfuhr.exe"}


def test_several_listings_one_after_another() -> None:
    text = "".join(decode((FOLDER / name).read_bytes()) for name in ("tasklist.txt", "get-service.txt", "appcmd.txt"))
    found = read(text)
    assert found.forms == ("tasklist", "get-service", "appcmd")
    assert foreign(found) == {**WINDOWS, **CUT_SHORT, **EVERY["appcmd.txt"][2]}
    assert found.unread == ()


def test_what_it_uses_is_told() -> None:
    task = the(listing("tasklist.txt"), "dotnetnuke.exe")
    assert (task.pid, task.memory, task.line) == ("4312", 1_283_740, 44)
    assert the(listing("tasklist-de.txt"), "dotnetnuke.exe").memory == 1_283_740
    assert the(listing("tasklist-v.txt"), "dotnetnuke.exe").seconds == 6727
    assert the(listing("tasklist-svc.txt"), "dotnetnuke.exe").also == ("DNNService",)
    process = the(listing("get-process.txt"), "dotnetnuke")
    assert (process.pid, process.memory) == ("4312", 1_283_740)
    assert process.seconds > 6000
    shop = the(listing("ps-aux.txt"), "shop.jar")
    assert (shop.pid, shop.percent, shop.memory, shop.path) == ("711", 6.2, 1_498_212, "/opt/shop/shop.jar")
    web = the(listing("docker-ps.txt"), "shop-web-1")
    assert (web.image, web.also) == (
        "registry.example.com/shop/web:4.10", ("registry.example.com/shop/web", "web"),
    )  # fmt: skip
    assert the(listing("get-service.txt"), "OctopusDeploy T...").also == ("OctopusDeploy Tentacle",)
    assert the(listing("kubectl-all.txt"), "tradefair").namespace == "shop"


def test_what_should_run_and_does_not_is_told_too() -> None:
    failed = {
        name: [thing.name for thing in listing(name).things if thing.failed]
        for name in ("systemctl.txt", "docker-ps.txt", "kubectl.txt")
    }
    assert failed == {
        "systemctl.txt": ["logrotate.service", "shop.service"],
        "docker-ps.txt": ["shop-cache-1"],
        "kubectl.txt": ["back-office"],
    }
    stopped = [thing.name for thing in listing("get-service.txt").things if not thing.runs]
    assert stopped == ["ALG", "AppMgmt", "BITS", "XblGameSave"]
    assert [thing.name for thing in listing("appcmd.txt").things if not thing.runs] == ["Default Web Site"]


# damaged


def test_cut_off_in_the_middle_of_a_line() -> None:
    found = listing("tasklist-cut.txt")
    assert [(one.line, one.text) for one in found.unread] == [(41, "w3wp.exe")]
    assert foreign(found) == {"Tentacle.exe": 1, "zabbix_agentd.exe": 1, "beremote.exe": 1, "w3wp.exe": 3}


def test_wrapped_by_a_mail_program() -> None:
    found = listing("tasklist-wrapped.txt")
    assert foreign(found) == WINDOWS
    assert len(found.unread) == 64
    assert found.unread[-1].text.endswith("7,540 K")


def test_not_one_line_is_lost() -> None:
    """Rows of other columns, half rows and remarks are each told with their line."""
    good = "root         602  0.0  0.0  10240  1500 ?        Ss   Mar01   0:00 nginx: master process"
    head = "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND"
    bad = ["root         6x2  0.0", "and then it hung, so I pressed ^C", "602 nginx", "root 1 2 3 4 5 6 7 8 9 10"]
    found = read("\n".join([head, good, bad[0], good, *bad[1:], good]))
    assert [thing.name for thing in found.things] == ["nginx"] * 3
    assert [(one.line, one.text) for one in found.unread] == [(3, bad[0]), (5, bad[1]), (6, bad[2]), (7, bad[3])]


def test_a_record_ends_where_its_lines_end() -> None:
    record = "Name                : W3SVC\nStatus              : Running\nRequiredServices    : {WAS,\n   HTTP}\n"
    found = read(f"{record}and then it hung\n\n{record}{record}")
    assert [thing.name for thing in found.things] == ["W3SVC"] * 3
    assert [(one.line, one.text) for one in found.unread] == [(5, "and then it hung")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\n \r\n\t\n", "empty"),
        ("Dear all, the server is slow again. Could somebody look?\nThanks, Priya.", "nothing in the listing"),
        ("<html><body>403</body></html>", "line 1 reads '<html>"),
        ("PNG\x00\x01\x02(((((,,,,,", "nothing in the listing"),
        ("12345\n4711\n", "nothing in the listing"),
    ],
)
def test_a_text_that_is_no_listing_is_refused_with_what_would_be_one(text: str, says: str) -> None:
    with pytest.raises(InvalidEntry, match=says) as caught:
        read(text)
    assert "tasklist" in caught.value.hint
    assert "kubectl get pods" in caught.value.hint


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        read("nginx", "toplist")
    assert all(name in caught.value.hint for name in FORMS)


def test_an_empty_table_is_a_listing_of_nothing() -> None:
    found = read("CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES\n")
    assert (found.forms, found.things) == (("docker",), ())


def test_nothing_of_a_listing_drives_the_terminal() -> None:
    head = "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\n"
    (thing,) = read(f"{head}root 1 0 0 0 1 ? S 1 0:00 /x/a\x1b]0;b\x07`c`\u202e\n").things
    assert thing.name == "a␛]0;b␇'c'\\u202e"


def test_a_hundred_thousand_lines_are_read_at_once() -> None:
    """Whatever stands in them; a pattern that goes back and forth over a line would take minutes."""
    for text in (
        (FOLDER / "tasklist.txt").read_text("utf-8") * 1500,
        ("a" + " " * 300 + "b,\n") * 20_000,
        ("a: b: c: " * 30 + "\n") * 20_000,
        ("Name : x\nb : y\n") * 10_000,
        ("1 " * 2000 + "x,\n") * 1000,
        "(" * 5_000_000,
    ):
        began = time.process_time()
        with contextlib.suppress(InvalidEntry):
            read(text)
        assert time.process_time() - began < 10, text[:40]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("PID   USER     TIME  COMMAND\n    1 root      0:00 /opt/a -x\n   17 root      0:00 [kthread]", ["a"]),
        ("  PID  PPID CMD                         %MEM %CPU\n"
         "  711     1 java -jar /opt/b.jar --x    18.4  6.2", ["b.jar"]),
        ("    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n"
         "    711 shop      20   0 4928116   1.4g  27520 S  97.3  18.4 402:13.07 java", ["java"]),
        ("Name                  Id       CPU\n----                  --       ---\nApplicationFrameHost  9012   12.5\n"
         "w3wp                 15120 1,203.5", ["ApplicationFrameHost", "w3wp"]),
        ("Handles      WS(K)   CPU(s)     Id UserName               ProcessName\n"
         "-------      -----   ------     -- --------               -----------\n"
         "    543      23456     1.23   4321 IIS APPPOOL\\storefront w3wp", ["w3wp"]),
        (" NPM(K)    PM(M)      WS(M)     CPU(s)      Id  SI ProcessName\n"
         " ------    -----      -----     ------      --  -- -----------\n"
         "     28    12.35      23.46       1.23    4321   0 w3wp", ["w3wp"]),
        ("NAME         IMAGE      COMMAND     SERVICE   CREATED       STATUS       PORTS\n"
         "shop-web-1   shop/web   \"run\"       web       2 weeks ago   Up 2 weeks   80/tcp", ["shop-web-1"]),
        ("Running  W3SVC   World Wide Web Publishing Service\nStopped  ALG     Application", ["W3SVC", "ALG"]),
        ("Status Name DisplayName\n------ ---- -----------\nRunning W3SVC World Wide Web", ["W3SVC"]),
        ('"w3wp.exe";"5120";"Services";"0";"12.345 K"', ["w3wp.exe"]),
    ],
)  # fmt: skip
def test_the_columns_people_choose(text: str, names: list[str]) -> None:
    found = read(text)
    assert ([thing.name for thing in found.things], found.unread) == (names, ())


# what a command runs


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("/usr/sbin/nginx -g daemon off;", "nginx"),
        ("nginx: worker process", "nginx"),
        ("postgres: 15/main: checkpointer", "postgres"),
        ("sshd: root@pts/0", "sshd"),
        ("-bash", "bash"),
        ("(sd-pam)", "sd-pam"),
        ("java -jar /opt/shop/shop.jar --port 80", "shop.jar"),
        ("/usr/bin/java -cp /a.jar:/b.jar -Xmx1g com.shop.Main", "com.shop.Main"),
        ("python3 /opt/x/worker.py", "worker.py"),
        ("/usr/bin/python3.11 -u -W ignore -m gunicorn app:app", "gunicorn"),
        ("python3 -c import_this", "python3"),
        ("node --max-old-space-size=4096 -r dotenv/config /srv/app/server.js", "server.js"),
        ("dotnet exec /srv/Shop.dll", "Shop.dll"),
        ("dotnet /srv/Shop.dll", "Shop.dll"),
        ("perl -e print", "perl"),
        ("php -f /srv/cron.php", "cron.php"),
        ("/bin/sh -c /opt/shop/run.sh --fast", "run.sh"),
        ("/bin/bash /opt/x.sh", "x.sh"),
        ("sh -c while true; do sleep 1; done", "sh"),
        ("mono /srv/app.exe", "app.exe"),
        (" | \\_ /usr/sbin/cron -f", "cron"),
        ("@dbus-daemon --system", "dbus-daemon"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_a_program_is_told_by_what_it_runs(command: str, name: str) -> None:
    assert program(command)[0] == name


@pytest.mark.parametrize(
    ("pod", "name"),
    [
        ("storefront-7d9f8b6c5-x2x4q", "storefront"),
        ("postgres-0", "postgres"),
        ("log-shipper-q8w7z", "log-shipper"),
        ("nightly-export-28412340-9tqkz", "nightly-export"),
        ("debug-shell", "debug-shell"),
        ("kube-apiserver-master", "kube-apiserver-master"),
    ],
)
def test_a_pod_is_called_by_what_it_belongs_to(pod: str, name: str) -> None:
    (thing,) = read(f"NAME READY STATUS RESTARTS AGE\n{pod}   1/1   Running   0   3d").things
    assert (thing.name, thing.also) == (name, (pod,))


def test_a_thread_of_the_kernel_is_nothing_but_a_program_that_calls_itself_one_is() -> None:
    head = "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\n"
    assert read(head + "root 12 0.0 0.0 0 0 ? S 1 0:00 [kworker/0:1]").things == ()
    assert len(read(head + "root 12 0.0 0.0 900 400 ? S 1 0:00 [kworker/0:1]").things) == 1
    head = "UID PID PPID C STIME TTY TIME CMD\n"
    assert read(head + "root 12 2 0 Mar01 ? 00:00:00 [kworker/0:1]").things == ()
    assert len(read(head + "root 12 711 0 Mar01 ? 00:00:00 [kworker/0:1]").things) == 1


def test_the_systems_own_is_told_by_name_and_by_place() -> None:
    def ps(command: str) -> Thing:
        head = "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\n"
        return read(f"{head}root 12 0.0 0.0 900 400 ? S 1 0:00 {command}").things[0]

    assert own(ps("/usr/sbin/sshd -D"))
    assert own(ps("/lib/systemd/systemd-journald"))
    assert own(ps("/usr/bin/python3 /usr/share/unattended-upgrades/unattended-upgrade-shutdown"))
    assert not own(ps("/tmp/sshd -D"))
    assert not own(ps("/usr/local/sbin/sshd -D"))
    assert not own(ps("/usr/sbin/sshdd"))
    windows = {thing.name: own(thing) for thing in listing("get-service.txt").things}
    assert windows["CDPUserSvc_4a1f3"], "its ending differs on every machine"
    assert windows["CoreMessagingRe..."], "cut short, but nothing else begins so"
    assert not windows["W3SVC"]
    assert not own(Thing("svchost.exe", "program", form="ps")), "no part of Linux"
    assert own(Thing("SVCHOST", "program", form="get-process"))


# whatever there may be


@given(st.text() | st.text(alphabet='aB1 .,:;|"-=●{}[]()/\\\t\n\r\x1b', max_size=300))
@example("=== ===\na b\n")
@example("---- --\n")
@example("Name : \n\n")
@example('"PID"\n"a","PID","x"\n"b"')
@example("[" * 5000)
@example('{"Names": [], "State": 1}')
@example("●")
def test_no_text_makes_it_stumble(text: str) -> None:
    for form in ("", *FORMS):
        try:
            found = read(text, form)
        except InvalidEntry:
            continue
        for thing in found.things:
            assert thing.name
            assert thing.name.isprintable()
            own(thing)


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"\xff\xfea")
@example(b"\xef\xbb\xbf")
def test_no_bytes_make_it_stumble(data: bytes) -> None:
    assert isinstance(decode(data), str)


@given(st.sampled_from(sorted(EVERY)), st.data())
def test_a_damaged_line_costs_at_most_itself_and_is_told(name: str, data: st.DataObject) -> None:
    lines = decode((FOLDER / name).read_bytes()).replace("\r", "").split("\n")
    whole = read("\n".join(lines))
    thing = data.draw(st.sampled_from(whole.things))
    if name.endswith(("-list.txt", "-svc.txt")):
        return  # there a thing is more than a line
    damaged = [*lines[: thing.line - 1], "~ ~ ~ , damaged , ~ ~ ~", *lines[thing.line :]]
    found = read("\n".join(damaged), EVERY[name][0])
    assert [one.line for one in found.unread] == [thing.line]
    assert list(found.things) == [one for one in whole.things if one.line != thing.line]


LETTERS = string.ascii_letters + string.digits
word = st.text(LETTERS + "_.+", min_size=1, max_size=14).filter(lambda name: name[0].isalpha() and name[-1].isalnum())
phrase = st.lists(word, min_size=1, max_size=3).map(" ".join).filter(lambda name: len(name) < 24)


def aligned(head: tuple[str, ...], rows: list[tuple[str, ...]], right: tuple[int, ...] = (), ruler: str = "") -> str:
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]

    def line(cells: tuple[str, ...]) -> str:
        sides = (str.rjust if number in right else str.ljust for number in range(len(cells)))
        return " ".join(side(cell, width) for cell, width, side in zip(cells, widths, sides, strict=True)).rstrip()

    under = [" ".join(ruler * width for width in widths)] if ruler == "=" else []
    if ruler == "-":
        under = [line(tuple("-" * len(title) for title in head))]
    return "\n".join([line(head), *under, *map(line, rows)])


def as_csv(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([head, *rows])
    return out.getvalue()


PS_HEAD = ("USER", "PID", "%CPU", "%MEM", "VSZ", "RSS", "TTY", "STAT", "START", "TIME", "COMMAND")
FULL_HEAD = ("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD")
TASK_HEAD = ("Image Name", "PID", "Session Name", "Session#", "Mem Usage")
DOCKER_HEAD = ("CONTAINER ID ", "IMAGE ", "COMMAND ", "CREATED ", "STATUS ", "PORTS ", "NAMES")
PROCESS_HEAD = ("Handles", "NPM(K)", "PM(K)", "WS(K)", "CPU(s)", "Id", "SI", "ProcessName")
WRITERS: dict[str, tuple[st.SearchStrategy[str], Callable[[list[str]], str]]] = {
    "ps aux": (word, lambda names: aligned(
        PS_HEAD, [("root", "17", "0.3", "1.0", "900", "400", "?", "Ss", "Mar01", "0:01", f"/opt/{n} -x") for n in names]
    )),
    "ps -ef": (word, lambda names: aligned(
        FULL_HEAD, [("root", "17", "1", "0", "Mar01", "?", "00:00:01", f"/opt/{n} -x") for n in names]
    )),
    "systemctl": (word.map("{}.service".format), lambda names: aligned(
        ("UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION"), [(n, "loaded", "active", "running", "A thing") for n in names]
    )),
    "tasklist": (phrase, lambda names: aligned(
        TASK_HEAD, [(n, "4312", "Services", "0", "12,345 K") for n in names], (1, 3, 4), "="
    )),
    "tasklist csv": (phrase, lambda names: as_csv(
        TASK_HEAD, [(n, "4312", "Services", "0", "12,345 K") for n in names]
    )),
    "tasklist list": (phrase, lambda names: "\n\n".join(
        f"Image Name:   {n}\nPID:          4312\nSession Name: Services\nSession#:     0\nMem Usage:    5 K"
        for n in names
    )),
    "Get-Service": (phrase, lambda names: aligned(
        ("Status ", "Name", "DisplayName"), [("Running", n, f"The {n}") for n in names], (), "-"
    )),
    "Get-Service csv": (phrase, lambda names: as_csv(("Name", "Status"), [(n, "Running") for n in names])),
    "Get-Service list": (phrase, lambda names: "\n\n".join(
        f"Name        : {n}\nDisplayName : The {n}\nStatus      : Running" for n in names
    )),
    "Get-Process": (phrase, lambda names: aligned(
        PROCESS_HEAD, [("80", "5", "1", "1234567", "", "4312", "0", n) for n in names], (0, 1, 2, 3, 4, 5, 6), "-"
    )),
    "Get-Process list": (phrase, lambda names: "\n\n".join(
        f"Id      : 4312\nHandles : 80\nCPU     : \nSI      : 0\nName    : {n}" for n in names
    )),
    "docker": (word, lambda names: aligned(
        DOCKER_HEAD, [("4f9d0a6f2f1b ", "web:4 ", '"run …" ', "2 weeks ago ", "Up 2 weeks ", " ", n) for n in names]
    )),
    "docker json": (word, lambda names: "\n".join(
        json.dumps({"Image": "shop/web:4", "Names": n, "State": "running"}) for n in names
    )),
    "kubectl": (word, lambda names: aligned(
        ("NAME", "READY", "STATUS", "RESTARTS", "AGE"),
        [(f"{n}-7d9f8b6c5-x2x4q", "1/1", "Running", "0", "12d") for n in names],
    )),
    "appcmd": (phrase, lambda names: "\n".join(f'SITE "{n}" (id:2,bindings:http/*:80:,state:Started)' for n in names)),
    "names": (phrase, "\n".join),
}  # fmt: skip


@pytest.mark.parametrize("form", WRITERS)
@given(data=st.data())
def test_what_is_written_is_read(form: str, data: st.DataObject) -> None:
    names, write = WRITERS[form]
    wanted = data.draw(st.lists(names, min_size=1, max_size=8))
    found = read(write(wanted), form.split(maxsplit=1)[0].lower())
    assert [thing.name for thing in found.things] == wanted
    assert found.unread == ()
    if form != "names":
        assert [thing.name for thing in read(write(wanted)).things] == wanted, "it is seen for what it is, too"
