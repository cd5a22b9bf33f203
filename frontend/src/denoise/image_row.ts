// Rows of images, one above the other, aligned: what each is, how good, and each image's PSNR.

import { paint } from "../images/pixels";
import type { Shape } from "../models/model";
import { make } from "../ui/elements";
import { decimals } from "../ui/numbers";
import { _, ngettext } from "../ui/texts";
import type { Scores } from "./scores";

const GAP = 2;

export class ImageRow {
  readonly root: HTMLElement;
  private canvas: HTMLCanvasElement;
  private figures = make("span");
  private captions: HTMLElement[];
  private picture: ImageData;

  /** `picked` is told which image was pressed. */
  constructor(
    private name: string, colour: string, private count: number, private shape: Shape,
    picked: (index: number) => void,
  ) {
    const [, height, width] = shape;
    const across = count * (width + GAP) - GAP;
    this.picture = new ImageData(across, height);
    this.canvas = make("canvas", { class: "ae-pixel", role: "img", width: across, height });
    this.canvas.addEventListener("click", (event) => {
      const box = this.canvas.getBoundingClientRect();
      picked(Math.min(count - 1, Math.floor(((event.clientX - box.left) / box.width) * count)));
    });
    this.captions = Array.from({ length: count }, () => make("span"));
    const dot = make("i");
    dot.style.background = colour;
    this.root = make(
      "div", { class: "row", role: "group", "aria-label": name },
      make("div", { class: "name" }, make("b", {}, dot, name), this.figures),
      make("div", { class: "tiles" }, this.canvas, make("div", { class: "captions" }, ...this.captions)),
    );
  }

  show(x: Float32Array, scores: Scores | null): void {
    const [channels, height, width] = this.shape;
    const size = channels * height * width;
    for (let i = 0; i < this.count; i++) {
      paint(this.picture, x, this.shape, { from: i * size, x: i * (width + GAP) });
      this.captions[i].textContent = scores ? decimals(scores.each[i], 1) : "";
    }
    this.canvas.getContext("2d")!.putImageData(this.picture, 0, 0);
    const figures = scores && _("{psnr} dB · SSIM {ssim} · MSE {mse}", {
      psnr: decimals(scores.psnr, 1), ssim: decimals(scores.ssim, 2), mse: decimals(scores.mse, 3),
    });
    this.figures.textContent = figures ?? _("PSNR, SSIM: higher is better; MSE: lower");
    const { name, count } = this;
    this.canvas.setAttribute("aria-label", figures === null
      ? ngettext("{name}: {count} image", "{name}: {count} images", count, { name })
      : ngettext("{name}: {count} image, {figures}", "{name}: {count} images, {figures}", count,
        { name, figures }));
    this.old = false;
  }

  /** Whether it shows what belongs to noise from before. */
  set old(value: boolean) {
    this.root.classList.toggle("old", value);
  }
}
