// Pointers, wheel and keys on a board: they move the code, or the piece of the map that is shown.

import { moved, zoomed } from "../codes/boxes";
import { boxBetween, outline } from "../codes/shapes";
import type { Board } from "./board";

/** What a board tells of the pointers on it. `final` is true at the end of a gesture. */
export interface Gestures {
  hover(u: number, v: number, since: number): void;
  leave(): void;
  move(u: number, v: number, final: boolean, since: number): void;
  /** A step from where the code is; of length 0 at the end of some steps. */
  step(du: number, dv: number, final: boolean, since: number): void;
  /** Another piece of the map is shown. */
  view(): void;
  /** Turn the cloud, in radians; false where there is no cloud to turn. */
  turn(sideways: number, upwards: number): boolean;
  /** Whether the wheel scrolls the page, and does not zoom. */
  scrolls?: boolean;
  /** Whether there is a cloud to turn. */
  turns?: boolean;
  /** A shape was drawn; nothing where that was a mere point. */
  choose?(shape: number[]): void;
}

interface Point {
  clientX: number;
  clientY: number;
}

const KEY_STEP = 1 / 60;
const TREMBLE = 0.01;
const KEYS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
};

export class BoardInput {
  /** The pointers that are down, by their ids. */
  private pointers = new Map<number, Point>();
  private dragging = false;
  /** The box or the line that is being drawn around codes. */
  private drawn: { box: boolean; line: [number, number][] } | null = null;

  constructor(private board: Board, private gestures: Gestures) {
    const { front, root } = board;
    root.classList.add("held");
    front.tabIndex = 0;
    front.setAttribute("role", "application");
    front.addEventListener("pointerdown", (event) => this.press(event));
    // Raw updates come at once, moves with the next frame; only a safe context has the former.
    const moves = "onpointerrawupdate" in window ? "pointerrawupdate" : "pointermove";
    front.addEventListener(moves as "pointermove", (event) => this.follow(event));
    front.addEventListener("pointerup", (event) => this.release(event));
    front.addEventListener("pointercancel", (event) => this.release(event));
    front.addEventListener("pointerleave", () => gestures.leave());
    front.addEventListener("dblclick", () => board.reset());
    front.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    front.addEventListener("keydown", (event) => this.key(event));
    front.addEventListener("keyup", (event) => {
      if (event.key in KEYS) gestures.step(0, 0, true, event.timeStamp);
    });
  }

  private press(event: PointerEvent): void {
    if (event.button > 1) return;
    const { board, gestures, pointers } = this;
    board.front.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
    // A second finger: the code stays where the first had it, from here on the map moves.
    if (this.dragging) gestures.step(0, 0, true, event.timeStamp);
    this.draw(null);
    const only = pointers.size === 1 && event.button === 0 && !event.ctrlKey && !event.metaKey;
    const box = event.shiftKey && !gestures.turns;
    if (only && gestures.choose && (box || (board.isLassoing && !event.shiftKey))) {
      this.draw({ box, line: [board.at(event)] });
    }
    this.dragging = only && !this.drawn && !event.shiftKey;
    if (this.dragging) gestures.move(...board.at(event), false, event.timeStamp);
    board.front.focus({ preventScroll: true });
    event.preventDefault();
  }

  private follow(event: PointerEvent): void {
    const { board, gestures } = this;
    if (this.drawn) this.draw({ ...this.drawn, line: [...this.drawn.line, board.at(event)] });
    else if (this.dragging) gestures.move(...board.at(event), false, event.timeStamp);
    else if (this.pointers.has(event.pointerId)) this.pan(event);
    else if (event.pointerType === "mouse") gestures.hover(...board.at(event), event.timeStamp);
  }

  private release(event: PointerEvent): void {
    if (!this.pointers.delete(event.pointerId)) return;
    if (this.drawn) {
      const shape = event.type === "pointercancel" ? [] : this.shape();
      this.draw(null);
      this.gestures.choose!(shape);
    }
    if (!this.dragging) return;
    this.dragging = false;
    // A gesture that was called off ends where the code is.
    if (event.type === "pointercancel") this.gestures.step(0, 0, true, event.timeStamp);
    else this.gestures.move(...this.board.at(event), true, event.timeStamp);
  }

  private draw(drawn: BoardInput["drawn"]): void {
    if (!drawn && !this.drawn) return;
    this.drawn = drawn;
    this.board.sketch(drawn ? this.shape() : []);
  }

  /** What was drawn: nothing where it is smaller than a finger's tremble. */
  private shape(): number[] {
    const { box, line } = this.drawn!;
    const [left, bottom, right, top] = line.reduce(
      (all, [u, v]) => [
        Math.min(all[0], u), Math.min(all[1], v), Math.max(all[2], u), Math.max(all[3], v),
      ], [Infinity, Infinity, -Infinity, -Infinity]);
    const shown = this.board.box;
    const across = (right - left) / (shown.right - shown.left);
    const up = (top - bottom) / (shown.top - shown.bottom);
    if (Math.max(across, up) < TREMBLE) return [];
    return box ? boxBetween(line[0], line[line.length - 1]) : outline(line);
  }

  /** The middle button, the control key, or the shift key where it turns a cloud, or two pointers:
   * the map follows; two that part zoom. */
  private pan(event: PointerEvent): void {
    const { board, gestures, pointers } = this;
    const frame = board.front.getBoundingClientRect();
    const before = [...pointers.values()];
    const last = pointers.get(event.pointerId)!;
    pointers.set(event.pointerId, event);
    const across = (event.clientX - last.clientX) / frame.width;
    const down = (event.clientY - last.clientY) / frame.height;
    if (before.length === 1 && event.shiftKey && gestures.turn(4 * across, -4 * down)) return;
    const { left, right, bottom, top } = board.box;
    const share = before.length;
    let box = moved(board.box, (-across * (right - left)) / share, (down * (top - bottom)) / share);
    if (before.length === 2) {
      const [a, b] = pointers.values();
      const middle = { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 };
      box = zoomed(box, span(before) / Math.max(1, span([a, b])), ...board.at(middle));
    }
    board.look(box);
  }

  private wheel(event: WheelEvent): void {
    if (this.gestures.scrolls && !event.ctrlKey) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 30 : 1;
    const factor = Math.exp(Math.max(-100, Math.min(100, event.deltaY * lines)) / 400);
    this.board.look(zoomed(this.board.box, factor, ...this.board.at(event)));
  }

  private key(event: KeyboardEvent): void {
    const { board } = this;
    if (event.key === "+" || event.key === "=") board.zoom(0.8);
    else if (event.key === "-") board.zoom(1.25);
    else if (event.key === "0") board.reset();
    else if (event.key === "Escape" && board.hasChoice) this.gestures.choose?.([]);
    else if (event.key in KEYS) {
      const step = KEY_STEP * (event.shiftKey ? 5 : 1);
      const [du, dv] = KEYS[event.key];
      const { left, right, bottom, top } = board.box;
      this.gestures.step(du * step * (right - left), dv * step * (top - bottom), false, event.timeStamp);
    } else return;
    event.preventDefault();
  }
}

const span = ([a, b]: Point[]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
