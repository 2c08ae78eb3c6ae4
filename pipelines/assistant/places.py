"""Where a number stands in its source, with a picture of its page, for an assistant.

Names and numbers of officials are left out of pictures and lines, as on the site: what an assistant is given may leave
the machine. Pages are drawn in a process that may die.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.document import UnreadableError
from pipelines.core.settings import Settings
from pipelines.publish import tracing
from pipelines.publish.ask import Unanswered

if TYPE_CHECKING:
    import duckdb

    from pipelines.publish.tracing import Place

_SECONDS = 30
_MARGIN = 3.0  # points between the number and its outline

_SHOWN = (
    *("report_key", "unit_name", "year_key", "stage", "form", "side", "line_no", "subject_code", "subject_name"),
    *("measure", "heading", "sub_unit", "value", "unit", "amount", "page", "origin", "source_line", "raw_text"),
    *("method", "file_name"),
)
_BOX = ("x0", "top", "x1", "bottom")

_FINDINGS = """
    select severity, rule_id, printed, expected, difference, message, accepted_reason
    from quality.finding where list_contains(cell_keys, $key) order by severity, rule_id limit 20
"""


def find(connection: duckdb.DuckDBPyConnection, key: str) -> Place:
    """Look a number up, with what is found wrong with it.

    Raises:
        Unanswered: There is no such number.
    """
    place = tracing.find(connection, key)
    if place is None:
        raise Unanswered(f"没有此单元格 / no such cell: {key}")
    from pipelines.assistant.answers import records

    place.cell["findings"] = records(connection.execute(_FINDINGS, {"key": key}))
    return place


def described(settings: Settings, place: Place) -> tuple[dict[str, Any], Path | None]:
    """Say where a number stands: page and box in points from the top left, or line; and the file that has it."""
    file = tracing.source(settings, place)
    said = {name: place.cell.get(name) for name in _SHOWN if place.cell.get(name) is not None}
    if place["x0"] is not None:
        said["box"] = [round(place[side], 1) for side in _BOX]
    said["file_is_there"] = file is not None
    try:
        context = tracing.describe(place, file).get("上下文 / context", "")
    except UnreadableError as error:
        context = f"原件无法打开 / the file cannot be opened: {error}"
    if context:
        from pipelines.extraction.personal_data import personal_in, without_personal

        said["context"] = without_personal(context, personal_in(context)).strip("\n").split("\n")
    return said | {"findings": place["findings"]}, file


def picture(settings: Settings, place: Place, file: Path | None) -> tuple[bytes | None, str]:
    """Draw the page with the number outlined, as PNG.

    Returns:
        The picture, or nothing and why, in Chinese and English.
    """
    from pipelines.extraction.subprocess_pool import NoWorkerError, ReadingFailure, call_in_subprocess
    from pipelines.formats import registry
    from pipelines.site.pictures import PictureTask, draw

    if place["page"] is None or not registry.named(place["format"]).paged:
        return None, "此来源没有页面，无法成图 / this source has no pages, so there is no picture"
    if file is None:
        return None, "原件已不在，无法成图 / the source file is gone, so there is no picture"
    task = PictureTask(file, place["report_key"], place["content_sha256"], place["format"], (place["page"],), {})
    limits = replace(settings.limits, seconds=min(_SECONDS, settings.limits.seconds))
    try:
        drawn = call_in_subprocess(task, draw, limits).reading
    except NoWorkerError as error:
        return None, f"无法成图 / there is no picture: {error}"
    if isinstance(drawn, ReadingFailure):
        return None, drawn.reason
    pages, _ = drawn
    if not pages:
        return None, "原件没有此页 / the file has no such page"
    box = None if place["x0"] is None else tuple(place[side] for side in _BOX)
    return outlined(pages[0].png, pages[0].width, box), ""


def outlined(png: bytes, width: float, box: tuple[float, ...] | None) -> bytes:
    """Outline a box on the picture of a page.

    Args:
        png: The page.
        width: Of the page, in points.
        box: Left, top, right and bottom in points, if any.
    """
    from PIL import Image

    from pipelines.formats.pdf.excerpt import outline

    if box is None:
        return png
    with Image.open(io.BytesIO(png)) as page:
        image = page.convert("RGB")
    scale = image.width / width
    left, top = (int((side - _MARGIN) * scale) for side in box[:2])
    right, bottom = (int((side + _MARGIN) * scale) for side in box[2:])
    outline(image, left, top, right, bottom)
    data = io.BytesIO()
    image.save(data, format="PNG")
    return data.getvalue()
