"""What is drawn on a PDF page: characters, rules, boxes and pictures, in the order they are painted.

pdfminer understands fonts, colours and matrices; it is kept for that. Its tokeniser and the objects it makes of every
character and line cost more time than all our own work, so that both are replaced here: one regular expression cuts
the drawing instructions into tokens, and the device keeps plain tuples. Places come out the same to the last digit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, cast

from pdfminer.pdfdevice import PDFDevice
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdffont import PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, list_value, resolve1, stream_value
from pdfminer.psparser import LIT, PSLiteral
from pdfminer.utils import apply_matrix_rect, mult_matrix
from pdfplumber.page import Page

from pipelines.formats.pdf.colours import Colour, first_colour, ink
from pipelines.formats.pdf.integrity import damaged_page

_TOKEN = re.compile(
    rb"""
      ((?:[+-]?(?:\d++\.?+\d*+|\.\d++)[\t\n\x0c\r ]++)++)      # 1 numbers, each before a blank
      ([A-Za-z][^\x00\t\n\x0c\r ()<>\[\]{}/%#]*|['"])?           # 2 the operator they are for
    | ([+-]?(?:\d+\.?\d*|\.\d+))                                 # 3 any other number
    | ([A-Za-z][^\x00\t\n\x0c\r ()<>\[\]{}/%#]*|['"])            # 4 operator without numbers
    | \(((?:[^()\\]++|\\[\s\S])*+)\)                             # 5 string without brackets in it
    | <([0-9A-Fa-f\x00\t\n\x0c\r ]*+)>                           # 6 hexadecimal string
    | /([^\x00\t\n\x0c\r ()<>\[\]{}/%]*+)                        # 7 name
    | (\[|\]|<<|>>)                                              # 8 array, dictionary
    | (\()                                                       # 9 any other string
    | %[^\r\n]*+
    """,
    re.VERBOSE,
)
_NUMBERS, _THEIR_OPERATOR, _NUMBER, _OPERATOR, _STRING, _HEX, _NAME, _BRACKET, _OPEN = range(1, 10)
_OPERATOR_KINDS = frozenset({_THEIR_OPERATOR, _OPERATOR})
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|[\s\S])")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_ESCAPES |= {b"%0*o" % (digits, n): bytes([n & 255]) for digits in (1, 2, 3) for n in range(8**digits)}
_SHORT = 16  # bytes of a piece of text that may well come again
_HASH = re.compile(rb"#([0-9A-Fa-f]{2})")
_IMAGE_END = re.compile(rb"[\x00\t\n\x0c\r ]EI(?=[\x00\t\n\x0c\r ]|$)")
_CONSTANTS = {b"true": (True,), b"false": (False,)}
_INVISIBLE_MODES = frozenset({3, 7})  # text rendering modes that paint nothing
_STROKING_MODES = frozenset({1, 5})  # those that draw outlines only
_OUTLINED_MODES = frozenset({2, 6})  # those that draw both
_MAX_NESTING = 50  # of forms that draw forms
_GONE = 0.05  # opacity below which nothing is left to see
_DENSE = 0.9  # opacity above which nothing shines through

Rect = tuple[float, float, float, float]


class Char(NamedTuple):
    """A character painted on the page; ``order`` counts everything painted.

    ``turns`` are the quarter turns clockwise that would set it upright.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    colour: Colour
    order: int
    turns: int = 0


class Shape(NamedTuple):
    """A line, a rectangle or another path; ``points`` of the latter only."""

    x0: float
    top: float
    x1: float
    bottom: float
    stroke: bool
    fill: bool
    stroke_colour: Colour
    fill_colour: Colour
    points: tuple[tuple[float, float], ...] = ()


class Fill(NamedTuple):
    """An area that is painted: a filled path, a picture, a shading; as much of it as may be seen.

    ``whole`` says that it surely hides what lies below it everywhere.
    """

    x0: float
    top: float
    x1: float
    bottom: float
    order: int
    colour: Colour
    whole: bool


class Look(NamedTuple):
    """What of the graphics state decides whether something is seen; ``clip`` is a box on the page, from its bottom.

    ``clip_whole`` says that all of the box is inside the clipping path, ``mixes`` that colours below have a say.
    """

    fill: float = 1
    stroke: float = 1
    mixes: bool = False
    clip: Rect | None = None
    clip_whole: bool = True


@dataclass(slots=True)
class PageContent:
    """Everything painted on a page, in points from the top left of the page as displayed.

    Attributes:
        bbox: The page: left, top, right, bottom.
        shown: The part of it that is displayed.
        chars: Characters that are painted at all, blanks apart.
        lines: Straight lines.
        rects: Rectangles.
        curves: Other paths.
        fills: Painted areas, in order.
        painted: Number of characters, with those nobody sees: invisible modes, layers switched off, clipped away.
        unmapped: Number of those whose font does not say which characters they are.
        upright: Characters by the quarter turns clockwise that would set them upright.
        turned: Quarter turns clockwise that were made to set the page upright; places are those after it.
    """

    bbox: tuple[float, float, float, float]
    shown: tuple[float, float, float, float]
    chars: list[Char] = field(default_factory=list)
    lines: list[Shape] = field(default_factory=list)
    rects: list[Shape] = field(default_factory=list)
    curves: list[Shape] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    painted: int = 0
    unmapped: int = 0
    upright: Counter[int] = field(default_factory=Counter)
    turned: int = 0


class ContentReader:
    """Reads the pages of one document; fonts are looked at once."""

    def __init__(self, document: PDFDocument, resources: PDFResourceManager) -> None:
        self._resources = resources
        self._fonts: dict[PDFFont, _Glyphs] = {}
        self._off = _layers_off(document)

    def read(self, page: Page) -> PageContent:
        """Interpret the drawing instructions of a page; a page whose text lies on its side is turned first."""
        x0, y0, x1, y1 = page.page_obj.mediabox  # any two corners
        page.page_obj.mediabox = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
        content = PageContent(_box(page.bbox), _box(page.cropbox if _overlap(page.cropbox, page.bbox) else page.bbox))
        self._interpret(page, content, (float(page.mediabox[0]), float(page.mediabox[1])))
        turns, chars = max(content.upright.items(), key=lambda item: item[1], default=(0, 0))
        if not turns or chars <= sum(content.upright.values()) / 2:
            return content
        x0, top, x1, bottom = content.bbox
        width, height = (bottom - top, x1 - x0) if turns % 2 else (x1 - x0, bottom - top)
        upright = PageContent((0, 0, width, height), (0, 0, width, height), turned=turns)
        displayed = page.page_obj.rotate
        page.page_obj.rotate = (displayed + 90 * turns) % 360
        self._interpret(page, upright, (0.0, 0.0))
        page.page_obj.rotate = displayed
        return upright

    def _interpret(self, page: Page, content: PageContent, corner: tuple[float, float]) -> None:
        device = _Device(self._resources, content, corner, page.page_number)
        _Interpreter(self._resources, device, self._fonts, self._off).process_page(page.page_obj)


def _box(bbox: Iterable[Any]) -> tuple[float, float, float, float]:
    x0, top, x1, bottom = (float(v) for v in bbox)
    return x0, top, x1, bottom


def _overlap(a: Sequence[Any], b: Sequence[Any]) -> bool:
    return bool(min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1)


def _layers_off(document: PDFDocument) -> frozenset[int]:
    """Object numbers of the layers (optional content groups) that are switched off when the document opens."""
    with suppress(Exception):  # whatever stands there: without a list of layers there are none to hide
        properties = dict_value(document.catalog.get("OCProperties", {}))
        default = dict_value(properties.get("D", {}))
        off = {ref.objid for ref in list_value(default.get("OFF", [])) if isinstance(ref, PDFObjRef)}
        base = resolve1(default.get("BaseState"))
        if isinstance(base, PSLiteral) and base.name == "OFF":
            groups = {ref.objid for ref in list_value(properties.get("OCGs", [])) if isinstance(ref, PDFObjRef)}
            off |= groups - {ref.objid for ref in list_value(default.get("ON", [])) if isinstance(ref, PDFObjRef)}
        off |= _off_by_usage(default)
        return frozenset(off)
    return frozenset()


def _off_by_usage(default: dict[Any, Any]) -> set[int]:
    """Layers that say of themselves that they are not for the screen, where the document lets them decide."""
    off = set()
    for use in map(dict_value, list_value(default.get("AS", []))):
        if resolve1(use.get("Event")) is LIT("View"):
            for ref in list_value(use.get("OCGs", [])):
                usage = dict_value(dict_value(ref).get("Usage", {}))
                if isinstance(ref, PDFObjRef) and dict_value(usage.get("View", {})).get("ViewState") is LIT("OFF"):
                    off.add(ref.objid)
    return off


class _Device(PDFDevice):
    """Keeps what is painted; coordinates are turned from the bottom left to the top left."""

    def __init__(
        self, resources: PDFResourceManager, content: PageContent, corner: tuple[float, float], number: int
    ) -> None:
        super().__init__(resources)
        self.number = number
        self.content = content
        self.hidden = 0
        self.order = 0
        self.look = Look()
        self._inks: dict[Any, Colour] = {}
        self.left, self.above = corner
        self.height = content.bbox[3] - content.bbox[1]

    def paint_path(self, graphicstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]) -> None:
        if self.hidden or not path or path[0][0] != "m":
            return
        self.order += 1
        if not stroke and self.look.fill < _GONE:
            return
        if "".join([segment[0] for segment in path]) == "ml" * (len(path) // 2):  # the rules of a whole table
            a, b, c, d, e, f = self.ctm  # type: ignore[misc]
            for (_, x0, y0), (_, x1, y1) in zip(path[::2], path[1::2], strict=True):
                ends = ((a * x0 + c * y0 + e, b * x0 + d * y0 + f), (a * x1 + c * y1 + e, b * x1 + d * y1 + f))
                self.content.lines.append(self._shape(ends, graphicstate, stroke, fill))
            return
        starts = [i for i, segment in enumerate(path) if segment[0] == "m"]
        for start, stop in zip(starts, [*starts[1:], len(path)], strict=True):
            if stop - start > 1:
                self._subpath(graphicstate, stroke, fill, path[start:stop])

    def _subpath(self, state: Any, stroke: bool, fill: bool, path: Sequence[Any]) -> None:
        a, b, c, d, e, f = self.ctm  # type: ignore[misc]
        kinds = "".join([segment[0] for segment in path])
        first = path[0]
        points = []
        for segment in path:
            _, *_, x, y = segment if len(segment) > 1 else first
            points.append((a * x + c * y + e, b * x + d * y + f))
        if len(kinds) > 3 and kinds.endswith("lh") and points[-2] == points[0]:
            kinds = kinds[:-2] + "h"
            points.pop()
        if kinds in {"ml", "mlh"}:
            self.content.lines.append(self._shape(points[:2], state, stroke, fill))
            return
        rectangle = kinds in {"mlllh", "mllll"} and _is_rectangle(points)
        if rectangle:
            shape = self._shape([points[0], points[2]], state, stroke, fill)
            self.content.rects.append(shape)
        else:
            height = self.above + self.height
            turned = tuple((self.left + x, height - y) for x, y in points)
            shape = self._shape(points, state, stroke, fill, turned)
            self.content.curves.append(shape)
        if fill:
            colour = shape.fill_colour
            self._fill(shape[:4], colour if rectangle else None, whole=rectangle and colour is not None)

    def _fill(self, box: Rect, colour: Colour, *, whole: bool) -> None:
        """Keep a painted area, as far as it is not clipped away."""
        look = self.look
        dense = look.fill > _DENSE and not look.mixes
        x0, top, x1, bottom = box
        if look.clip is not None:
            left, high, right, low = self.flipped(look.clip)
            x0, top, x1, bottom = max(x0, left), max(top, high), min(x1, right), min(bottom, low)
        if x0 < x1 and top < bottom:
            fill = Fill(x0, top, x1, bottom, self.order, colour if dense else None, whole and dense and look.clip_whole)
            self.content.fills.append(fill)

    def flipped(self, box: Rect) -> Rect:
        """Turn a box from the bottom left of the page to the top left."""
        x0, y0, x1, y1 = box
        height = self.above + self.height
        return x0 + self.left, height - y1, x1 + self.left, height - y0

    def ink(self, colour: Any, space: Any) -> Colour:
        """Give a colour as grey, RGB or CMYK components, where its colour space lets us tell."""
        try:
            if (colour, space.name) not in self._inks:
                self._inks[colour, space.name] = ink(colour, space.name)
            return self._inks[colour, space.name]
        except TypeError:  # a colour that is a list
            return None

    def _shape(
        self,
        points: Sequence[tuple[float, float]],
        state: Any,
        stroke: bool,
        fill: bool,
        turned: tuple[tuple[float, float], ...] = (),
    ) -> Shape:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        top, bottom = (self.height - max(ys)) + self.above, (self.height - min(ys)) + self.above
        left, right = min(xs) + self.left, max(xs) + self.left
        inks = self.ink(state.scolor, state.scs), self.ink(state.ncolor, state.ncs)
        return Shape(left, top, right, bottom, stroke, fill, *inks, turned)

    def placed(
        self, matrix: Any, at: tuple[float, float], box: tuple[float, float, float, float], vertical: bool
    ) -> tuple[float, float, float, float, float]:
        """Give the box of a character on the page, and the size of its type."""
        (a, b, c, d, e, f), (x, y) = matrix, at
        x0, y0, x1, y1 = apply_matrix_rect((a, b, c, d, x * a + y * c + e, x * b + y * d + f), box)
        top, bottom = (self.height - y1) + self.above, (self.height - y0) + self.above
        return x0 + self.left, top, x1 + self.left, bottom, x1 - x0 if vertical else y1 - y0

    def paint_picture(self, stream: PDFStream, ctm: Any) -> None:
        """Keep the place of a picture; stencils and transparent ones do not hide what lies below."""
        self.order += 1
        if not self.hidden:
            through = stream.get_any(("IM", "ImageMask")) or stream.get("SMask") or stream.get("Mask")
            self._fill(self.flipped(apply_matrix_rect(ctm, (0, 0, 1, 1))), None, whole=not through)

    def paint_shading(self) -> None:
        """Keep the place of a shading, which is all that is not clipped away."""
        self.order += 1
        if not self.hidden:
            self._fill(self.content.bbox, None, whole=False)


def _is_rectangle(points: Sequence[tuple[float, float]]) -> bool:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3), last = points
    upright = x0 == x1 and y1 == y2 and x2 == x3 and y3 == y0
    return last == points[0] and (upright or (y0 == y1 and x1 == x2 and y2 == y3 and x3 == x0))


class _Interpreter(PDFPageInterpreter):
    """pdfminer's interpreter with a quick tokeniser, which paints text itself and knows layers."""

    device: _Device

    def __init__(
        self,
        resources: PDFResourceManager,
        device: _Device,
        fonts: dict[PDFFont, _Glyphs],
        off: frozenset[int],
        depth: int = 0,
    ) -> None:
        super().__init__(resources, device)
        self._fonts, self._off, self._depth = fonts, off, depth
        self._marks: list[bool] = []
        self._inherited: tuple[Any, Any] | None = None

    def dup(self) -> _Interpreter:
        return _Interpreter(self.rsrcmgr, self.device, self._fonts, self._off, self._depth + 1)

    def init_state(self, ctm: Any) -> None:
        """Begin with what the page had set when it drew this form, else with the defaults."""
        super().init_state(ctm)
        if self._inherited:
            self.textstate, self.graphicstate = self._inherited

    def get_current_state(self) -> Any:
        return (*super().get_current_state(), self.device.look)

    def set_current_state(self, state: Any) -> None:
        *known, self.device.look = state
        super().set_current_state(tuple(known))

    def do_gs(self, name: Any) -> None:
        states = dict_value(self.resources.get("ExtGState", {}))
        found = resolve1(states.get(name.name)) if isinstance(name, PSLiteral) else None
        if not isinstance(found, dict):
            return
        look = self.device.look
        fill, stroke = resolve1(found.get("ca")), resolve1(found.get("CA"))
        mixes = look.mixes
        if "BM" in found or "SMask" in found:
            plain = {"BM": {"Normal", "Compatible"}, "SMask": {"None"}}
            modes = {key: resolve1(found[key]) for key in plain if key in found}
            mixes = not all(isinstance(m, PSLiteral) and m.name in plain[key] for key, m in modes.items())
        self.device.look = look._replace(
            fill=fill if isinstance(fill, (int, float)) else look.fill,
            stroke=stroke if isinstance(stroke, (int, float)) else look.stroke,
            mixes=mixes,
        )

    def do_W_a(self) -> None:
        self.do_W()

    def do_W(self) -> None:
        """Clip; nothing painted from now on is seen outside the box of this path."""
        corners = [at for step in self.curpath for at in zip(step[1::2], step[2::2], strict=False)]
        if corners:
            kinds = "".join(step[0] for step in self.curpath)
            a, b, c, d, _, _ = self.ctm
            self._clip(corners, self.ctm, whole=kinds == "mlllh" and (b == c == 0 or a == d == 0))

    def _clip(self, corners: Sequence[Any], ctm: Any, *, whole: bool) -> None:
        a, b, c, d, e, f = ctm
        xs = [a * x + c * y + e for x, y in corners]
        ys = [b * x + d * y + f for x, y in corners]
        box = (min(xs), min(ys), max(xs), max(ys))
        look = self.device.look
        if look.clip is not None:
            x0, y0, x1, y1 = look.clip
            box = (max(x0, box[0]), max(y0, box[1]), min(x1, box[2]), min(y1, box[3]))
        self.device.look = look._replace(clip=box, clip_whole=whole and look.clip_whole)

    def do_cs(self, name: Any) -> None:
        super().do_cs(name)
        self.graphicstate.ncolor = first_colour(self.graphicstate.ncs)

    def do_CS(self, name: Any) -> None:
        super().do_CS(name)
        self.graphicstate.scolor = first_colour(self.graphicstate.scs)

    def do_F(self) -> None:
        self.do_f()

    def do_sh(self, name: Any) -> None:
        self.device.paint_shading()

    def pop(self, n: int) -> list[Any]:
        values = self.argstack[-n:] if n else []
        del self.argstack[len(self.argstack) - len(values) :]
        return values

    def execute(self, streams: Sequence[object]) -> None:
        self.stream_ids.clear()
        found = [stream_value(s) for s in streams]
        valid = [s for s in found if s.objid is not None and s.objid not in self.parent_stream_ids]
        self.stream_ids.update(s.objid for s in valid if s.objid is not None)
        if valid and self._depth < _MAX_NESTING:
            self._run(b"\n".join(s.get_data() for s in valid))
        self.device.hidden -= sum(self._marks)  # marks that were never closed end with their content

    def init_resources(self, resources: dict[object, object]) -> None:
        super().init_resources(resources)
        fonts = dict_value(resources.get("Font", {})) if resources else {}
        self._lost = {name for name, font in fonts.items() if not resolve1(font)}

    def do_Tf(self, fontid: Any, fontsize: Any) -> None:
        if not isinstance(fontid, PSLiteral):
            super().do_Tf(fontid, fontsize)
            return
        if fontid.name in self._lost or fontid.name not in self.fontmap:
            raise damaged_page(self.device.number)
        self.textstate.font = self.fontmap[fontid.name]
        if fontsize.__class__ is float:
            self.textstate.fontsize = fontsize

    def _run(self, data: bytes) -> None:  # noqa: PLR0912 (one branch per kind of token, in one loop for speed)
        operators = {name: (getattr(self, method), count) for name, (method, count) in _OPERATORS.items()}
        base = stack = self.argstack
        open_stacks: list[list[Any]] = []
        position: int | None = 0
        while position is not None:
            tokens, position = _TOKEN.finditer(data, position), None
            for token in tokens:
                kind = token.lastindex
                if kind in _OPERATOR_KINDS:
                    if kind == _THEIR_OPERATOR:
                        stack += map(float, token[_NUMBERS].split())
                    name = token[kind]
                    operator = operators.get(name)
                    if operator is None:
                        if name == b"BI":
                            position = self._inline_picture(data, token.end())
                            break
                        stack += _CONSTANTS.get(name, ())
                    elif stack is base:
                        function, count = operator
                        arguments = stack[len(stack) - count :]
                        del stack[len(stack) - len(arguments) :]
                        if len(arguments) == count:
                            function(*arguments)
                elif kind == _NUMBERS:
                    stack += map(float, token[_NUMBERS].split())
                elif kind == _NUMBER:
                    stack.append(float(token[_NUMBER]))
                elif kind == _BRACKET:
                    if token[_BRACKET] in {b"[", b"<<"}:
                        open_stacks.append(stack)
                        stack = []
                    elif open_stacks:
                        inner, stack = stack, open_stacks.pop()
                        stack.append(inner if token[_BRACKET] == b"]" else _dictionary(inner))
                elif kind == _OPEN:
                    text, position = _nested_string(data, token.end())
                    stack.append(text)
                    break
                elif kind:
                    stack.append(_operand(token, kind))

    def _inline_picture(self, data: bytes, start: int) -> int:
        """Pass over a picture that stands among the instructions; return where it ends."""
        found = _IMAGE_END.search(data, start)
        end = found.end() if found else len(data)
        head = data[start:end].split(b"ID", 1)[0]
        masked = re.search(rb"/(?:IM|ImageMask)\s+true", head) is not None
        self.device.paint_picture(PDFStream({"IM": masked}, b""), self.ctm)
        return end

    def do_m(self, x: Any, y: Any) -> None:
        if x.__class__ is y.__class__ is float:
            self.curpath.append(("m", x, y))

    def do_l(self, x: Any, y: Any) -> None:
        if x.__class__ is y.__class__ is float:
            self.curpath.append(("l", x, y))

    def do_re(self, x: Any, y: Any, w: Any, h: Any) -> None:
        if x.__class__ is y.__class__ is w.__class__ is h.__class__ is float:
            right, top = x + w, y + h
            self.curpath += (("m", x, y), ("l", right, y), ("l", right, top), ("l", x, top), ("h",))

    def do_BMC(self, tag: Any) -> None:
        self._marks.append(False)

    def do_BDC(self, tag: Any, props: Any) -> None:
        hides = isinstance(tag, PSLiteral) and tag.name == "OC" and self._hides(self._property(props))
        self._marks.append(hides)
        self.device.hidden += hides

    def do_EMC(self) -> None:
        if self._marks:
            self.device.hidden -= self._marks.pop()

    def _property(self, name: Any) -> Any:
        if not isinstance(name, PSLiteral):
            return None
        return dict_value(self.resources.get("Properties", {})).get(name.name)

    def _hides(self, layer: Any) -> bool:
        """Whether a layer, or the layers a membership names, are switched off."""
        if not self._off or layer is None:
            return False
        if isinstance(layer, PDFObjRef) and layer.objid in self._off:
            return True
        membership = resolve1(layer)
        if not isinstance(membership, dict) or "OCGs" not in membership:
            return False
        named = membership["OCGs"]
        refs = [named] if isinstance(named, PDFObjRef) and not isinstance(resolve1(named), list) else list_value(named)
        off = [ref.objid in self._off for ref in refs if isinstance(ref, PDFObjRef)]
        policy = resolve1(membership.get("P"))
        rule = policy.name if isinstance(policy, PSLiteral) else "AnyOn"
        shown = {"AllOn": not any(off), "AnyOff": any(off), "AllOff": all(off)}.get(str(rule), not all(off))
        return bool(off) and not shown

    def do_Do(self, xobjid_arg: Any) -> None:
        found = resolve1(self.xobjmap.get(xobjid_arg.name)) if isinstance(xobjid_arg, PSLiteral) else None
        if not isinstance(found, PDFStream):
            if isinstance(xobjid_arg, PSLiteral) and xobjid_arg.name in self.xobjmap:
                raise damaged_page(self.device.number)
            return
        hides = self._hides(found.get("OC"))
        self.device.hidden += hides
        subtype = found.get("Subtype")
        kind = subtype.name if isinstance(subtype, PSLiteral) else None
        if kind == "Form" and "BBox" in found:
            matrix = _matrix(found.get("Matrix"))
            resources = dict_value(found["Resources"]) if found.get("Resources") else self.resources.copy()
            look, ctm = self.device.look, mult_matrix(matrix, self.ctm)
            box = [v for v in map(resolve1, list_value(found["BBox"])) if isinstance(v, (int, float))]
            if len(box) == 4:
                x0, y0, x1, y1 = box
                self._clip([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], ctm, whole=ctm[1] == ctm[2] == 0)
            drawn = cast(_Interpreter, self.subinterp())
            drawn._inherited = self.textstate.copy(), self.graphicstate.copy()
            drawn.render_contents(resources, [found], ctm=ctm)
            self.device.look = look
            self.device.set_ctm(self.ctm)
        elif kind == "Image":
            self.device.paint_picture(found, self.ctm)
        self.device.hidden -= hides

    def do_EI(self, obj: Any) -> None:
        """Pictures among the instructions are painted where they begin."""

    def do_TJ(self, seq: Any) -> None:  # noqa: PLR0912, PLR0915 (one loop over the glyphs, for speed)
        state, device = self.textstate, self.device
        font = state.font
        if font is None or not isinstance(seq, list):
            return
        known = self._fonts.get(font)
        if known is None:
            known = self._fonts[font] = _Glyphs(font)
        device.order += 1
        a, b, c, d, e, f = mult_matrix(state.matrix, self.ctm)
        size, scaling, rise = state.fontsize, state.scaling * 0.01, state.rise
        charspace = state.charspace * scaling
        wordspace = 0 if font.is_multibyte() else state.wordspace * scaling
        step = 0.001 * size * scaling
        vertical = font.is_vertical()
        low = font.get_descent() * size + rise
        visible = not device.hidden and state.render not in _INVISIBLE_MODES and self._opacity() >= _GONE
        colour, order = self._text_colour(), device.order
        clip = device.look.clip and device.flipped(device.look.clip)
        left, height, above = device.left, device.height, device.above
        keep = device.content.chars.append
        new = tuple.__new__  # what a named tuple does, without a call in between
        painted = unmapped = 0
        x, y = state.linematrix
        along = y if vertical else x
        level = not vertical and b == c == 0 < min(a, d, size, scaling)  # all but turned or mirrored text
        turns = 0 if vertical else _turns(a, b)
        bottom = (height - (d * (y + low) + f)) + above
        high = d * size
        top = bottom - high
        spaced = False
        for part in seq:
            if part.__class__ is float:
                along -= part * step
                spaced = True
            elif isinstance(part, bytes):
                for cid, text, width, mapped in known.of(part):
                    if spaced:
                        along += charspace
                    spaced = True
                    advance = width * size * scaling
                    if text is not None:
                        painted += 1
                        unmapped += not mapped
                        if visible and level:
                            x0 = a * along + e + left
                            char = new(Char, (text, x0, top, x0 + a * advance, bottom, high, colour, order, 0))
                        elif visible:
                            at = (x, along) if vertical else (along, y)
                            box = _text_box(font, cid, size, rise, advance)
                            char = Char(
                                text, *device.placed((a, b, c, d, e, f), at, box, vertical), colour, order, turns
                            )
                        if visible and (clip is None or _touches(char, clip)):
                            keep(char)
                    along += advance
                    if wordspace and cid == 32:
                        along += wordspace
        state.linematrix = (x, along) if vertical else (along, y)
        device.content.painted += painted
        device.content.unmapped += unmapped
        if visible:
            device.content.upright[_turns(a, b)] += painted

    def _opacity(self) -> float:
        """How opaque text is."""
        mode, look = self.textstate.render, self.device.look
        if mode in _STROKING_MODES:
            return look.stroke
        return max(look.fill, look.stroke) if mode in _OUTLINED_MODES else look.fill

    def _text_colour(self) -> Colour:
        """Give the colour text is painted in; nobody can tell where its outline has another."""
        state, mode, ink = self.graphicstate, self.textstate.render, self.device.ink
        if mode in _STROKING_MODES:
            return ink(state.scolor, state.scs)
        colour = ink(state.ncolor, state.ncs)
        return None if mode in _OUTLINED_MODES and ink(state.scolor, state.scs) != colour else colour


def _touches(char: Char, box: Rect) -> bool:
    """Whether anything of a character may be inside a box."""
    return char.x1 >= box[0] and char.x0 <= box[2] and char.bottom >= box[1] and char.top <= box[3]


def _turns(a: float, b: float) -> int:
    """Quarter turns clockwise that set text upright which runs in the direction (a, b)."""
    if abs(a) >= abs(b):
        return 0 if a >= 0 else 2
    return 1 if b > 0 else 3


_Glyph = tuple[int, str | None, float, bool]


class _Glyphs:
    """What a font shows for a piece of a string; each glyph, and each short piece, is looked up once."""

    def __init__(self, font: PDFFont) -> None:
        self._font = font
        self._known: dict[int, _Glyph] = {}
        self._pieces: dict[bytes, tuple[_Glyph, ...]] = {}

    def of(self, piece: bytes) -> tuple[_Glyph, ...]:
        """The glyphs of a piece: code, text (none for a blank), width, and whether the font says what it is."""
        found = self._pieces.get(piece)
        if found is None:
            found = tuple([self._known.get(cid) or self._look_up(cid) for cid in self._font.decode(piece)])
            if len(piece) <= _SHORT:
                self._pieces[piece] = found
        return found

    def _look_up(self, cid: int) -> _Glyph:
        try:
            text = self._font.to_unichr(cid)
        except PDFUnicodeNotDefined:
            text = f"(cid:{cid})"
        shown = None if text.isspace() else text
        self._known[cid] = (cid, shown, self._font.char_width(cid), not text.startswith("(cid:"))
        return self._known[cid]


def _text_box(font: PDFFont, cid: int, size: float, rise: float, advance: float) -> tuple[float, float, float, float]:
    """The box of a character around where the text stands."""
    if not font.is_vertical():
        low = font.get_descent() * size + rise
        return (0, low, advance, low + size)
    across, down = font.char_disp(cid)  # type: ignore[misc]
    left = size * 0.5 if across is None else across * size * 0.001
    above = (1000 - down) * size * 0.001
    return (-left, above + rise + advance, -left + size, above + rise)


def _matrix(value: Any) -> Any:
    numbers = [float(v) for v in map(resolve1, list_value(value or [])) if isinstance(v, (int, float))]
    return tuple(numbers) if len(numbers) == 6 else (1, 0, 0, 1, 0, 0)


def _operand(token: re.Match[bytes], kind: int) -> bytes | PSLiteral:
    """Read a string or a name."""
    if kind == _NAME:
        return _literal(token[_NAME])
    if kind == _STRING:
        text = token[_STRING]
        return _ESCAPE.sub(_unescape, text) if b"\\" in text else text
    digits = b"".join(token[_HEX].split()).replace(b"\0", b"")
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def _unescape(found: re.Match[bytes]) -> bytes:
    escaped = found[1]
    return _ESCAPES.get(escaped, escaped)


def _nested_string(data: bytes, start: int) -> tuple[bytes, int]:
    """Read a string with brackets in it; ``start`` is behind its first one. Return it and where it ends."""
    depth, position = 1, start
    while position < len(data):
        byte = data[position : position + 1]
        if byte == b"\\":
            position += 1
        elif byte == b"(":
            depth += 1
        elif byte == b")":
            depth -= 1
            if not depth:
                break
        position += 1
    return _ESCAPE.sub(_unescape, data[start:position]), position + 1


@lru_cache(4096)
def _literal(name: bytes) -> PSLiteral:
    if b"#" in name:
        name = _HASH.sub(lambda found: bytes.fromhex(found[1].decode("ascii")), name)
    try:
        return LIT(name.decode("utf-8"))
    except UnicodeDecodeError:
        return LIT(name)


def _dictionary(items: list[Any]) -> dict[Any, Any]:
    keys, values = items[::2], items[1::2]
    return {key.name: value for key, value in zip(keys, values, strict=False) if isinstance(key, PSLiteral)}


def _operators() -> dict[bytes, tuple[str, int]]:
    """Operators of pdfminer's interpreter: the method of each and how many arguments it takes."""
    special = {"do__q": b"'", "do__w": b'"'}
    found = {}
    for method in dir(_Interpreter):
        if method.startswith("do_") and method != "do_BI":
            name = special.get(method) or method[3:].replace("_a", "*").encode()
            found[name] = (method, getattr(_Interpreter, method).__code__.co_argcount - 1)
    return found


_OPERATORS = _operators()
