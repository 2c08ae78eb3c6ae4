"""Characters of a page from pdfium: text, baseline origin, advance, and the text object each belongs to.

Characters stand at their baseline origins: the boxes of fonts lie (some producers' a whole line), origins do not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from ctypes import addressof, create_string_buffer
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from pipelines.formats.pdf import quick, raw
from pipelines.formats.pdf.geometry import IDENTITY, Clip, Matrix, both, multiply
from pipelines.formats.pdf.model import Char, Colour, PageModel, Run
from pipelines.formats.pdf.objects import Found, ObjectReader
from pipelines.formats.pdf.quick import Handle

_INVISIBLE_MODES = frozenset({3, 7})  # text rendering modes that paint nothing
_STROKING_MODES = frozenset({1, 5})  # those that draw outlines only
_OUTLINED_MODES = frozenset({2, 6})  # those that draw both
_FILLED_AND_OUTLINED = 2
_BLANK = 32
_LINE_END_HYPHEN = 0x02  # what pdfium makes of a hyphen at the end of a line
_SOFT_HYPHEN = 0xAD
_SYMBOL_FONT = range(0xF020, 0xF07F)  # where fonts with a symbol encoding keep the characters U+0020 to U+007E
_NO_LETTERS = ("symbol", "wingdings", "webdings", "dingbats", "mathtype", "marlett")  # fonts of signs, by name
_UNSEEN_CHARACTERS = frozenset({0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF})
_LEANING = 15.0  # degrees off the upright: what leans more has no say in how a page is held
_PALE = 0.65  # of the brightness of paper: text as bright as that does not say how a page is held
_FLAT = 1e-6  # points: type of no size paints nothing

Owned = tuple[int, int, int]
"""A character: its number, its code, and the address of its text object."""


@dataclass(slots=True)
class _Font:
    """What is asked of a font once: ``signs`` says that it has no letters, ``shown`` what it makes of codes."""

    name: str
    signs: bool
    shown: dict[int, _Shown] = field(default_factory=dict)


class TextObject(NamedTuple):
    """A text object in page space; ``em`` is the length of an em along its line, the angle runs against the clock."""

    found: Found
    font: int
    size: float
    em: float
    angle: float
    mode: int
    clip: Clip | None


class _Shown(NamedTuple):
    """What a font makes of a code.

    Attributes:
        text: ``None`` for a blank and for what has no shape, empty for what is no text.
        width: How far it moves the pen, in parts of the type size.
        blank: Whether it leaves nothing on paper, whatever the font calls it.
        private: Whether the character is private to its font.
    """

    text: str | None
    width: float
    blank: bool
    private: bool


class TextReader:
    """Reads the characters of pages of one document; fonts are looked at once."""

    def __init__(self, objects: ObjectReader) -> None:
        self._objects = objects
        self._fonts: dict[int, _Font] = {}
        self._numbers = (raw.Double * 4)()
        self._text_page = Handle()

    def characters(self, text_page: Any) -> list[Owned]:
        """The characters of a text page that belong to a text object; blanks do not count."""
        count = pdfium.FPDFText_CountChars(text_page)
        self._text_page = Handle(raw.address(text_page))
        indices, handle = range(count), repeat(self._text_page)
        owners = map(quick.get_text_object, handle, indices)
        codes = map(quick.get_unicode, handle, indices)
        return [found for found in zip(indices, codes, owners, strict=True) if found[2] and found[1] != _BLANK]

    def show_lost(self, texts: Iterable[int], owned: Iterable[Owned]) -> bool:
        """Give text objects a body that pdfium leaves out of the text for want of one; say whether there are any.

        A lone character has none if its font is not embedded and no font of the machine has its shape, though other
        viewers show it. An outline gives it one: pdfium measures text with the width of its outline.
        """
        there = {owner for _, _, owner in owned}
        lost = [h for h in texts if h not in there and not raw.is_embedded(raw.get_font(h))]
        for handle in lost:
            mode = raw.get_render_mode(handle)
            raw.set_render_mode(handle, _FILLED_AND_OUTLINED)
            raw.transform(handle, *IDENTITY)  # measures it again
            raw.set_render_mode(handle, mode)
        return bool(lost)

    def runs(self, texts: Mapping[int, Found], owned: Iterable[Owned]) -> dict[int, TextObject]:
        """The text objects that have characters."""
        raws = {}
        for address in {owner for _, _, owner in owned}:
            if address in texts:
                raws[address] = self._raw(texts[address])
        return raws

    def _raw(self, one: Found) -> TextObject:
        handle = one.handle
        objects = self._objects
        a, b, c, d, _, _ = multiply(objects.matrix(handle), one.matrix)
        quick.get_font_size(handle, objects.places[0])
        size = abs(objects.floats[0])
        if b == c == 0.0 < a:
            em, size, angle = size * a, size * abs(d), 0.0
        else:
            em, size, angle = size * math.hypot(a, b), size * math.hypot(c, d), math.degrees(math.atan2(b, a))
        clip = both(one.clip, objects.clip(handle, one.matrix))
        run = (one, quick.get_font(handle), size, em, angle, quick.get_render_mode(handle), clip)
        return tuple.__new__(TextObject, run)  # what a named tuple does, without a call in between

    def upright(self, runs: Mapping[int, TextObject], owned: Iterable[Owned], displayed: int) -> int:
        """Quarter turns clockwise that set most of the painted text of a page upright.

        Args:
            runs: Text objects by address.
            owned: Characters.
            displayed: Quarter turns clockwise with which the page is displayed.
        """
        if not displayed and not any(run.angle for run in runs.values()):
            return 0
        turns = {
            address: (round(run.angle / 90) - displayed) % 4
            for address, run in runs.items()
            if run.mode not in _INVISIBLE_MODES and abs((run.angle + 45) % 90 - 45) < _LEANING
        }
        if not any(turns.values()):
            return 0
        # Only where a page may lie on its side is it worth asking which text is too pale to count, as watermarks are.
        strong: Counter[int] = Counter()
        for address, count in Counter([owner for _, _, owner in owned]).items():
            if address in turns:
                strong[turns[address]] += 0 if self._is_pale(runs[address]) else count
        quarters = max(strong, key=lambda quarter: strong[quarter])
        return quarters if strong[quarters] > sum(strong.values()) / 2 else 0

    def _is_pale(self, run: TextObject) -> bool:
        colour, opacity = self._ink(run.found.handle, run.mode)
        return colour is not None and 1 - (1 - min(colour) / 255) * opacity > _PALE

    def read(
        self,
        model: PageModel,
        owned: Sequence[Owned],
        runs: Mapping[int, TextObject],
        to_page: Matrix,
        quarters: int,
    ) -> None:
        """Add the characters to the model of a page.

        Args:
            model: To be filled.
            owned: The characters.
            runs: Their text objects by address.
            to_page: From page space to the page as it is read.
            quarters: Quarter turns clockwise of that.
        """
        a, b, c, d, e, f = to_page
        text_page = self._text_page
        numbers, (x_at, y_at, *_) = self._numbers, quick.places(self._numbers)
        origin, unmapped = quick.get_char_origin, quick.has_unicode_map_error
        keep, new = model.chars.append, tuple.__new__
        shown: dict[int, _Shown] = {}
        last, run, font, em = 0, None, 0, 0.0
        for index, code, owner in owned:
            if owner != last:
                last = owner
                known = runs.get(owner)
                run = None
                if known is not None and known.size > _FLAT:
                    font, em = known.font, known.em
                    shown = self._font(font).shown
                    run = self._run(known, to_page, quarters)
            if run is None:
                continue
            what = shown.get(code)
            if what is None:
                what = self._look_up(index, code, font)
            text, width, blank, private = what
            if text is None:
                continue
            if not text or unmapped(text_page, index) == 1:
                model.unmapped += 1
            elif blank:
                model.blank += 1
            else:
                origin(text_page, index, x_at, y_at)
                x, y = numbers[0], numbers[1]
                char = (text, a * x + c * y + e, b * x + d * y + f, width * em, run, index)
                if private:
                    model.private += 1
                keep(new(Char, char))  # what a named tuple does, without a call in between

    def _run(self, known: TextObject, to_page: Matrix, quarters: int) -> Run:
        one, font, size, _, angle, mode, clip = known
        colour, opacity = self._ink(one.handle, mode)
        turned = (90.0 * quarters - angle + 180) % 360 - 180 if quarters or angle else 0.0
        quarter = round(turned / 90) % 4 if turned else 0
        painted = mode not in _INVISIBLE_MODES
        seen = None if clip is None else self._objects.placed_clip(clip, to_page)
        run = (one.order, size, turned, quarter, colour, opacity, painted, seen, self._font(font).name)
        return tuple.__new__(Run, run)

    def _ink(self, handle: Handle, mode: int) -> tuple[Colour, float]:
        """Colour and opacity of text; nobody can tell the colour where its outline has another."""
        if mode in _STROKING_MODES:
            return self._objects.colour(quick.get_stroke_color, handle)
        colour, opacity = self._objects.colour(quick.get_fill_color, handle)
        if mode in _OUTLINED_MODES:
            outline, thick = self._objects.colour(quick.get_stroke_color, handle)
            return (colour if outline == colour else None), max(opacity, thick)
        return colour, opacity

    def _font(self, font: int) -> _Font:
        found = self._fonts.get(font)
        if found is None:
            name = create_string_buffer(128)
            raw.get_base_font_name(font, addressof(name), len(name))
            text = name.value.decode("utf-8", "replace")
            found = self._fonts[font] = _Font(text, any(word in text.lower() for word in _NO_LETTERS))
        return found

    def _look_up(self, index: int, code: int, font: int) -> _Shown:
        """Ask a font what it makes of a code, once."""
        text = _character(code, signs=self._font(font).signs)
        width = self._width(index, code, font) if text else 0.0
        if code == _SOFT_HYPHEN and not width:
            text = None
        found = _Shown(text, width, bool(text) and self._is_blank(index, font), "\ue000" <= (text or "") <= "\uf8ff")
        self._font(font).shown[code] = found
        return found

    def _width(self, index: int, code: int, font: int) -> float:
        floats, at, text_page = self._objects.floats, addressof(self._objects.floats), self._text_page.value
        raw.get_glyph_width(font, code, 1.0, at)
        width: float = abs(floats[0])
        if width:
            return width
        # The font has no way back from the character to its code: the box is as wide as the character then.
        raw.get_font_size(raw.get_text_object(text_page, index), at)
        size = abs(floats[0])
        raw.get_char_matrix(text_page, index, at)
        scale = abs(floats[0]) * size
        raw.get_loose_char_box(text_page, index, at)
        return min(abs(floats[2] - floats[0]) / scale, 1.0) if scale > _FLAT else 0.0

    def _is_blank(self, index: int, font: int) -> bool:
        """Whether a character of an embedded font has no outline."""
        if not raw.is_embedded(font):
            return False
        at = addressof(self._numbers)
        raw.get_char_box(self._text_page.value, index, at, at + 8, at + 16, at + 24)
        left, right, bottom, top = self._numbers
        return left == right or bottom == top


def _character(code: int, *, signs: bool) -> str | None:
    """The text of a code: ``None`` for what has no shape, empty for what is no text; ``signs`` have no letters."""
    if code in {_LINE_END_HYPHEN, _SOFT_HYPHEN}:
        return "-"
    if code in _SYMBOL_FONT and not signs:
        return chr(code - 0xF000)
    if code in _UNSEEN_CHARACTERS:
        return None
    if 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return ""
    text = chr(code)
    if text.isspace():
        return None
    return "" if code < _BLANK or 0x7F <= code < 0xA0 else text
