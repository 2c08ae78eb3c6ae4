"""Command line: ``python -m tests.corpus samples --out raw`` and ``python -m tests.corpus make --out DIR``."""

from pathlib import Path

from tests.corpus.samples import make_samples

make_samples(Path("raw"))
