"""PDF pages drawn by hand: words, columns and headings of tables whose rules are missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipelines.core.document import Document, Grid
from pipelines.extraction.report import read_document
from pipelines.formats.pdf.glyphs import Glyph, line_text, words_of
from pipelines.formats.pdf.visible import is_pale

FONT, SIZE, HEIGHT = "STSong-Light", 9, 800
Word = tuple[float, float, str]
"""Left end, distance from the top, text."""


def drawn(path: Path, words: list[Word]) -> Document:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path), pagesize=(600, HEIGHT))
    canvas.setFont(FONT, SIZE)
    for x, top, text in words:
        canvas.drawString(x, HEIGHT - top, text)
    canvas.save()
    return read_document(path, "pdf")


def grid_of(document: Document) -> Grid:
    return next(b for b in document.blocks if isinstance(b, Grid))


def glyphs(text: str, gaps: dict[int, float]) -> list[Glyph]:
    """Glyphs ten points wide, with gaps before some of them."""
    x, found = 0.0, []
    for i, letter in enumerate(text):
        x += gaps.get(i, 0.0)
        found.append(Glyph(letter, x, 0, x + 10, 10, 10, 5))
        x += 10
    return found


@pytest.mark.parametrize(
    ("text", "gaps", "words"),
    [
        ("合计12.00", {2: 3}, ["合计", "12.00"]),
        ("12.00302", {5: 3}, ["12.00", "302"]),
        ("办公用品", {2: 3}, ["办公用品"]),
        ("办公用品", {2: 10}, ["办公", "用品"]),
        ("1,234.56", {2: 1}, ["1,234.56"]),
    ],
)
def test_gaps_part_words_and_whole_amounts(text: str, gaps: dict[int, float], words: list[str]) -> None:
    assert [line_text(w).replace(" ", "") for w in words_of(glyphs(text, gaps))] == words


@pytest.mark.parametrize(
    ("colour", "pale"), [((255, 255, 255), True), ((240, 244, 250), True), ((0, 0, 0), False), (None, False)]
)
def test_white_on_paper_is_pale(colour: tuple[int, int, int] | None, pale: bool) -> None:
    assert is_pale(colour) is pale


TITLE: list[Word] = [(240, 40, "支出决算表"), (480, 60, "单位：万元")]


def body(columns: list[float], rows: list[list[str]], top: float = 130) -> list[Word]:
    return [(x, top + 16 * n, text) for n, row in enumerate(rows) for x, text in zip(columns, row, strict=True) if text]


def test_a_heading_without_rules_spans_the_columns_it_is_the_middle_of(tmp_path: Path) -> None:
    heads: list[Word] = [(60, 93, "科目"), (140, 93, "名称"), (362, 86, "本年支出"), (520, 93, "结转")]
    heads += [(290, 101, "小计"), (362, 101, "基本支出"), (442, 101, "项目支出")]
    rows = [[f"201010{n}", f"事务{n}", "30.00", "10.00", "20.00", "1.00"] for n in range(1, 6)]
    document = drawn(tmp_path / "a.pdf", TITLE + heads + body([50, 130, 285, 365, 445, 520], rows))
    grid = grid_of(document)
    assert grid.cols == 6
    (spanning,) = (c for c in grid.cells if c.text == "本年支出")
    assert (spanning.col, spanning.col_span) == (2, 3)


def test_a_blank_column_keeps_its_heading(tmp_path: Path) -> None:
    heads: list[Word] = [
        (60, 100, "科目"),
        (140, 100, "名称"),
        (290, 100, "合计"),
        (362, 100, "基本支出"),
        (442, 100, "项目支出"),
    ]
    rows = [[f"201010{n}", f"事务{n}", "30.00", "", "30.00"] for n in range(1, 4)]
    grid = grid_of(drawn(tmp_path / "a.pdf", TITLE + heads + body([50, 130, 285, 365, 445], rows)))
    assert [c.text for c in grid.row(grid.rows - 1)] == ["2010103", "事务3", "30.00", "30.00"]
    assert [c.col for c in grid.row(grid.rows - 1)] == [0, 1, 2, 4]


def test_a_name_over_two_lines_is_one_row(tmp_path: Path) -> None:
    heads: list[Word] = [(60, 100, "科目"), (140, 100, "名称"), (290, 100, "合计"), (362, 100, "基本支出")]
    rows = [[f"201010{n}", f"事务{n}", "30.00", "30.00"] for n in range(1, 4)]
    wrapped: list[Word] = [(50, 190, "2080505"), (130, 185, "机关事业单位基本养老"), (130, 196, "保险缴费支出")]
    wrapped += [(285, 190, "5.00"), (365, 190, "5.00")]
    grid = grid_of(drawn(tmp_path / "a.pdf", TITLE + heads + body([50, 130, 285, 365], rows) + wrapped))
    last = [c.text.replace("\n", "") for c in grid.row(grid.rows - 1)]
    assert last == ["2080505", "机关事业单位基本养老保险缴费支出", "5.00", "5.00"]


ONE_ROW = [
    (60.0, 100.0, "合计"),
    (150.0, 100.0, "因公出国"),
    (250.0, 100.0, "公务接待费"),
    (350.0, 100.0, "公务用车费"),
]
LABELLED = [(230.0, 60.0, "“三公”经费支出表"), (60.0, 80.0, "公开07表")]


@pytest.mark.parametrize(
    ("above", "row"),
    [
        (LABELLED, ["0.90", "0.20"]),  # a label between the title and its table
        (LABELLED, ["合计", "0", "0"]),  # whole numbers, but of a total
        ([], ["0.90", "0.20", "0.30", "0.40"]),  # the title on the page before
    ],
)
def test_a_row_by_itself_is_a_table_without_rulings(tmp_path: Path, above: list[Word], row: list[str]) -> None:
    words = above + ONE_ROW + body([60, 150, 250, 350][: len(row)], [row])
    grid = grid_of(drawn(tmp_path / "a.pdf", words))
    assert [c.text for c in grid.row(grid.rows - 1)] == row


@pytest.mark.parametrize("row", [["0.90"], ["0.90", "0.20"], ["人数", "0", "0"]])
def test_few_numbers_without_a_title_are_no_table(tmp_path: Path, row: list[str]) -> None:
    words = ONE_ROW + body([60, 150, 250][: len(row)], [row])
    assert not any(isinstance(b, Grid) for b in drawn(tmp_path / "a.pdf", words).blocks)
