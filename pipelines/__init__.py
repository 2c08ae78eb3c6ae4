"""Mingzhang (明账): from raw budget and final-account reports to a DuckDB star schema.

Each folder answers one question; ``docs/architecture.md`` lists them in the order a number travels::

    collect, formats        which files there are; what a file shows
    layout, statements      tables, rows and columns; the statutory forms, as data
    identity                whose report, of which year and stage
    narrative, performance, projects    what the text and the appendices state
    repair                  what of that was misread
    extraction              one file becomes one reading, in a subprocess, with a cache
    model, prove            dimensions and facts; what does not hold
    storage, warehouse      how tables are declared and kept; the database
    publish, site, explore  exports, pages, SQL in the browser
    core, reference         what all share; what codes, regions and bodies mean

``orchestration`` (Dagster), ``definitions`` and ``cli`` (the command line) are thin on top.
"""

import os

os.environ.setdefault("POLARS_MAX_THREADS", "1")
# Reports and buckets go side by side in processes; within one, frames are small, and threads that pass them on to each
# other cost more than they save: a tenth of a small run. Polars asks when it is first used.
