# /// script
# dependencies = ["fonttools"]
# ///
# mypy: ignore-errors
"""Make ``boxes.ttf``: ``uv run pipelines/extract/boxes/make.py``. Every character is the same box on a square em."""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

LATIN_AND_CHINESE = 1 << 0 | 1 << 17 | 1 << 18 | 1 << 19 | 1 << 20  # code pages by which pdfium picks a font
CHARACTERS = [*range(0x21, 0xD800), *range(0xE000, 0x10000), *range(0x20000, 0x30000)]

pen = TTGlyphPen(None)
pen.moveTo((40, -80))
for corner in ((40, 820), (960, 820), (960, -80)):
    pen.lineTo(corner)
pen.closePath()
box = pen.glyph()

builder = FontBuilder(1000, isTTF=True)
builder.setupGlyphOrder([".notdef", "box"])
builder.setupGlyf({".notdef": box, "box": box})
builder.setupHorizontalMetrics({".notdef": (1000, 40), "box": (1000, 40)})
builder.setupHorizontalHeader(ascent=880, descent=-120)
builder.setupCharacterMap({CHARACTERS[0]: "box"})
builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
builder.setupOS2(
    sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120, ulCodePageRange1=LATIN_AND_CHINESE
)
builder.setupPost()
everything = CmapSubtable.newSubtable(13)  # one glyph for many characters
everything.platformID, everything.platEncID, everything.language = 0, 6, 0
everything.format, everything.reserved, everything.length, everything.nGroups = 13, 0, 0, 0
everything.cmap = dict.fromkeys(CHARACTERS, "box")
builder.font["cmap"].tables = [everything]
builder.save(Path(__file__).with_name("boxes.ttf"))
