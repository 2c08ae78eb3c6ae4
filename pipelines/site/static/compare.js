// Pick units, a measure, a stage and years; the address holds the choice. Texts of documents are only ever set as text.
"use strict";

{
const {draw, save} = window.mingzhang;
const MOST_UNITS = 10;
const OFFERED = 12;
const TINTS = ["#2f6db5", "#d9772b", "#2e9b7f", "#a557a8", "#c2484b", "#8a7a1f", "#5b7083", "#d05f94", "#4aa3c7", "#7a9a3a"];

const at = (id) => document.getElementById(id);
const data = new Map();
window.mingzhangCompare = {unit: ([key, name, rows]) => data.set(key, {key, name, rows})};
const stages = Object.fromEntries([...at("stage").options].filter((one) => one.value).map((one, place) => [one.value, {place, name: one.text.split(" · ")[0]}]));
let chosen = [];
let span = [0, 0];
let current = [];

// What is money in 10,000 yuan, as the pages show it; money per head stays in yuan.
const isMoney = (measure) => !/_(per_head|rate|share)$|^staff_|^vehicle_count$|^vehicles_|^execution_rate/.test(measure);
const shown = (measure, value) => (isMoney(measure) ? value / 10000 : value);
const written = (measure, value) =>
  shown(measure, value).toLocaleString("en-US", isMoney(measure) ? {minimumFractionDigits: 2, maximumFractionDigits: 2} : {maximumFractionDigits: 2});

function make(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function state() {
  const said = new URLSearchParams(location.hash.slice(1));
  return {units: (said.get("u") || "").split(",").filter(Boolean), measure: said.get("m"), stage: said.get("s"), from: Number(said.get("f")), to: Number(said.get("t"))};
}

function remember() {
  const said = new URLSearchParams({u: chosen.join(","), m: at("measure").value, s: at("stage").value, f: at("from").value, t: at("to").value});
  history.replaceState(null, "", `#${said}`);
}

async function add(key) {
  if (chosen.includes(key) || chosen.length >= MOST_UNITS || !/^[\w-]+$/.test(key)) return;
  try {
    await mingzhangSearch.load(`data/${key}.js`);
  } catch {
    return; // a unit that is no longer there
  }
  if (!chosen.includes(key)) chosen.push(key);
}

function years() {
  const all = chosen.flatMap((key) => data.get(key).rows.map((row) => row[1]));
  const known = [...new Set(all)].sort((one, two) => one - two);
  const [first, last] = [known[0], known[known.length - 1]];
  for (const [id, value] of [["from", span[0] || first], ["to", span[1] || last]]) {
    at(id).replaceChildren(...known.map((year) => make("option", {value: year, text: year})));
    at(id).value = known.includes(value) ? value : id === "from" ? first : last;
  }
}

function show() {
  const [measure, stage] = [at("measure").value, at("stage").value];
  const [from, to] = [Number(at("from").value), Number(at("to").value)];
  at("chosen").replaceChildren(...chosen.map((key) => {
    const remove = make("button", {type: "button", textContent: "×", ariaLabel: `去掉 ${data.get(key).name} / remove`});
    remove.addEventListener("click", () => { chosen = chosen.filter((one) => one !== key); years(); show(); });
    return make("li", {}, make("a", {href: `units/${encodeURIComponent(key)}.html`, textContent: data.get(key).name}), remove);
  }));
  at("hint").hidden = chosen.length > 0;
  at("answer").hidden = !chosen.length;
  remember();
  if (!chosen.length) return;
  const lines = [];
  for (const [number, key] of chosen.entries()) {
    const {name, rows} = data.get(key);
    const fitting = rows.filter(([what, year, when]) => what === measure && (!stage || when === stage) && from <= year && year <= to);
    for (const when of [...new Set(fitting.map((row) => row[2]))].sort((one, two) => stages[one].place - stages[two].place)) {
      const cells = new Map(fitting.filter((row) => row[2] === when).map((row) => [row[1], row]));
      lines.push({name, stage: when, cells, tint: TINTS[number % TINTS.length]});
    }
  }
  const columns = [];
  for (let year = from; year <= to; year += 1) columns.push(year);
  const unit = isMoney(measure) ? "万元 / 10,000 yuan" : "";
  const caption = `${at("measure").selectedOptions[0].text.split(" · ")[0]}${unit ? `（${unit}）` : ""}`;
  at("caption").textContent = `${caption}，基数：各单位自己公布的数 / each unit's own figures`;
  table(measure, columns, lines);
  void chart(measure, columns, lines);
  const plain = lines.map((line) => [line.name, stages[line.stage].name, ...columns.map((year) => line.cells.has(year) ? shown(measure, line.cells.get(year)[4]) : null)]);
  current = [caption, ["单位 unit", "阶段 stage", ...columns], plain];
}

function table(measure, columns, lines) {
  const head = make("tr", {}, make("th", {scope: "col", textContent: "单位"}), make("th", {scope: "col", textContent: "阶段"}),
    ...columns.map((year) => make("th", {scope: "col", className: "r", textContent: year})));
  at("table").tHead.replaceChildren(head);
  at("table").tBodies[0].replaceChildren(...lines.map((line) => make("tr", {},
    make("th", {scope: "row", textContent: line.name}), make("td", {textContent: stages[line.stage].name}),
    ...columns.map((year) => {
      const cell = make("td", {className: "r"});
      const row = line.cells.get(year);
      if (!row) return cell;
      cell.append(row[6] ? make("a", {className: "num", href: row[6], textContent: written(measure, row[4])}) : written(measure, row[4]));
      if (row[5]) cell.append(" ", make("span", {className: "tag error", textContent: "疑", title: "有未决的发现涉及此数 / an open finding touches it"}));
      return cell;
    }))));
}

// A line joins years of one unit, stage and range of funds that follow each other, and nothing else; one year is bars.
async function chart(measure, columns, lines) {
  if (columns.length === 1) {
    const bars = lines.map((line) => ({x: line.name, y: shown(measure, line.cells.get(columns[0])[4]), series: stages[line.stage].name}));
    at("plot").dataset.chart = "paired";
    await draw(at("plot"), bars);
    return;
  }
  const many = new Set(lines.map((line) => line.stage)).size > 1;
  const rows = [];
  for (const line of lines) {
    let part = 0;
    let before = null;
    for (const year of columns) {
      const row = line.cells.get(year);
      if (!row || !before || before[1] !== year - 1 || before[3] !== row[3]) part += 1;
      const isBreak = row && before && before[1] === year - 1 && before[3] !== row[3];
      rows.push({
        x: String(year), y: row ? shown(measure, row[4]) : null, mark: isBreak ? "断" : "",
        series: many ? `${line.name} ${stages[line.stage].name}` : line.name, colour: line.tint, part: `${line.name} ${line.stage} ${part}`,
      });
      before = row || null;
    }
  }
  at("plot").dataset.chart = "compared";
  await draw(at("plot"), rows);
}

async function offer() {
  const wanted = mingzhangSearch.terms(at("unit").value);
  const {units} = await mingzhangSearch.index();
  const found = (wanted.length ? mingzhangSearch.ranked(units, wanted, ([, name, other]) => [name, other]) : units)
    .filter(([key]) => !chosen.includes(key)).slice(0, OFFERED);
  at("offered").replaceChildren(...found.map(([key, name, , scope, years], place) => {
    const one = make("li", {id: `offer-${place}`, role: "option", textContent: [name, scope, years].filter(Boolean).join(" · ")});
    one.ariaSelected = "false";
    one.dataset.key = key;
    one.addEventListener("mousedown", (event) => { event.preventDefault(); void take(key); });
    return one;
  }));
  open(found.length > 0);
}

function open(isOpen) {
  at("offered").hidden = !isOpen;
  at("unit").setAttribute("aria-expanded", String(isOpen));
  at("unit").removeAttribute("aria-activedescendant");
}

async function take(key) {
  at("unit").value = "";
  open(false);
  await add(key);
  years();
  show();
}

function move(step) {
  const all = [...at("offered").children];
  if (!all.length) return;
  const before = all.findIndex((one) => one.ariaSelected === "true");
  const now = all[(before + step + all.length) % all.length];
  for (const one of all) one.ariaSelected = String(one === now);
  at("unit").setAttribute("aria-activedescendant", now.id);
  now.scrollIntoView({block: "nearest"});
}

at("unit").addEventListener("input", () => void offer());
at("unit").addEventListener("focus", () => void offer());
at("unit").addEventListener("blur", () => open(false));
at("unit").addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") open(false);
  else if (event.key === "Enter") {
    const all = [...at("offered").children];
    const one = all.find((other) => other.ariaSelected === "true") || all[0];
    if (one) void take(one.dataset.key);
  }
});
for (const id of ["measure", "stage"]) at(id).addEventListener("change", show);
for (const id of ["from", "to"]) at(id).addEventListener("change", () => { span = [Number(at("from").value), Number(at("to").value)]; show(); });
at("csv").addEventListener("click", () => save(...current));

async function begin() {
  const said = state();
  at("measure").value = said.measure || "expenditure";
  if (!at("measure").value) at("measure").value = "expenditure";
  if (stages[said.stage]) at("stage").value = said.stage;
  span = [said.from, said.to];
  for (const key of said.units) await add(key);
  years();
  show();
}
void begin();
}
