"""One pass over the tree of a page: what is seen, where each element stands, how much of it is links.

The tree is what lexbor makes of the page, as browsers would. It is walked without recursion: pages nest as they like.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pipelines.core.data_files import declared
from pipelines.core.document import UnreadableError
from pipelines.formats.html.styles import Style, Styles, hides

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

TEXT = "-text"
UNSEEN = frozenset(
    (
        "script style noscript template head title meta link iframe object embed svg math canvas audio video "
        "select option button textarea input rp rt -comment -doctype map area colgroup col frameset frame"
    ).split()
)
"""Elements whose text nobody sees, or is no content."""

MOST_NESTED = 3_000
"""Open elements around one: what browsers make of pages has some dozens; beyond, the parser's time grows squarely."""

MOST_NODES = 3_000_000
"""Elements and texts of one page: the largest, a report of 50 pages word by word, has a hundredth of it."""

_AMOUNT = re.compile(r"\d[\d,，]*\.\d+|\d{1,3}(?:[,，]\d{3})+")
_SOUND = re.compile(r"\w+")
_ENOUGH_LINKS = 4
_MOST_LINKS = 0.7  # of the letters of a block: a list of links
_CONTENT = 300  # letters outside of links that make a block content whatever it is called
_ENOUGH_AMOUNTS = 3
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_CLOSES_ITSELF = frozenset(
    (
        "area base br col embed hr img input link meta param source track wbr p td th tr li dd dt option "
        "tbody thead tfoot colgroup o:p html head body"
    ).split()
)


@cache
def words() -> dict[str, Any]:
    """The words of `furniture.yml`, as sets."""
    return {name: frozenset(values) for name, values in declared(__file__, "furniture.yml").items()}


