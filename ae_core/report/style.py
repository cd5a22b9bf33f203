"""How the report looks and what moves in it: its style sheet and its script."""

STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b2027; --soft: #5a6470;
  --line: #d9dee4; --panel: #f5f7f9; --link: #0b63b5; --note: #fff4d6; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #11151a; --ink: #e8ecf1; --soft: #a2adb9; --line: #333c46; --panel: #1a2027;
    --link: #7fbcff; --note: #3a3013; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 82rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; margin: 0; line-height: 1.2; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; }
p { max-width: 46rem; color: var(--soft); margin: .5rem 0; }
a { color: var(--link); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: 1rem; }
nav a { padding: .25rem 0; }
.note { background: var(--note); color: var(--ink); padding: .5rem .75rem; border-radius: .4rem; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .9rem;
  font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); font-weight: normal; }
tr:last-child > * { border-bottom: 0; }
thead th { color: var(--soft); background: var(--panel); }
th:first-child, td:nth-child(2), th:nth-child(2) { text-align: left; }
th:first-child { position: sticky; left: 0; background: var(--paper); }
thead th:first-child, th.set { background: var(--panel); }
.set span { position: sticky; left: .7rem; }
.grid { display: grid; gap: 1.25rem; align-items: start;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 25rem), 1fr)); }
figure { margin: 0 0 1rem; min-width: 0; }
.grid figure { margin: 0; padding: .75rem; border-radius: .5rem; background: var(--panel); }
figcaption { margin: 1rem 0 .4rem; font-size: .95rem; line-height: 1.35; }
.grid figcaption { margin-top: 0; color: var(--soft); }
.grid b { color: var(--ink); }
.strip { display: block; width: 100%; image-rendering: pixelated; border-radius: .25rem; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; color: var(--ink); }
.legend i { display: inline-block; width: .8em; height: .8em; border-radius: 50%;
  margin-right: .35em; }
"""

SCRIPT = """
const finger = matchMedia("(pointer: coarse)").matches;

function template() {
  const style = getComputedStyle(document.documentElement);
  const [ink, soft, line] = ["ink", "soft", "line"].map((x) => style.getPropertyValue(`--${x}`));
  const axis = { gridcolor: line, linecolor: line, zerolinecolor: line, color: soft,
    automargin: true };
  const space = { ...axis, showbackground: false };
  return { layout: { font: { color: ink, family: "system-ui, sans-serif", size: 12 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", xaxis: axis, yaxis: axis,
    scene: { xaxis: space, yaxis: space, zaxis: space } } };
}

function draw(plot) {
  const { data, layout } = JSON.parse(plot.nextElementSibling.textContent);
  // A finger that scrolls the page must not zoom the chart under it.
  const dragmode = plot.classList.contains("space") ? "orbit" : finger ? false : "zoom";
  Plotly.react(plot, data, { ...layout, dragmode, template: template() },
    { responsive: true, displaylogo: false, displayModeBar: finger ? false : "hover" });
  plot.dataset.drawn = "yes";
}

// A browser keeps a dozen views in space at most: one that is out of sight is taken down.
const sight = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) {
    if (isIntersecting && !target.dataset.drawn) draw(target);
    if (!isIntersecting && target.dataset.drawn && target.classList.contains("space")) {
      Plotly.purge(target);
      delete target.dataset.drawn;
    }
  }
}, { rootMargin: "200px" });
for (const plot of document.querySelectorAll(".plot")) sight.observe(plot);

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const plot of document.querySelectorAll(".plot[data-drawn]")) draw(plot);
});
"""
