"""Numbers that the width of a cell broke."""

from __future__ import annotations

import pytest

from pipelines.core.document import Cell, Place
from pipelines.formats.number_pieces import with_whole_numbers


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("116,780.6 2", "116,780.62"),
        ("437,000.0\n0", "437,000.00"),
        ("576, 171.11", "576,171.11"),
        ("1.20 3.40", "1.20 3.40"),  # two amounts
        ("12 345.67", "12 345.67"),  # a blank for thousands is the parser's
        ("2 01", "2 01"),
        ("6.5 2024", "6.5 2024"),
    ],
)
def test_pieces_of_a_number_come_together_where_they_make_a_usual_one(text: str, read: str) -> None:
    texts = [text, "15,868.83", "0.50"]
    cells = [Cell(t, row, 0, 1, 1, Place(line=row)) for row, t in enumerate(texts)]
    assert [c.text for c in with_whole_numbers(cells)] == [read, *texts[1:]]


def test_without_amounts_nothing_says_what_a_usual_number_is() -> None:
    cells = [Cell("116,780.6 2", 0, 0, 1, 1, Place(line=1))]
    assert with_whole_numbers(cells) == cells
