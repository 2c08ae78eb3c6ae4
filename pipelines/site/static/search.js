// The page of the search. Texts of documents are only ever set as text.
"use strict";

{
const MOST_NAMES = 20; // units or subjects at once
const MOST_PASSAGES = 30; // lines of reports at once
const OF_A_REPORT = 10; // lines of one report
const AT_A_TIME = 8; // reports looked into together
const WAIT = 120; // milliseconds after the last key

const query = document.getElementById("query");
const said = document.getElementById("said");
const found = document.getElementById("found");
let asked = 0;

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// A text with the terms marked; where spaces or widths differ from what was asked it stays as it is.
function marked(text, wanted) {
  const pieces = [];
  let rest = text;
  while (rest) {
    const small = rest.toLowerCase();
    const places = wanted.map((term) => [small.indexOf(term), term.length]).filter(([at]) => at >= 0);
    if (!places.length || small.length !== rest.length) break;
    const [at, length] = places.sort((one, two) => one[0] - two[0] || two[1] - one[1])[0];
    pieces.push(rest.slice(0, at), element("mark", {textContent: rest.slice(at, at + length)}));
    rest = rest.slice(at + length);
  }
  return [...pieces, rest];
}

function section(chinese, english, items) {
  const list = element("ul", {className: "hits"}, ...items);
  return element("section", {}, element("h2", {}, `${chinese} `, element("span", {className: "en", lang: "en", textContent: english})), list);
}

function hit(address, text, wanted, more) {
  const link = element("a", {href: address}, ...marked(text, wanted));
  return element("li", {}, link, ...(more ? [" ", element("span", {className: "sub", textContent: more})] : []));
}

async function look(number) {
  const wanted = mingzhangSearch.terms(query.value);
  history.replaceState(null, "", wanted.length ? `#${encodeURIComponent(query.value.trim())}` : "#");
  if (!wanted.length) {
    found.replaceChildren();
    said.textContent = "";
    return;
  }
  const begin = performance.now();
  const index = await mingzhangSearch.index();
  if (number !== asked) return;
  const units = mingzhangSearch.ranked(index.units, wanted, ([, name, other]) => [name, other]);
  const subjects = mingzhangSearch.ranked(index.subjects, wanted, ([, code, name]) => [name, code]);
  const sections = [];
  if (units.length) {
    sections.push(section("单位", "units", units.slice(0, MOST_NAMES).map(
      ([key, name, other, scope, years]) => hit(`units/${encodeURIComponent(key)}.html`, name, wanted, [scope, years, other].filter(Boolean).join(" · ")))));
  }
  if (subjects.length) {
    sections.push(section("科目", "subjects", subjects.slice(0, MOST_NAMES).map(
      ([page, code, name, kind]) => hit(`subjects/${encodeURIComponent(page)}.html`, `${code} ${name}`, wanted, kind))));
  }
  found.replaceChildren(...sections);
  said.textContent = `${units.length} 个单位，${subjects.length} 个科目；正在查找报告文字…… / looking into the reports`;
  const reports = await mingzhangSearch.reports(wanted);
  if (number !== asked) return;
  const projects = section("项目", "projects", []);
  const words = section("报告文字", "words of reports", []);
  const more = element("button", {type: "button", className: "more", textContent: "更多 / more", hidden: true});
  more.addEventListener("click", () => void next());
  found.append(projects, words, more);
  let place = 0;
  let shown = 0;
  const next = async () => {
    more.hidden = true;
    const until = shown + MOST_PASSAGES;
    while (place < reports.length && shown < until) {
      const some = reports.slice(place, place + AT_A_TIME);
      place += some.length;
      const texts = await Promise.all(some.map(([key]) => mingzhangSearch.passages(key)));
      if (number !== asked) return;
      some.forEach(([key, title], at) => {
        const name = mingzhangSearch.fold(title);
        let here = 0;
        for (const [kind, text, anchor] of texts[at]) {
          const folded = mingzhangSearch.fold(text);
          if (!wanted.every((term) => folded.includes(term) || name.includes(term))) continue;
          if (!wanted.some((term) => folded.includes(term))) continue;
          shown += 1;
          here += 1;
          if (here > OF_A_REPORT) continue;
          const list = (kind === "p" ? projects : words).querySelector("ul");
          list.append(hit(`reports/${encodeURIComponent(key)}.html#${anchor}`, text, wanted, title));
        }
        if (here > OF_A_REPORT) {
          const rest = `此报告另有 ${here - OF_A_REPORT} 处 / more in this report`;
          words.querySelector("ul").append(hit(`reports/${encodeURIComponent(key)}.html`, rest, [], title));
        }
      });
    }
    for (const one of [projects, words]) one.hidden = !one.querySelector("li");
    more.hidden = place >= reports.length;
    const time = Math.round(performance.now() - begin);
    const rest = reports.length - place;
    said.textContent = `${units.length} 个单位，${subjects.length} 个科目，${shown} 处文字` +
      (rest ? `，还有 ${rest} 份报告可能提到` : "") + ` · ${time} 毫秒`;
    said.dataset.done = query.value;
  };
  await next();
}

function ask() {
  asked += 1;
  const number = asked;
  delete said.dataset.done;
  look(number).catch(() => { said.textContent = "索引读不到，请重新打开此页。/ The index cannot be read; open the page again."; });
}

let timer = 0;
query.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT);
});
function fromAddress() {
  let words = location.hash.slice(1);
  try {
    words = decodeURIComponent(words);
  } catch { /* typed by hand: taken as it stands */ }
  if (words !== query.value.trim()) {
    query.value = words;
    ask();
  }
}
window.addEventListener("hashchange", fromAddress);
fromAddress();
query.focus();
}
