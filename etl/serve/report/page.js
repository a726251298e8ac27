"use strict";
// `ast`: expressions are read and not compiled, so that the page's policy can forbid eval.
const options = { renderer: "svg", actions: false, ast: true, defaultStyle: false,
  tooltip: { theme: "report", disableDefaultStyle: true } };

const drawn = [...document.querySelectorAll("[data-chart]")].map(async place => {
  const spec = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  // Vega gives its place a role of its own; around it stays the picture with its text.
  const inside = place.appendChild(document.createElement("div"));
  try {
    await vegaEmbed(inside, spec, options);
  } catch (error) {
    inside.textContent = "This chart could not be drawn; its table holds the same figures.";
    console.error(error);
  }
});
Promise.all(drawn).then(() => { document.documentElement.dataset.drawn = "yes"; });

// Paper shows every table, and a link into one opens it.
const closed = () => [...document.querySelectorAll("details:not([open])")];
let opened = [];
addEventListener("beforeprint", () => { opened = closed(); for (const table of opened) table.open = true; });
addEventListener("afterprint", () => { for (const table of opened) table.open = false; });
const show = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const table = target && target.closest("details");
  if (table && !table.open) { table.open = true; target.scrollIntoView({ block: "center" }); }
};
addEventListener("hashchange", show);
show();
