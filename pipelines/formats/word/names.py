"""Names of the elements that matter in a text document (ECMA-376, WordprocessingML)."""

from __future__ import annotations

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

ALTERNATE = f"{_COMPATIBLE}AlternateContent"
CHOICE = f"{_COMPATIBLE}Choice"
FALLBACK = f"{_COMPATIBLE}Fallback"


def w(name: str) -> str:
    """Name of an element or attribute with its namespace."""
    return f"{{{MAIN}}}{name}"


def usual(xml: bytes) -> bytes:
    """XML in the usual namespace; the strict variant of the standard names it otherwise."""
    return xml.replace(_STRICT, MAIN.encode()) if _STRICT in xml else xml


def value(element: etree._Element | None, name: str = "val") -> str | None:
    """Give an attribute of an element; of none, nothing."""
    return None if element is None else element.get(w(name))


def is_on(element: etree._Element | None) -> bool | None:
    """Whether a switch is on; nothing where there is no switch."""
    return None if element is None else (element.get(w("val")) or "true") not in ("false", "0", "off", "none")


def number(text: str | None, default: int = 0) -> int:
    """A whole number of an attribute; what is none, or larger than any, is the default."""
    plain = (text or "").strip()
    return int(plain) if plain.lstrip("-").isdecimal() and len(plain) < 10 else default
