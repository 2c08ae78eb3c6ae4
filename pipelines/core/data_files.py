"""Words, patterns and forms declared as data, in YAML beside the module that uses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser, a tenth of the work, where PyYAML was built with it."""


def loaded(file: Path) -> dict[str, Any]:
    """Load a YAML file of ours."""
    content: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
    return content


def declared(beside: str, name: str) -> dict[str, Any]:
    """Load the YAML file of this name that stands beside a module.

    Args:
        beside: ``__file__`` of the module.
        name: Of the file.
    """
    return loaded(Path(beside).with_name(name))
