"""Names of the assets, in the order of the flow, and what each of them holds."""

from __future__ import annotations

JOB = "ingest"
"""The main job: all assets."""

READING = (
    "report_reading",
    "published_table",
    "extracted_cell",
    "extracted_disclosure",
    "extracted_performance",
    "extracted_project",
    "extracted_remark",
    "second_reading",
    "correction",
)
DIMENSIONS = ("dim_year", "dim_unit", "dim_subject", "dim_statement")
STAR_DIMENSIONS = ("dim_year", "dim_unit", "dim_subject")
STAR_READING = (
    "report_reading",
    "extracted_cell",
    "extracted_disclosure",
    "extracted_performance",
    "extracted_project",
)
"""What the star schema is built from, with the dimensions its facts point to."""

STAR = (
    "published_cell",
    "dim_report",
    "report_form",
    "fact_disclosure",
    "fact_expenditure",
    "fact_performance",
    "fact_project",
    "fact_revenue",
    "fact_three_public",
    "fact_stated",
    "fact_staff",
    "fact_procurement",
)
PROOF_STAR = ("published_cell", "report_form", "dim_report")
"""What the rules look at, besides what was read."""

PROOF = ("finding", "outcome", "coverage")
FINDING_CELL = "finding_cell"
"""Frame of findings and their cells, written with the findings: a table and no asset."""

REPORT_BUCKET = "report_bucket"
"""Frame of the bucket of every report; no asset and no table."""

PRINTED_SUBJECT, ASKED_CODE = "printed_subject", "asked_code"
"""Frames of the readings of a bucket: codes and names printed, of which the dimension of subjects is made; and codes
that stand where no form declares them, whose subjects hang on what other reports print. No assets and no tables."""

GATE_READING, GATE_STAR, GATE_PROOF = "gate_reading", "gate_star", "gate_proof"
GATE_FILES, GATE_DIMENSIONS = "gate_source_file", "gate_dimensions"
GATES = (GATE_FILES, GATE_READING, GATE_DIMENSIONS, GATE_STAR, GATE_PROOF)
"""Frames of what the suites said of some assets; no assets and no tables."""

GATE_RESULT = "gate_result"
"""Frame of what they said of all buckets together."""

GATED = ("source_file", *READING, *DIMENSIONS, *STAR, *PROOF)
"""Assets with a suite in ``expectations/``."""

WHOLE_FRAMES = ("source_file", *DIMENSIONS, "expectation_result")
"""Assets that are one frame: every run of the whole job writes them."""

WORDS = {
    "source_file": "原始文件，按内容命名 / Raw files, named by their content",
    "report_reading": "每份内容的识别结果：单位、年度、阶段 / What each content says about itself",
    "published_table": "报告中找到的表，含未识别的 / Every table found, recognised or not",
    "extracted_cell": "已识别报表中的每个数字 / Every numeric cell of every recognised form",
    "extracted_disclosure": "情况说明陈述的每个数字及原句 / Every figure the narrative states, with its clause",
    "extracted_performance": "绩效目标表与自评表的指标行 / Indicator rows of performance tables",
    "extracted_project": "项目及其资金、明细 / Named projects with their money and cost lines",
    "extracted_remark": "表注公式、模板残留、空表说明 / Printed formulas, template words, statements of no data",
    "second_reading": "勾稽不符处的第二次读取 / Numbers under a broken identity, read by a second way",
    "correction": "人工更正 / Corrections by hand",
    "dim_year": "财政年度 / Fiscal years",
    "dim_unit": "单位 / Bodies and scopes",
    "dim_subject": "功能与经济分类科目 / Functional and economic subjects",
    "dim_statement": "报表种类 / Statutory statements",
    "published_cell": "公布的数字及其出处 / Published cells with their lineage",
    "report_form": "各报告所含报表及以何份为准 / Forms of each report and which copy counts",
    "dim_report": "报告 / Reports",
    "fact_disclosure": "叙述事实 / Figures of the narrative",
    "fact_expenditure": "支出事实 / Expenditure facts",
    "fact_performance": "绩效事实 / Performance indicators",
    "fact_project": "项目事实 / Projects",
    "fact_revenue": "收入事实 / Revenue facts",
    "fact_three_public": "“三公”经费事实 / Travel, vehicles and receptions",
    "fact_stated": "叙述总量 / What the narrative states of the body as a whole",
    "fact_staff": "人员事实 / Posts and people",
    "fact_procurement": "政府采购事实 / Government procurement",
    "finding": "勾稽不符之处 / Broken accounting identities",
    "outcome": "每份报告每条规则的结果 / Outcome of each rule per report",
    "coverage": "每份报告受勾稽关系检验的数字 / Numbers of each report under an identity",
    "expectation_result": "期望校验结果与数据文档 / Expectation results and data docs",
    "warehouse": "DuckDB 数据仓库，原子替换 / The DuckDB warehouse, swapped in atomically",
    "site": "网页：总览、单位、科目、质量、原件 / Pages: overview, units, classes, quality, origins",
}
"""What each asset holds, in Chinese and English."""
