"""Text of a paragraph as it is read: what was deleted, hidden or struck out is no part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from pipelines.core.document import Place, Unread
from pipelines.core.numbers import raised
from pipelines.formats.text.lines import SOFT_RETURN
from pipelines.formats.word.names import ALTERNATE, CHOICE, FALLBACK, number, value, w
from pipelines.formats.word.numbering import Numbering
from pipelines.formats.word.styles import Look, Styles, look_of, numbered_of

_PAGE_AREA = 7_560_000 * 10_692_000
"""Of A4, in square English Metric Units."""

_LARGE = 0.3
"""Share of a page that a picture takes which may hold a table; seals and photographs on covers take less."""

_GONE = frozenset(map(w, ("del", "moveFrom", "rPr", "pPr", "instrText", "delText", "delInstrText", "rt", "sdtPr")))
"""Elements whose text was deleted, or is no text."""

_SIGNS = {w("tab"): " ", w("ptab"): " ", w("br"): SOFT_RETURN, w("cr"): SOFT_RETURN, w("noBreakHyphen"): "-"}
_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_EXTENT = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"


@dataclass(slots=True)
class Found:
    """What stands in a paragraph besides its text.

    Attributes:
        boxes: Contents of text boxes, in the order in which they are anchored.
        tabs: How many tabulators part its text.
    """

    boxes: list[etree._Element] = field(default_factory=list)
    tabs: int = 0


@dataclass(slots=True)
class Story:
    """What all paragraphs of a document share, and what was met on the way through them.

    Attributes:
        styles: Of the document.
        numbering: Its lists.
        notes: Footnotes and endnotes referred to: kind and id.
        unread: What is there and was not read.
        unseen: Characters that nobody sees, by reason.
    """

    styles: Styles
    numbering: Numbering
    notes: list[tuple[str, str]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    unseen: dict[str, int] = field(default_factory=dict)
    _fields: list[bool] = field(default_factory=list)

    def text_of(self, paragraph: etree._Element, place: Place) -> tuple[str, Found]:
        """Give the text of a paragraph with the number before it.

        Args:
            paragraph: The element.
            place: Where it stands, for what is told.
        """
        properties = paragraph.find(w("pPr"))
        style = value(None if properties is None else properties.find(w("pStyle")))
        found = Found()
        walk = _Walk(self, place, found, self.styles.look(style or self.styles.default).over(self.styles.base))
        text = "".join(walk.texts(paragraph))
        if not text.strip():
            if _is_seen(properties):
                self._label(properties, style)  # a paragraph without text is counted all the same
            return text, found
        return self._label(properties, style) + text, found

    def _label(self, properties: etree._Element | None, style: str | None) -> str:
        own, inherited = numbered_of(properties), self.styles.numbered(style)
        list_id = inherited.list_id if own.list_id is None else own.list_id
        level = inherited.level if own.level is None else own.level
        return self.numbering.label(list_id, level or 0, self.styles) if list_id else ""

    def hide(self, reason: str, text: str) -> None:
        """Count what nobody sees."""
        if text.strip():
            self.unseen[reason] = self.unseen.get(reason, 0) + len(text.strip())

    def field_char(self, kind: str | None) -> None:
        """Follow a field: between its beginning and its separator stand instructions, behind that what they gave."""
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    @property
    def is_instruction(self) -> bool:
        """Whether the text under way is an instruction of a field."""
        return not all(self._fields)


@dataclass(slots=True)
class _Walk:
    story: Story
    place: Place
    found: Found
    look: Look

    def texts(self, parent: etree._Element) -> Iterator[str]:
        """Texts below an element that is no run."""
        for child in parent:
            if child.tag == w("r"):
                yield from self._run(child)
            elif child.tag in _GONE:
                if child.tag in (w("del"), w("moveFrom")):
                    self.story.hide("deleted", "".join(e.text or "" for e in child.iter(w("delText"), w("t"))))
            elif child.tag == ALTERNATE:
                yield from self.texts(chosen(child))
            elif child.tag == _FORMULA:
                yield child.text or ""
            else:
                yield from self.texts(child)

    def _run(self, run: etree._Element) -> Iterator[str]:
        properties = run.find(w("rPr"))
        style = value(None if properties is None else properties.find(w("rStyle")))
        look = look_of(properties).over(self.story.styles.look(style)).over(self.look)
        if properties is not None and properties.find(w("del")) is not None:
            return
        text = "".join(self._parts(run))
        if look.hidden:
            self.story.hide("hidden", text)
        elif look.struck:
            self.story.hide("struck_out", text)
            if any(map(str.isdigit, text)):
                self.story.unread.append(Unread("struck_out", text.strip(), self.place))
        elif not self.story.is_instruction:
            yield raised(text) if look.raised else text

    def _parts(self, parent: etree._Element) -> Iterator[str]:
        """What the children of a run show; text boxes, notes and objects are noted."""
        for child in parent:
            tag = child.tag
            if tag == w("t"):
                yield child.text or ""
            elif tag in _SIGNS:
                self.found.tabs += tag == w("tab")
                yield _SIGNS[tag]
            elif tag == w("sym"):
                yield _symbol(child)
            elif tag == w("fldChar"):
                self.story.field_char(child.get(w("fldCharType")))
            elif tag in (w("footnoteReference"), w("endnoteReference")):
                kind = "footnote" if tag == w("footnoteReference") else "endnote"
                self.story.notes.append((kind, child.get(w("id")) or ""))
            elif tag == ALTERNATE:
                yield from self._parts(chosen(child))
            elif tag == w("ruby"):
                yield from (text for base in child.findall(w("rubyBase")) for text in self.texts(base))
            elif tag in (w("drawing"), w("pict"), w("object")):
                self._drawing(child)

    def _drawing(self, drawing: etree._Element) -> None:
        """Note the text boxes of a drawing, and what cannot be read of it."""
        self.found.boxes += outermost(drawing, w("txbxContent"))
        for embedded in drawing.iter(_OLE):
            if (program := embedded.get("ProgID") or "").split(".")[0] not in ("Equation", "Package", ""):
                self.story.unread.append(Unread("embedded", program, self.place))
        extent = next(drawing.iter(_EXTENT), None)
        if extent is None or next(drawing.iter(_PICTURE), None) is None:
            return
        if number(extent.get("cx")) * number(extent.get("cy")) > _LARGE * _PAGE_AREA:
            self.story.unread.append(Unread("picture", "", self.place))


def _is_seen(properties: etree._Element | None) -> bool:
    """Whether the end of a paragraph is neither hidden nor deleted."""
    mark = None if properties is None else properties.find(w("rPr"))
    return mark is None or (mark.find(w("del")) is None and not look_of(mark).hidden)


def chosen(alternate: etree._Element) -> etree._Element:
    """Of two ways to write the same the newer; the other is for old programs."""
    found = alternate.find(CHOICE)
    if found is None:
        found = alternate.find(FALLBACK)
    return alternate if found is None else found


def outermost(root: etree._Element, tag: str) -> list[etree._Element]:
    """Elements of a tag below another, none of them within another one, nor in what is for old programs."""
    found: list[etree._Element] = []
    below = list(root)
    while below:
        element = below.pop(0)
        if element.tag == tag:
            found.append(element)
        else:
            below[:0] = list(chosen(element)) if element.tag == ALTERNATE else list(element)
    return found


def _symbol(element: etree._Element) -> str:
    """A character that is named by its number; one of a font of pictures says nothing."""
    code = element.get(w("char")) or ""
    try:
        letter = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    return "" if "\ue000" <= letter <= "\uf8ff" else letter
