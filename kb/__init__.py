"""A postmortem and deployment knowledge base: have we seen this before, and what did we ask that cracked it?"""

__version__ = "0.1.0"
