"""Styles of a text document: what hides, strikes, raises or numbers the text that has them."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from pipelines.formats.word.names import is_on, number, value, w


@dataclass(frozen=True, slots=True)
class Look:
    """How a run looks; ``None`` where it is not said.

    Attributes:
        hidden: Whether nobody sees it.
        struck: Whether it is crossed out.
        raised: Whether it stands above the line.
    """

    hidden: bool | None = None
    struck: bool | None = None
    raised: bool | None = None

    def over(self, below: Look) -> Look:
        """This look where it says something, else the other."""
        return Look(*(b if a is None else a for a, b in zip(self._parts, below._parts, strict=True)))

    @property
    def _parts(self) -> tuple[bool | None, bool | None, bool | None]:
        return self.hidden, self.struck, self.raised


@dataclass(frozen=True, slots=True)
class Numbered:
    """Which list numbers a paragraph, and on which level; ``list_id`` 0 is none."""

    list_id: int | None = None
    level: int | None = None


@dataclass(slots=True)
class _Style:
    based_on: str | None
    look: Look
    numbered: Numbered


@dataclass(slots=True)
class Styles:
    """The styles of a document by id."""

    default: str | None = None
    base: Look = Look()
    _styles: dict[str, _Style] = field(default_factory=dict)

    @classmethod
    def of(cls, root: etree._Element | None) -> Styles:
        """Read the part ``styles``."""
        found = cls()
        if root is None:
            return found
        defaults = root.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}")
        found.base = look_of(defaults)
        for style in root.iter(w("style")):
            name = style.get(w("styleId")) or ""
            if style.get(w("type")) == "paragraph" and style.get(w("default")) in ("1", "true"):
                found.default = name
            found._styles[name] = _Style(
                value(style.find(w("basedOn"))), look_of(style.find(w("rPr"))), numbered_of(style.find(w("pPr")))
            )
        return found

    def look(self, name: str | None) -> Look:
        """How text of a style looks."""
        look = Look()
        for style in self._chain(name):
            look = look.over(style.look)
        return look

    def numbered(self, name: str | None) -> Numbered:
        """Which list numbers paragraphs of a style."""
        list_id = level = None
        for style in self._chain(name or self.default):
            list_id = style.numbered.list_id if list_id is None else list_id
            level = style.numbered.level if level is None else level
        return Numbered(list_id, level)

    def _chain(self, name: str | None) -> list[_Style]:
        """A style and those it is based on, each once: a hostile file bases two on each other."""
        seen: dict[str, _Style] = {}
        while name is not None and name in self._styles and name not in seen:
            seen[name] = self._styles[name]
            name = seen[name].based_on
        return list(seen.values())


def look_of(properties: etree._Element | None) -> Look:
    """How the properties of a run make it look."""
    if properties is None:
        return Look()
    struck = is_on(properties.find(w("strike")))
    twice = is_on(properties.find(w("dstrike")))
    align = value(properties.find(w("vertAlign")))
    return Look(
        is_on(properties.find(w("vanish"))),
        twice if struck is None else struck or bool(twice),
        None if align is None else align == "superscript",
    )


def numbered_of(properties: etree._Element | None) -> Numbered:
    """Which list the properties of a paragraph name."""
    found = None if properties is None else properties.find(w("numPr"))
    if found is None:
        return Numbered()
    list_id, level = value(found.find(w("numId"))), value(found.find(w("ilvl")))
    return Numbered(None if list_id is None else number(list_id), None if level is None else number(level))
