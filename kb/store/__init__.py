"""Rows: every entry's text with its revisions, and what is derived from it, in SQLite or PostgreSQL."""

from kb.store.engine import database_url
from kb.store.reader import Reader
from kb.store.store import Store
from kb.store.stored import Draft, Flaw, Mark, Origin, Revision, Stored
from kb.store.writer import Writer

__all__ = ["Draft", "Flaw", "Mark", "Origin", "Reader", "Revision", "Store", "Stored", "Writer", "database_url"]
