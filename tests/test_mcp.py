"""An assistant asks, and records: the official client speaks with `kb mcp`, a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from commands import ROOT, Kb
from mcp import ClientSession, MCPError, StdioServerParameters, stdio_client
from mcp.types import CallToolResult, TextContent
from secrets_corpus import SECRETS

from kb.markdown import parse
from kb.model import Incident

READING = ["search", "similar", "questions", "brief", "show"]
RECORDING = ["new_incident", "log", "ask", "answer", "mitigate", "resolve", "lesson", "action_add"]
STORY = "2019-03-12-all-applications-down"
KEY_LINE, KEY = SECRETS[1]
PLANTED = """\
import kb.cli.capture as capture, kb.cli.find as find
def fault(*words): print('on stdout'); 1 / 0
find.search = capture._seen_before = fault
"""
"""Faults in kb, planted in a real server: one before anything was done, one after; each prints besides."""


@asynccontextmanager
async def assistant(kb: Kb, *words: str, planted: str = "", **environment: str) -> AsyncIterator[ClientSession]:
    """A client that has said hello to a server of its own, which leaves no traceback unless a fault is planted."""
    run = ["-c", f"{planted}from kb.cli import main; main()"] if planted else ["-m", "kb"]
    env = {name: value for name, value in os.environ.items() if name != "KB_ROOT"} | environment
    server = StdioServerParameters(
        command=sys.executable, args=[*run, "mcp", "--root", str(kb.root), *words], env=env, cwd=kb.root.parent
    )
    talk = kb.root.parent / f"stderr-{os.urandom(4).hex()}"
    with talk.open("w", encoding="utf-8") as errlog:
        async with stdio_client(server, errlog) as (incoming, outgoing), ClientSession(incoming, outgoing) as session:
            await session.initialize()
            yield session
    assert ("Traceback" in talk.read_text("utf-8")) == bool(planted)


async def call(session: ClientSession, tool: str, **given: Any) -> CallToolResult:
    answer = await session.call_tool(tool, given)
    assert isinstance(answer, CallToolResult)
    return answer


async def done(session: ClientSession, tool: str, **given: Any) -> dict[str, Any]:
    """What a tool answers when it works."""
    answer = await call(session, tool, **given)
    assert not answer.is_error, said(answer)
    assert answer.structured_content is not None
    assert json.loads(said(answer)[0]) == answer.structured_content
    return answer.structured_content


async def fails(session: ClientSession, tool: str, **given: Any) -> str:
    """What a tool says that does not work."""
    answer = await call(session, tool, **given)
    assert (answer.is_error, answer.structured_content) == (True, None)
    return said(answer)[0]


def said(answer: CallToolResult) -> list[str]:
    return [one.text for one in answer.content if isinstance(one, TextContent)]


def incident(kb: Kb, path: str) -> Incident:
    found = parse(kb.text(path)).entry
    assert isinstance(found, Incident)
    return found


async def test_an_assistant_is_told_what_it_can_ask(kb: Kb) -> None:
    async with assistant(kb) as session:
        told = session.initialize_result
        tools = (await session.list_tools()).tools
    assert told
    assert (told.server_info.name, told.capabilities.tools is None) == ("kb", False)
    assert "never as an instruction" in str(told.instructions)
    assert [tool.name for tool in tools] == READING
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)


async def test_what_records_is_there_only_when_that_was_wanted(kb: Kb) -> None:
    kb("new", "incident", "Checkout is down")
    before = kb.files()
    async with assistant(kb) as session:
        assert "kb mcp --write" in await fails(session, "log", text="x")
    assert kb.files() == before
    async with assistant(kb, "--write") as session:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
    assert list(tools) == READING + RECORDING
    for name in RECORDING:
        hints = tools[name].annotations
        assert hints
        assert (hints.read_only_hint, hints.destructive_hint, hints.open_world_hint) == (
            False, name in ("mitigate", "resolve"), False,
        )  # fmt: skip


async def test_every_tool_and_every_argument_is_described_and_nothing_else_is_taken(kb: Kb) -> None:
    async with assistant(kb, "--write") as session:
        for tool in (await session.list_tools()).tools:
            schema = tool.input_schema
            assert len(str(tool.description)) > 50, tool.name
            assert schema["additionalProperties"] is False
            assert all(len(one["description"]) > 3 for one in schema["properties"].values()), tool.name
        wrong = await fails(session, "search", query="down", limmit=3)
        assert "limmit" in wrong
        assert "schema of search" in wrong
        assert "limit" in await fails(session, "search", query="down", limit=0)
        assert "query" in await fails(session, "search")


ASKED: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("search", {"query": "high CPU after deploy", "limit": 3}, ("search", "high CPU after deploy", "-n", "3")),
    ("search", {"query": "severity:sev1 tag:nothing"}, ("search", "severity:sev1 tag:nothing")),
    ("similar", {"text": "site slow, w3wp.exe at 100%"}, ("similar", "--text", "site slow, w3wp.exe at 100%")),
    ("similar", {"id": STORY}, ("similar", STORY)),
    ("similar", {}, ("similar",)),
    ("questions", {"text": "high CPU"}, ("questions", "--text", "high CPU")),
    ("questions", {"id": "all-applications", "limit": 2}, ("questions", STORY, "-n", "2")),
    ("brief", {"services": ["storefront=4.11"]}, ("brief", "--service", "storefront=4.11")),
    ("brief", {"deployment": "release-4-10"}, ("brief", "release-4-10")),
    ("show", {"id": "all-applications"}, ("show", STORY)),
    ("show", {"id": "release-4-10"}, ("show", "release-4-10")),
]
"""What an assistant asks, and the command that asks the same."""


async def test_a_tool_answers_what_its_command_prints(seeded: Kb) -> None:
    async with assistant(seeded) as session:
        for tool, given, words in ASKED:
            printed, answer = seeded(*words, "--json"), await call(session, tool, **given)
            assert answer.structured_content == printed.json, words
            assert said(answer)[0] + "\n" == printed.out, words


async def test_an_entry_is_read_as_its_markdown(seeded: Kb) -> None:
    async with assistant(seeded) as session:
        listed = (await session.list_resources()).resources
        (template,) = (await session.list_resource_templates()).resource_templates
        (whole,) = (await session.read_resource(f"kb://entry/{STORY}")).contents
        (part,) = (await session.read_resource("kb://entry/all-applications")).contents
        with pytest.raises(MCPError, match="no entry 'nothing'\n→ 'kb list'"):
            await session.read_resource("kb://entry/nothing")
        with pytest.raises(MCPError, match="kb://entry/ID"):
            await session.read_resource("file:///etc/passwd")
    assert f"kb://entry/{STORY}" in [one.uri for one in listed]
    assert (template.uri_template, template.mime_type) == ("kb://entry/{id}", "text/markdown")
    assert whole.text == part.text == seeded("show", STORY).out  # type: ignore[union-attr]


async def test_an_incident_from_the_alert_to_the_lesson(kb: Kb) -> None:
    async with assistant(kb, "--write") as session:
        made = await done(
            session, "new_incident", title="All applications down", symptoms=["CPU near 100 %", "SQL slow"],
            severity="sev1", started="2019-03-12 09:00", services=["storefront"], systems=["app-server-01"],
        )  # fmt: skip
        event = await done(
            session, "log", text="alert e-mails", at="2019-03-12 09:00", kind="detection", by="IT operations"
        )
        await done(session, "ask", text="What changed?", by="IT operations", at="2019-03-12 09:05")
        asked = await done(session, "ask", text="What is running there?", by="CTO", at="2019-03-12 09:30")
        await done(session, "answer", text="Just .NET sites.", by="IT operations")
        await done(
            session, "answer", question=asked["changed"][0], text="A DotNetNuke service.", verdict="cracked",
            evidence="sc query\nDNN  RUNNING",
        )  # fmt: skip
        await done(session, "answer", question="what changed", verdict="dead-end")
        await done(session, "mitigate", at="2019-03-12 09:50", resolution="Stopped it.")
        over = await done(session, "resolve", at="2019-03-12 10:05", root_cause="An unknown service ate the CPU.")
        await done(session, "lesson", text="Ask questions until you find answers.", kind="lucky")
        await done(session, "action_add", text="Inventory every server", owner="@ops", due="2019-03-22", ticket="OPS-4")
        again = await done(session, "new_incident", title="Checkout hangs", symptoms=["processor at 98 %"])
    assert set(made) == set(kb("new", "incident", "Another one", "--json").json)
    assert set(event) == set(kb("log", "x", "--json").json)
    assert (over["id"], over["changed"]) == (made["id"], ["status", "resolved", "root_cause"])
    assert [hit["id"] for hit in again["similar"]] == [made["id"]]
    assert again["questions"][0]["text"] == "What is running there?"
    entry = incident(kb, made["path"])
    assert (entry.title, str(entry.severity), str(entry.status)) == ("All applications down", "sev1", "resolved")
    assert [item.text for item in entry.symptoms] == ["CPU near 100 %", "SQL slow"]
    assert [(one.text, one.kind, one.by) for one in entry.timeline] == [("alert e-mails", "detection", "IT operations")]
    assert [(one.text, str(one.verdict), len(one.answers)) for one in entry.questions] == [
        ("What changed?", "dead end", 0), ("What is running there?", "cracked it", 2),
    ]  # fmt: skip
    assert entry.questions[1].answers[1].evidence == "sc query\nDNN  RUNNING"
    assert (entry.resolution, entry.root_cause) == ("Stopped it.", "An unknown service ate the CPU.")
    assert [(one.text, str(one.kind)) for one in entry.lessons] == [("Ask questions until you find answers.", "lucky")]
    assert [(one.owner, str(one.due), one.ticket) for one in entry.actions] == [("@ops", "2019-03-22", "OPS-4")]


async def test_what_kb_refuses_is_an_answer_with_a_way_out(kb: Kb) -> None:
    for title in ("Checkout is down", "Checkout is slow"):
        kb("new", "incident", title)
    before = kb.files()
    async with assistant(kb, "--write") as session:
        assert re.search("no entry 'nothing'\n→ 'kb list' shows", await fails(session, "show", id="nothing"))
        assert "checkout-is-slow" in await fails(session, "log", text="x", on="checkout")
        assert "is not a time\n→ say it like 09:05" in await fails(session, "log", text="x", at="soonish")
        assert "an event needs a text" in await fails(session, "log", text=" ")
        assert "no question has been asked" in await fails(session, "answer", text="x")
        assert "kind: Input should be 'change'" in await fails(session, "log", text="x", kind="gossip")
        assert "no deployment is planned" in await fails(session, "brief")
        assert "at most 65,536 are taken in" in await fails(session, "log", text="x" * 70_000)
        assert kb.files() == before
        assert (await done(session, "log", text="x"))["id"].endswith("checkout-is-slow")


async def test_of_an_empty_base_nothing_is_known(kb: Kb) -> None:
    async with assistant(kb, "--write") as session:
        assert (await done(session, "search", query="down"))["hits"] == []
        assert (await done(session, "similar", text="down"))["hits"] == []
        assert (await done(session, "questions", text="down"))["questions"]
        assert (await done(session, "brief", services=["web"]))["schema"] == 1
        assert (await session.list_resources()).resources == []
        for tool in ("show", "similar", "questions", "mitigate", "resolve"):
            assert "nothing is recorded yet\n→ begin with" in await fails(session, tool)


async def test_hostile_text_comes_out_as_text(kb: Kb) -> None:
    path = kb("new", "incident", "Down", "--json").json["path"]
    hostile = "# Down \x1b[31m\x07\n\n## Summary\n\nbell\x08 \x7f \x9b \u202e rlo \u2028 line \u200b </script>\n"
    file = kb.root / path
    file.write_text(re.sub(r"# Down\n\n## Summary\n", lambda _: hostile, kb.text(path)), "utf-8")
    printed, shown = kb("show", "--json"), kb("show").out
    async with assistant(kb) as session:
        answer = await call(session, "show")
        (markdown,) = (await session.read_resource(f"kb://entry/{printed.json['id']}")).contents
        (listed,) = (await session.list_resources()).resources
        hits = await done(session, "search", query="bell")
    assert answer.structured_content == printed.json
    assert "\x1b[31m" in printed.json["title"]
    assert "\u202e rlo" in printed.json["summary"]
    assert hits["hits"][0]["title"] == printed.json["title"]
    texts = [*said(answer), markdown.text, str(listed.title)]  # type: ignore[union-attr]
    assert [c for text in texts for c in text if c != "\n" and not c.isprintable()] == []
    assert texts[1] == shown


async def test_a_broken_file_is_named_and_the_work_goes_on(kb: Kb) -> None:
    kb("new", "incident", "Checkout is down")
    path = kb("log", "first", "--json").json["path"]
    async with assistant(kb, "--write") as session:
        (kb.root / path).write_text(kb.text(path).replace("status: investigating", "status: [what"), "utf-8")
        shown = await call(session, "show")
        assert shown.structured_content
        assert (shown.structured_content["stale"], shown.structured_content["status"]) == (True, "investigating")
        assert re.match(rf"warning: {path}:\d+: ", said(shown)[1])
        found = await call(session, "search", query="checkout")
        assert found.structured_content
        assert [hit["stale"] for hit in found.structured_content["hits"]] == [True]
        assert re.match(rf"warning: {path}:\d+: ", said(found)[1])
        kept = await done(session, "log", text="second")
        assert [problem["path"] for problem in kept["problems"]] == [path]
        (markdown,) = (await session.read_resource(f"kb://entry/{kept['id']}")).contents
        assert "second" in markdown.text  # type: ignore[union-attr]


async def test_broken_settings_and_a_broken_database_end_no_server(kb: Kb) -> None:
    kb("new", "incident", "Checkout is down")
    settings, database = kb.root / "mkdocs.yml", kb.root / ".kb/kb.sqlite"
    whole, rows = settings.read_text("utf-8"), database.read_bytes()
    async with assistant(kb, "--write") as session:
        settings.write_text(whole.replace("America/Chicago", "America/Nowhere"), "utf-8")
        assert "America/Nowhere" in await fails(session, "log", text="x")
        assert "America/Nowhere" in await fails(session, "search", query="x")
        with pytest.raises(MCPError, match="America/Nowhere"):
            await session.list_resources()
        settings.write_text(whole, "utf-8")
        database.write_bytes(b"no database " * 1000)
        assert "kb.sqlite" in await fails(session, "log", text="x")
        with pytest.raises(MCPError, match=r"kb\.sqlite"):
            await session.read_resource("kb://entry/checkout")
        database.write_bytes(rows)
        await done(session, "log", text="the hamster")
        assert (await done(session, "search", query="hamster"))["total"] == 1


async def test_a_fault_in_kb_itself_is_an_answer_too(kb: Kb) -> None:
    kb("new", "incident", "Checkout is down")
    async with assistant(kb, "--write", planted=PLANTED) as session:
        wrong = await fails(session, "search", query="down")
        assert wrong.startswith("a fault in kb: ZeroDivisionError: division by zero\n→ ")
        assert "Traceback" not in wrong
        over = await call(session, "resolve", root_cause="The cable.")
        assert over.structured_content
        assert over.structured_content["changed"] == ["status", "resolved", "root_cause"]  # so nobody does it twice
        assert "ZeroDivisionError" in said(over)[1]
        assert (await done(session, "show"))["root_cause"] == "The cable."


PLACES: list[tuple[str, dict[str, Any]]] = [
    ("new_incident", {"title": "Down", "symptoms": ["slow", KEY_LINE]}),
    ("new_incident", {"title": "Down", "detected_by": KEY_LINE}),
    ("log", {"text": KEY_LINE}),
    ("ask", {"text": KEY_LINE}),
    ("answer", {"text": "see there", "evidence": KEY_LINE}),
    ("mitigate", {"resolution": KEY_LINE}),
    ("resolve", {"root_cause": KEY_LINE}),
    ("lesson", {"text": KEY_LINE}),
    ("action_add", {"text": "x", "ticket": KEY_LINE}),
]
"""Where a secret may come in."""


@pytest.fixture
def burning(kb: Kb) -> Kb:
    """An incident with a question."""
    kb("new", "incident", "Checkout is down")
    kb("ask", "What runs there?")
    return kb


def everything(kb: Kb) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(kb.root.rglob("*")) if path.is_file())


async def test_a_secret_is_recorded_with_a_warning_where_nobody_can_be_asked(burning: Kb) -> None:
    async with assistant(burning, "--write") as session:
        for tool, given in PLACES:
            answer = await call(session, tool, **given)
            assert answer.structured_content, said(answer)
            (problem,) = answer.structured_content["problems"]
            assert "looks like a secret" in problem["message"]
            assert "kb purge-secret" in problem["hint"]
            assert "looks like a secret" in said(answer)[1]
            assert KEY not in "".join(said(answer)[1:])
        assert (await done(session, "log", text="nothing of the kind"))["problems"] == []
    assert everything(burning).count(KEY.encode()) >= len(PLACES)


async def test_masked_it_is_stored_nowhere(burning: Kb) -> None:
    async with assistant(burning, "--write", KB_SECRETS="mask") as session:
        for tool, given in PLACES:
            answer = await call(session, tool, **given)
            assert "It is recorded as shown here." in said(answer), said(answer)
            assert KEY not in "".join(said(answer))
    assert KEY.encode() not in everything(burning)
    assert sum(data.count(b"[redacted: ") for data in burning.files().values()) >= len(PLACES)


async def test_refused_nothing_is_recorded(burning: Kb) -> None:
    settings = burning.root / "mkdocs.yml"
    settings.write_text(settings.read_text().replace("timezone:", "secrets: refuse\n      timezone:"))
    before = burning.files()
    async with assistant(burning, "--write") as session:
        for tool, given in PLACES:
            wrong = await fails(session, tool, **given)
            assert re.search("looks like a secret .*nothing was recorded\n→ leave it out", wrong)
            assert KEY not in wrong
    assert burning.files() == before


async def test_two_assistants_record_at_once_and_nothing_is_lost(kb: Kb) -> None:
    path = kb("new", "incident", "Checkout is down", "--json").json["path"]
    texts = [[f"{who} saw thing {number}" for number in range(12)] for who in ("one", "other")]

    async def record(session: ClientSession, text: str) -> None:
        await done(session, "log", text=text)

    async with assistant(kb, "--write") as one, assistant(kb, "--write") as other, anyio.create_task_group() as both:
        for session, mine in zip((one, other), texts, strict=True):
            for text in mine:
                both.start_soon(record, session, text)
    assert sorted(event.text for event in incident(kb, path).timeline) == sorted(texts[0] + texts[1])
    assert kb("check", "--deep").code == 0


class Raw:
    """A client that writes and reads the protocol itself, and can vanish."""

    def __init__(self, kb: Kb) -> None:
        words = [sys.executable, "-m", "kb", "mcp", "--write", "--root", str(kb.root)]
        pipe = subprocess.PIPE
        self.server = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8")
        told = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}
        self.send(id=1, method="initialize", params=told)
        assert json.loads(self.out.readline())["result"]["serverInfo"]["name"] == "kb"
        self.send(method="notifications/initialized")

    @property
    def out(self) -> Any:
        return self.server.stdout

    def send(self, **message: Any) -> None:
        assert self.server.stdin
        self.server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.server.stdin.flush()

    def call(self, number: int, tool: str, **given: Any) -> None:
        self.send(id=number, method="tools/call", params={"name": tool, "arguments": given})

    def gone(self, deaf: bool = False) -> int:
        """Stops writing, and listening too; how the server ended."""
        assert self.server.stdin
        if deaf:
            self.out.close()
        self.server.stdin.close()
        return self.server.wait(60)


def test_nothing_but_the_protocol_goes_to_stdout(kb: Kb) -> None:
    path = kb("new", "incident", "Checkout is down", "--json").json["path"]
    (kb.root / path).write_text(kb.text(path) + "\n<<<<<<< mine\n", "utf-8")
    client = Raw(kb)
    client.server.stdin.write("this is no message\n")  # type: ignore[union-attr]
    for number, tool in enumerate(("show", "similar", "questions", "mitigate", "gossip"), 2):
        client.call(number, tool)
    answers = [json.loads(client.out.readline()) for _ in range(5)]
    assert sorted(answer["id"] for answer in answers) == [2, 3, 4, 5, 6]
    assert (client.gone(), client.out.read(), "Traceback" in client.server.stderr.read()) == (0, "", False)  # type: ignore[union-attr]


@pytest.mark.parametrize("deaf", [False, True])
def test_when_the_client_disappears_the_server_ends_and_what_was_asked_for_is_done(kb: Kb, deaf: bool) -> None:
    path = kb("new", "incident", "Checkout is down", "--json").json["path"]
    assert Raw(kb).gone(deaf) == 0
    client = Raw(kb)
    client.call(2, "log", text="last words")
    assert client.gone(deaf) == 0
    assert "Traceback" not in client.server.stderr.read()  # type: ignore[union-attr]
    assert [event.text for event in incident(kb, path).timeline] == ["last words"]


async def test_the_configuration_in_the_readme_works(seeded: Kb) -> None:
    (snippet,) = re.findall(r"```json\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    (written,) = json.loads(snippet)["mcpServers"].values()
    assert written["args"][:2] == ["mcp", "--root"]
    command = Path(sys.executable).with_name(written["command"])
    server = StdioServerParameters(
        command=str(command), args=["mcp", "--root", str(seeded.root)], env=dict(os.environ), cwd="/"
    )
    async with stdio_client(server) as (incoming, outgoing), ClientSession(incoming, outgoing) as session:
        await session.initialize()
        assert (await done(session, "search", query="high CPU after deploy"))["hits"][0]["id"] == STORY


def test_without_the_extra_it_says_what_to_install(kb: Kb) -> None:
    code = "import sys; sys.modules['mcp'] = None; sys.argv = ['kb', 'mcp']\nfrom kb.cli import main\nmain()"
    ran = subprocess.run([sys.executable, "-c", code], cwd=kb.root, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (14, "")
    assert "pip install 'postmortem-kb[mcp]'" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_where_there_is_no_knowledge_base_it_says_so_at_once(kb: Kb, tmp_path: Path) -> None:
    ran = kb.process("mcp", "--root", str(tmp_path))
    assert (ran.code, ran.out) == (10, "")
    assert "no knowledge base in" in ran.err
