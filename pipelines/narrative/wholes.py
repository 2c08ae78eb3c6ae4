"""Whose a figure is where its clause does not say: brackets, the items of a list, and the whole above the list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.core.money import yuan
from pipelines.narrative.figures import Figure
from pipelines.narrative.grammar import grammar
from pipelines.narrative.subjects import Subject, Subjects

_LISTED = re.compile("^(?:、|,?(?:和|及|以及))")
"""What stands between an item of a list and the figure before it."""

_HUNDRED = Decimal(100)
_FEWEST_ITEMS = 2
"""Items after 其中 that make a list; what follows one item may be about the item or about the whole."""


@dataclass(slots=True)
class Insets:
    """The subjects before the brackets that are open: behind a bracket the sentence goes on with the subject before."""

    _open: list[Subject] = field(default_factory=list)

    def reset(self) -> None:
        """Forget brackets nobody closed, at a new paragraph."""
        self._open.clear()

    def pass_over(self, text: str, subjects: Subjects) -> None:
        """Go over the text between two figures.

        Args:
            text: folded.
            subjects: the subject at hand; a bracket that stays open may follow a name without a figure.
        """
        opened: list[int] = []
        for at, sign in enumerate(text):
            if sign == "(":
                opened.append(at)
            elif sign == ")":
                if opened:
                    opened.pop()
                elif self._open:
                    subjects.current = self._open.pop()
        for at in opened:
            subjects.take(text[:at])
            self._open.append(subjects.current)


@dataclass(slots=True)
class Wholes:
    """What a list of items in a sentence is a part of, and the amounts stated so far in a section."""

    _whole: Subject | None = None
    _items: int = 0
    _is_earlier: bool = False
    _amounts: dict[tuple[str, ...], Decimal] = field(default_factory=dict)

    def new_section(self) -> None:
        """Forget the amounts."""
        self._amounts.clear()
        self._whole, self._items = None, 0

    def new_sentence(self) -> None:
        """End the list; its whole may still be what the next sentence is about, where a percentage shows it."""
        self._items, self._is_earlier = 0, True

    def state(self, before: str, previous: Subject, subject: Subject, figure: Figure) -> None:
        """Take an amount.

        Args:
            before: the text between the figure before and this one.
            previous: the subject before.
            subject: whose the amount is.
            figure: the amount.
        """
        if grammar().parts_follow.search(before):
            self._whole, self._items, self._is_earlier = previous, 1, False
        elif _LISTED.match(before):
            self._items += 1
        else:
            self._items = 0
        if figure.value is not None:
            self._amounts[subject.path] = yuan(figure.value, figure.unit)

    def of_change(self, subject: Subject, change: Decimal, percent: Decimal | None, places: int) -> Subject:
        """Whose a change is that stands behind a list without a name of its own.

        The one of whole and item whose amount the change and its percentage fit; where that settles nothing, the whole
        after a list of several, else the item.

        Args:
            subject: the item stated last.
            change: in yuan, a decrease negative.
            percent: the change in per cent, where the next figure says so.
            places: its decimals.
        """
        if self._whole is None or not self._whole.path or self._whole == subject:
            return subject
        if self._is_earlier and percent is None:
            return subject
        whole, item = (self._fits(s, change, percent, places) for s in (self._whole, subject))
        if whole != item:
            return self._whole if whole else subject
        return self._whole if self._items >= _FEWEST_ITEMS else subject

    def _fits(self, subject: Subject, change: Decimal, percent: Decimal | None, places: int) -> bool:
        amount = self._amounts.get(subject.path)
        if amount is None:
            return False
        base = amount - change
        if percent is None:
            return base >= 0
        return base > 0 and abs(_HUNDRED * change / base - percent) <= Decimal(1).scaleb(-places)
