// One image, large; with a finger or the mouse on it, a brush that covers that place of every image.

import { described, imageCanvas, showImage } from "../images/pixels";
import type { Shape } from "../models/model";
import type { ControlEvents } from "./controls";
import { maskOf, runsOf } from "./runs";

type Place = [x: number, y: number];

export class BrushCanvas {
  readonly canvas: HTMLCanvasElement;
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
      this.stroke(event);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.last) for (const step of event.getCoalescedEvents?.() ?? [event]) this.stroke(step);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => {
        if (this.last) events.rested();
        this.last = null;
      });
    }
  }

  /** Whether it can be painted on. */
  get paints(): boolean {
    return this.canvas.classList.contains("brush");
  }

  set paints(value: boolean) {
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

  private stroke(event: PointerEvent): void {
    const { width, height } = this.canvas;
    const box = this.canvas.getBoundingClientRect();
    const here: Place = [
      ((event.clientX - box.left) * width) / box.width,
      ((event.clientY - box.top) * height) / box.height,
    ];
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
    this.events.moved(event.timeStamp);
  }
}
