"""A form that a report prints twice without saying for whom: the first one counts, the other is told."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.core.folding import key
from pipelines.core.lexicon import TOTALS
from pipelines.extraction.unread import tell_table
from pipelines.layout.results import ReadTable
from pipelines.layout.rows import Reading, Row

_MOSTLY = 0.5
"""Share of its points from which a table prints those of an earlier one again; the parts of one table share few."""

Point = tuple[str, ...]


def set_aside_reprints(tables: list[ReadTable]) -> None:
    """Leave out the rows of a table that prints the total and most points of an earlier one again, and tell of it.

    Both would count otherwise, and their sums would accuse the publisher.
    """
    known: dict[Point, Reading] = {}
    for read in tables:
        if read.form is None:
            continue
        points = dict(_points(read))
        again = known.keys() & points.keys()
        repeats_total = any(subject in TOTALS for subject, *_ in again)
        if len(again) > 1 and repeats_total and len(again) >= _MOSTLY * len(points):
            is_same = all(known[p].number.value == points[p].number.value for p in again)
            reason = "与前面同名的表数字相同" if is_same else "同一张表前面已有，数字不同，且未写明分属何单位"
            read.rows, read.form = [], None
            read.unread = [tell_table(read.table, reason)]
        else:
            known |= points


def _points(read: ReadTable) -> Iterator[tuple[Point, Reading]]:
    for row in read.rows:
        for measure, reading in row.readings.items():
            yield (*_of_row(row, read.form or ""), measure), reading


def _of_row(row: Row, form: str) -> Point:
    subject = row.code or key(row.name)
    beside = (row.economic_code, row.gov_economic_code, row.project, row.fund, row.period)
    return (subject, row.form or form, row.side, row.sub_unit, *beside)
