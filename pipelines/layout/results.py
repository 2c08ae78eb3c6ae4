"""What reading the tables of a document gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.core.document import Place
from pipelines.layout.rows import Row
from pipelines.layout.table import Table


@dataclass(slots=True)
class ReadTable:
    """A table with its rows; ``form`` is ``None`` for a table nobody declared, which keeps no rows."""

    table: Table
    form: str | None
    rows: list[Row] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReadCell:
    """One number of a recognised form."""

    table_no: int
    form: str
    side: str
    row_no: int
    line_no: str | None
    code: str
    name: str
    measure: str
    value: Decimal
    unit: str
    place: Place
    text: str
    method: str
    heading: str = ""
    sub_unit: str = ""
    economic_code: str = ""
    gov_economic_code: str = ""
    project: str = ""
    fund: str = ""
    period: str = "current"

    @property
    def page(self) -> int | None:
        """Page of the number."""
        return self.place.page
