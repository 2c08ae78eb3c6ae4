"""A second look at single numbers of a workbook: what another library finds stored in their cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from python_calamine import CalamineWorkbook

from pipelines.core.tasks import Spot

_CELL = re.compile(r"(.*)!([A-Z]{1,3})(\d{1,7})", re.DOTALL)
_SIGNIFICANT = 15  # digits that spreadsheets keep
_SCALES = (0, -3, -4, -6, 2, -8)
"""Powers of ten by which number formats show amounts: as stored, thousands, 万, millions, percent, 亿."""


def reread(path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
    """Give what is stored at some spots, rounded as it was first read, by cell key."""
    places = {spot.cell_key: _CELL.fullmatch(spot.origin or "") for spot in spots}
    wanted = {found[1] for found in places.values() if found}
    with CalamineWorkbook.from_path(path) as book:
        rows = {name: book.get_sheet_by_name(name) for name in wanted & set(book.sheet_names)}
        stored = {name: (sheet.start or (0, 0), sheet.to_python()) for name, sheet in rows.items()}
    texts: dict[str, str | None] = {}
    for spot in spots:
        found = places[spot.cell_key]
        value = _value(stored, found) if found else None
        texts[spot.cell_key] = None if value is None else _as_shown(value, spot.value)
    return texts


def _value(stored: Mapping[str, tuple[tuple[int, int], Sequence[Sequence[object]]]], found: re.Match[str]) -> object:
    if found[1] not in stored:
        return None
    (top, left), rows = stored[found[1]]
    col = 0
    for letter in found[2]:
        col = col * 26 + ord(letter) - 64
    row, col = int(found[3]) - 1 - top, col - 1 - left
    return rows[row][col] if 0 <= row < len(rows) and 0 <= col < len(rows[row]) else None


def _as_shown(value: object, first: Decimal) -> str | None:
    """A stored value rounded to the last place of the first reading, in the scale that gives the same."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value).strip() or None
    exact = Decimal(repr(value))
    if not exact.is_finite():
        return None
    exponent = first.as_tuple().exponent
    place = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    if exact and exact.adjusted() < _SIGNIFICANT and len(exact.as_tuple().digits) > _SIGNIFICANT:
        exact = exact.quantize(Decimal(1).scaleb(exact.adjusted() - _SIGNIFICANT + 1), ROUND_HALF_UP)
    if abs(exact.adjusted()) > _SIGNIFICANT:
        return f"{exact:f}" if exact.adjusted() < 2 * _SIGNIFICANT else None
    scaled = [exact.scaleb(scale).quantize(place, ROUND_HALF_UP) for scale in _SCALES]
    return next((f"{one:f}" for one in scaled if one == first), f"{scaled[0]:f}")
