"""Table metadata, DDL, the load and the atomic swap."""
