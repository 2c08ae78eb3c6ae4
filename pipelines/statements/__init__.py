"""The statutory forms, declared as data."""
