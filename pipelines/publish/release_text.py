"""What a release says to people: what it is, and what changed, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.publish.output import cell
from pipelines.publish.release_changes import Changes

if TYPE_CHECKING:
    import duckdb

_SHOWN = 50
"""Rows of a list that ``CHANGES.md`` shows; the files have all."""

_README = Path(__file__).with_name("release_readme.md")


def readme(about: dict[str, Any]) -> str:
    """Write ``README.md``."""
    said = {name: "–" if value is None else value for name, value in about.items()}
    samples = "\n**此版只有随程序附带的样本，不是数据。These are the shipped samples, no data.**\n"
    return _README.read_text(encoding="utf-8").format(**said | {"samples": samples if about["is_samples"] else ""})


def changes(connection: duckdb.DuckDBPyConnection, about: dict[str, Any], found: Changes | None) -> str:
    """Write ``CHANGES.md``.

    Args:
        connection: Has the lists that `compare` made.
        about: What ``release.json`` says.
        found: What it came to; ``None`` for a first release.
    """
    lines = [f"# 变更 · Changes\n\n{about['built_at']}；上一版 · release before: {about['previous'] or '–'}\n"]
    if found is None:
        return lines[0] + "\n首次发布，无可比较。The first release: there is nothing to compare with.\n"
    if found.definitions:
        lines.append("列、注释或视图的定义有变。Columns, comments or views are defined otherwise.\n")
    if found.figures is None:
        lines.append(
            "上一版结构不同，未逐个比较数字。The release before has another schema; figures were not compared.\n"
        )
    else:
        lines.append(
            "数字 · Figures: {corrected} 更正 corrected, {added} 新增 added, {removed} 消失 removed.\n".format(
                **{name: f"{found.figures.get(name, 0):,}" for name in ("corrected", "added", "removed")}
            )
        )
    for title, columns, sql in _SECTIONS:
        rows = connection.execute(f"{sql} limit {_SHOWN + 1}").fetchall()
        if rows:
            lines += [f"## {title}\n", _table(columns, rows[:_SHOWN])]
        if len(rows) > _SHOWN:
            lines.append(f"只列前 {_SHOWN} 行，其余见 changes/。The first {_SHOWN} only; changes/ has all.\n")
    return "\n".join(lines)


_SECTIONS: tuple[tuple[str, Sequence[str], str], ...] = (
    (
        "各表 · Tables",
        ("表 table", "前 before", "今 now", "增 added", "减 removed", "改 changed"),
        "from change_table where added + removed + changed > 0",
    ),
    (
        "更正的数字 · Corrected figures",
        (
            "单位 unit",
            "年 year",
            "阶段 stage",
            "报表 statement",
            "科目 subject",
            "前 before",
            "今 now",
            "cell_key",
            "因 why",
        ),
        """
        select unit_name, year_key, stage, statement,
            concat_ws(' ', subject_code, subject_name, member, economic_code, sub_unit_name, fund, project),
            amount_before, amount_now, coalesce(cell_key, disclosure_key),
            if(other_report, '另一份报告 other report', '同一份报告 same report')
        from change_figure where change = 'corrected'
        order by abs(difference) desc, unit_name, year_key, stage, statement, subject_code, member
        """,
    ),
    (
        "单位 · Units",
        ("单位 unit", "报告增 reports +", "减 −", "改 ±", "更正 corrected", "新增 added", "消失 removed"),
        """
        select unit_name, reports_added, reports_removed, reports_changed, figures_corrected, figures_added,
            figures_removed
        from change_unit order by figures_corrected desc, figures_removed desc, figures_added desc, unit_name
        """,
    ),
    (
        "报告 · Reports",
        ("变 change", "单位 unit", "年 year", "阶段 stage", "文件 file", "前 before", "今 now"),
        """
        select change, unit_name, year_key, stage, file_name, status_before, status
        from change_report order by change, unit_name, year_key, stage, file_name
        """,
    ),
)


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    numeric = [any(isinstance(row[place], int | Decimal) for row in rows) for place in range(len(columns))]
    lines = [
        "| " + " | ".join(columns) + " |",
        "|" + "|".join("--:" if right else "---" for right in numeric) + "|",
        *("| " + " | ".join(map(_plain, row)) + " |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> str:
    """Write a value so that nothing a document says becomes markup."""
    text = "" if value is None else cell(value).replace("\n", " ")
    return "".join(f"\\{sign}" if sign in "\\|<>[]*_`#!&" and isinstance(value, str) else sign for sign in text)
