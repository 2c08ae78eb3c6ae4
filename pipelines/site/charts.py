"""Charts as Vega-Lite specifications without data: each page brings its own rows.

Rows have the fields ``x``, ``y`` and ``series``, and ``colour`` where the page gives it; texts of documents are values
of those and never part of a
specification, so that Vega takes none of them for an expression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.site.text import label

if TYPE_CHECKING:
    import altair

_STAGES = {"initial_budget": "#2e9b7f", "budget": "#2f6db5", "adjusted_budget": "#a557a8", "final": "#d9772b"}
_SEVERITIES = {"error": "#c2484b", "warning": "#d9972b", "info": "#5b88a8"}
_BAR = 30  # pixels of one horizontal bar; pages multiply it by the number of bars
_BAND = 0.6  # part of the room of a year that a stacked bar takes
_APART = 0.4  # part of the room of a year that is left free between years
_WAN = "万元 / 10,000 yuan"


def specifications() -> dict[str, dict[str, Any]]:
    """Make every kind of chart by name."""
    import altair as alt

    toggle = alt.selection_point(fields=["series"], bind="legend", toggle="true")
    opacity = alt.when(toggle).then(alt.value(1)).otherwise(alt.value(0.1))
    legend = alt.Legend(title=None, orient="top", columns=4, symbolLimit=30, labelLimit=220)
    # colours of rows: pages make the scale of them
    colour = alt.Color("series:N", sort=None, legend=legend)
    stage = alt.Color("series:N", legend=legend, scale=_fixed("stage", _STAGES))
    severity = alt.Color("series:N", legend=legend, scale=_fixed("severity", _SEVERITIES))
    number = alt.Axis(format=",.2~f", title=None, grid=True, tickCount=5)

    def tips(x: str, series: str, y: str, form: str = ",.2f") -> list[alt.Tooltip]:
        return [
            alt.Tooltip("x:N", title=x),
            alt.Tooltip("series:N", title=series),
            alt.Tooltip("y:Q", title=y, format=form),
        ]

    def chart(height: int) -> alt.Chart:
        return alt.Chart(alt.NamedData("rows"), width="container", height=height).add_params(toggle)

    level = alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8)
    years = alt.X("x:O", title=None, axis=level)

    def lines(tint: alt.Color, tooltip: list[alt.Tooltip]) -> altair.LayerChart | altair.FacetChart:
        """Pieces of lines, and a word where one breaks; no line joins what cannot be compared."""
        base = alt.Chart(alt.NamedData("rows")).encode(x=years, y=alt.Y("y:Q", axis=number))
        line = (
            base.mark_line(point=alt.OverlayMarkDef(size=70, filled=True), strokeWidth=2.5)
            .encode(color=tint, detail="part:N", opacity=opacity, tooltip=tooltip)
            .add_params(toggle)
        )
        word = base.mark_text(dy=-14, fontSize=11).encode(text="mark:N")
        return alt.layer(line, word).properties(width="container", height=260)

    trend = lines(stage, tips("年度 / year", "阶段 / stage", _WAN))
    compared = lines(colour, tips("年度 / year", "单位 / unit", "数值 / value"))
    summed = (
        chart(240)
        .mark_bar()
        .encode(
            x=alt.X("x:O", title=None, axis=level, scale=alt.Scale(paddingInner=_APART, paddingOuter=_APART / 2)),
            xOffset=alt.XOffset("series:N", sort=_labels("stage", _STAGES)),
            y=alt.Y("y:Q", axis=number),
            color=stage,
            opacity=opacity,
            tooltip=[*tips("年度 / year", "阶段 / stage", _WAN), alt.Tooltip("units:Q", title="单位数 / units")],
        )
    )
    stacked = (
        chart(300)
        .mark_bar(stroke="white", strokeWidth=0.5, width=alt.RelativeBandSize(_BAND))
        .encode(
            x=alt.X("x:N", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelExpr="split(datum.label, ' ')")),
            y=alt.Y("y:Q", axis=number, stack="zero"),
            color=colour,
            order=alt.Order("rank:Q"),
            opacity=opacity,
            tooltip=tips("期间 / period", "构成 / part", _WAN),
        )
    )
    paired = (
        chart(_BAR)
        .mark_bar()
        .encode(
            y=alt.Y("x:N", title=None, sort=None, axis=alt.Axis(labelLimit=190)),
            yOffset=alt.YOffset("series:N", sort=_labels("stage", _STAGES)),
            x=alt.X("y:Q", axis=number),
            color=stage,
            opacity=opacity,
            tooltip=tips("科目 / subject", "阶段 / stage", _WAN),
        )
    )
    counted = (
        chart(_BAR)
        .mark_bar()
        .encode(
            y=alt.Y("x:N", title=None, sort=None, axis=alt.Axis(labelLimit=190)),
            x=alt.X("y:Q", axis=alt.Axis(title="发现数 / findings", format=",d", tickMinStep=1, tickCount=6)),
            color=severity,
            opacity=opacity,
            tooltip=tips("类别 / class", "程度 / severity", "发现数 / findings", ",d"),
        )
    )
    kinds = {
        "trend": trend,
        "compared": compared,
        "summed": summed,
        "stacked": stacked,
        "paired": paired,
        "counted": counted,
    }
    return {kind: made.to_dict() for kind, made in kinds.items()}


def _labels(kind: str, colours: dict[str, str]) -> list[str]:
    return [label(kind, value) for value in colours]


def _fixed(kind: str, colours: dict[str, str]) -> altair.Scale:
    """One colour for one thing on every page."""
    import altair as alt

    return alt.Scale(domain=_labels(kind, colours), range=list(colours.values()))
