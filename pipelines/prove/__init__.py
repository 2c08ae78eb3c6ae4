"""Accounting identities and Great Expectations gates."""
