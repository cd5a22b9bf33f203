const SIZE = 280, BRUSH = 22;
const pads = new WeakMap();

export default function (component) {
  const { parentElement, data } = component;
  let pad = pads.get(parentElement);
  if (!pad) pads.set(parentElement, (pad = mount(parentElement.querySelector(".pad"), data?.drawing)));
  pad.send = (drawing) => component.setStateValue("drawing", drawing);
  return () => {
    const host = parentElement.host ?? parentElement;
    if (!host.isConnected) pads.delete(parentElement);
  };
}

function mount(root, drawing) {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIZE, height: SIZE });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "Drawing pad: draw one digit with mouse, pen or finger");
  const bar = Object.assign(document.createElement("div"), { className: "bar" });
  const undo = button("Undo"), clear = button("Clear");
  bar.append(undo, clear);
  root.replaceChildren(canvas, bar);

  const pad = { send: () => {} };
  const pen = canvas.getContext("2d");
  let strokes = [], stroke = null, paper = null;

  const paint = () => {
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, SIZE, SIZE);
    if (paper) pen.drawImage(paper, 0, 0);
    Object.assign(pen, { strokeStyle: "#fff", lineWidth: BRUSH, lineCap: "round", lineJoin: "round" });
    for (const points of strokes) {
      pen.beginPath();
      points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (points.length === 1) pen.lineTo(points[0][0] + 0.1, points[0][1]);
      pen.stroke();
    }
    undo.disabled = strokes.length === 0;
    clear.disabled = undo.disabled && !paper;
  };
  const report = () => pad.send(strokes.length || paper ? canvas.toDataURL("image/png") : "");
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * SIZE / box.width, (event.clientY - box.top) * SIZE / box.height];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (stroke || !event.isPrimary) return;
    canvas.setPointerCapture(event.pointerId);
    strokes.push((stroke = [at(event)]));
    paint();
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    for (const step of event.getCoalescedEvents?.() ?? [event]) stroke.push(at(step));
    paint();
  });
  const lift = () => {
    if (!stroke) return;
    stroke = null;
    report();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  undo.addEventListener("click", () => { strokes.pop(); paint(); report(); });
  clear.addEventListener("click", () => { strokes = []; paper = null; paint(); report(); });
  paint();
  if (drawing) {
    const former = new Image();
    former.onload = () => { paper = former; paint(); };
    former.src = drawing;
  }
  return pad;
}

function button(text) {
  return Object.assign(document.createElement("button"), { type: "button", textContent: text });
}
