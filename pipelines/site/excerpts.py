"""Lines of sources without pages around the numbers of a report: read once per content and extractor, and kept.

The cache holds one file per report; one of another extractor is made anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.core.atomic_replace import replacing
from pipelines.core.document import UnreadableError
from pipelines.core.files import open_path, sha256
from pipelines.extraction.personal_data import personal_of, without_personal
from pipelines.formats import registry
from pipelines.formats.kind import ShownCell, ShownRow

_LONGEST_LINE = 2_000

Runs = list[list[ShownRow]]


@dataclass(frozen=True, slots=True)
class Source:
    """A content: its report, hash and kind, the extractor that read it, and the paths it was seen at, as stored."""

    report_key: str
    content_sha256: str
    format: str
    extractor: str | None
    paths: Sequence[str]


def excerpts(source: Source, wanted: set[int], cache: Path) -> Runs:
    """Give numbered rows of a source around those wanted, in runs; nothing where the file is gone.

    Names and numbers of officials are left out, as everywhere else.
    """
    if not wanted:
        return []
    file = cache / f"{source.report_key}.json"
    known = _kept(file, source.extractor, wanted)
    if known is None:
        known = _read(source, wanted)
        if known:
            _keep(file, source.extractor, wanted, known)
    return known


def _read(source: Source, wanted: set[int]) -> Runs:
    from pipelines.extraction.report import read_document  # heavy, and Dagster imports this module only to look at it

    for path in map(open_path, source.paths):
        try:
            if sha256(path)[0] != source.content_sha256:
                continue
            document = read_document(path, source.format)
            runs = registry.named(source.format).rows(path, wanted, document)
            personal = sorted(personal_of(document), key=len, reverse=True)
        except (OSError, UnreadableError):
            continue
        return [[_withheld(row, personal) for row in run] for run in runs]
    return []


def _withheld(row: ShownRow, personal: Sequence[str]) -> ShownRow:
    cells = [
        ShownCell(without_personal(cell.text[:_LONGEST_LINE], personal), cell.cols, cell.origin) for cell in row.cells
    ]
    return ShownRow(row.number, tuple(cells))


def _kept(file: Path, extractor: str | None, wanted: set[int]) -> Runs | None:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["extractor"] != extractor or set(kept["wanted"]) != wanted:
            return None
        return [
            [ShownRow(row["number"], tuple(ShownCell(**cell) for cell in row["cells"])) for row in run]
            for run in kept["runs"]
        ]
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _keep(file: Path, extractor: str | None, wanted: set[int], runs: Runs) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = {"extractor": extractor, "wanted": sorted(wanted), "runs": [[asdict(row) for row in run] for run in runs]}
    with replacing(file) as new:
        new.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
