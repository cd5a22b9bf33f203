// One image, large; with a finger, the mouse or keys, a brush that covers that place of every image.

import { keyed } from "../drawing/pen_keys";
import { described, imageCanvas, showImage } from "../images/pixels";
import type { Shape } from "../models/model";
import type { ControlEvents } from "./controls";
import { _ } from "../ui/texts";
import { maskOf, runsOf } from "./runs";

type Place = [x: number, y: number];

export class BrushCanvas {
  /** The canvas, on which keys paint, too. */
  readonly root: HTMLElement;
  private canvas: HTMLCanvasElement;
  private keys: ReturnType<typeof keyed>;
  /** 1 where the brush has covered the images. */
  readonly mask: Uint8Array;
  private last: Place | null = null;

  constructor(private shape: Shape, private events: ControlEvents) {
    const [, height, width] = shape;
    this.mask = new Uint8Array(height * width);
    const canvas = (this.canvas = imageCanvas("small ae-pixel", shape));
    canvas.addEventListener("pointerdown", (event) => {
      if (!this.paints || !event.isPrimary || event.button > 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.stroke(this.at(event), event.timeStamp);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.last) {
        for (const step of event.getCoalescedEvents?.() ?? [event]) this.stroke(this.at(step), step.timeStamp);
      }
    });
    const end = () => {
      if (this.last) events.rested();
      this.last = null;
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    const paint = (at: Place) => this.stroke(at, performance.now());
    this.keys = keyed(canvas, _("Image to cover with a brush."), [width, height], {
      down: paint, move: paint, up: end,
      clear: () => {
        this.clear();
        events.moved(performance.now());
        events.rested();
      },
    });
    this.root = this.keys.root;
    this.keys.active(false);
  }

  /** Whether it can be painted on. */
  get paints(): boolean {
    return this.canvas.classList.contains("brush");
  }

  set paints(value: boolean) {
    if (value !== this.paints) this.keys.active(value);
    this.canvas.classList.toggle("brush", value);
  }

  /** What is covered, as numbers. */
  get covered(): number[] {
    return runsOf(this.mask);
  }

  set covered(runs: number[]) {
    this.mask.set(maskOf(runs, this.mask.length));
  }

  show(x: Float32Array, from: number, label: string): void {
    showImage(this.canvas, x, this.shape, { from });
    described(this.canvas, label);
  }

  clear(): void {
    this.mask.fill(0);
  }

  private at(event: PointerEvent): Place {
    const { width, height } = this.canvas;
    const box = this.canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * width) / box.width,
      ((event.clientY - box.top) * height) / box.height,
    ];
  }

  private stroke(here: Place, since: number): void {
    const { width } = this.canvas;
    const [x0, y0] = this.last ?? here;
    const radius = width / 16;
    const steps = Math.max(1, Math.ceil(Math.hypot(here[0] - x0, here[1] - y0)));
    for (let step = 1; step <= steps; step++) {
      const x = x0 + ((here[0] - x0) * step) / steps - 0.5;
      const y = y0 + ((here[1] - y0) * step) / steps - 0.5;
      for (let i = 0; i < this.mask.length; i++) {
        if (Math.hypot((i % width) - x, Math.floor(i / width) - y) <= radius) this.mask[i] = 1;
      }
    }
    this.last = here;
    this.events.moved(since);
  }
}
