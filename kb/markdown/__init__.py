"""How an entry is written: text to model, model to text, and edits that touch only their own lines."""

from kb.markdown.clean import clean, clean_line
from kb.markdown.parse import Parsed, parse
from kb.markdown.render import front_matter, render
from kb.markdown.revise import revise

__all__ = ["Parsed", "clean", "clean_line", "front_matter", "parse", "render", "revise"]
