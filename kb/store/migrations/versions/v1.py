"""The first version: entries, revisions, the marks of checkouts and indexes. A new database begins at the last one."""

revision = "1"
down_revision = None


def upgrade() -> None:
    """Nothing comes before the first."""
