"""The pages, each a pure function from a frame to Markdown."""
