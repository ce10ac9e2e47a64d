"""A Slack channel as Slack exports it: `users.json`, and a folder a channel with a file of messages a day.

Messages become timeline events, those that ask become questions, what was said in their threads the answers.
Format: https://slack.com/help/articles/220556107 and the message objects of Slack's API.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from kb.errors import InvalidEntry
from kb.markdown import clean
from kb.model import Answer, Incident, IncidentStatus, Moment, Question, Section, Severity, TimelineEvent
from kb.sources.found import Found, item_ids, moment, named
from kb.sources.reading import document

_COMING_AND_GOING = {
    "channel_join": "joined", "channel_leave": "left", "group_join": "joined", "group_leave": "left",
}  # fmt: skip
_MARKUP = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_DEEPEST = 12
"""So many blocks within blocks are read."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d\.json", re.ASCII)
_TOP = ("channels.json", "groups.json", "dms.json", "mpims.json")
_READ = frozenset({
    "type", "subtype", "user", "username", "bot_id", "text", "ts", "thread_ts", "files", "attachments", "reactions",
    "user_profile", "bot_profile", "replies", "reply_count", "reply_users", "reply_users_count", "latest_reply",
    "parent_user_id", "blocks", "client_msg_id", "team", "user_team", "source_team", "app_id", "upload",
    "display_as_bot", "edited", "is_locked", "subscribed", "last_read", "topic", "purpose", "old_name", "name",
    "inviter", "icons",
    "permalink", "hidden", "channel", "x_files", "root", "metadata", "trigger_id",
})  # fmt: skip
"""What a message says, what says it again in another way, and what only Slack can use."""


def is_export(names: Iterable[str]) -> bool:
    """Whether the files of a folder or an archive look like an export."""
    every = [PurePosixPath(name).name for name in names]
    return any(name in (*_TOP, "users.json") for name in every) and any(_DAY.fullmatch(name) for name in every)


def channels(files: Mapping[str, bytes], timezone: str) -> Iterator[Found | tuple[str, InvalidEntry]]:
    """Each channel of an export as an incident; what cannot be read, with its name.

    Args:
        files: what is in the export, by name from its top.
        timezone: of the entries.
    """
    people = _people(files)
    about = {str(one.get("name")): one for name in _TOP for one in _listed(files, name)}
    days: dict[str, list[str]] = {}
    for name in sorted(files):
        path = PurePosixPath(name)
        if _DAY.fullmatch(path.name) and path.parent.name:
            days.setdefault(path.parent.name, []).append(name)
    for channel, names in sorted(days.items()):
        try:
            messages = [message for name in names for message in _messages(files[name], name)]
            yield _Channel(channel, about.get(channel, {}), people, timezone).found(messages)
        except InvalidEntry as error:
            yield channel, error


def one_channel(messages: Any, name: str, timezone: str) -> Found:
    """A file of messages alone, as an incident.

    Raises:
        InvalidEntry: it holds no messages.
    """
    return _Channel(name, {}, {}, timezone).found(_checked(messages, name))


def _people(files: Mapping[str, bytes]) -> dict[str, str]:
    """What each person is called, by their id."""
    made = {}
    for one in _listed(files, "users.json"):
        profile = _dict(one.get("profile"))
        told = (profile.get("display_name"), profile.get("real_name"), one.get("real_name"), one.get("name"))
        made[str(one.get("id"))] = next(filter(None, map(named, told)), "")
    return made


def _listed(files: Mapping[str, bytes], name: str) -> list[dict[str, Any]]:
    data = next((files[path] for path in sorted(files) if PurePosixPath(path).name == name), None)
    found = document(data) if data is not None else []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _messages(data: bytes, name: str) -> list[dict[str, Any]]:
    try:
        return _checked(document(data), name)
    except InvalidEntry as error:
        raise InvalidEntry(f"{name}: {error.message}", error.hint) from None


def _checked(found: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(one, dict) and moment(one.get("ts"), "UTC") for one in found):
        raise InvalidEntry(f"{name} is no list of messages", "export the channel again")
    return found


