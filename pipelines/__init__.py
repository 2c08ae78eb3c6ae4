"""Mingzhang (明账): from raw budget and final-account reports to a DuckDB star schema.

The folders, in the order a number travels (which is also their alphabetical order)::

    collect    raw files: discovery, content hashes, source cards
    extract    one file becomes one Document: text lines and grids with page and box
    interpret  a Document becomes a report identity, recognised tables and cells
    model      cells become dimensions and facts
    prove      accounting identities, Great Expectations gates
    reference  committed reference data the others look things up in
    warehouse  table metadata, DDL, the load and the atomic swap

``assets`` and ``definitions`` (Dagster) and ``cli`` (the command line) are thin on top.
"""
