// The index of the search. Its files are scripts, since pages of a folder may fetch nothing; each is loaded once.
"use strict";

window.mingzhangSearch = (() => {
  const loaded = new Map();
  const given = {index: null, reports: new Map(), postings: new Map(), passages: new Map()};

  function load(file) {
    if (!loaded.has(file)) {
      loaded.set(file, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = file;
        script.onload = done;
        script.onerror = () => failed(new Error(file));
        document.head.append(script);
      }));
    }
    return loaded.get(file);
  }

  // As search.py folds what it writes.
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/gu, "").replace(/[\u{10000}-\u{10ffff}]/gu, "\ufffd");
  const terms = (text) => text.trim().split(/\s+/u).map(fold).filter(Boolean);

  async function index() {
    await load("search/units.js");
    return given.index;
  }

  // Rows whose words have all terms; best first: the name begins with the first, then has it, then something else has.
  function ranked(rows, wanted, texts) {
    const found = [];
    for (const row of rows) {
      const [name, other] = texts(row).map(fold);
      if (!wanted.every((term) => name.includes(term) || other.includes(term))) continue;
      const place = name.indexOf(wanted[0]);
      found.push([place === 0 ? 0 : place > 0 ? 1 : 2, row]);
    }
    return found.sort((one, two) => one[0] - two[0]).map(([, row]) => row);
  }

  // Reports that may say something with all terms, the newest first: each term stands in the title, or all pairs of
  // neighbouring characters of it stand somewhere in the text.
  async function reports(wanted) {
    const {shards, groups} = await index();
    const shard = (pair) => (pair.charCodeAt(0) * 31 + pair.charCodeAt(1)) % shards;
    const pairs = (term) => [...Array(Math.max(term.length - 1, 0)).keys()].map((at) => term.slice(at, at + 2));
    const needed = [...new Set(wanted.flatMap(pairs).map(shard))];
    const all = await Promise.all([...Array(groups).keys()].map(async (group) => {
      await Promise.all([load(`search/g${group}.js`), ...needed.map((one) => load(`search/g${group}-${one}.js`))]);
      const listed = given.reports.get(group);
      let found = listed.map((_, number) => number);
      for (const term of wanted) {
        const has = pairs(term).map((pair) => new Set(given.postings.get(`${group} ${shard(pair)}`)[pair] || []));
        found = found.filter((one) => fold(listed[one][1]).includes(term) || (has.length && has.every((set) => set.has(one))));
      }
      return found.map((one) => listed[one]);
    }));
    return all.flat().sort((one, two) => two[2] - one[2] || (one[0] < two[0] ? -1 : 1));
  }

  async function passages(report) {
    await load(`search/r-${report}.js`);
    return given.passages.get(report);
  }

  return {
    load, fold, terms, index, ranked, reports, passages,
    give: { // what the files call
      index: (all) => { given.index = all; },
      reports: ([group, all]) => { given.reports.set(group, all); },
      postings: ([group, shard, all]) => { given.postings.set(`${group} ${shard}`, all); },
      passages: ([report, all]) => { given.passages.set(report, all); },
    },
  };
})();
