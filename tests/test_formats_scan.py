"""Pages that are pictures: set level, cleaned, read by OCR as far as it is installed, and told where it cannot be."""

from __future__ import annotations

import importlib.util
import io
import re
import socket
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipelines.core.document import Box, Document, Grid, Place, Turn, Unread
from pipelines.core.folding import squeeze
from pipelines.core.ocr import INSTALL
from pipelines.core.tasks import Spot
from pipelines.extraction.report import read_document, read_report
from pipelines.extraction.unread import tell_unread, without_text
from pipelines.formats.pdf.reread import reread
from pipelines.formats.scan import again, pages
from pipelines.formats.scan.engine import Box as Pixels
from pipelines.formats.scan.engine import engine, is_installed, second_engine
from pipelines.formats.scan.picture import turned_point
from tests.corpus.generate import make_report
from tests.corpus.layout import Layout
from tests.readings import cells_of, read_file
from tests.scans import Scanner, scanned

needs_cv2 = pytest.mark.skipif(importlib.util.find_spec("cv2") is None, reason=f"needs the extra ocr: {INSTALL}")
needs_ocr = pytest.mark.skipif(not is_installed(), reason=f"needs the extra ocr: {INSTALL}")

LAYOUT = Layout(output="pdf", family="national_final", unit="万元")


def drawn(width: int = 800, height: int = 600) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    paper = Image.new("L", (width, height), 255)
    return paper, ImageDraw.Draw(paper)


def table_picture() -> Image.Image:
    """A grid of three by four cells with a bold stroke of type in it, at 100 pixels per inch."""
    paper, pen = drawn()
    for y in (100, 150, 200, 250):
        pen.line((100, y, 700, y), 0, 2)
    for x in (100, 300, 500, 600, 700):
        pen.line((x, 100, x, 250), 0, 2)
    pen.line((350, 175, 420, 175), 0, 2)  # the stroke of a large 一
    pen.line((550, 165, 550, 185), 0, 2)  # and of a 1
    return paper


# --- pictures ---------------------------------------------------------------------------------------------------------


@needs_cv2
@pytest.mark.parametrize("angle", [-1.0, 0.0, 0.4, 2.5])
def test_a_page_is_set_level(angle: float) -> None:
    from pipelines.formats.scan.picture import skew_of

    leaning = np.asarray(table_picture().rotate(-angle, fillcolor=255, resample=Image.Resampling.BICUBIC))
    assert skew_of(leaning) == pytest.approx(angle, abs=0.1)


def test_a_place_is_found_again_on_a_page_that_leans() -> None:
    """What `Turn.displayed` gives is where the point of the level page stood before."""
    level = turned_point(120.0, 300.0, 595.0, 842.0, -0.8)
    box = Turn(0, 595.0, 842.0, lean=0.8).displayed(Box(level[0] - 5, level[1] - 4, level[0] + 5, level[1] + 4))
    assert ((box.x0 + box.x1) / 2, (box.top + box.bottom) / 2) == pytest.approx((120.0, 300.0))
    assert (box.x1 - box.x0, box.bottom - box.top) == pytest.approx((10.0, 8.0))


@needs_cv2
def test_rulings_are_found_and_strokes_of_type_are_none() -> None:
    from pipelines.formats.scan.lines import lines_of

    picture = np.asarray(table_picture())
    found, plain = lines_of(picture, 100)
    level, upright = ({round(line.at / 10) * 10 for line in found if line.level == way} for way in (True, False))
    assert sorted(level) == [100, 150, 200, 250]
    assert sorted(upright) == [100, 300, 500, 600, 700]
    assert (plain < 200).sum() == (picture[160:190, 340:560] < 200).sum() - 2 * 30  # of the ruling between them


def erase(pen: ImageDraw.ImageDraw, *boxes: tuple[int, int, int, int]) -> None:
    for box in boxes:
        pen.rectangle(box, 255)


