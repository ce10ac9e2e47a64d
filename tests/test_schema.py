"""`kb schema`: what an editor would underline is what `kb check` calls wrong, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import ROOT, Kb
from jsonschema import Draft202012Validator

from kb.markdown import parse
from kb.markdown.fields import FRONT
from kb.markdown.schema import schema

SCHEMA = Draft202012Validator(schema())
ENTRIES = sorted((ROOT / "entries").rglob("*.md"))


class Editor(yaml.SafeLoader):
    """YAML as editors read it, by 1.2: a time is text, and so is `no`."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, how) for tag, how in rules if not tag.endswith(("timestamp", "bool", "int"))]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Editor.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(?:true|false|True|False)$"), list("tfTF"))
Editor.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("[-+]?[0-9]+$"), list("-+0123456789"))


def underlined(text: str) -> set[str]:
    """The keys of a front matter that do not fit, read as editors do; they must be the same as kb reads it."""
    front = text.split("---\n")[1]
    found = [
        {str(error.absolute_path[0]) if error.absolute_path else "" for error in SCHEMA.iter_errors(values)}
        for values in (yaml.load(front, Loader=Editor), yaml.load(front, Loader=yaml.BaseLoader))
    ]
    assert found[0] == found[1]
    return found[0]


def entry(kind: str, line: str) -> str:
    return f"---\nid: one\nkind: {kind}\n{line}\n---\n\n# One\n"


def wrong(text: str) -> bool:
    """Whether kb says that something in the front matter cannot be read."""
    return any("mend the value or remove the line" in problem.hint for problem in parse(text).problems)


def test_the_schema_is_one_and_knows_every_key() -> None:
    Draft202012Validator.check_schema(SCHEMA.schema)
    for kind, fields in FRONT.items():
        assert list(SCHEMA.schema["$defs"][kind]["properties"]) == [field.key for field in fields]


@pytest.mark.parametrize("path", [*ENTRIES, *sorted((ROOT / "templates").glob("*.md"))], ids=lambda path: path.name)
def test_every_entry_of_ours_fits(path: Path) -> None:
    text = path.read_text("utf-8")
    assert underlined(text) - ({"id"} if path.parent.name == "templates" else set()) == set()


RIGHT = {
    "incident": """status: Resolved|severity: SEV1|visibility: public|near_miss: yes|near_miss: true|near_miss: 0
        |timezone: Europe/Berlin|started: 2019-03-12|started: 2019-03-12 9:05|started: 2019-03-12T09:05:01.5Z
        |started: 2019-03-12 09:05 pm|started: 2019-03-12 09:05 +0100|resolved:|services: [web, back office]
        |services: web, back office|tags: [2024, dns]|tags: 2024|deployments: [2019-03-12-a (Ruled Out), b]
        |deployments: a (caused), b|environment: 4|own_key: {a: [1]}|recurrence_of: [a]|source: https://example.org""",
    "deployment": """status: in progress|status: in-progress|window: 2019-03-12 05:00 to 06:00|window: 2019-03-12
        |window: 2019-03-12 23:00 to 2019-03-13 01:00|services: [web (4.9 -> 4.10), api]|services: web (4.10), api
        |services: [4]|meeting: 2019-03-12 16:00|attendees: [a, b]|tool: Argo CD""",
    "system": "status: retired|hosts: [app-01]|owner: '@ops'",
}
WRONG = {
    "incident": """status: sleeping|severity: huge|severity: [sev1]|visibility: secret|near_miss: perhaps
        |timezone: Mars/Olympus|started: yesterday|started: 2019-13-01|started: 2019-02-30|started: 2019-03-12 25:00
        |started: 09:00|started: [2019-03-12]|detected: 2019-03-12 09:60|services: {a: b}|tags: [[a]]
        |deployments: [a (blamed)]|deployments: [two words]|company: [a, b]|environment: {a: b}""",
    "deployment": """status: resolved|window: someday|window: 2019-03-12 05:00 to later|services: [web (4.10]
        |services: [(4.10)]|services: [web (a) (b)]|finished: 5|attendees: {a: b}""",
    "system": "status: active soon|hosts: {a: b}",
}


def lines(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(kind, line.strip()) for kind, text in table.items() for line in text.split("|")]


@pytest.mark.parametrize(("kind", "line"), lines(RIGHT))
def test_what_kb_reads_is_not_underlined(kind: str, line: str) -> None:
    assert not wrong(entry(kind, line))
    assert underlined(entry(kind, line)) == set()


@pytest.mark.parametrize(("kind", "line"), lines(WRONG))
def test_what_kb_cannot_read_is(kind: str, line: str) -> None:
    assert wrong(entry(kind, line))
    assert underlined(entry(kind, line)) == {line.partition(":")[0]}


def test_an_entry_of_no_kind_or_id_does_not_fit() -> None:
    assert underlined("---\nid: Not An Id\nkind: incident\n---\n") == {"id"}
    assert underlined("---\nid: one\nkind: meeting\n---\n") == {"kind"}
    assert underlined("---\nkind: system\n---\n") == {""}


def test_it_is_printed_or_written(kb: Kb) -> None:
    printed: Any = kb("schema").json
    assert printed == json.loads(json.dumps(schema()))
    kb("schema", "--to", str(kb.root / "kb.schema.json"))
    assert json.loads(kb.text("kb.schema.json")) == printed
    assert kb.fails("schema", "--to", str(kb.root / "no/folder.json")).code == 15
