// The map of a model that learns: the codes of tested images, and what all over it decodes to.

import { type Box, boxOf, byClass } from "../codes/boxes";
import { paint } from "../images/pixels";
import { dotRadius, scatter } from "../images/scatter";
import type { Shape } from "../models/model";
import { make } from "../ui/elements";
import { _, ngettext } from "../ui/texts";
import { PrincipalAxes } from "./principal_axes";

const SIDE = 360;
/** Images along each side of the decoded grid. */
const GRID = 10;
/** The share of the way that the ends of the map go in a frame: it follows, and does not jump. */
const FOLLOWED = 0.2;

export class CodeMap {
  readonly dots = make("canvas", { class: "map", role: "img", width: SIDE, height: SIDE });
  readonly grid: HTMLCanvasElement;
  private readonly axes: PrincipalAxes;
  private readonly classes: Set<number>;
  private box: Box | null = null;

  /** `positive` says whether no number of a code is below zero. */
  constructor(
    private readonly labels: Int16Array, private readonly shape: Shape, dim: number,
    private readonly positive: boolean,
  ) {
    const [, height, width] = shape;
    this.axes = new PrincipalAxes(dim);
    this.classes = new Set(labels);
    this.grid = make("canvas", { class: "map", role: "img", width: GRID * width, height: GRID * height });
    this.dots.ariaLabel = ngettext(
      "Map of the codes of {count} test image", "Map of the codes of {count} test images",
      labels.length,
    );
    this.grid.ariaLabel = _("{side} by {side} images decoded from all over the map", { side: GRID });
  }

  /** Shows where the codes are now. */
  show(codes: Float32Array): void {
    const { labels, axes } = this;
    axes.follow(codes);
    const on = axes.places(codes);
    this.box = this.followed(boxOf(on));
    const places = axes.dim === 1 ? byClass(on, labels, this.box) : on;
    const picture = new ImageData(SIDE, SIDE);
    scatter(picture, places, labels, this.box, this.classes, dotRadius(SIDE, labels.length), 0.9);
    this.dots.getContext("2d")!.putImageData(picture, 0, 0);
  }

  private followed(wanted: Box): Box {
    const { box } = this;
    if (!box) return wanted;
    const between = (from: number, to: number) => from + FOLLOWED * (to - from);
    return {
      left: between(box.left, wanted.left), right: between(box.right, wanted.right),
      bottom: between(box.bottom, wanted.bottom), top: between(box.top, wanted.top),
    };
  }

  /** Codes from all over the map, row by row; none before it has been shown. */
  codes(): Float32Array {
    const { axes, box } = this;
    if (!box) return new Float32Array(0);
    const found = new Float32Array(GRID * GRID * axes.dim);
    for (let i = 0; i < GRID * GRID; i++) {
      const u = box.left + (((i % GRID) + 0.5) / GRID) * (box.right - box.left);
      const v = box.top - ((Math.floor(i / GRID) + 0.5) / GRID) * (box.top - box.bottom);
      const code = axes.code(u, v);
      found.set(this.positive ? code.map((value) => Math.max(0, value)) : code, i * axes.dim);
    }
    return found;
  }

  /** Shows what these codes decode to. */
  showGrid(pixels: Float32Array): void {
    const [channels, height, width] = this.shape;
    if (pixels.length !== GRID * GRID * channels * height * width) return;
    const sheet = new ImageData(this.grid.width, this.grid.height);
    for (let i = 0; i < GRID * GRID; i++) {
      const [x, y] = [(i % GRID) * width, Math.floor(i / GRID) * height];
      paint(sheet, pixels, this.shape, { from: i * channels * height * width, x, y });
    }
    this.grid.getContext("2d")!.putImageData(sheet, 0, 0);
  }
}
