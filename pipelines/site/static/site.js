// Draws the charts of a page and shows where a number stands. Texts of documents are only ever set as text.
"use strict";

{ // a scope of its own: the chart library leaves names in the common one
const CONFIG = {
  background: "transparent",
  font: 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  view: {stroke: null},
  axis: {labelColor: "currentColor", titleColor: "currentColor", gridColor: "currentColor", gridOpacity: 0.12,
    domainColor: "currentColor", domainOpacity: 0.4, tickColor: "currentColor", tickOpacity: 0.4,
    labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelPadding: 6},
  legend: {labelColor: "currentColor", labelFontSize: 12, symbolSize: 90},
  text: {color: "currentColor"},
};
const LEGEND_WIDTH = 190; // pixels of one entry
const FORMULA = /^[=+\-@\t\r]/; // what a spreadsheet would take for a formula

async function draw(place, rows) {
  const chart = structuredClone(window.mingzhangCharts[place.dataset.chart]);
  const present = [...new Set(rows.map((row) => row.series))];
  const tints = new Map(rows.map((row) => [row.series, row.colour]));
  const views = chart.layer || [chart];
  for (const {encoding} of views) {
    const colour = encoding.color;
    if (!colour) continue;
    if (rows.some((row) => row.colour)) {
      colour.scale = {domain: present, range: present.map((name) => tints.get(name))};
    }
    colour.legend.columns = Math.max(1, Math.floor(place.clientWidth / LEGEND_WIDTH));
    const domain = colour.scale && colour.scale.domain;
    if (domain) colour.legend.values = domain.filter((name) => present.includes(name));
  }
  if (views[0].encoding.y.field === "x") {
    chart.height *= new Set(rows.map((row) => row.x)).size;
    views[0].encoding.y.axis.labelLimit = Math.min(190, Math.floor(place.clientWidth * 0.4));
  }
  await window.vegaEmbed(place, {...chart, datasets: {rows}, config: CONFIG}, {
    mode: "vega-lite", renderer: "svg", ast: true, defaultStyle: false,
    tooltip: {disableDefaultStyle: true},
    actions: {export: true, source: false, compiled: false, editor: false},
    i18n: {SVG_ACTION: "存为 SVG", PNG_ACTION: "存为 PNG", CLICK_TO_VIEW_ACTIONS: "存图 / save"},
  });
}

// Rows as CSV for Excel: with a byte order mark, and no text that it would run.
function save(title, columns, rows) {
  const field = (value) => {
    const text = value === null || value === undefined ? "" : String(value);
    const plain = typeof value === "string" && FORMULA.test(text) ? "'" + text : text;
    return /[",\r\n]/.test(plain) ? '"' + plain.replaceAll('"', '""') + '"' : plain;
  };
  const lines = [columns, ...rows].map((row) => row.map(field).join(","));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], {type: "text/csv"}));
  link.download = `${document.title.split(" · ")[0]} ${title.split(" / ")[0]}.csv`.replace(/[\\/:*?"<>|]/g, " ");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// An address may name several cells and figures of the text: #c-1+c-2+d-3.
function show() {
  const card = document.getElementById("card");
  if (!card) return;
  for (const old of document.querySelectorAll(".at")) old.classList.remove("at");
  for (const old of document.querySelectorAll("mark")) old.replaceWith(old.textContent);
  card.replaceChildren();
  const wanted = location.hash.slice(1).split("+"); // keys need no decoding
  let first = null;
  for (const name of wanted) {
    const row = /^[cd]-/.test(name) && document.querySelector(`tr[data-cell="${CSS.escape(name)}"]`);
    if (!row) continue;
    const place = document.getElementById(row.dataset.place || name);
    const line = row.dataset.line && document.getElementById(row.dataset.line);
    const cell = line && [...line.children].find((one) => one.dataset.origin && one.dataset.origin === row.dataset.origin);
    for (const found of [row, place, line, cell]) if (found) found.classList.add("at");
    if (line && row.dataset.words) underline(line, row.dataset.words);
    if (place === row && row.closest("details")) row.closest("details").open = true;
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

// Marks a clause within the line of a text, whatever its spaces, widths and emphasis.
function underline(line, words) {
  const plain = (text) => text.normalize("NFKC").replace(/[\s*_]+/gu, "");
  const wanted = plain(words);
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    let text = "";
    const places = []; // of each character of the plain text, in the line
    for (let at = 0; at < node.data.length; at += 1) {
      const sign = plain(node.data[at]);
      text += sign;
      for (let part = 0; part < sign.length; part += 1) places.push(at);
    }
    const start = wanted ? text.indexOf(wanted) : -1;
    if (start < 0) continue;
    const rest = node.splitText(places[start]);
    rest.splitText(places[start + wanted.length - 1] + 1 - places[start]);
    const mark = document.createElement("mark");
    rest.replaceWith(mark);
    mark.append(rest);
    return;
  }
}

for (const place of document.querySelectorAll(".plot[data-chart]")) {
  const rows = JSON.parse(place.nextElementSibling.textContent);
  const button = place.parentElement.querySelector(".csv");
  button.hidden = false;
  button.addEventListener("click", () => {
    const names = ["x", "series", "y", "units"].slice(0, button.dataset.columns.split("|").length);
    const known = rows.filter((row) => row.y !== null);
    save(button.dataset.title, button.dataset.columns.split("|"), known.map((row) => names.map((name) => row[name])));
  });
  draw(place, rows);
}
const find = document.getElementById("find");
if (find) {
  find.closest(".find").hidden = false;
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && find.value.trim()) {
      location.href = `${find.dataset.page}#${encodeURIComponent(find.value.trim())}`;
    }
  });
}
document.addEventListener("click", (event) => {
  const clause = event.target.closest(".sheet .clause");
  if (clause) location.hash = clause.dataset.go;
  else if (event.target.matches(".sheet rect")) location.hash = event.target.id;
});
window.addEventListener("hashchange", show);
window.addEventListener("load", () => setTimeout(show)); // again, after the browser went to the fragment by itself
show();
window.mingzhang = {draw, save};
}
