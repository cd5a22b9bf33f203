// A pad to draw a digit on, with mouse, pen, finger or keys.

import { corners } from "../codes/corners";
import { button, make, select } from "../ui/elements";
import { N_, _ } from "../ui/texts";
import { formOf } from "./digit";
import { keyed } from "./pen_keys";
import { type Point, type Stroke, fromNumbers, toNumbers } from "./strokes";

const SIZE = 280;
const BRUSHES = [
  { name: N_("thin"), width: 20 }, { name: N_("medium"), width: 26 }, { name: N_("thick"), width: 36 },
];
const MEDIUM = 1;
/** How far a stroke may be from what the hand drew, once the pen is lifted. */
const TOLERANCE = 1;

/** `show` takes a drawing, as numbers, in place of what was drawn. */
export interface Pad {
  root: HTMLElement;
  show(drawing: number[]): void;
}

/**
 * `draw` is called at every move with what a model would see, `lift` when the pen is lifted, with the
 * drawing as numbers.
 */
export function pad(
  draw: (form: Float32Array | null) => void, lift: (drawing: number[]) => void,
): Pad {
  const canvas = make("canvas", { class: "paper", width: SIZE, height: SIZE, role: "img",
    "aria-label": _("Drawing pad: draw one digit with mouse, pen or finger") });
  const advice = make("span", { class: "advice", textContent: _("draw here"), "aria-hidden": "true" });
  const pen = canvas.getContext("2d", { willReadFrequently: true })!;
  let strokes: Stroke[] = [];
  let stroke: Stroke | null = null;

  const paint = () => {
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, SIZE, SIZE);
    Object.assign(pen, { strokeStyle: "#fff", lineCap: "round", lineJoin: "round" });
    for (const { width, points } of strokes) {
      pen.lineWidth = width;
      pen.beginPath();
      points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (points.length === 1) pen.lineTo(points[0][0] + 0.1, points[0][1]);
      pen.stroke();
    }
    undo.disabled = clear.disabled = strokes.length === 0;
    advice.hidden = strokes.length > 0;
  };
  const show = () => {
    paint();
    const { data } = pen.getImageData(0, 0, SIZE, SIZE);
    const ink = Float32Array.from({ length: SIZE * SIZE }, (__, i) => data[4 * i] / 255);
    draw(formOf(ink, SIZE, SIZE));
  };
  const change = (then: () => void) => () => {
    then();
    show();
    lift(toNumbers(strokes));
  };
  const undo = button(_("undo"), _("Undo the last stroke"), change(() => strokes.pop()));
  const clear = button(_("clear"), _("Clear the pad"), change(() => strokes.splice(0)));
  const brush = select(_("Brush"), BRUSHES.map(({ name }) => _(name)));
  brush.selectedIndex = MEDIUM;

  const place = (share: number) => Math.max(-SIZE, Math.min(2 * SIZE, Math.round(share * SIZE)));
  const at = (event: PointerEvent): Point => {
    const box = canvas.getBoundingClientRect();
    return [
      place((event.clientX - box.left) / box.width), place((event.clientY - box.top) / box.height),
    ];
  };
  const begin = (point: Point) => {
    strokes.push((stroke = { width: BRUSHES[brush.selectedIndex].width, points: [point] }));
    show();
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (stroke || !event.isPrimary || event.button > 0) return;
    canvas.setPointerCapture(event.pointerId);
    begin(at(event));
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
    // What is shown is what the address will say.
    stroke.points = corners(stroke.points, TOLERANCE);
    stroke = null;
    change(() => {})();
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  const paper = keyed(canvas, _("Drawing pad."), [SIZE, SIZE], {
    down: ([x, y]) => begin([Math.round(x), Math.round(y)]),
    move: ([x, y]) => {
      stroke?.points.push([Math.round(x), Math.round(y)]);
      show();
    },
    up: end,
    clear: change(() => strokes.splice(0)),
  });
  paint();
  return {
    root: make(
      "div", { class: "pad" }, make("div", { class: "sheet" }, paper.root, advice),
      make("div", { class: "tools" }, undo, clear, brush)),
    show: (drawing) => {
      strokes = fromNumbers(drawing);
      stroke = null;
      show();
    },
  };
}
