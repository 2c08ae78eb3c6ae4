"""Raw files: discovery, content hashes, source cards."""
