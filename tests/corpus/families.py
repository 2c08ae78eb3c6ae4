"""The families of documents: which statutory tables in which order."""

from __future__ import annotations

from tests.corpus.common_budget import CommonBudget
from tests.corpus.family import Family
from tests.corpus.jiangsu_budget import JiangsuBudget
from tests.corpus.national_final import NationalFinal
from tests.corpus.wuhan_budget import WuhanBudget

FAMILIES: dict[str, type[Family]] = {
    "national_final": NationalFinal,
    "common_budget": CommonBudget,
    "jiangsu_budget": JiangsuBudget,
    "wuhan_budget": WuhanBudget,
}
