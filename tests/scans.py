"""Scans of documents: pages drawn, tilted, blurred, made noisy, pressed into JPEG, put into a PDF of pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter


@dataclass(frozen=True, slots=True)
class Scanner:
    """What a scanner does to a page.

    Attributes:
        dpi: Pixels per inch.
        tilt: Degrees that a page may lie askew.
        blur: Radius in pixels at 200 dpi.
        noise: Standard deviation, of 255 greys.
        quality: Of JPEG.
        quarters: Quarter turns of every page.
    """

    dpi: int = 200
    tilt: float = 1.0
    blur: float = 0.6
    noise: float = 6.0
    quality: int = 60
    quarters: int = 0


def scanned(source: Path, target: Path, scanner: Scanner = Scanner(), seed: int = 0, pages: Sequence[int] = ()) -> Path:
    """Make a PDF of pictures of the pages (from 1; all where none are named) of a PDF."""
    random = np.random.default_rng(seed)
    with closing(pypdfium2.PdfDocument(source)) as document:
        numbers = pages or range(1, len(document) + 1)
        pictures = [_picture(document[number - 1], scanner, random) for number in numbers]
    first, *others = pictures
    first.save(target, "PDF", resolution=scanner.dpi, save_all=True, append_images=others, quality=scanner.quality)
    return target


def _picture(page: pypdfium2.PdfPage, scanner: Scanner, random: np.random.Generator) -> Image.Image:
    drawn = page.render(scale=scanner.dpi / 72, grayscale=True).to_pil()
    if scanner.quarters:
        drawn = drawn.rotate(-90 * scanner.quarters, expand=True)
    if scanner.tilt:
        angle = random.uniform(-scanner.tilt, scanner.tilt)
        drawn = drawn.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
    if scanner.blur:
        drawn = drawn.filter(ImageFilter.GaussianBlur(scanner.blur * scanner.dpi / 200))
    if scanner.noise:
        greys = np.asarray(drawn, np.float32) + random.normal(0, scanner.noise, drawn.size[::-1])
        drawn = Image.fromarray(np.clip(greys, 0, 255).astype(np.uint8))
    data = io.BytesIO()
    drawn.save(data, "JPEG", quality=scanner.quality, dpi=(scanner.dpi, scanner.dpi))
    return Image.open(io.BytesIO(data.getvalue()))
