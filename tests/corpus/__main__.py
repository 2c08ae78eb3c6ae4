"""Command line of the generator.

``python -m tests.corpus samples`` typesets the samples; ``python -m tests.corpus make --out DIR
--reports N --seed S [--layout NAME ...] [--workers N]`` writes invented reports with their truth;
``python -m tests.corpus layouts`` lists the layouts.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.collect.samples import SAMPLE_FOLDER
from tests.corpus.generate import make_corpus
from tests.corpus.layout import PRESETS
from tests.corpus.samples import make_samples


def main() -> None:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus")
    commands = parser.add_subparsers(dest="command", required=True)
    samples = commands.add_parser("samples", help="typeset the sample reports")
    samples.add_argument("--out", type=Path, default=SAMPLE_FOLDER)
    make = commands.add_parser("make", help="write invented reports with their truth")
    make.add_argument("--out", type=Path, required=True)
    make.add_argument("--reports", type=int, default=100)
    make.add_argument("--seed", type=int, default=1)
    make.add_argument("--layout", nargs="+", choices=[*PRESETS, "mixed"], metavar="NAME")
    make.add_argument("--workers", type=int, default=1)
    commands.add_parser("layouts", help="list the layouts")
    args = parser.parse_args()
    if args.command == "samples":
        print(f"{len(make_samples(args.out))} samples in {args.out}")
    elif args.command == "make":
        made = make_corpus(args.out, args.reports, args.seed, args.layout, args.workers)
        print(f"{len(made)} reports in {args.out}")
    else:
        print("\n".join([*PRESETS, "mixed"]))


if __name__ == "__main__":
    main()
