"""One file a step. A new one says in `down_revision` which it follows, and `SCHEMA` is its number."""
