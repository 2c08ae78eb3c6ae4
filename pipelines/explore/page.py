"""The page of ``mingzhang explore``; Streamlit runs this file anew at every click."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import altair
import polars as pl
import streamlit
import yaml

from pipelines.core.settings import Settings
from pipelines.publish.ask import MOST_ROWS, Answer, Unanswered, ask
from pipelines.publish.output import cell, distinct

_KINDS = {"折线 / line": "line", "柱 / bar": "bar", "散点 / point": "point"}
_HELD = (type(None), int, float, str, Decimal, date, time)
_MOST_POINTS = 2_000
_BUILT = "select strftime(built_at, '%Y-%m-%d %H:%M:%S') as built_at from meta"


@streamlit.cache_data
def _examples() -> dict[str, str]:
    found = yaml.safe_load(Path(__file__).with_name("examples.yml").read_text(encoding="utf-8"))
    return {example["title"]: example["sql"].strip() for example in found}


def _frame(answer: Answer) -> pl.DataFrame:
    """Make a frame for the table."""
    names = distinct(answer.columns)
    return pl.DataFrame({name: _column([row[place] for row in answer.rows]) for place, name in enumerate(names)})


def _column(values: list[Any]) -> pl.Series:
    """Make a column; one of values that the table cannot hold becomes text."""
    held = all(isinstance(value, _HELD) and not (isinstance(value, int) and abs(value) >= 2**63) for value in values)
    return pl.Series(values if held else [None if value is None else cell(value) for value in values])


def _columns(frame: pl.DataFrame) -> dict[str, Any]:
    """Show decimals with all their places and days as days; left alone, the table rounds to three places."""
    shown: dict[str, Any] = {}
    for name, type_ in frame.schema.items():
        if isinstance(type_, pl.Decimal):
            shown[name] = streamlit.column_config.NumberColumn(format=f"%,.{type_.scale}f")
        elif type_ == pl.Date:
            shown[name] = streamlit.column_config.DateColumn()
    return shown


def _chart(frame: pl.DataFrame) -> None:
    """Draw what the reader picks; fields have names of ours, so that no column's name is taken for an expression."""
    numbers = [name for name in frame.columns if frame.schema[name].is_numeric()]
    if not numbers or frame.width < 2:
        streamlit.caption("没有可画的数字列 / no numeric column to draw")
        return
    picks = streamlit.columns(4)
    x = picks[0].selectbox("横轴 / x", frame.columns)
    y = picks[1].selectbox("纵轴 / y", numbers, index=len(numbers) - 1)
    series = picks[2].selectbox("系列 / series", ["—", *frame.columns])
    kind = _KINDS[picks[3].selectbox("图形 / kind", list(_KINDS))]
    name = pl.lit("") if series == "—" else pl.col(series).cast(pl.String)
    drawn = frame.select(
        pl.col(x).cast(pl.String).alias("x"), pl.col(y).cast(pl.Float64).alias("y"), name.alias("series")
    )
    base = altair.Chart(drawn.head(_MOST_POINTS))
    mark = {"line": base.mark_line(point=True), "bar": base.mark_bar(), "point": base.mark_point()}[kind]
    streamlit.altair_chart(
        mark.encode(
            x=altair.X("x:N", title=None, sort=None),
            y=altair.Y("y:Q", title=None),
            color=altair.Color("series:N", title=None, legend=None if series == "—" else altair.Legend(orient="top")),
            tooltip=["x:N", "y:Q", "series:N"],
        )
    )


def _show(answer: Answer) -> None:
    rows = f"{len(answer.rows):,}"
    streamlit.caption(f"{rows} 行 / rows · {answer.seconds:.2f} s")
    if answer.is_cut:
        streamlit.warning(f"只列前 {MOST_ROWS:,} 行，下载亦同 / the first {MOST_ROWS:,} rows only, in the file too")
    frame = _frame(answer)
    streamlit.dataframe(frame, hide_index=True, column_config=_columns(frame))
    streamlit.download_button("下载 CSV / download", answer.csv(), "mingzhang.csv", "text/csv", on_click="ignore")
    with streamlit.expander("图 / chart"):
        _chart(frame)


def main() -> None:
    """Lay out the page."""
    streamlit.set_page_config("明账查询 · Mingzhang", layout="wide")
    settings = Settings.from_environment()
    streamlit.title("明账 · 查询", anchor=False)
    examples = _examples()

    chosen = streamlit.selectbox("示例 / saved queries", list(examples))
    with streamlit.form("ask", border=False):
        sql = streamlit.text_area("SQL（只读 / read-only）", examples[chosen], key=f"sql {chosen}", height=180)
        asked = streamlit.form_submit_button("查询 / run", type="primary")
    try:
        streamlit.caption(f"数据库建于 / database built {ask(settings.database, _BUILT).rows[0][0]} UTC")
        if asked:
            streamlit.session_state["answer"] = ask(settings.database, sql)
    except Unanswered as reason:
        streamlit.session_state.pop("answer", None)
        streamlit.error("没有答案 / no answer")
        streamlit.code(str(reason), language=None, wrap_lines=True)  # as it is, never as markup
    if "answer" in streamlit.session_state:
        _show(streamlit.session_state["answer"])


if __name__ == "__main__":
    main()
