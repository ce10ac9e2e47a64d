"""The published site: pure functions from an edition to Markdown pages, and the MkDocs plugin that stages them."""
