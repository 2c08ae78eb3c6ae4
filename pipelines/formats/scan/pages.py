"""Which pages of a document are pictures, wholly or in part, and what they say; what OCR cannot read is told."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pypdfium2

from pipelines.core.document import Block, Box, Grid, Line, Place, Unread
from pipelines.core.recognising import page_begins
from pipelines.formats.pdf.model import Char, PageModel
from pipelines.formats.pdf.painted import PageRead, Sheets, read_page
from pipelines.formats.pdf.visible import Seen
from pipelines.formats.scan.engine import engine, is_installed
from pipelines.formats.scan.layer import COVERS, Text, add, compared, is_covered, settle, without_text
from pipelines.formats.scan.page import Drawn, ScannedPage, read_picture

_FEW_CHARS = 20  # on a page that is a picture: its number, the name of the scanner
_PART = 0.08  # of the area of a page: smaller pictures are seals, emblems and photographs
_OUTLINES = 150  # curved paths of a page without text: its type was turned into drawings
_FEW_INSIDE = 3  # characters of the text layer on a picture that nobody wrote over
_DPI = 200.0  # pixels per inch at which pages are read: more shows nothing more, less costs figures
_COARSE = 105.0  # pixels per inch of a picture below which small figures are guessed; measured, see docs/scans.md
_PAPER = (500.0, 1300.0)  # points of the longer side: pages of other sizes are taken for A4, as scanner apps make them
_A4 = 11.69  # inches
_MOST_PIXELS = 16_000_000  # of a page as drawn, a little more than A3
_MOST_SOURCE = 80_000_000  # of a picture in the file: ten times A3; more needs more memory than a report may have
_UNSURE = 0.96  # mean confidence of a page below which every tenth number or more is wrong; measured, see there
_LONG_LINE = 15  # characters of a line of running text; the labels of charts are shorter
_FEW_LINES = 5  # such lines that make running text
_FEW_RULINGS = 4  # level and upright rulings that make a table
_TABLE_CHARS = 60  # in such a table; a chart has fewer
_FEW_READ = 25  # characters: of fewer no mean can be taken


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a page: recognised, or told, or both."""

    scanned: ScannedPage | None = None
    unread: Unread | None = None


def recognised(page: pypdfium2.PdfPage, model: PageModel, seen: Seen, number: int, *, lost: bool = False) -> Found:
    """Recognise a page whose text layer does not say what it shows.

    Args:
        page: In pdfium.
        model: As painted.
        seen: What of its text is seen.
        number: From 1.
        lost: Whether its fonts do not say which characters they show.

    Returns:
        The page, if it is a picture and could be read, or what is to be told; neither for a page of text.
    """
    whole = lost or is_picture(model, seen)
    if not whole and is_covered(model) and is_installed():
        return _compared(page, model, seen, number)
    if not whole and not _holds_picture(model, seen):
        return Found()
    scanned = _scanned(page, model, number)
    if isinstance(scanned, Unread):
        return Found(unread=scanned) if whole else Found()
    if not scanned.model.chars or not (whole or _add_text(scanned, model, seen)):
        return Found()
    return Found(scanned)


def _compared(page: pypdfium2.PdfPage, model: PageModel, seen: Seen, number: int) -> Found:
    """Compare the text of a page with the picture that it stands on, and put both together where that says more."""
    with without_text(page, number) as bare:
        scanned = _scanned(bare, model, number)
    if isinstance(scanned, Unread) or not scanned.model.chars or scanned.model.turned:
        return Found()  # an ornament, a photograph
    text = Text(seen, scanned.model)
    found = compared(scanned, text)
    count = len(found.differing)
    if not count and not _says_more([c for c in scanned.model.chars if not text.says(c)], scanned.model):
        return Found()
    settle(scanned, text, found)
    return Found(scanned, Unread("false_text", str(count), Place(page=number)) if count else None)


def read_scanned(scanned: ScannedPage, number: int, sheets: Sheets) -> PageRead:
    """Read a recognised page as any other; its places say how sure the recogniser was."""
    read = read_page(scanned.model, scanned.text, number, sheets)
    scale = 1.0 if read.turn is None else read.turn.scale
    return replace(read, blocks=_with_confidence(read.blocks, scanned, scale))


def _scanned(page: pypdfium2.PdfPage, model: PageModel, number: int) -> ScannedPage | Unread:
    """What OCR makes of a page, or why it cannot be read."""
    if not is_installed():
        return Unread("picture_page", "", Place(page=number))
    fault = _fault(page, model)
    if fault is not None:
        return replace(fault, place=Place(page=number))
    page_begins()
    try:
        scanned = read_picture(engine(), draw(page))
    except (MemoryError, NameError, AttributeError, TypeError):  # the last three are faults of ours
        raise
    except Exception as error:  # of OpenCV or onnxruntime, on a picture that means harm
        if "alloc" in str(error):
            raise MemoryError from error
        return Unread("picture_broken", "", Place(page=number))
    if len(scanned.confidences) >= _FEW_READ and scanned.confidence < _UNSURE:
        return Unread("picture_unclear", f"{scanned.confidence:.0%}", Place(page=number))
    return scanned