@needs_cv2
@pytest.mark.parametrize(
    "missing",
    [
        [(295, 110, 305, 135), (350, 145, 380, 155)],  # pieces of inner ones
        [(97, 90, 103, 148)],  # the upper half of the left one
        [(110, 247, 240, 253)],  # a part of the last one
        [(480, 195, 520, 205)],  # a crossing
        [(x, 190, x + 5, 210) for x in range(305, 500, 10)],  # dashes are left
    ],
    ids=["gaps", "edge", "end", "crossing", "dashes"],
)
def test_broken_rulings_are_made_whole(missing: list[tuple[int, int, int, int]]) -> None:
    from pipelines.formats.scan.lines import lines_of

    picture = table_picture()
    erase(ImageDraw.Draw(picture), *missing)
    found, plain = lines_of(np.asarray(picture), 100)
    for level, places, ends in (
        (True, (100, 150, 200, 250), (100, 700)),
        (False, (100, 300, 500, 600, 700), (100, 250)),
    ):
        for at in places:
            covered = np.zeros(800, bool)
            for line in found:
                if line.level == level and abs(line.at - at) < 3:
                    covered[line.start : line.stop] = True
            assert covered[ends[0] + 3 : ends[1] - 3].all(), (level, at)
    assert (plain < 200).sum() <= (np.asarray(table_picture())[160:190, 340:560] < 200).sum()


@needs_cv2
def test_a_side_merged_away_stays_away() -> None:
    """It ends on rulings on both sides; and one that would run through type stays broken."""
    from pipelines.formats.scan.lines import lines_of

    picture = table_picture()
    pen = ImageDraw.Draw(picture)
    erase(pen, (290, 103, 310, 148), (495, 203, 505, 248), (590, 215, 610, 240))
    pen.text((570, 210), "####### ######", 0, font_size=24)
    found, _ = lines_of(np.asarray(picture), 100)
    sides = [(125, 300), (225, 500), (225, 600)]
    assert [
        any(not line.level and abs(line.at - x) < 5 and line.start < y < line.stop for line in found) for y, x in sides
    ] == [False, False, False]


@needs_cv2
@pytest.mark.parametrize("way", ["type", "shade", "neither"])
def test_a_side_between_two_headings_is_closed(way: str) -> None:
    """A heading two rows high beside one over two columns: the level side of one and the upright of others meet."""
    from pipelines.formats.scan.lines import lines_of

    picture = table_picture()
    pen = ImageDraw.Draw(picture)
    for y in (100, 150, 200):
        pen.line((300, y, 302, y), 0, 2)
    erase(pen, (304, 147, 497, 153), (497, 103, 503, 147))  # the left one is two rows high; their side is lost
    erase(pen, (340, 170, 430, 180))
    if way == "type":
        pen.text((330, 138), "##########", 0, font_size=22)
    if way == "shade":
        pen.rectangle((502, 103, 597, 147), 235)
    found, _ = lines_of(np.asarray(picture), 100)
    upright = [line for line in found if not line.level and abs(line.at - 500) < 5 and line.start < 125 < line.stop]
    level = [line for line in found if line.level and abs(line.at - 150) < 5 and line.start < 400 < line.stop]
    assert (bool(upright), bool(level)) == (way != "neither", False)


@needs_cv2
def test_a_red_seal_goes_and_type_below_it_stays() -> None:
    from pipelines.formats.scan.picture import without_seals

    paper = Image.new("RGB", (400, 400), (255, 255, 255))
    pen = ImageDraw.Draw(paper)
    pen.ellipse((100, 100, 300, 300), outline=(220, 40, 40), width=8)
    pen.rectangle((95, 195, 130, 205), fill=(20, 10, 10))  # black type across the ring
    pen.rectangle((10, 10, 30, 20), fill=(220, 40, 40))  # a red figure
    grey = without_seals(np.asarray(paper), 100)
    assert grey[200, 100] < 60
    assert grey[104, 200] > 200
    assert grey[15, 20] < 150


@needs_cv2
def test_a_shadow_goes() -> None:
    from pipelines.formats.scan.picture import without_shadows

    paper, pen = drawn()
    shade = np.tile(np.linspace(120, 255, 800), (600, 1))
    pen.text((100, 300), "1,234.56", 0)
    lit = without_shadows((np.asarray(paper) * shade / 255).astype(np.uint8), 100)
    assert np.quantile(lit, 0.02) > 240
    assert lit.min() < 60


# --- writing ----------------------------------------------------------------------------------------------------------


