"""Names of people, and the words that are no names: roles, teams, and things that raise alarms."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ROLE_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
a account admin administrator administrators admins alert alerting alerts an analyst and application applications
apps architect architecture argo auditor automation back backup bank board bot bots build business
call ceo cfo chief ci cio ciso cloud comms commander communication communications compliance consultant
contractor contractors coo cpo cto customer customers data database dba dbas desk dev developer
developers devops director duty e-mail e-mails email employee engineer engineering engineers everybody everyone
external facilities finance firewall floor for from front hardware head health-check healthcheck help helpdesk hosting
hr incident infra infrastructure intern internal isp it job legal lead leads lead-developer load logging machine mail
maintainer management manager managers marketing member members monitoring network networking night nobody noc
nurse octopus of office officer on on-call our oncall operation operations operator operators ops owner partner partners
pager pagerduty people pipeline platform postmaster president principal product production programmer
programmers project prometheus provider qa quality release reliability reporter researcher responder response
reviewer sales scheduler script secretary security senior service services shift site slack soc software
sre sres staff storage student supplier support switchboard sysadmin sysadmins system systems
team teams tech technical technician test tester testers testing the their third-party ticket to tool trader twitter
user users vendor vendors vice volunteer vp watchdog we web webmaster writer zabbix
""",
    )
)
"""Words that roles and teams are made of."""


def is_role(name: str) -> bool:
    """Whether a name is one of a role, a team or a thing (`IT operations`, `the on-call engineer`), and of nobody."""
    words = re.findall(r"[\w-]+", name.casefold())
    return bool(words) and all(word in _ROLE_WORDS or word.isdecimal() for word in words)


def named_people(names: Iterable[str]) -> re.Pattern[str] | None:
    """Finds people by their names: the whole name however it is written, and each part of it with its capital."""
    whole, parts = set(), set()
    for name in names:
        words = name.split()
        whole.add(r"[\s._-]{0,3}".join(map(re.escape, words)))
        parts |= {
            word for word in words if len(words) > 1 and len(word) > 2 and word[0].isupper() and not is_role(word)
        }
    if not whole:
        return None
    longest = sorted(whole, key=lambda one: (-len(one), one))
    either = [f"(?i:{'|'.join(longest)})", *([f"(?:{'|'.join(map(re.escape, sorted(parts)))})"] if parts else [])]
    return re.compile(rf"(?<!\w)@?(?:{'|'.join(either)})(?!\w)")