@dataclass(slots=True)
class _Channel:
    name: str
    about: Mapping[str, Any]
    people: Mapping[str, str]
    timezone: str
    events: list[TimelineEvent] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    attached: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    reactions: Counter[str] = field(default_factory=Counter)
    aside: list[dict[str, Any]] = field(default_factory=list)

    def found(self, messages: list[dict[str, Any]]) -> Found:
        """The channel as an incident."""
        if not messages:
            raise InvalidEntry(f"{self.name} holds no messages", "")
        key, ids = f"slack/{self.name}", item_ids(f"slack/{self.name}")
        for message in sorted(messages, key=lambda one: float(one["ts"])):
            self.take(message, next(ids))
        self.events.sort(key=lambda event: event.at.at.timestamp() if event.at else 0)
        title, guess = self.title()
        first = moment(min((str(one["ts"]) for one in messages), key=float), self.timezone)
        sections = [Section(heading, "\n".join(f"- {line}" for line in lines)) for heading, lines in (
            ("Attachments", self.attached), ("Who came and went", self.moved),
            ("Reactions", [f"{sign} {number}" for sign, number in self.reactions.most_common()]),
        ) if lines]  # fmt: skip
        entry = Incident(
            id="", title=title, status=IncidentStatus.RESOLVED, severity=Severity.NONE, timezone=self.timezone,
            started=first, summary=self.purpose(), timeline=tuple(self.events),
            questions=tuple(self.questions.values()), sections=tuple(sections), tags=("slack",),
        )  # fmt: skip
        guessed = (
            guess, "started from the first message", "status resolved, because it is an export",
            "messages as timeline events",
            "messages that end with a question mark as questions, what their threads say as answers",
        )  # fmt: skip
        return Found(key, entry, guessed, self.aside)

    def title(self) -> tuple[str, str]:
        said = named(_dict(self.about.get("topic")).get("value"))
        if said:
            return self.plain(said), "title from the channel's topic"
        return self.name.replace("-", " ").replace("_", " ").strip() or "Slack channel", "title from the channel's name"

    def purpose(self) -> str:
        said = _dict(self.about.get("purpose")).get("value")
        return clean(self.plain(str(said))) if said else ""

    def take(self, message: dict[str, Any], item_id: str) -> None:
        """One message, told as what it is."""
        at = moment(message["ts"], self.timezone)
        assert at is not None
        subtype = str(message.get("subtype") or "")
        if subtype in _COMING_AND_GOING:
            self.moved.append(f"{at.local(self.timezone)} {self.who(message)} {_COMING_AND_GOING[subtype]}")
            return
        text = self.said(message, at)
        self.react(message)
        left = {key: value for key, value in message.items() if key not in _READ}
        if left:
            self.aside.append({"ts": message["ts"], **left})
        if text:
            self.tell(message, text, at, item_id)

    def tell(self, message: dict[str, Any], text: str, at: Moment, item_id: str) -> None:
        thread, who = str(message.get("thread_ts") or ""), self.who(message)
        asked = self.questions.get(thread)
        if asked and thread != str(message["ts"]):
            answer = Answer(clean(text), who, at)
            self.questions[thread] = replace(asked, answers=(*asked.answers, answer))
        elif text.rstrip().endswith("?"):
            self.questions[str(message["ts"])] = Question(clean(text, question=True), who, at, id=item_id)
        else:
            self.events.append(TimelineEvent(clean(text), at, "note", who, item_id))

    def said(self, message: dict[str, Any], at: Moment) -> str:
        """Its words, and those of the boxes below it; its files are listed."""
        blocks = message.get("blocks")
        parts = [self.plain(str(message.get("text") or "") or "\n".join(_texts(blocks, _DEEPEST)))]
        for box in _dicts(message.get("attachments")):
            told = [named(box.get(key)) for key in ("pretext", "author_name", "title", "title_link")]
            told += [self.plain(str(box.get("text") or box.get("fallback") or ""))]
            told += [f"{named(one.get('title'))}: {named(one.get('value'))}" for one in _dicts(box.get("fields"))]
            parts.append("\n".join(filter(None, told)))
        for file in _dicts(message.get("files")):
            name = named(file.get("name") or file.get("title") or file.get("id")) or "a file"
            kind, size = named(file.get("mimetype")), file.get("size")
            more = ", ".join(filter(None, (kind, f"{size} bytes" if size else "")))
            link = named(file.get("permalink"))
            line = (at.local(self.timezone), self.who(message), name, f"({more})" if more else "", link)
            self.attached.append(" ".join(filter(None, line)))
            parts.append(f"(attached: {name})")
        return "\n".join(part for part in parts if part.strip())

    def react(self, message: dict[str, Any]) -> None:
        for one in _dicts(message.get("reactions")):
            count = one.get("count")
            self.reactions[f":{named(one.get('name'))}:"] += count if isinstance(count, int) else 1

    def who(self, message: dict[str, Any]) -> str:
        """Who said it, by the name people know."""
        user = str(message.get("user") or "")
        profile = _dict(message.get("user_profile"))
        called = (
            profile.get("display_name"),
            profile.get("real_name"),
            message.get("username"),
            message.get("bot_profile"),
            user,
            message.get("bot_id"),
        )
        told = (self.people.get(user), *map(named, called))
        return next((name for name in told if name), "")

    def plain(self, text: str) -> str:
        """Slack's marks as people read them."""
        return html.unescape(_MARKUP.sub(self.mark, text))

    def mark(self, found: re.Match[str]) -> str:
        sort, target, label = found.groups()
        if sort == "@":
            return f"@{label or self.people.get(target) or target}"
        if sort == "#":
            return f"#{label or target}"
        if sort == "!":
            return label or f"@{target.partition('^')[0]}"
        return f"{label} ({target})" if label and label != target else target


def _texts(blocks: Any, deepest: int) -> Iterator[str]:
    """The words of a message's blocks, for one that has them nowhere else."""
    if isinstance(blocks, list) and deepest:
        for block in blocks:
            yield from _texts(block, deepest - 1)
    elif isinstance(blocks, dict) and deepest:
        text = blocks.get("text")
        if isinstance(text, str) and text.strip():
            yield text
        for key in ("text", "elements", "fields"):
            yield from _texts(blocks.get(key), deepest - 1) if not isinstance(blocks.get(key), str) else ()


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
