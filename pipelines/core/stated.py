"""What a source card says of a report's identity; it counts where the document does not say."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Stated:
    """Identity as a person wrote it down; all parts are optional.

    Attributes:
        unit_name: The body.
        fiscal_year: Such as 2023.
        stage: ``budget`` or ``final``.
        scope: ``unit`` or ``department``.
    """

    unit_name: str | None = None
    fiscal_year: int | None = None
    stage: str | None = None
    scope: str | None = None

    def as_text(self) -> str | None:
        """The parts that are there as JSON; None where there is none. Equal texts mean equal identities."""
        parts = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps(parts, ensure_ascii=False, sort_keys=True) if parts else None

    @classmethod
    def from_text(cls, text: str | None) -> Stated:
        """Read what `as_text` gave."""
        return cls(**json.loads(text)) if text else cls()
