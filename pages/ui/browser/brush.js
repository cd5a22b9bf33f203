// Paper in the usual shade of a set's images, and a brush; what was painted goes to the server.

const SIDE = 280;
const STEP = 10, FINE_STEP = 2;
const STEPS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  Home: [-1, -1], PageUp: [1, -1], End: [-1, 1], PageDown: [1, 1],
};
const mounted = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  const root = parentElement.querySelector(".brush");
  const here = mounted.get(root);
  if (here && here.key === data.key) {
    here.component = component;
    return;
  }
  const state = { key: data.key, component };
  mounted.set(root, state);
  mount(root, state, data);
}

function mount(root, state, { ground, pen, colour, before, words }) {
  const canvas = made("canvas", { width: SIDE, height: SIDE, ariaLabel: words.paper });
  canvas.setAttribute("role", "img");
  const context = canvas.getContext("2d");
  const shade = colour
    ? made("input", { type: "color", value: pen })
    : made("input", { type: "range", min: 0, max: 255, value: parseInt(pen.slice(1, 3), 16) });
  const width = made("input", { type: "range", min: 4, max: 80, value: 22 });
  const undo = made("button", { type: "button", textContent: words.undo });
  const clear = made("button", { type: "button", textContent: words.clear });
  const strokes = [];
  let [stroke, paper] = [null, null];

  const paint = () => {
    context.fillStyle = ground;
    context.fillRect(0, 0, SIDE, SIDE);
    if (paper) context.drawImage(paper, 0, 0, SIDE, SIDE);
    Object.assign(context, { lineCap: "round", lineJoin: "round" });
    for (const { style, points, wide } of strokes) {
      Object.assign(context, { strokeStyle: style, lineWidth: wide });
      context.beginPath();
      points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
      if (points.length === 1) context.lineTo(points[0][0] + 0.1, points[0][1]);
      context.stroke();
    }
    undo.disabled = strokes.length === 0;
    clear.disabled = undo.disabled && !paper;
  };
  const send = () => {
    const drawn = strokes.length || paper ? canvas.toDataURL("image/png") : "";
    state.component.setStateValue("drawing", drawn);
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * SIDE) / box.width, ((event.clientY - box.top) * SIDE) / box.height,
    ];
  };
  const begin = (point) => {
    const style = colour ? shade.value : `rgb(${shade.value} ${shade.value} ${shade.value})`;
    strokes.push((stroke = { style, wide: Number(width.value), points: [point] }));
    paint();
  };
  canvas.onpointerdown = (event) => {
    if (stroke || !event.isPrimary || event.button > 0) return;
    canvas.setPointerCapture(event.pointerId);
    begin(at(event));
    event.preventDefault();
  };
  canvas.onpointermove = (event) => {
    if (!stroke) return;
    stroke.points.push(at(event));
    paint();
  };
  const end = () => {
    if (!stroke) return;
    stroke = null;
    send();
  };
  canvas.onpointerup = canvas.onpointercancel = end;
  undo.onclick = () => {
    strokes.pop();
    paint();
    send();
  };
  clear.onclick = () => {
    strokes.length = 0;
    paper = null;
    paint();
    send();
  };
  const keyed = made("div", { className: "keyed", tabIndex: 0, ariaLabel: words.keys });
  keyed.setAttribute("role", "application");
  const cursor = made("span", { className: "cursor", hidden: true });
  const said = made("span", { className: "said" });
  said.setAttribute("role", "status");
  keyed.append(canvas, cursor, said);
  let here = [SIDE / 2, SIDE / 2];
  keyed.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) {
      const far = event.shiftKey ? FINE_STEP : STEP;
      here = here.map((value, i) => Math.max(0, Math.min(SIDE, value + far * step[i])));
      if (stroke) stroke.points.push(here);
      paint();
    } else if (event.key === " " || event.key === "Enter") {
      if (stroke) end();
      else begin(here);
      said.textContent = stroke ? words.down : words.lifted;
    } else if (event.key === "Delete" || event.key === "Backspace") {
      end();
      clear.click();
      said.textContent = words.cleared;
    } else return;
    cursor.hidden = false;
    cursor.classList.toggle("down", stroke !== null);
    [cursor.style.left, cursor.style.top] = here.map((value) => `${(100 * value) / SIDE}%`);
    event.preventDefault();
  };
  keyed.onblur = keyed.onpointerdown = () => {
    if (cursor.classList.contains("down")) end();
    cursor.classList.remove("down");
    cursor.hidden = true;
  };
  const tools = made("div", { className: "tools" });
  tools.append(labelled(words.shade, shade), labelled(words.width, width), undo, clear);
  root.replaceChildren(keyed, tools);
  paint();
  if (!before) return;
  const image = made("img", { src: before });
  image.onload = () => {
    paper = image;
    paint();
  };
}

const made = (kind, properties) => Object.assign(document.createElement(kind), properties);

function labelled(text, input) {
  const label = made("label", {});
  label.append(text, input);
  return label;
}
