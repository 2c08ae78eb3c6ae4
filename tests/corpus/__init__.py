"""The project's own document generator, independent of the reader it tests.

``tests.corpus.generate`` makes reports of invented departments with their truth (``make_report``,
``make_corpus``), ``tests.corpus.layout`` declares the layouts, ``tests.corpus.samples`` typesets the samples in
``raw/`` from the published figures in ``figures/``. Commands: ``python -m tests.corpus --help``.
"""
