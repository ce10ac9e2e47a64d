"""What `appcmd list` of IIS prints: sites, application pools, applications, worker processes."""

from __future__ import annotations

import re

from kb.listings.thing import Form, Row, Thing, named

_ROW = re.compile(r'\s*(SITE|APPPOOL|APP|WP|VDIR)(?:\.NAME:)? ?"([^"]+)"(?: \((.*)\))?')
_POOL = re.compile(r"applicationPool:([^,)]+)")
_STATE = re.compile(r"state:(\w+)")


def _row(line: str) -> Row:
    found = _ROW.fullmatch(line)
    if not found:
        return None
    what, name, facts = found[1], found[2], found[3] or ""
    pool, state = _POOL.search(facts), _STATE.search(facts)
    if what == "VDIR":
        return ()
    if what == "WP":  # named by its process id
        return (Thing(named(pool[1]), "site", pid=name),) if pool else None
    runs = state is None or state[1] == "Started"
    also = (pool[1],) if pool else ()
    told = state[1] if state else ""
    return (Thing(named(name.rstrip("/") or name), "site", also=also, state=told, runs=runs),)


APPCMD = Form("appcmd", "appcmd list site, apppool, app or wp", "windows", lambda line, ruler: None, _row)
