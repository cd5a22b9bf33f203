// The map under the finger: points, decoded grid, and marks; zoom, pan, keys.

import { type Box, type Ellipse, moved, zoomed } from "../codes/geometry";
import { button, make } from "../ui/elements";
import { PALETTE, css, scatter } from "../images/pixels";

const LAYERS = ["back", "points", "front"] as const;
type Layer = (typeof LAYERS)[number];

export type Backdrop = "codes" | "decoded" | "both";

/** What lies over the map at a moment. */
export interface Marks {
  here: [number, number];
  nearest?: [number, number];
  clouds?: Ellipse[];
  returned?: [number, number];
  way?: [number, number][];
}

/** What a board tells of the hand on it. `final` is true when the hand lets go. */
export interface Gestures {
  hover(u: number, v: number, since: number): void;
  leave(): void;
  move(u: number, v: number, final: boolean, since: number): void;
  /** A step from where the code is; none at the end of some steps. */
  step(du: number, dv: number, final: boolean, since: number): void;
  /** Another piece of the map is shown. */
  view(): void;
  /** The hand turns the cloud, in radians; false where there is no cloud to turn. */
  turn(sideways: number, upwards: number): boolean;
}

const HERE = "#ff2d78";
const KEY_STEP = 1 / 60;
const KEYS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
};

export class Board {
  readonly root = document.createElement("div");
  readonly front = document.createElement("canvas");
  private back = document.createElement("canvas");
  private middle = document.createElement("canvas");
  private sheet: { image: HTMLCanvasElement; box: Box } | null = null;
  private places: Float32Array = new Float32Array();
  private labels: ArrayLike<number> = new Uint8Array();
  private near: Float32Array | null = null;
  private home: Box = { left: -1, right: 1, bottom: -1, top: 1 };
  private pointers = new Map<number, { x: number; y: number }>();
  private dragging = false;
  private marks: Marks | null = null;
  private queued = new Set<Layer>();
  private resizing: ResizeObserver;
  box: Box = this.home;
  backdrop: Backdrop = "codes";
  shown = new Set<number>();

