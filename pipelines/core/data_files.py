"""Words and patterns declared as data, in YAML beside the module that uses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def declared(beside: str, name: str) -> dict[str, Any]:
    """Load the YAML file of this name that stands beside a module.

    Args:
        beside: ``__file__`` of the module.
        name: Of the file.
    """
    loaded: dict[str, Any] = yaml.safe_load(Path(beside).with_name(name).read_text(encoding="utf-8"))
    return loaded
