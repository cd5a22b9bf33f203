// What lies behind the codes of a map, ordered when the map has come to rest: decoded images, the
// classifier's regions, or the density of each class.

import { rowUnder } from "../codes/boxes";
import { CELLS, densities } from "../codes/densities";
import { type Plane, gridCodes } from "../codes/planes";
import { paintCells } from "../images/cells";
import type { Model } from "../models/model";
import type { WorkerClient } from "../models/worker_client";
import { make } from "../ui/elements";
import { _ } from "../ui/texts";
import type { Board } from "./board";
import type { Backdrop } from "./map_state";

/** How many places across the map the classifier reads, and up: about two seconds of one core. */
const PLACES_READ = 32;

/** Whether a model's map can show this. */
export function isPossible(option: Backdrop, { classifier, classes, free }: Model): boolean {
  if (option === "regions") return free > 1 && classifier !== null;
  return option !== "density" || (free > 1 && classes.length > 1);
}

/** What the colours behind the codes mean; empty where there are none. */
export function explained(option: Backdrop, { free, dim }: Model): string {
  if (option === "regions") {
    const place = free > 2 ? _("each place of the plane through the present code") : _("each place");
    return free < dim
      ? _("Behind: what the classifier reads at {place}, for the chosen class; the stronger, the surer.",
        { place })
      : _("Behind: what the classifier reads at {place}; the stronger, the surer.", { place });
  }
  if (option === "density") {
    return _("Behind: the most common class among the test images around each place; the stronger, the more" +
      " of that class are there.");
  }
  return "";
}

export class Background {
  private timer = 0;
  private backdrop: Backdrop = "codes";
  /** The codes behind what was made or is being made last, and that itself. */
  private codes: Float32Array = new Float32Array();
  private canvas: HTMLCanvasElement | null = null;
  /** The densities that were painted last, and what they were computed of. */
  private density: { canvas: HTMLCanvasElement; of: unknown[] } | null = null;

  /** `told` gets the milliseconds that a whole sheet took, or why there is none. */
  constructor(
    private worker: WorkerClient, private board: Board, private model: Model,
    private told: (took: number | Error) => void = () => {},
  ) {}

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Lay `size` x `size` images under the map, or what belongs there, all with the rest of `z`. */
  order(plane: Plane, z: Float32Array, size: number, wait: number): void {
    this.stop();
    const { board } = this;
    const { backdrop } = board;
    if (backdrop !== this.backdrop) board.lay(null);
    this.backdrop = backdrop;
    // What is on its way is of a map that is no longer shown.
    if (!board.sheet) this.canvas = null;
    if (backdrop === "codes") return;
    this.timer = window.setTimeout(() => {
      if (backdrop === "density") this.layDensity();
      else void this.make(plane, z, backdrop === "regions" ? PLACES_READ : size);
    }, wait);
  }

  private layDensity(): void {
    const { board } = this;
    const { places, labels, shown, home } = board;
    // A board gets other places as another array, but the classes that it shows are changed in place.
    const of = [places, labels, home, ...shown];
    const last = this.density?.of;
    if (of.length !== last?.length || of.some((each, i) => each !== last[i])) {
      const picture = new ImageData(CELLS, CELLS);
      paintCells(picture, densities(places, labels, shown, home));
      const canvas = make("canvas", { width: CELLS, height: CELLS });
      canvas.getContext("2d")!.putImageData(picture, 0, 0);
      this.density = { canvas, of };
    }
    const { canvas } = this.density!;
    if (board.sheet?.image !== canvas) board.lay(canvas, home);
  }

  private async make(plane: Plane, z: Float32Array, size: number): Promise<void> {
    const { model, board, worker } = this;
    const { box } = board;
    const rows = model.free === 1 ? 1 : size;
    const codes = gridCodes(plane, z, model, box, rows, size);
    if (board.sheet?.image === this.canvas && isSame(codes, this.codes)) return;
    const reader = board.backdrop === "regions" ? model.classifier! : undefined;
    const [, height, width] = reader ? [1, 1, 1] : model.shape;
    const canvas = make("canvas", { width: size * width, height: rows * height });
    const pen = canvas.getContext("2d")!;
    const began = performance.now();
    [this.codes, this.canvas] = [codes, canvas];
    const order = {
      board: model.name, url: model.decoder, reader, codes, dim: model.dim, shape: model.shape,
      columns: size,
    };
    try {
      await worker.sheet(order, (strip, top) => {
        if (this.canvas !== canvas) return;
        pen.putImageData(strip, 0, top);
        board.lay(canvas, model.free === 1 ? rowUnder(box, size) : box);
        if (top + strip.height === canvas.height) this.told(performance.now() - began);
      });
    } catch (failure) {
      this.told(failure as Error);
    }
  }
}

/** Whether two grids of codes are the same but for rounding. */
function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]) < 1e-4);
}
