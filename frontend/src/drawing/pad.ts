// A pad to draw a digit on, with mouse, pen or finger.

import { button, make, select } from "../ui/elements";
import { N_, _ } from "../ui/texts";
import { formOf } from "./digit";

const SIZE = 280;
const BRUSHES = [
  { name: N_("thin"), width: 20 }, { name: N_("medium"), width: 26 }, { name: N_("thick"), width: 36 },
];
const MEDIUM = 1;

interface Stroke {
  width: number;
  points: [number, number][];
}

/**
 * `draw` is called at every move with what a model would see, `lift` when the pen is lifted, with the
 * drawing as an address or nothing; `before` is such an address.
 */
export function pad(
  draw: (form: Float32Array | null) => void, lift: (drawing: string) => void, before = "",
): HTMLElement {
  const canvas = make("canvas", { class: "paper", width: SIZE, height: SIZE, role: "img",
    "aria-label": _("Drawing pad: draw one digit with mouse, pen or finger") });
  const pen = canvas.getContext("2d", { willReadFrequently: true })!;
  const strokes: Stroke[] = [];
  let stroke: Stroke | null = null;
  let paper: HTMLImageElement | null = null;

  const paint = () => {
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, SIZE, SIZE);
    if (paper) pen.drawImage(paper, 0, 0);
    Object.assign(pen, { strokeStyle: "#fff", lineCap: "round", lineJoin: "round" });
    for (const { width, points } of strokes) {
      pen.lineWidth = width;
      pen.beginPath();
      points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (points.length === 1) pen.lineTo(points[0][0] + 0.1, points[0][1]);
      pen.stroke();
    }
    undo.disabled = strokes.length === 0;
    clear.disabled = undo.disabled && !paper;
  };
  const show = () => {
    paint();
    const { data } = pen.getImageData(0, 0, SIZE, SIZE);
    const ink = Float32Array.from({ length: SIZE * SIZE }, (__, i) => data[4 * i] / 255);
    draw(formOf(ink, SIZE, SIZE));
  };
  const report = () => lift(strokes.length || paper ? canvas.toDataURL("image/png") : "");
  const change = (then: () => void) => () => {
    then();
    show();
    report();
  };
  const undo = button(_("undo"), _("Undo the last stroke"), change(() => strokes.pop()));
  const clear = button(_("clear"), _("Clear the pad"), change(() => {
    strokes.splice(0);
    paper = null;
  }));
  const brush = select(_("Brush"), BRUSHES.map(({ name }) => _(name)));
  brush.selectedIndex = MEDIUM;

  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * SIZE) / box.width,
      ((event.clientY - box.top) * SIZE) / box.height,
    ];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (stroke || !event.isPrimary || event.button > 0) return;
    canvas.setPointerCapture(event.pointerId);
    strokes.push((stroke = { width: BRUSHES[brush.selectedIndex].width, points: [at(event)] }));
    show();
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const steps = event.getCoalescedEvents?.() ?? [];
    for (const step of steps.length ? steps : [event]) stroke.points.push(at(step));
    show();
  });
  const end = () => {
    if (!stroke) return;
    stroke = null;
    report();
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  paint();
  if (before) {
    const image = make("img", { src: before });
    image.addEventListener("load", () => {
      paper = image;
      show();
    });
  }
  return make("div", { class: "pad" }, canvas, make("div", { class: "tools" }, undo, clear, brush));
}
