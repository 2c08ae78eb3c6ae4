import polars as pl

from pipelines.frames import PUBLISHED_TABLE
from pipelines.prove.unread import unread_finding


def table(form: str | None, unread: str | None) -> dict[str, object]:
    return {"report_key": "r", "table_no": 1, "form": form, "title": "收入决算表", "page": 3, "unread": unread}


def test_only_recognised_tables_with_something_unread_are_findings() -> None:
    tables = pl.DataFrame([table("revenue", "1,23,4.5\n其他"), table("fund", None), table(None, "7")], PUBLISHED_TABLE)
    found = unread_finding(tables)
    assert found["form"].to_list() == ["revenue"]
    assert found["severity"].to_list() == ["warning"]
    assert "1,23,4.5；其他" in found["message"].item()
