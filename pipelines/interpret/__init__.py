"""A Document becomes a report identity, recognised tables and cells."""
