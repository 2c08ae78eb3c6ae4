"""Damaged dumps: what is restored says so, and well-formed figures stay as printed."""

from __future__ import annotations

from decimal import Decimal

from pipelines.core.document import Place
from pipelines.core.numbers import Number, read_number
from pipelines.layout.rows import Reading, Row
from pipelines.repair.damaged_rows import Coded, restore


def row(code: str, name: str, *texts: str) -> Row:
    found = Row(name, code)
    for measure, text in zip(("total", "basic", "project"), texts, strict=False):
        found.readings[measure] = Reading(read_number(text) or Number(None), text, Place(line=1))
    return found


def two_tables(damaged: Row) -> tuple[Row, Coded]:
    whole = [row("201", "一般公共服务支出", "3.00", "3.00"), row("20132", "组织事务", "3.00", "3.00")]
    whole.append(row("2013299", "其他组织事务支出", "3.00", "3.00"))
    table = Coded("expenditure", [*(row(r.code, r.name, "3.00", "3.00") for r in whole[:2]), damaged], "万元")
    restore([table, Coded("general_expenditure", whole, "万元")])
    return damaged, table


def test_a_truncated_code_is_restored_by_name_and_order() -> None:
    found, _ = two_tables(row("201329", "其他组织事务支出", "3.00", "3.00"))
    assert found.code == "2013299"
    assert any("restored" in note for note in found.notes)


def test_a_damaged_amount_is_taken_from_the_other_table() -> None:
    found, _ = two_tables(row("2013299", "其他组织事务支出", "3.00", "3.0 0 3.00"))
    assert found.readings["basic"].number.value == Decimal("3.00")
    assert found.readings["basic"].text == "3.0 0 3.00"
    assert any("restored" in note for note in found.readings["basic"].notes)


def test_a_well_formed_mistake_stays_the_publishers() -> None:
    found, _ = two_tables(row("2013299", "其他组织事务支出", "9.00", "3.00"))
    assert found.readings["total"].number.value == Decimal("9.00")


def test_a_well_formed_mistake_beside_damage_stays_too() -> None:
    found, _ = two_tables(row("2013299", "其他组织事务支出", "9.00", "3.0 0 3.00", "3.00"))
    assert {m: r.number.value for m, r in found.readings.items() if m != "project"} == {
        "total": Decimal("9.00"),
        "basic": Decimal("3.00"),
    }