def is_picture(model: PageModel, seen: Seen) -> bool:
    """Whether a page shows a picture, or drawn outlines, and hardly any text."""
    if len(seen.chars) > _FEW_CHARS:
        return False
    covered = sum(_area(p.box) for p in model.pictures)
    return covered > COVERS * model.width * model.height or sum(s.curved for s in model.shapes) > _OUTLINES


def _holds_picture(model: PageModel, seen: Seen) -> bool:
    """Whether a page of text shows a picture that may hold a table, with no text of the page over it."""
    for picture in model.pictures:
        if _area(picture.box) > _PART * model.width * model.height:
            x0, top, x1, bottom = picture.box
            if sum(x0 <= c.x <= x1 and top <= c.y <= bottom for c in seen.chars) <= _FEW_INSIDE:
                return True
    return False


def _area(box: Sequence[float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _inches(page: pypdfium2.PdfPage) -> float:
    """The longer side of the paper of a page."""
    longer = max(page.get_size())
    return longer / 72 if _PAPER[0] <= longer <= _PAPER[1] else _A4


def draw(page: pypdfium2.PdfPage, dpi: float = _DPI) -> Drawn:
    """Draw a page as it is displayed, for the recogniser."""
    width, height = page.get_size()
    scale = dpi * _inches(page) / max(width, height)
    fitted = min(scale, (_MOST_PIXELS / (width * height)) ** 0.5)
    bitmap = page.render(scale=fitted, rev_byteorder=True)
    return Drawn(bitmap.to_numpy()[:, :, :3], dpi * fitted / scale, fitted)


def _fault(page: pypdfium2.PdfPage, model: PageModel) -> Unread | None:
    """What forbids to read the pictures of a page: too many pixels, or too few."""
    finest = 0.0
    longer = max(model.width, model.height)
    pictures = list(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
    for picture in pictures:
        width, height = picture.get_px_size()
        if width * height > _MOST_SOURCE:
            return Unread("picture_large", f"{width}×{height}", Place())
        left, bottom, right, top = picture.get_bounds()
        side = max(right - left, top - bottom) / longer * _inches(page)
        if side > 0 and _area((left, bottom, right, top)) > _PART * model.width * model.height:
            finest = max(finest, max(width, height) / side)
    if 0 < finest < _COARSE and not any(s.curved for s in model.shapes):
        return Unread("picture_coarse", f"{finest:.0f}", Place())
    return None


def _add_text(scanned: ScannedPage, model: PageModel, seen: Seen) -> bool:
    """Put the text of a page among what its pictures say, each character once; false where they say nothing more."""
    level = scanned.model
    text = Text(seen, level)
    if level.turned or not _says_more([c for c in level.chars if not text.says(c)], level):
        return False
    add(scanned, text)
    return True


def _says_more(chars: Sequence[Char], level: PageModel) -> bool:
    """Whether what only OCR read of a page is a table or running text; the words of a chart or a seal are neither."""
    lines = Counter(c.run.order for c in chars)
    if sum(count >= _LONG_LINE for count in lines.values()) >= _FEW_LINES:
        return True
    low, high = (f(c.y for c in chars) for f in (min, max)) if chars else (0.0, 0.0)
    rulings = Counter(s.boxes[0][1] == s.boxes[0][3] for s in level.shapes if low - 50 <= s.boxes[0][1] <= high + 50)
    return len(chars) >= _TABLE_CHARS and rulings[True] >= _FEW_RULINGS and rulings[False] >= _FEW_RULINGS


def _with_confidence(blocks: Sequence[Block], scanned: ScannedPage, scale: float) -> list[Block]:
    """Blocks whose places say how sure the recogniser was of the least sure of their characters."""
    signs = sorted(
        ((c.y - 0.38 * c.run.size) * scale, (c.x + c.advance / 2) * scale, sure)
        for c, sure in zip(scanned.model.chars, scanned.confidences, strict=True)
    )
    heights = [y for y, _, _ in signs]

    def marked(place: Place) -> Place:
        box = place.box
        if box is None:
            return place
        return replace(place, confidence=_least(box, signs, heights))

    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Line):
            found.append(replace(block, place=marked(block.place)))
        else:
            cells = [replace(c, place=marked(c.place)) for c in block.cells]
            found.append(Grid(block.rows, block.cols, cells, marked(block.place), block.edges, block.method))
    return found


def _least(box: Box, signs: Sequence[tuple[float, float, float]], heights: Sequence[float]) -> float | None:
    inside = signs[bisect_left(heights, box.top) : bisect_right(heights, box.bottom)]
    return min((sure for _, x, sure in inside if box.x0 <= x <= box.x1), default=None)
