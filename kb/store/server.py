"""A server that goes away and comes back: nobody waits for it without end, and what it did last is found out.

A commit whose answer is lost was made or was not. The only way to know is to look, once nobody is at it any more.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, event, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from kb.errors import OutOfReach, StoreUnavailable
from kb.store import tables
from kb.store.stored import Kept

CONNECT_SECONDS = 10
"""To wait for a server that does not answer at all."""
BACK_SECONDS = 20.0
"""To wait for one that went away in the middle of an answer; a restart takes a few."""
_LIBPQ = ("psycopg", "psycopg2")
_CONNECTION = {
    "connect_timeout": CONNECT_SECONDS, "application_name": "kb",
    "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000,
}  # fmt: skip
"""What libpq is told, unless the address says otherwise: a cut cable is noticed within 30 seconds, not 15 minutes."""
_BOUNDS = "SET LOCAL lock_timeout = '30s'; SET LOCAL idle_in_transaction_session_timeout = '60s'"
"""Of every change: who waits for a lock gets a clear word, and who fell asleep holding one loses it."""
_REVISION = tables.revisions.c


def options(url: URL) -> Mapping[str, Any]:
    """How an engine for a server is made."""
    given = {} if url.get_driver_name() not in _LIBPQ else _CONNECTION
    return {"pool_pre_ping": True, "connect_args": {key: value for key, value in given.items() if key not in url.query}}


def shown(url: URL) -> str:
    """The address for people, without a password: not even one behind `?`, or one with an `@` of its own."""
    host = (url.host or "").rpartition("@")[2] or None
    told = url.set(host=host, query={key: "***" if "pass" in key else value for key, value in url.query.items()})
    return told.render_as_string(hide_password=True)


def unavailable(said: str, url: URL) -> StoreUnavailable:
    """What to tell about a server that failed, by what its driver said."""
    for secret in (url.password, (url.host or "").rpartition("@")[0], *_passwords(url)):
        said = said.replace(str(secret), "***") if secret else said
    if "lock timeout" in said:
        message = f"in the database {shown(url)} somebody has been changing the same thing for 30 seconds"
        return StoreUnavailable(message, "try again; nothing was written")
    away = "FATAL" not in said or re.search(r"starting up|shutting down|recovery|too many|terminating", said)
    return (OutOfReach if away else StoreUnavailable)(
        f"the database {shown(url)} cannot be used: {said}",
        "nothing was recorded; see that the server runs and can be reached",
    )


def _passwords(url: URL) -> list[str]:
    return [str(value) for key, value in url.query.items() if "pass" in key]


def prepare(engine: Engine) -> None:
    """Bounds every change in time."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _begin)


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("kb_writing"):
        connection.exec_driver_sql(_BOUNDS)


def was_kept(engine: Engine, change: Kept, url: URL) -> bool:
    """Whether a change was made whose acknowledgement was lost.

    Args:
        engine: one that writes.
        change: the last revision of that change, which is kept as a whole or not at all.

    Raises:
        StoreUnavailable: the server does not come back, so nobody can know.
    """
    patience = time.monotonic() + BACK_SECONDS
    while True:
        try:
            with engine.begin() as connection:
                return _holds(connection, change)
        except OperationalError as error:
            if time.monotonic() > patience:
                raise StoreUnavailable(
                    f"the database {shown(url)} went away while it answered: "
                    f"whether {change.entry} was changed is not known",
                    f"when it is back, see whether 'kb history {change.entry}' shows revision {change.rev}",
                ) from error
            time.sleep(0.25)


def _holds(connection: Connection, change: Kept) -> bool:
    if connection.dialect.name == "postgresql":  # the server may not have noticed yet that nobody listens
        connection.execute(text(f"LOCK TABLE {tables.entries.name} IN SHARE MODE"))
    where = _REVISION.entry == change.entry, _REVISION.rev == change.rev
    row = connection.execute(select(_REVISION.sha256, _REVISION.at, _REVISION.checkout).where(*where)).first()
    return row is not None and (row.sha256, row.at, row.checkout) == (change.sha256, change.at, change.checkout)
