// Search and links of the data dictionary. Everything is on the page: nothing is asked of the network.
"use strict";

const input = document.getElementById("search");
const found = document.getElementById("found");
const sections = [...document.querySelectorAll("main > section")];
const nothing = document.createElement("p");
nothing.className = "nothing";
nothing.hidden = true;
document.getElementById("tables").append(nothing);

// A row is searched together with the name of what it is in: "services_monthly yoy" finds a column.
const entries = [...document.querySelectorAll("article")].map((article) => {
  const name = article.querySelector("h3").textContent.toLowerCase();
  const about = article.querySelector(".about");
  return {
    article,
    name,
    about: name + " " + (about ? about.textContent.toLowerCase() : ""),
    details: [...article.querySelectorAll("details")],
    rows: [...article.querySelectorAll("tbody tr")].map((row) => ({
      row,
      text: name + " " + row.textContent.toLowerCase(),
      name: row.querySelector("th").textContent.toLowerCase(),
    })),
  };
});

function wordsOf(text) {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function search() {
  const words = wordsOf(input.value);
  const has = (text) => words.every((word) => text.includes(word));
  let tables = 0;
  let lines = 0;
  for (const entry of entries) {
    const hits = entry.rows.filter(({ text }) => has(text));
    const isFound = hits.length > 0 || has(entry.about);
    const isPart = words.length > 0 && hits.length > 0;
    entry.article.hidden = !isFound;
    for (const { row, text } of entry.rows) row.hidden = isPart && !has(text);
    for (const details of entry.details) details.open = isPart;
    tables += isFound;
    lines += isPart ? hits.length : 0;
  }
  for (const section of sections) {
    section.hidden = words.length > 0 && !section.querySelector("article:not([hidden])");
  }
  for (const link of document.querySelectorAll("nav a")) {
    const target = document.getElementById(link.hash.slice(1));
    link.hidden = Boolean(target && target.closest("[hidden]"));
  }
  nothing.hidden = words.length === 0 || tables > 0;
  nothing.textContent = `Nothing on this page has all of: ${words.join(", ")}. Try fewer words, or parts of names.`;
  found.textContent = words.length === 0 ? "" : tables === 0 ? "Nothing found" : counted(tables, lines);
  highlight(words);
}

function counted(tables, lines) {
  const entries = `${tables} ${tables === 1 ? "entry" : "entries"}`;
  return lines === 0 ? entries : `${lines} ${lines === 1 ? "line" : "lines"} in ${entries}`;
}

// Marks the words where the browser can do so without changing the page.
function highlight(words) {
  if (!window.Highlight || !CSS.highlights) return;
  CSS.highlights.delete("hit");
  if (words.length === 0 || words.join("").length < 2) return;
  const ranges = [];
  for (const { article } of entries) {
    if (article.hidden) continue;
    const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const text = node.data.toLowerCase();
      for (const word of words) {
        for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, at + word.length);
          ranges.push(range);
        }
      }
    }
  }
  CSS.highlights.set("hit", new Highlight(...ranges));
}

// The best hit: a column or table of exactly that name, else the first that is shown.
function firstHit() {
  const wanted = input.value.trim().toLowerCase();
  const rows = entries.flatMap((entry) => entry.rows).filter(({ row }) => !row.closest("[hidden]"));
  const exact = rows.find(({ name, row }) => row.id && name.trim().split(/\s/)[0] === wanted);
  const table = entries.find(({ name, article }) => !article.hidden && name.includes(`.${wanted} `));
  const first = entries.find(({ article }) => !article.hidden);
  return (exact && exact.row) || (table && table.article) || (first && first.article);
}

// Goes where the address points: a search (#q=words), a table, a column; of tables that are shown together
// (#raw.dt.cell) to the nearest that is there.
function follow() {
  const hash = decodeURIComponent(location.hash.slice(1));
  if (hash.startsWith("q=")) {
    input.value = hash.slice(2);
    search();
    return;
  }
  let target = document.getElementById(hash);
  for (let name = hash; !target && name.includes("."); ) {
    name = name.slice(0, name.lastIndexOf("."));
    target = document.getElementById(name);
  }
  if (target) show(target);
}

function show(target) {
  if (target.closest("[hidden]")) {
    input.value = "";
    search();
  }
  for (let details = target.closest("details"); details; details = details.parentElement.closest("details")) {
    details.open = true;
  }
  for (const chosen of document.querySelectorAll(".chosen")) chosen.classList.remove("chosen");
  if (target.matches("article, tr, li")) target.classList.add("chosen");
  target.scrollIntoView();
}

input.addEventListener("input", () => {
  search();
  const hash = input.value.trim() ? `#q=${encodeURIComponent(input.value.trim())}` : " ";
  history.replaceState(null, "", hash === " " ? location.pathname + location.search : hash);
});
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && firstHit()) {
    firstHit().scrollIntoView();
    const link = firstHit().querySelector("a");
    if (link) link.focus({ preventScroll: true });
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== input && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    input.focus();
    input.select();
  } else if (event.key === "Escape" && input.value) {
    input.value = "";
    input.dispatchEvent(new Event("input"));
    input.focus();
  }
});
// A column's name is its address.
document.getElementById("tables").addEventListener("click", (event) => {
  const name = event.target.closest("tr[id] > th code");
  if (name) location.hash = name.closest("tr").id;
});
const header = document.querySelector("header");
function makeRoomForHeader() {
  document.documentElement.style.setProperty("--header", `${header.offsetHeight}px`);
}
new ResizeObserver(makeRoomForHeader).observe(header);
makeRoomForHeader();
addEventListener("hashchange", follow);
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("main details")) details.open = true;
});
if (matchMedia("(max-width: 52rem)").matches) document.getElementById("contents").open = false;
follow();