@needs_cv2
def test_a_clipped_figure_is_taken_in_and_a_ruling_ends_the_line() -> None:
    from pipelines.formats.scan.mending import Line
    from pipelines.formats.scan.writing import fitted

    paper, pen = drawn()
    for n in range(6):
        pen.rectangle((100 + 14 * n, 100, 108 + 14 * n, 120), 0)
    pen.rectangle((190, 100, 198, 120), 0)
    ruling = Line(False, 184.0, 50, 200, 1.0)
    assert fitted(Pixels(102, 95, 160, 125), np.asarray(paper), [ruling]) == Pixels(100, 100, 179, 121)


@needs_cv2
def test_lines_set_tight_are_parted_where_there_is_least_ink() -> None:
    from pipelines.formats.scan.writing import _shaved

    paper, pen = drawn()
    pen.rectangle((100, 100, 200, 120), 0)
    pen.rectangle((140, 123, 160, 143), 0)
    ink = (np.asarray(paper) < 128).astype(np.uint8)
    assert _shaved([Pixels(100, 100, 201, 124), Pixels(120, 116, 201, 144)], ink) == [
        Pixels(100, 100, 201, 121), Pixels(140, 121, 161, 144)
    ]  # fmt: skip


# --- what is told -----------------------------------------------------------------------------------------------------


def picture_pdf(picture: Image.Image, box: tuple[float, ...] = (0, 0, 595, 842), text: Sequence[str] = ()) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, (595, 842))
    canvas.drawImage(ImageReader(picture), *box)
    for n, line in enumerate(text):
        canvas.drawString(60, 800 - 20 * n, line)
    canvas.save()
    return out.getvalue()


def read(data: bytes, folder: Path) -> Document:
    path = folder / "scan.pdf"
    path.write_bytes(data)
    return read_document(path, "pdf")


def test_without_the_extra_the_refusal_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "is_installed", lambda: False)
    path = tmp_path / "scan.pdf"
    path.write_bytes(picture_pdf(drawn(1654, 2339)[0]))
    report = read_report(path, "key", "sha", "pdf").report.to_dicts()[0]
    assert (report["status"], report["reason_code"]) == ("quarantined", "no_text")
    assert INSTALL in report["reason"]


@pytest.mark.skipif(not is_installed(), reason="without the extra nothing is looked at")
@pytest.mark.parametrize(
    ("size", "reason"), [((500, 700), "picture_coarse"), ((9500, 9500), "picture_large")], ids=["coarse", "large"]
)
def test_pictures_that_cannot_be_read_are_told(size: tuple[int, int], reason: str, tmp_path: Path) -> None:
    picture = Image.new("1", size, 1)
    assert [one.reason for one in read(picture_pdf(picture), tmp_path).unread] == [reason]


def test_a_scan_is_told_of_once() -> None:
    found = [Unread("picture_unclear", "70%", Place(page=page)) for page in (3, 5, 6, 7)]
    rows = tell_unread(found, [], "key")
    assert [(row["page"], row["unread"].split("页")[0]) for row in rows] == [(3, "第 3、5—7 ")]
    assert "photographs" in without_text(found)


# --- whole pages ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated report with text."""
    path = tmp_path_factory.mktemp("scan") / "report.pdf"
    path.write_bytes(make_report(7, LAYOUT).data)
    return path


def table_page(path: Path) -> int:
    """The page that holds most cells."""
    pages_of_cells = Counter(cell[-1] for cell in cells_of(read_file(path)).elements())
    return int(pages_of_cells.most_common(1)[0][0])


def grids(document: Document) -> list[list[list[str]]]:
    return [
        [[cell.text.replace("\n", "") for cell in grid.row(row)] for row in range(grid.rows)]
        for grid in document.blocks
        if isinstance(grid, Grid)
    ]


def only(path: Path, number: int) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_page(pypdf.PdfReader(path).pages[number - 1])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@needs_ocr
@pytest.mark.parametrize("quarters", [0, 1])
def test_a_scan_gives_the_same_table(quarters: int, report: Path, tmp_path: Path) -> None:
    number = table_page(report)
    want = grids(read(only(report, number), tmp_path))
    scan = scanned(report, tmp_path / "scan.pdf", Scanner(quarters=quarters), seed=3, pages=[number])
    document = read_document(scan, "pdf")
    figures = [[cell for row in table for cell in row if cell[:1].isdigit()] for table in grids(document)]
    assert figures == [[cell for row in table for cell in row if cell[:1].isdigit()] for table in want]
    assert document.recognised == [1]
    cells = [cell for grid in document.blocks if isinstance(grid, Grid) for cell in grid.cells if cell.text]
    assert min(cell.place.confidence or 0 for cell in cells) > 0.5


