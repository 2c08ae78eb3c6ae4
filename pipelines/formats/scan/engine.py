"""The recogniser: finds text in a picture and says which characters it shows, how surely, and where.

RapidOCR's PP-OCRv6 (small), whose weights lie in its wheel: nothing is fetched. onnxruntime runs one thread, since
every worker process reads a report of its own.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[Any]

_LIBRARIES = ("rapidocr", "onnxruntime", "cv2")
_DETECTOR, _RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_ELDER = ("rapidocr_onnxruntime", "ch_PP-OCRv4_rec_infer.onnx")  # package and weights of the second recogniser
_HEIGHT = 48  # pixels of a line as the recogniser wants it
_LEAST_WIDTH = 64  # pixels: shorter lines are filled up with blank
_BATCH_WIDTH = 1280  # pixels of all lines of one call: what bounds its memory
_WIDTH_STEP = 32  # pixels: lines of nearly one width go together
_MULTIPLE = 32  # pixels the detector wants sides to be a multiple of
_TEXT, _BOX = 0.3, 0.5  # of 1: of a pixel to be text, and of the mean of a box of them
_MOST_BOXES = 4000  # on one page; the densest table has some 1500
_UNCLIP = 1.6  # how far the shrunken boxes of the detector grow again


class Box(NamedTuple):
    """A piece of a picture, in pixels."""

    x0: int
    top: int
    x1: int
    bottom: int


class Sign(NamedTuple):
    """A recognised character: where its middle stands, of the width of its line, and how sure it is (0 to 1)."""

    text: str
    middle: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Engine:
    """Detector and recogniser, loaded once in a process."""

    detector: Any
    recogniser: Any
    boxes_of: Any
    signs: tuple[str, ...]

    def detect(self, grey: Image) -> list[Box]:
        """Find lines of text, level boxes around each."""
        import cv2
        import numpy as np

        height, width = grey.shape
        sides = [max(round(side / _MULTIPLE), 1) * _MULTIPLE for side in (width, height)]
        fitted = cv2.resize(grey, sides, interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1
        (found,) = self.detector.run(None, {self.detector.get_inputs()[0].name: np.stack([fitted] * 3)[None]})
        boxes, _ = self.boxes_of(found, (height, width))
        around = ((*np.min(corners, axis=0), *np.max(corners, axis=0)) for corners in boxes)
        return [Box(int(a), int(b), int(c) + 1, int(d) + 1) for a, b, c, d in around]

    def recognise(self, lines: Sequence[Image], only: str = "") -> list[list[Sign]]:
        """Say what lines show, cut out of a grey picture; only certain characters where some are named."""
        found: list[list[Sign]] = [[] for _ in lines]
        allowed = self._allowed(only)
        for numbers, batch in _batches(lines):
            (spoken,) = self.recogniser.run(None, {self.recogniser.get_inputs()[0].name: batch})
            for number, chances in zip(numbers, spoken, strict=True):
                filled = batch.shape[3] / _scaled_width(lines[number])
                found[number] = list(
                    self._spelled(chances if allowed is None else chances[:, allowed], filled, allowed)
                )
        return found

    def _allowed(self, only: str) -> Any:
        import numpy as np

        return np.array([0, *(i for i, sign in enumerate(self.signs) if i and sign in only)]) if only else None

    def _spelled(self, chances: Image, filled: float, allowed: Any) -> Iterator[Sign]:
        """Characters of a line: the likeliest of each step, repeated ones once; 0 is none."""
        best = chances.argmax(axis=1)
        start = 0
        steps = len(best)
        while start < steps:
            stop = start + 1
            while stop < steps and best[stop] == best[start]:
                stop += 1
            if best[start]:
                which = best[start] if allowed is None else allowed[best[start]]
                confidence = float(chances[start:stop, best[start]].max())
                yield Sign(self.signs[which], (start + stop) / 2 / steps * filled, confidence)
            start = stop


def _scaled_width(line: Image) -> int:
    height, width = line.shape
    return max(round(float(width * _HEIGHT / height)), 1)


def _batches(lines: Sequence[Image]) -> Iterator[tuple[list[int], Image]]:
    """Lines of like width together, scaled to one height, as the recogniser takes them."""
    import cv2
    import numpy as np

    order = sorted(range(len(lines)), key=lambda n: _scaled_width(lines[n]))
    while order:
        widest, count = _LEAST_WIDTH, 0
        for number in order:
            width = max(-(-_scaled_width(lines[number]) // _WIDTH_STEP) * _WIDTH_STEP, _LEAST_WIDTH)
            if count and (width * (count + 1) > _BATCH_WIDTH or width > 1.3 * widest + _WIDTH_STEP):
                break
            widest, count = width, count + 1
        numbers, order = order[:count], order[count:]
        batch = np.zeros((count, 3, _HEIGHT, widest), np.float32)
        for place, number in enumerate(numbers):
            width = min(_scaled_width(lines[number]), widest)
            scaled = cv2.resize(lines[number], (width, _HEIGHT), interpolation=cv2.INTER_LINEAR)
            batch[place, :, :, :width] = scaled.astype(np.float32) / 127.5 - 1
        yield numbers, batch


def is_installed() -> bool:
    """Whether the extra ``ocr`` is there; nothing is imported."""
    return all(importlib.util.find_spec(name) is not None for name in _LIBRARIES)


@cache
def engine() -> Engine:
    """Load the recogniser, once in a process."""
    import cv2
    import rapidocr
    from rapidocr.ch_ppocr_det.utils import DBPostProcess

    cv2.setNumThreads(1)
    folder = Path(rapidocr.__file__).parent / "models"
    detector, recogniser = (_session(folder / name) for name in (_DETECTOR, _RECOGNISER))
    boxes_of = DBPostProcess(
        thresh=_TEXT, box_thresh=_BOX, max_candidates=_MOST_BOXES, unclip_ratio=_UNCLIP, use_dilation=True,
        score_mode="fast",
    )  # fmt: skip
    return Engine(detector, recogniser, boxes_of, _signs(recogniser))


@cache
def second_engine() -> Engine | None:
    """Load a recogniser of another generation, which errs elsewhere; none where it is not installed."""
    package, weights = _ELDER
    found = importlib.util.find_spec(package)  # its code is not run
    if found is None or not found.submodule_search_locations:
        return None
    recogniser = _session(Path(found.submodule_search_locations[0]) / "models" / weights)
    return replace(engine(), recogniser=recogniser, signs=_signs(recogniser))


def _session(weights: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # an arena never gives back what the largest page took
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


def _signs(recogniser: Any) -> tuple[str, ...]:
    return ("", *recogniser.get_modelmeta().custom_metadata_map["character"].splitlines(), " ")
