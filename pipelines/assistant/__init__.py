"""The warehouse for assistants: an MCP server on standard input and output, read-only."""
