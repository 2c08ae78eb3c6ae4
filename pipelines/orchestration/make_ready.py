"""Makes ready what new warehouses begin with; ``make setup`` runs ``python -m pipelines.orchestration.make_ready``."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from pipelines.collect.samples import SAMPLE_FOLDER
from pipelines.core.atomic_replace import put_in_place
from pipelines.core.settings import Settings
from pipelines.orchestration.asset_names import GATED
from pipelines.orchestration.prepared import FOLDER, copy, parts
from pipelines.orchestration.run import ingest
from pipelines.prove.expectations import read_suite
from pipelines.prove.judge import Judge


def make(folder: Path = FOLDER) -> None:
    """Run the samples into a warehouse of their own, and keep what others can use of it.

    Raises:
        OSError: The folder cannot be written.
    """
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)  # or the run would begin with it; whole, for others may be at it
    shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="mingzhang-prepared-") as name:
        settings = Settings(Path(name), Path(name) / "raw", workers=2, lock_wait=0, site_pictures=False)
        ingest([SAMPLE_FOLDER], settings)
        judge = Judge(settings.gates)
        for asset in GATED:
            judge.make_ready(read_suite(asset))
        new = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        for part, place in parts(settings).items():
            copy(place, new / part)
        for page in (new / "data_docs").glob("*.html"):  # those of our own tell of a run
            page.unlink()
        for other in (new / "site").iterdir():
            if not other.name.startswith("charts-"):
                shutil.rmtree(other) if other.is_dir() else other.unlink()
        put_in_place(new, folder)


if __name__ == "__main__":
    make()
