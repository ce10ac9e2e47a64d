"""Deployments say what overrode a freeze, incidents what they are a recurrence of: both derived from the texts."""

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Nothing in the record changed."""
