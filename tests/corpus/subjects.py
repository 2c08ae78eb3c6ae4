"""The classifications: names of functional and economic subjects and the standard lines of the two balances."""

from __future__ import annotations

from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
ORDINALS = "一二三四五六七八九十"

RENAMED = {  # code: (name until that year, last year of it)
    "207": ("文化体育与传媒支出", 2018),
    "210": ("医疗卫生与计划生育支出", 2018),
    "20805": ("行政事业单位离退休", 2019),
    "21301": ("农业", 2018),
    "21305": ("扶贫", 2020),
    "215": ("资源勘探信息等支出", 2020),
    "220": ("国土海洋气象等支出", 2018),
}
CLASSES = {
    "201": "一般公共服务支出",
    "202": "外交支出",
    "203": "国防支出",
    "204": "公共安全支出",
    "205": "教育支出",
    "206": "科学技术支出",
    "207": "文化旅游体育与传媒支出",
    "208": "社会保障和就业支出",
    "210": "卫生健康支出",
    "211": "节能环保支出",
    "212": "城乡社区支出",
    "213": "农林水支出",
    "214": "交通运输支出",
    "215": "资源勘探工业信息等支出",
    "216": "商业服务业等支出",
    "217": "金融支出",
    "219": "援助其他地区支出",
    "220": "自然资源海洋气象等支出",
    "221": "住房保障支出",
    "222": "粮油物资储备支出",
    "223": "国有资本经营预算支出",
    "224": "灾害防治及应急管理支出",
    "229": "其他支出",
    "231": "债务还本支出",
    "232": "债务付息支出",
    "234": "抗疫特别国债安排的支出",
}
SINCE = {"223": 2019, "224": 2019, "234": 2020}


@cache
def _read(name: str) -> dict[str, str]:
    lines = (HERE / name).read_text(encoding="utf-8").split("\n")
    return dict(line.split(" ", 1) for line in lines if line)


def functional(year: int) -> dict[str, str]:
    """Return code and name of the functional subjects as named in a year."""
    named = _read("functional.txt")
    return {code: subject_name(code, year) for code in named}


def subject_name(code: str, year: int) -> str:
    """Return the name of a functional subject in a year."""
    until = RENAMED.get(code)
    if until and year <= until[1]:
        return until[0]
    return CLASSES.get(code) or _read("functional.txt")[code]


def economic(year: int) -> dict[str, str]:
    """Return code and name of the economic subjects; those of 2018 and later only from then on."""
    named = _read("economic.txt")
    since_2018 = ("30109", "30110", "30111", "30112", "30113", "30114")
    return {code: name for code, name in named.items() if year >= 2018 or code not in since_2018}


def ordinal(number: int) -> str:
    """Return a number up to 99 in Chinese: 1 is 一, 21 is 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else ORDINALS[tens - 1] + "十"
    return head + (ORDINALS[ones - 1] if ones else "")


def classes(year: int) -> dict[str, str]:
    """Return the classes that the balance prints in a year, code and name, in order."""
    return {code: subject_name(code, year) for code in CLASSES if year >= SINCE.get(code, 0)}