@dataclass(slots=True)
class Facts:
    """What is known of an element.

    Attributes:
        number: Among the elements of its tag, from 1, in the order of the page.
        style: Its own.
        parent: Identity of its parent.
        seen: Whether a person sees it.
        letters: That stand in it and are seen.
        linked: Those of them in links.
        links: Links in it that lead to other pages.
        amounts: Numbers with decimals or separators in it.
    """

    number: int
    style: Style
    parent: int
    seen: bool
    letters: int = 0
    linked: int = 0
    links: int = 0
    amounts: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a file."""

    text: str
    href: str
    node: int


@dataclass(slots=True)
class Survey:
    """What is known of a page before it is read.

    Attributes:
        facts: By the identity of each element.
        attachments: Links to files.
        unseen: Letters that nobody sees, by reason.
        pictures: Pictures on the page.
        nodes: Elements in the order of the page.
    """

    facts: dict[int, Facts]
    attachments: list[Link] = field(default_factory=list)
    unseen: Counter[str] = field(default_factory=Counter)
    pictures: int = 0
    nodes: list[LexborNode] = field(default_factory=list)


def refuse_nested(text: str) -> None:
    """Raise where elements are nested deeper than any page's.

    Raises:
        UnreadableError: They are.
    """
    depth = 0
    for closing, name in _TAG.findall(text):
        if name.lower() not in _CLOSES_ITSELF:
            depth = max(0, depth - 1) if closing else depth + 1
            if depth > MOST_NESTED:
                raise UnreadableError(
                    "nested_too_deep",
                    f"网页的元素嵌套超过 {MOST_NESTED} 层；elements are nested more than {MOST_NESTED} deep",
                )


def children(node: LexborNode) -> Iterator[LexborNode]:
    """The children of a node, texts among them."""
    child = node.child
    while child is not None:
        yield child
        child = child.next


def survey(root: LexborNode, styles: Styles) -> Survey:
    """Look at all elements of a page once.

    Raises:
        UnreadableError: The page has more elements than any.
    """
    found = Survey({})
    numbers: Counter[str] = Counter()
    facts = found.facts
    order: list[int] = []
    due: list[tuple[LexborNode, int, bool, int]] = [(root, 0, True, 0)]  # node, parent, seen, link around it
    count = 0
    while due:
        node, parent, seen, link = due.pop()
        count += 1
        if count > MOST_NODES:
            raise UnreadableError(
                "page_too_large", f"网页的元素超过 {MOST_NODES} 个；the page has more than {MOST_NODES} elements"
            )
        if node.next is not None and node is not root:
            due.append((node.next, parent, _is_seen(facts, parent), link))
        tag = node.tag or ""
        if tag == TEXT:
            _take_text(found, node.text_content or "", parent, seen=seen, link=link)
            continue
        if tag.startswith("-") or tag == "!doctype":
            continue
        attributes = node.attributes
        numbers[tag] += 1
        style = styles.of(node, attributes)
        seen = seen and tag not in UNSEEN and "hidden" not in attributes and not hides(style)
        seen = seen and not styles.hides_by_ancestry(node)
        own = node.mem_id
        facts[own] = Facts(numbers[tag], style, parent, seen)
        order.append(own)
        found.nodes.append(node)
        inner = link
        if tag == "a" and seen:
            inner = _take_link(found, node, attributes, own) or link
        elif tag in {"iframe", "embed", "object"}:
            _take_embedded(found, attributes, own)
        found.pictures += tag == "img" and seen
        if node.child is not None:
            due.append((node.child, own, seen, inner))
    for own in reversed(order):
        fact = facts[own]
        over = facts.get(fact.parent)
        if over is not None and fact.seen:
            over.letters += fact.letters
            over.linked += fact.linked
            over.links += fact.links
            over.amounts += fact.amounts
    return found


def _is_seen(facts: dict[int, Facts], parent: int) -> bool:
    return facts[parent].seen if parent in facts else True


def _take_text(found: Survey, text: str, parent: int, *, seen: bool, link: int) -> None:
    letters = sum(map(len, _SOUND.findall(text)))
    if not letters or parent not in found.facts:
        return
    if not seen:
        found.unseen["hidden"] += letters
        return
    fact = found.facts[parent]
    fact.letters += letters
    fact.amounts += len(_AMOUNT.findall(text))
    if link:
        fact.linked += letters


def _take_link(found: Survey, node: LexborNode, attributes: dict[str, str | None], own: int) -> int:
    """Note a link; give its identity if it leads to another page: neither to a file nor to a place on this one."""
    href = (attributes.get("href") or "").strip()
    if not href or href.startswith("#"):
        return 0
    if is_attachment(href):
        text = " ".join((node.text(deep=True) or "").split()) or attributes.get("title") or ""
        found.attachments.append(Link(text[:200], href[:500], own))
        return 0
    found.facts[own].links += 1
    return own


def _take_embedded(found: Survey, attributes: dict[str, str | None], own: int) -> None:
    for name in ("src", "data"):
        href = (attributes.get(name) or "").strip()
        if href and is_attachment(href):
            found.attachments.append(Link("", href[:500], own))


def is_attachment(href: str) -> bool:
    """Whether a link leads to a file rather than to a page."""
    if href[:11].lower().startswith(("javascript:", "mailto:", "data:")):
        return False
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    ends = (unquote(end).lower().rpartition(".") for end in (parts.path, parts.query))
    return any(point and end in words()["attachments"] for _, point, end in ends)


def is_furniture(node: LexborNode, fact: Facts) -> bool:
    """Whether a block is no content of the page: a menu, a list of links, a footer."""
    tag = node.tag or ""
    if fact.amounts >= _ENOUGH_AMOUNTS or fact.letters - fact.linked >= _CONTENT or tag in {"body", "html"}:
        return False
    if fact.links >= _ENOUGH_LINKS and fact.linked >= _MOST_LINKS * fact.letters:
        return True
    attributes = node.attributes
    known = words()
    if tag in known["tags"] or (attributes.get("role") or "").lower() in known["roles"]:
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return any(word.lower() in known["words"] for word in _WORD.findall(names))
