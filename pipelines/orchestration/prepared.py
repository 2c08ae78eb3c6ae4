"""What an installation made ready (`make_ready`), and a new warehouse begins with.

Great Expectations takes seconds to import and to judge its first rows, the script of the charts takes another. None of
it hangs on a warehouse, so it is made once and kept beside the installed libraries. Every part names what it was made
of: one that no longer fits counts for nothing, and the run makes it as it would without.
"""

from __future__ import annotations

import logging
import shutil
import sys
from pathlib import Path

from pipelines.core.settings import Settings

LOG = logging.getLogger(__name__)

FOLDER = Path(sys.prefix) / "share" / "mingzhang"


def begin_with(settings: Settings, folder: Path = FOLDER) -> None:
    """Give a warehouse that has judged nothing yet what was made ready, if anything was."""
    if settings.gates.exists():
        return
    for name, place in parts(settings).items():
        if not place.exists() and (folder / name).exists():
            try:
                copy(folder / name, place)
            except OSError as error:  # the run can do without
                LOG.warning(
                    "what the installation made ready cannot be used", extra={"part": name, "error": str(error)}
                )


def parts(settings: Settings) -> dict[str, Path]:
    """What can be made ready; the gates are the last, by which a warehouse shows that it has begun."""
    return {
        "extractor.json": settings.extractor,
        "site": settings.site_cache,
        "data_docs": settings.data_docs,
        "gates": settings.gates,
    }


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, whole or not at all, for us to write in whatever may be done to the original."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.new")
    if source.is_dir():
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(source, new, copy_function=shutil.copyfile)
        for folder in (new, *(place for place in new.rglob("*") if place.is_dir())):
            folder.chmod(0o755)
    else:
        shutil.copyfile(source, new)
    new.rename(target)