  /** A board without gestures only shows. */
  constructor(private hand?: Gestures) {
    this.root.className = "board";
    this.root.append(this.back, this.middle, this.front);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.root);
    if (!hand) return;
    this.root.classList.add("held");
    this.front.tabIndex = 0;
    this.front.setAttribute("role", "application");
    this.listen(hand);
  }

  destroy(): void {
    this.resizing.disconnect();
  }

  /** Other codes, or the same in other directions. */
  show(places: Float32Array, labels: ArrayLike<number>, home: Box): void {
    this.places = places;
    this.labels = labels;
    this.home = this.box = home;
    this.near = null;
    this.sheet = null;
    this.redraw();
  }

  /** The same cloud from elsewhere. */
  turnTo(places: Float32Array, near: Float32Array): void {
    this.places = places;
    this.near = near;
    this.sheet = null;
    this.later(...LAYERS);
  }

  /** A grid of decoded images over a piece of the map. */
  lay(image: HTMLCanvasElement, box: Box): void {
    this.sheet = { image, box };
    this.later("back");
  }

  mark(marks: Marks | null): void {
    this.marks = marks;
    this.later("front");
  }

  reset(): void {
    this.look(this.home);
  }

  zoom(factor: number): void {
    const { left, right, bottom, top } = this.box;
    this.look(zoomed(this.box, factor, (left + right) / 2, (bottom + top) / 2));
  }

  /** Show another piece of the map, soon: many wishes in a frame make one picture. */
  look(box: Box): void {
    this.box = box;
    this.later(...LAYERS);
    this.hand?.view();
  }

  redraw(): void {
    this.drawBack();
    this.drawPoints();
    this.drawFront();
  }

  /** The place of the map under a place of the screen. */
  at(event: { clientX: number; clientY: number }): [number, number] {
    const frame = this.front.getBoundingClientRect();
    const { left, right, bottom, top } = this.box;
    return [
      left + ((event.clientX - frame.left) / frame.width) * (right - left),
      top - ((event.clientY - frame.top) / frame.height) * (top - bottom),
    ];
  }

  /** How far across the whole map, and up, a place is: from 0 to 1 inside. */
  shares(u: number, v: number): [number, number] {
    const { left, right, bottom, top } = this.home;
    return [(u - left) / (right - left), (v - bottom) / (top - bottom)];
  }

  /** The place that lies so far across the whole map, and up. */
  placeAt([across, up]: [number, number]): [number, number] {
    const { left, right, bottom, top } = this.home;
    return [left + across * (right - left), bottom + up * (top - bottom)];
  }

  /** Draw layers with the next frame, however often it is asked for. */
  private later(...layers: Layer[]): void {
    if (!this.queued.size) requestAnimationFrame(() => this.drawQueued());
    for (const layer of layers) this.queued.add(layer);
  }

  private drawQueued(): void {
    const layers = [...this.queued];
    this.queued.clear();
    if (layers.includes("back")) this.drawBack();
    if (layers.includes("points")) this.drawPoints();
    if (layers.includes("front")) this.drawFront();
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.root;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [this.back, this.middle, this.front]) {
      canvas.width = Math.max(1, Math.round(clientWidth * ratio));
      canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    }
    this.redraw();
  }

  private toScreen(u: number, v: number): [number, number] {
    const { left, right, bottom, top } = this.box;
    const { width, height } = this.front;
    return [((u - left) / (right - left)) * width, ((top - v) / (top - bottom)) * height];
  }

  private drawBack(): void {
    const pen = this.back.getContext("2d")!;
    pen.clearRect(0, 0, this.back.width, this.back.height);
    if (!this.sheet || this.backdrop === "codes") return;
    const { image, box } = this.sheet;
    const [x0, y0] = this.toScreen(box.left, box.top);
    const [x1, y1] = this.toScreen(box.right, box.bottom);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(image, x0, y0, x1 - x0, y1 - y0);
  }

  private drawPoints(): void {
    const { width, height } = this.middle;
    const pen = this.middle.getContext("2d")!;
    pen.clearRect(0, 0, width, height);
    if (this.backdrop === "decoded") return;
    const picture = new ImageData(width, height);
    const radius = Math.max(1, 0.0035 * Math.min(width, height));
    scatter(picture, this.places, this.labels, this.box, this.shown, radius, 0.75, this.near);
    pen.putImageData(picture, 0, 0);
  }

  private drawFront(): void {
    const { width, height } = this.front;
    const pen = this.front.getContext("2d")!;
    pen.clearRect(0, 0, width, height);
    if (!this.marks) return;
    const { here, nearest, clouds = [], returned, way = [] } = this.marks;
    const unit = Math.min(width, height) / 100;
    const [x, y] = this.toScreen(...here);
    const stroke = (colour: string, thickness: number) => {
      pen.lineWidth = thickness;
      pen.strokeStyle = colour;
      pen.stroke();
    };
    if (way.length) {
      pen.beginPath();
      for (const stop of way) pen.lineTo(...this.toScreen(...stop));
      stroke("#fff", 1.1 * unit);
      stroke(HERE, 0.5 * unit);
      for (const end of [way[0], way[way.length - 1]]) {
        pen.beginPath();
        pen.arc(...this.toScreen(...end), 0.9 * unit, 0, 2 * Math.PI);
        pen.fillStyle = HERE;
        pen.fill();
        stroke("#fff", 0.4 * unit);
      }
    }
    for (const cloud of clouds) this.trace(pen, cloud, () => stroke(HERE, 0.4 * unit));
    if (nearest) {
      pen.beginPath();
      pen.arc(...this.toScreen(...nearest), 1.3 * unit, 0, 2 * Math.PI);
      stroke("#fff", 0.9 * unit);
      stroke("#000", 0.45 * unit);
    }
    if (returned) {
      const [rx, ry] = this.toScreen(...returned);
      const length = Math.hypot(rx - x, ry - y);
      if (length > 2 * unit) {
        const [dx, dy] = [(rx - x) / length, (ry - y) / length];
        const head = Math.min(2.2 * unit, length / 2);
        pen.beginPath();
        pen.moveTo(x, y);
        pen.lineTo(rx, ry);
        pen.moveTo(rx - head * (dx + 0.5 * dy), ry - head * (dy - 0.5 * dx));
        pen.lineTo(rx, ry);
        pen.lineTo(rx - head * (dx - 0.5 * dy), ry - head * (dy + 0.5 * dx));
        stroke("#fff", 1.1 * unit);
        stroke("#000", 0.55 * unit);
      }
    }
    pen.beginPath();
    for (const [dx, dy] of [[1, 0], [0, 1]]) {
      pen.moveTo(x - 2.4 * unit * dx, y - 2.4 * unit * dy);
      pen.lineTo(x + 2.4 * unit * dx, y + 2.4 * unit * dy);
    }
    stroke("#fff", 1.7 * unit);
    stroke(HERE, unit);
  }

  private trace(pen: CanvasRenderingContext2D, ellipse: Ellipse, then: () => void): void {
    const { u, v, major, minor, angle } = ellipse;
    pen.beginPath();
    for (let i = 0; i <= 60; i++) {
      const turn = (2 * Math.PI * i) / 60;
      const [a, b] = [major * Math.cos(turn), minor * Math.sin(turn)];
      pen.lineTo(
        ...this.toScreen(
          u + a * Math.cos(angle) - b * Math.sin(angle),
          v + a * Math.sin(angle) + b * Math.cos(angle),
        ),
      );
    }
    then();
  }

  private listen(hand: Gestures): void {
    const { front } = this;
    front.addEventListener("pointerdown", (event) => {
      if (event.button > 1) return;
      front.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      // A second finger: the code stays where the first had it, from here on the map moves.
      if (this.dragging) hand.step(0, 0, true, event.timeStamp);
      this.dragging = this.pointers.size === 1 && event.button === 0 && !event.shiftKey;
      if (this.dragging) hand.move(...this.at(event), false, event.timeStamp);
      front.focus({ preventScroll: true });
      event.preventDefault();
    });
    // Raw updates come at once, moves with the next frame; only a safe context has the former.
    const moves = "onpointerrawupdate" in window ? "pointerrawupdate" : "pointermove";
    front.addEventListener(moves as "pointermove", (event) => {
      if (this.dragging) hand.move(...this.at(event), false, event.timeStamp);
      else if (this.pointers.has(event.pointerId)) this.pan(event, hand);
      else if (event.pointerType === "mouse") hand.hover(...this.at(event), event.timeStamp);
    });
    const lift = (event: PointerEvent) => {
      if (!this.pointers.delete(event.pointerId) || !this.dragging) return;
      this.dragging = false;
      // What was called off has no place.
      if (event.type === "pointercancel") hand.step(0, 0, true, event.timeStamp);
      else hand.move(...this.at(event), true, event.timeStamp);
    };
    front.addEventListener("pointerup", lift);
    front.addEventListener("pointercancel", lift);
    front.addEventListener("pointerleave", () => hand.leave());
    front.addEventListener("dblclick", () => this.reset());
    front.addEventListener("wheel", (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 30 : 1;
      const factor = Math.exp(Math.max(-100, Math.min(100, event.deltaY * lines)) / 400);
      this.look(zoomed(this.box, factor, ...this.at(event)));
    }, { passive: false });
    front.addEventListener("keydown", (event) => this.press(event, hand));
    front.addEventListener("keyup", (event) => {
      if (event.key in KEYS) hand.step(0, 0, true, event.timeStamp);
    });
  }

  /** One finger with the shift key, or two: the map follows; two that part zoom. */
  private pan(event: PointerEvent, hand: Gestures): void {
    const before = [...this.pointers.values()];
    const frame = this.front.getBoundingClientRect();
    const last = this.pointers.get(event.pointerId)!;
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    if (before.length === 1 && hand.turn((4 * dx) / frame.width, (-4 * dy) / frame.height)) {
      this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      return;
    }
    const across = (this.box.right - this.box.left) / frame.width;
    const down = (this.box.top - this.box.bottom) / frame.height;
    const share = before.length;
    const [du, dv] = [(-dx * across) / share, (dy * down) / share];
    let box = moved(this.box, du, dv);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (before.length === 2) {
      const span = ([a, b]: { x: number; y: number }[]) => Math.hypot(a.x - b.x, a.y - b.y);
      const [a, b] = [...this.pointers.values()];
      const middle = this.at({ clientX: (a.x + b.x) / 2, clientY: (a.y + b.y) / 2 });
      box = zoomed(box, span(before) / Math.max(1, span([a, b])), ...middle);
    }
    this.look(box);
  }

  private press(event: KeyboardEvent, hand: Gestures): void {
    if (event.key === "+" || event.key === "=") this.zoom(0.8);
    else if (event.key === "-") this.zoom(1.25);
    else if (event.key === "0") this.reset();
    else if (event.key in KEYS) {
      const step = KEY_STEP * (event.shiftKey ? 5 : 1);
      const [du, dv] = KEYS[event.key];
      const { left, right, bottom, top } = this.box;
      hand.step(
        du * step * (right - left), dv * step * (top - bottom), false, event.timeStamp,
      );
    } else return;
    event.preventDefault();
  }
}

/** A button for each class, coloured as on the map: pressed, the class is shown. */
export function legend(classes: string[], board: Board): HTMLElement {
  const buttons = classes.map((name, label) => {
    const press = () => each.setAttribute("aria-pressed", String(board.shown.has(label)));
    const each = button(name, `Show or hide ${name} on the map`, () => {
      if (!board.shown.delete(label)) board.shown.add(label);
      press();
      board.redraw();
    });
    each.style.setProperty("--class", css(PALETTE[label % PALETTE.length]));
    press();
    return each;
  });
  return make("div", { class: "legend", role: "group", "aria-label": "Classes on the map" }, ...buttons);
}
