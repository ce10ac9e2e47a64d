"""What the tables' columns are made of."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect


class Utc(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC without offset: SQLite would drop the offset, and compare wrongly."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Aware to UTC without offset."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> datetime | None:
        """UTC without offset to aware."""
        return value.replace(tzinfo=UTC) if value else None


class Packed(TypeDecorator[str]):
    """A text, compressed: an incident keeps a whole copy for each of its hundreds of revisions."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> bytes | None:
        """Text to bytes."""
        return None if value is None else zlib.compress(value.encode("utf-8"), 3)

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> str | None:
        """Bytes to text."""
        return None if value is None else zlib.decompress(value).decode("utf-8")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def entry_key() -> Column[str]:
    """The entry a row belongs to; the row goes with it."""
    return Column(String(96), ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True)


def checkout_key() -> Column[str]:
    """The checkout a mark belongs to."""
    return Column(String(32), ForeignKey("checkouts.id", ondelete="CASCADE"), primary_key=True)


def position() -> Column[int]:
    """A number that is part of the key."""
    return Column(Integer, primary_key=True, autoincrement=False)


def number() -> Column[int]:
    """A whole number."""
    return Column(Integer, nullable=False)


def word(index: bool = False) -> Column[str]:
    """A word of kb's own: a status, a kind, an id of an item."""
    return Column(String(32), nullable=False, index=index)


def digest(index: bool = False) -> Column[str]:
    """A SHA-256 in hexadecimal."""
    return Column(String(64), nullable=False, index=index)


def long_text() -> Column[str]:
    """A text of any length; never indexed, because PostgreSQL refuses a row whose indexed text is over 2.7 kB."""
    return Column(Text, nullable=False)


def flag(index: bool = False) -> Column[bool]:
    """Yes or no."""
    return Column(Boolean, nullable=False, index=index)


def time(index: bool = False) -> Column[datetime | None]:
    """A time that may not be known."""
    return Column(Utc, index=index)
