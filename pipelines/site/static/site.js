// Draws the charts of a page and shows where a number stands. Texts of documents are only ever set as text.
"use strict";

const CONFIG = {
  background: "transparent",
  font: 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  view: {stroke: null},
  axis: {labelColor: "currentColor", titleColor: "currentColor", gridColor: "currentColor", gridOpacity: 0.12,
    domainColor: "currentColor", domainOpacity: 0.4, tickColor: "currentColor", tickOpacity: 0.4,
    labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelPadding: 6},
  legend: {labelColor: "currentColor", labelFontSize: 12, symbolSize: 90},
};

async function draw(place) {
  const rows = JSON.parse(place.nextElementSibling.textContent);
  const chart = structuredClone(window.mingzhangCharts[place.dataset.chart]);
  const present = new Set(rows.map((row) => row.series));
  for (const channel of ["color", "shape"]) {
    const encoding = chart.encoding[channel];
    if (encoding) {
      encoding.legend.columns = Math.max(1, Math.floor(place.clientWidth / 190));
      const domain = encoding.scale && encoding.scale.domain;
      if (domain) encoding.legend.values = domain.filter((name) => present.has(name));
    }
  }
  if (chart.encoding.y.field === "x") chart.height *= new Set(rows.map((row) => row.x)).size;
  await window.vegaEmbed(place, {...chart, datasets: {rows}, config: CONFIG}, {
    mode: "vega-lite", renderer: "svg", ast: true, defaultStyle: false,
    tooltip: {disableDefaultStyle: true},
    actions: {export: true, source: false, compiled: false, editor: false},
    i18n: {SVG_ACTION: "存为 SVG", PNG_ACTION: "存为 PNG", CLICK_TO_VIEW_ACTIONS: "存图 / save"},
  });
}

// An address may name several cells: #c-1+c-2.
function show() {
  const card = document.getElementById("card");
  if (!card) return;
  for (const old of document.querySelectorAll(".at")) old.classList.remove("at");
  card.replaceChildren();
  const wanted = decodeURIComponent(location.hash.slice(1)).split("+");
  let first = null;
  for (const name of wanted) {
    const row = name.startsWith("c-") && document.querySelector(`tr[data-cell="${CSS.escape(name)}"]`);
    if (!row) continue;
    const place = document.getElementById(name);
    const line = row.dataset.line && document.getElementById(row.dataset.line);
    const cell = line && [...line.children].find((one) => one.dataset.origin && one.dataset.origin === row.dataset.origin);
    for (const found of [row, place, line, cell]) if (found) found.classList.add("at");
    first = first || (cell || line || place);
    const list = document.createElement("dl");
    for (const cell of row.children) {
      const pair = document.createElement("div");
      pair.append(Object.assign(document.createElement("dt"), {textContent: cell.dataset.name}));
      pair.append(Object.assign(document.createElement("dd"), {textContent: cell.textContent.trim()}));
      list.append(pair);
    }
    card.append(list);
  }
  card.hidden = !card.firstChild;
  if (first) first.scrollIntoView({block: "center", inline: "center"});
}

for (const place of document.querySelectorAll(".plot")) draw(place);
document.addEventListener("click", (event) => {
  if (event.target.matches(".sheet rect")) location.hash = event.target.id;
});
window.addEventListener("hashchange", show);
window.addEventListener("load", () => setTimeout(show)); // again, after the browser went to the fragment by itself
show();
