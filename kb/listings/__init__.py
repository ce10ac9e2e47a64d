"""Listings of what runs on a machine, as people get them in an outage: text to things. Standard library only."""

from kb.listings.commands import base
from kb.listings.own import own
from kb.listings.reading import FORMS, KNOWN, read
from kb.listings.text import decode
from kb.listings.thing import Listing, Thing, Unread, cut_short, key

__all__ = ["FORMS", "KNOWN", "Listing", "Thing", "Unread", "base", "cut_short", "decode", "key", "own", "read"]
