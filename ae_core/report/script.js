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
