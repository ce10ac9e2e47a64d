"""Keys, tokens, passwords and the like in a text: what must neither be kept in a postmortem nor be published.

The formats of tokens come from detect-secrets (its network checks are never made); what it misses in the logs and
commands that people paste is here. A text without any of the words or beginnings that a secret comes with is passed
over at once, and nothing is loaded for it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

LONGEST_LINE = 20_000
"""Characters of a line that are looked at; a longer one is looked at in pieces."""
_OVERLAP = 400

_HINT = re.compile(
    r"pass|pwd|kennwort|contrase|secret|token|key['\"]?\s{0,3}[=:]|-key |credential|session|authorization|bearer|cookie|identified|securestring|sig=|signature=|://"
    r"|akia|asia|eyj|gh[pousr]_|gl(?:pat|dt|ft|soat|rt|sa|c)|xox|hooks?\.|webhook|sk[-_]|rk_|npm_|pypi-|aiza|gocspx|ya29"
    r"|hvs\.|dapi|dop_v1|nrak|api-|sg\.|\$2[aby]\$|\$[156y]\$|-p|-u|puttygen|\d:aa|\b(?:ac|sk)[0-9a-f]{32}",
    re.IGNORECASE,
)
"""What a text with a secret has somewhere."""

_NAME = r"(?:pass(?:word|wd|phrase|code)?|pwd|kennwort|passwort|contraseña|mot[_ ]de[_ ]passe)"
_KEY = (
    r"(?:api[_-]?key|app[_-]?key|access[_-]?key(?:[_-]?id)?|account[_-]?key|auth[_-]?(?:key|token)|client[_-]?secret"
    r"|encryption[_-]?key|private[_-]?key|master[_-]?key|secret(?:[_-]?(?:access[_-]?)?key)?|shared[_-]?access[_-]?key"
    r"|(?:access|refresh|bearer|session|id|api|auth|deploy|personal)?[_-]?token|credentials?|session[_-]?id)"
)
_VALUE = r"(?:[^\s;,'\"<>&|]|&(?![\w.-]{1,40}=|#?\w{1,8};|[&\s]))"
"""A character of a password that stands bare; an ampersand ends it only where the next parameter begins."""
_OWN: tuple[tuple[str, str, bool], ...] = (
    ("connection string", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"<>|]{0,100}:(?P<s>[^\s/@'\"<>|]{3,200})@", False),
    ("password", rf"\b[\w.-]{{0,40}}{_NAME}\b['\"]?\s{{0,3}}(?:=|:=|=>|:)\s{{0,3}}(?P<q>['\"])(?P<s>.{{3,200}}?)(?P=q)", False),
    ("password", rf"\b[\w.-]{{0,40}}{_NAME}\s{{0,2}}=\s{{0,2}}(?P<s>{_VALUE}{{4,200}})", False),
    ("password", rf"\b[\w.-]{{0,40}}{_NAME}(?: is| was)?:?\s{{1,3}}(?P<s>{_VALUE}{{6,200}})", True),
    ("password", rf"<[\w:.-]{{0,40}}{_NAME}>(?P<s>[^<>\s]{{3,200}})</", False),
    ("password", r"--?(?:password|passwd|pass|passphrase)[= ](?P<s>[^\s'\"-][^\s'\"]{3,200})", False),
    ("password", r"\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)\b[^\n]{0,200}?\s-p(?P<s>[^\s'\"-][^\s'\"]{2,100})", False),
    ("password", r"\bsshpass\s{1,3}-p\s{0,3}['\"]?(?P<s>[^\s'\"]{3,100})", False),
    ("password", r"\bcurl\b[^\n]{0,300}?\s(?:-u|--user)[= ]?['\"]?[^\s:'\"]{1,100}:(?P<s>[^\s'\"]{3,100})", False),
    ("password", r"\s-U\s{0,2}[\w.\\-]{1,60}%(?P<s>[^\s'\"]{3,100})", False),
    ("password", r"\bidentified\s{1,3}(?:with\s\w{1,40}\s)?by\s{1,3}['\"](?P<s>[^'\"]{3,100})['\"]", False),
    ("password", r"\bconvertto-securestring\s{1,3}(?:-string\s{1,3})?['\"](?P<s>[^'\"]{3,100})['\"]", False),
    ("password", r"\bnet\s{1,3}(?:user|use)\s{1,3}\S{1,60}\s{1,3}(?P<s>[^\s/*][^\s/]{5,60})\s{1,3}/(?:add|user|persistent)", False),
    ("hashed password", r"(?P<s>\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}|\$[156y]\$[^\s$:]{1,40}\$[./A-Za-z0-9]{20,100})", False),
    ("key", rf"\bkey=['\"][^'\"]{{0,60}}(?:{_NAME}|{_KEY})[^'\"]{{0,20}}['\"]\s{{1,3}}value=['\"](?P<s>[^'\"]{{3,200}})['\"]", False),
    ("key", rf"\b[\w.-]{{0,40}}{_KEY}['\"]?\s{{0,3}}(?:=|:=|=>|:)\s{{0,3}}['\"]?(?P<s>[A-Za-z0-9/+_.=~%-]{{8,400}})", True),
    ("key", r"--(?:token|secret|api-key|apikey|access-key|client-secret)[= ](?P<s>[^\s'\"-][^\s'\"]{5,200})", True),
    ("authorization header", r"\bauthorization['\"]?\s{0,2}[:=]\s{0,3}['\"]?(?:bearer|basic|token|digest|apikey|negotiate)\s{1,3}(?P<s>[A-Za-z0-9._~+/=-]{8,2000})", False),
    ("authorization header", r"\b(?:x-api-key|x-auth-token|x-octopus-apikey|private-token|dd-api-key)['\"]?\s{0,2}:\s{0,3}['\"]?(?P<s>[A-Za-z0-9._~+/=-]{8,400})", False),
    ("bearer token", r"\bbearer\s{1,3}(?P<s>[A-Za-z0-9._~+/=-]{20,2000})", True),
    ("session cookie", r"\bcookie:[^\n]{0,400}?\b[\w.-]{0,30}(?:sess|auth|token|sid)[\w.-]{0,30}=(?P<s>[^\s;,'\"]{12,1000})", False),
    ("signed address", r"[?&](?:sig|signature|x-amz-signature|x-goog-signature)=(?P<s>[A-Za-z0-9%+/=_-]{20,400})", False),
    ("storage key", r"\b(?:account|sharedaccess)key=(?P<s>[A-Za-z0-9+/=]{20,120})", False),
    ("webhook", r"https://(?:hooks\.slack\.com/(?:services|workflows)|[\w.-]{1,60}\.webhook\.office\.com/webhookb2|(?:\w{1,20}\.)?discord(?:app)?\.com/api/webhooks)/(?P<s>[\w/@-]{16,300})", False),
    ("JSON web token", r"(?<![\w=-])(?P<s>eyJ[\w=-]{6,3000}\.eyJ[\w=-]{2,6000}(?:\.[\w=-]{0,2000})?)", False),
    ("Google key", r"\b(?P<s>AIza[0-9A-Za-z_-]{30,40}|GOCSPX-[0-9A-Za-z_-]{20,40}|ya29\.[0-9A-Za-z_-]{20,300})", False),
    ("GitHub token", r"\b(?P<s>github_pat_[A-Za-z0-9_]{22,100}|gh[pousr]_[A-Za-z0-9_]{30,255})", False),
    ("Telegram token", r"\b(?P<s>\d{8,10}:AA[\w-]{30,36})", False),
    ("Octopus API key", r"\b(?P<s>API-[A-Z0-9]{25,40})\b", False),
    ("token", r"\b(?P<s>(?:hvs|hvb)\.[\w-]{20,200}|dapi[0-9a-f]{32}|do[opr]_v1_[0-9a-f]{64}|NRAK-[A-Z0-9]{27}|gl(?:sa|c)_[\w=+/-]{20,200}|npm_[A-Za-z0-9]{30,40}|AGE-SECRET-KEY-1[A-Z0-9]{50,60}|sk-ant-[\w-]{20,120}|xapp-\d-[A-Z0-9]{8,14}-\d{8,16}-[a-z0-9]{20,80})", False),
)  # fmt: skip
"""Kind, pattern, and whether what it finds must also look as if nobody had chosen it."""

_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?P<s>(?:(?!-----)[\s\S]){1,20000})(?:-----END [^\n-]{1,50}-----)?"
)
_PLUGINS = (
    ("AWS key", "aws.AWSKeyDetector"), ("storage key", "azure_storage_key.AzureStorageKeyDetector"),
    ("Artifactory key", "artifactory.ArtifactoryDetector"), ("Discord token", "discord.DiscordBotTokenDetector"),
    ("GitHub token", "github_token.GitHubTokenDetector"), ("GitLab token", "gitlab_token.GitLabTokenDetector"),
    ("Mailchimp key", "mailchimp.MailchimpDetector"),
    ("OpenAI key", "openai.OpenAIDetector"), ("PyPI token", "pypi_token.PypiTokenDetector"),
    ("SendGrid key", "sendgrid.SendGridDetector"), ("Slack token", "slack.SlackDetector"),
    ("Square token", "square_oauth.SquareOAuthDetector"), ("Stripe key", "stripe.StripeDetector"),
    ("Twilio key", "twilio.TwilioKeyDetector"),
)  # fmt: skip
_PLAIN = ("key", "password")
_STANDS_FOR = re.compile(
    r"[*•.xX_#-]+|<.*>?|\[.*\]?|\{.*|\$[({a-z_].*|[/~].*|[a-z]:\\.*|%\w+%?|@\w+@?|\(.*|.*\.\.\.|.*…|(?:your|my|some|the|an?|any)[_ -].*"
    r"|(?:example|sample|dummy|fake|test)[_ -]?.*|changeme|hunter2?|none|null|nil|true|false|redacted.*|masked.*|hidden|empty|unset|undefined|required|invalid"
    r"|expired|unknown|missing|password|passwd|pwd|secret|token|env(?:ironment)?|default|string|value|prompt|stdin|file:.*"
    r"|os\.environ.*|getenv.*|process\.env.*|secrets?\..*|vars?\..*|vault:.*|arn:.*|ref\+.*|https?://.*|was|is|must|has|for",
    re.IGNORECASE,
)
"""What people write in place of a secret."""


@dataclass(frozen=True, slots=True, order=True)
class Secret:
    """Where a secret stands. It is never named itself, so that no message, log or report carries it on.

    Args:
        start, end: in characters of the text, so that `text[start:end]` is the secret.
        line: of the text, from 1.
        kind: what it seems to be.
    """

    start: int
    end: int
    line: int
    kind: str


def find(text: str) -> list[Secret]:
    """The secrets in a text, in its order; none of them overlaps another."""
    found = [*_private_keys(text)] if "PRIVATE KEY" in text else []
    if not _HINT.search(text):
        return found
    at = 0
    for number, line in enumerate(text.split("\n"), 1):
        if _HINT.search(line):
            for piece in range(0, max(len(line), 1), LONGEST_LINE - _OVERLAP):
                for kind, start, end in _in_line(line[piece : piece + LONGEST_LINE]):
                    found.append(Secret(at + piece + start, at + piece + end, number, kind))
        at += len(line) + 1
    return _apart(found)


def masked(text: str, lines: Container[int] | None = None) -> str:
    """The text with `[redacted: kind]` in place of each secret.

    Args:
        lines: only of those that begin on one of these; of all if not given.
    """
    for secret in reversed([one for one in find(text) if lines is None or one.line in lines]):
        text = f"{text[: secret.start]}[redacted: {secret.kind}]{text[secret.end :]}"
    return text


def _private_keys(text: str) -> Iterator[Secret]:
    line, at = 1, 0
    for match in _PRIVATE_KEY.finditer(text):
        line, at = line + text.count("\n", at, match.start()), match.start()
        yield Secret(match.start("s"), match.end("s"), line, "private key")


def _in_line(line: str) -> Iterator[tuple[str, int, int]]:
    for kind, pattern, random in _patterns():
        for match in pattern.finditer(line):
            value = match["s"]
            if not _STANDS_FOR.fullmatch(value.strip("'\"`.,;)")) and (not random or _random(value)):
                yield kind, *match.span("s")
    for kind, plugin in _detectors():
        for value in plugin.analyze_string(line):
            if (start := line.find(value)) >= 0:
                yield kind, start, start + len(value)


def _random(value: str) -> bool:
    """Whether a value looks made up by a machine or for a lock: letters and digits mixed, or signs within."""
    plain = value.strip("'\"`.,;:)(!?")
    letters, digits = any(map(str.isalpha, plain)), any(map(str.isdigit, plain))
    signs = any(mark in plain for mark in "!@#$%^&*+~")
    words = re.fullmatch(r"[a-z]+(?:[-_./][a-z]+)*|v?\d[\d.:/-]*(?:ms|s|m|h|kb|mb|gb|%)?", plain, re.IGNORECASE)
    return len(plain) >= 6 and letters and (digits or signs) and not words


def _apart(found: list[Secret]) -> list[Secret]:
    """The first and longest of those that overlap, by the name that says most."""
    kept: list[Secret] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end, one.kind in _PLAIN)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], bool], ...]:
    return tuple((kind, re.compile(pattern, re.IGNORECASE), random) for kind, pattern, random in _OWN)


@cache
def _detectors() -> tuple[tuple[str, Any], ...]:
    """The detectors of detect-secrets for formats that cannot be mistaken; those that go by entropy or by names are not
    among them, for they take every hash in a log for a secret."""
    made = []
    for kind, name in _PLUGINS:
        module, _, called = name.partition(".")
        made.append((kind, getattr(import_module(f"detect_secrets.plugins.{module}"), called)()))
    return tuple(made)
