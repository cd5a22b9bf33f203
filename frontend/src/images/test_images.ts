// The test images behind the codes of a map, fetched page by page as they are looked at.
//
// Images whose codes lie together on the map share a page, so that a place needs few of them. A page
// has the same address whoever asks, so a browser keeps it.

import { firstAxes, planeOf, projectAll } from "../codes/planes";
import { bytesAt } from "../models/fetched";
import type { Codes, Model, Shape } from "../models/model";
import { alongCurve } from "./curve";
import { paint } from "./pixels";

const PAGE_BYTES = 2 ** 17;
/** As many as the server gives out at once. */
const MOST_IN_PAGE = 256;
/** Pages that are kept, those that were looked at last. */
const MOST_PAGES = 128;
const MOST_AT_ONCE = 4;
/** Of images so small all are fetched, before they are looked at: ten megabytes at most, which travel
 * as two. */
const SMALL_IMAGE_BYTES = 2 ** 10;
const WAIT_AFTER_FAILURE_MS = 5000;

interface Page {
  pixels: Uint8Array;
  /** All of its images side by side, a while after one was first drawn. */
  sheet: ImageBitmap | "coming" | null;
}

export class TestImages {
  readonly shape: Shape;
  private size: number;
  private perPage: number;
  /** All rows, page after page, and where each row stands among them. */
  private order: Uint32Array;
  private place: Uint32Array;
  /** The pages that are here; the one that was looked at last comes last. */
  private kept = new Map<number, Page>();
  /** Pages that were asked for, the latest first. */
  private waiting: number[] = [];
  private coming = new Set<number>();
  private failed = new Set<number>();
  private begun = false;

  /** `arrived` is told whenever more images are here. */
  constructor(private model: Model, codes: Codes, private arrived: () => void) {
    this.shape = model.shape;
    this.size = model.shape[0] * model.shape[1] * model.shape[2];
    this.perPage = Math.max(1, Math.min(MOST_IN_PAGE, Math.floor(PAGE_BYTES / this.size)));
    this.order = alongCurve(projectAll(planeOf(model, firstAxes(model)), codes));
    this.place = new Uint32Array(this.order.length);
    this.order.forEach((row, i) => (this.place[row] = i));
  }

  /** Ask for nothing more. */
  stop(): void {
    this.arrived = () => {};
    this.waiting = [];
    this.begun = false;
  }

  /** One image, 0 to 255; nothing where it is not here, and then it is asked for. */
  at(row: number): Uint8Array | null {
    const page = this.pageOf(row);
    const from = (this.place[row] % this.perPage) * this.size;
    return page && page.pixels.subarray(from, from + this.size);
  }

  /** Draw an image with its corner at (x, y), so large; whether it is here. */
  draw(pen: CanvasRenderingContext2D, row: number, x: number, y: number, width: number, height: number): boolean {
    const page = this.pageOf(row);
    if (!page) return false;
    const [, h, w] = this.shape;
    const columns = this.columns;
    const at = this.place[row] % this.perPage;
    if (page.sheet === null) void this.makeSheet(page);
    if (page.sheet === null || page.sheet === "coming") return false;
    pen.drawImage(page.sheet, (at % columns) * w, Math.floor(at / columns) * h, w, h, x, y, width, height);
    return true;
  }

  private get columns(): number {
    return Math.ceil(Math.sqrt(this.perPage));
  }

  private get pages(): number {
    return Math.ceil(this.order.length / this.perPage);
  }

  private pageOf(row: number): Page | null {
    const number = Math.floor(this.place[row] / this.perPage);
    const page = this.kept.get(number);
    if (!page) {
      this.ask(number);
      return null;
    }
    this.kept.delete(number);
    this.kept.set(number, page);
    return page;
  }

  private async makeSheet(page: Page): Promise<void> {
    page.sheet = "coming";
    page.sheet = await createImageBitmap(this.pictureOf(page.pixels));
    this.arrived();
  }

  private pictureOf(pixels: Uint8Array): ImageData {
    const [, height, width] = this.shape;
    const { columns, size } = this;
    const count = pixels.length / size;
    const picture = new ImageData(columns * width, Math.ceil(count / columns) * height);
    for (let i = 0; i < count; i++) {
      const [x, y] = [(i % columns) * width, Math.floor(i / columns) * height];
      paint(picture, pixels, this.shape, { from: i * size, scale: 1, x, y });
    }
    return picture;
  }

  private ask(number: number): void {
    if (!this.model.images || this.coming.has(number) || this.failed.has(number)) return;
    this.begun = true;
    // What was asked for long ago is no longer looked at.
    this.waiting = [number, ...this.waiting.filter((other) => other !== number)].slice(0, MOST_PAGES);
    this.fetchNext();
  }

  private fetchNext(): void {
    while (this.begun && this.coming.size < MOST_AT_ONCE) {
      const number = this.waiting.shift() ?? this.unasked();
      if (number === undefined) return;
      void this.fetch(number);
    }
  }

  /** A page of small images that nobody has looked at yet. */
  private unasked(): number | undefined {
    if (this.size > SMALL_IMAGE_BYTES) return undefined;
    for (let number = 0; number < this.pages; number++) {
      if (![this.kept, this.coming, this.failed].some((known) => known.has(number))) return number;
    }
    return undefined;
  }

  private async fetch(number: number): Promise<void> {
    this.coming.add(number);
    const rows = this.order.subarray(number * this.perPage, (number + 1) * this.perPage);
    try {
      const pixels = new Uint8Array(await bytesAt(`${this.model.images}/${rows.join()}`));
      if (pixels.length !== rows.length * this.size) throw new Error(`${pixels.length} bytes`);
      this.kept.set(number, { pixels, sheet: null });
      const [oldest] = this.kept.keys();
      if (this.kept.size > MOST_PAGES) this.kept.delete(oldest);
    } catch {
      // The map is whole without its images: it goes on with those that are here.
      this.failed.add(number);
      this.begun = false;
      setTimeout(() => this.failed.delete(number), WAIT_AFTER_FAILURE_MS);
    }
    this.coming.delete(number);
    this.fetchNext();
    if (this.kept.has(number)) this.arrived();
  }
}
