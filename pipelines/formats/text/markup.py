"""Inline markup of Markdown and HTML around the words and numbers of a line."""

from __future__ import annotations

import html
import re

from pipelines.core.numbers import raised
from pipelines.formats.text.lines import SOFT_RETURN

_NAME = r"[A-Za-z][A-Za-z0-9]*(?::[A-Za-z]+)?"
_ATTRIBUTE = r"[A-Za-z_:][\w:.-]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s<>\"']+))?"
_TAG = re.compile(rf"</?{_NAME}(?:\s+{_ATTRIBUTE})*\s*/?>", re.ASCII)
# No repetition without a bound may meet another: a line of a hostile dump holds megabytes.
_COMMENT = re.compile(r"<!--.{0,500}?-->|<![A-Za-z][^<>]*>|<\?[^<>]*\?>")
_STRUCK = re.compile(r"<(s|del|strike)\b[^<>]{0,200}>.{0,200}?</\1\s*>|~~(?=\S)[^~]{1,200}~~", re.IGNORECASE)
_RAISED = re.compile(
    r"<sup\b[^<>]{0,200}>\s?(?:<[^<>]{1,200}>){0,3}(\d{1,2})(?:<[^<>]{1,200}>){0,3}\s?</sup>", re.IGNORECASE
)
_RAISED_MATHS = re.compile(r"\$?\s?\^\{?\s?(\d{1,2}|[①-⑳*†‡]|\\dagger)\s?\}?\s?\$")
_MATHS = re.compile(r"\$(?=[^$]{0,39}\d)([-−–△▲()（）\d.,，\s\\%]{1,40})\$")
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6])\s*>", re.IGNORECASE)
_LINK = re.compile(r"!\[[^\]]*\]\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[([^\]\[]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_NOTE_REFERENCE = re.compile(r"\[\^(\w{1,8})\]")
_EMPHASIS = re.compile(r"\*\*|`")
_HEADING = re.compile(r"^\s*#{1,6}\s+")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
BLANKS = {0x3000: " ", 0xA0: " ", **dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])}
"""Other blanks become plain ones, those without a width nothing: they would cut a number in two."""


def plain(line: str) -> str:
    """A line without markup.

    Struck-out text goes, raised digits become the characters that are raised (the mark of a footnote is no digit of
    the number beside it), breaks become soft returns.
    """
    if "&" in line:
        line = html.unescape(line)
    if "<" in line:
        line = without_tags(line)
    if "~~" in line:
        line = _STRUCK.sub("", line)
    if "$" in line:
        line = _MATHS.sub(r"\1", _RAISED_MATHS.sub(lambda found: raised(found[1].replace("\\dagger", "†")), line))
    if "](" in line:
        line = _LINK.sub(lambda found: found[1] or "", line)
    if "[^" in line:
        line = _NOTE_REFERENCE.sub(lambda found: f"[{found[1]}]", line)
    return _ESCAPE.sub(r"\1", _EMPHASIS.sub("", _HEADING.sub("", line))).translate(BLANKS)


def without_tags(line: str) -> str:
    """A line without tags and comments; a sign for less that begins no tag stays."""
    line = _RAISED.sub(lambda found: raised(found[1]), _STRUCK.sub("", _COMMENT.sub("", line)))
    return _TAG.sub("", _BREAK.sub(SOFT_RETURN, line))