def numbers_of(path: Path, number: int) -> list[tuple[float, float, float, str]]:
    """Words of figures of a page with where they stand: left, bottom, height, text."""
    with closing(pypdfium2.PdfDocument(path)) as document:
        text = document[number - 1].get_textpage()
        found = [text.get_rect(n) for n in range(text.count_rects())]
        return [
            (left, bottom, top - bottom, said)
            for left, bottom, right, top in found
            if re.fullmatch(r"[\d.,]{4,}", said := text.get_text_bounded(left, bottom, right, top).strip())
        ]


@needs_ocr
def test_two_models_read_a_number_again_without_a_network(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the second one says counts where the first repeats itself; neither fetches anything."""

    def refuse(*_: object) -> None:
        raise OSError("no network")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for load in (engine, second_engine):
        load.cache_clear()
    number = table_page(report)
    scan = scanned(report, tmp_path / "scan.pdf", Scanner(tilt=0), seed=3, pages=[number])
    height = float(pypdf.PdfReader(report).pages[number - 1].mediabox.height)
    left, bottom, high, said = next(word for word in numbers_of(report, number) if "." in word[3])
    place = (left, height - bottom - high, left + 8 * high, height - bottom)
    spot = Spot("cell", 1, place, None, None, Decimal(said.replace(",", "")), frozenset(), is_ocr=True)
    assert reread(scan, [spot]) == {"cell": said}
    other = second_engine()
    if other is not None:
        monkeypatch.setattr(again, "second_engine", lambda: replace(other, signs=("", *"9" * (len(other.signs) - 1))))
        assert set(reread(scan, [spot])["cell"] or "") == {"9"}


@needs_ocr
def test_text_over_a_picture_is_compared_with_it(report: Path, tmp_path: Path) -> None:
    """Visible figures on a scanned page, one of them false: the picture decides, less sure, and it is told."""
    number = table_page(report)
    want = grids(read(only(report, number), tmp_path))
    scan = scanned(report, tmp_path / "seen.pdf", Scanner(tilt=0), seed=3, pages=[number])
    page = pypdf.PdfReader(scan).pages[0]
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    picture = next(iter(page.images)).image
    assert picture is not None
    out = io.BytesIO()
    canvas = Canvas(out, (width, height))
    canvas.drawImage(ImageReader(picture), 0, 0, width, height)
    words = numbers_of(report, number)
    false = next(n for n, word in enumerate(words) if "." in word[3] and word[3][0] != "9")
    for n, (left, bottom, high, said) in enumerate(words):
        canvas.setFont("Helvetica", high / 0.72)
        canvas.drawString(left, bottom, "9" + said[1:] if n == false else said)
    canvas.save()
    document = read(out.getvalue(), tmp_path)
    figures = [[cell for row in table for cell in row if cell[:1].isdigit()] for table in grids(document)]
    assert figures == [[cell for row in table for cell in row if cell[:1].isdigit()] for table in want]
    assert [(one.reason, one.text) for one in document.unread] == [("false_text", "1")]
    cells = [cell for grid in document.blocks if isinstance(grid, Grid) for cell in grid.cells]
    doubted = [cell.text for cell in cells if cell.place.confidence == 0.5]
    assert doubted == [words[false][3]]


@needs_ocr
def test_a_table_that_is_a_picture_below_text_is_read(report: Path, tmp_path: Path) -> None:
    number = table_page(report)
    scan = scanned(report, tmp_path / "only.pdf", Scanner(tilt=0), seed=3, pages=[number])
    picture = next(iter(pypdf.PdfReader(scan).pages[0].images)).image
    assert picture is not None
    text = [f"Line {n} of the text of the page, which goes on" for n in range(3)]
    document = read(picture_pdf(picture, (60, 20, 480, 680) if picture.height > picture.width else (40, 300, 515, 364),
                                text), tmp_path)  # fmt: skip
    want = grids(read(only(report, number), tmp_path))
    assert squeeze(text[0]) in [squeeze(line.text) for line in document.lines()]
    assert sum(map(len, grids(document)[0])) == sum(map(len, want[0]))
