// A piece of the map on the screen, in three layers: decoded images, points, and marks.

import { type Box, zoomed } from "../codes/boxes";
import { cornersOf } from "../codes/shapes";
import { type ColourOf, ofClasses } from "../images/colours";
import { groundOf } from "../images/contrast";
import { dotRadius, scatter } from "../images/scatter";
import type { TestImages } from "../images/test_images";
import { apart, drawThumbnail, fewRowsIn, roomFor, sideOf } from "../images/thumbnails";
import { make } from "../ui/elements";
import { BoardInput, type Gestures } from "./board_input";
import { drawNames, middles } from "./class_names";
import { type Backdrop, isNameable } from "./map_state";
import { type Marks, drawMarks, drawOutline } from "./marks";

/** How opaque an image is drawn that is not among the chosen ones. */
const UNCHOSEN = 0.3;

/** So many times enlarged, a map shows images where there is room for some, of so many in view. */
const NEAR = 2, MOST_IN_VIEW = 3000;

const LAYERS = ["back", "points", "front"] as const;
type Layer = (typeof LAYERS)[number];

export class Board {
  readonly root = make("div", { class: "board" });
  readonly front = make("canvas");
  private back = make("canvas");
  private middle = make("canvas");
  private nearness: Float32Array | null = null;
  private marks: Marks | null = null;
  /** How wide a pixel of the page is on the canvases. */
  private unit = 1;
  private queued = new Set<Layer>();
  private resizing = new ResizeObserver(() => this.resize());
  places: Float32Array = new Float32Array();
  labels: ArrayLike<number> = [];
  /** What colours the points, where it is not their classes. */
  colourOf: ColourOf | null = null;
  /** What lies behind the codes, over a piece of the map. */
  sheet: { image: HTMLCanvasElement; box: Box } | null = null;
  /** The test images behind the codes, where there are any. */
  images: TestImages | null = null;
  home: Box = { left: -1, right: 1, bottom: -1, top: 1 };
  box: Box = this.home;
  backdrop: Backdrop = "codes";
  shown = new Set<number>();
  /** What the classes are called, which their points are named by. */
  names: readonly string[] = [];
  /** Whether dragging draws a line around codes. */
  isLassoing = false;
  private outline: number[] = [];
  private sketched: number[] = [];
  /** 1 for each code that is chosen, and 0 for the others; nothing where none are. */
  private light: Float32Array | null = null;

  /** A board without gestures only shows. */
  constructor(private gestures?: Gestures) {
    this.root.append(this.back, this.middle, this.front);
    this.resizing.observe(this.root);
    if (gestures) new BoardInput(this, gestures);
  }

  destroy(): void {
    this.resizing.disconnect();
  }

  /** Other codes, or the same in other directions. */
  show(places: Float32Array, labels: ArrayLike<number>, home: Box): void {
    this.places = places;
    this.labels = labels;
    this.home = this.box = home;
    this.nearness = null;
    this.sheet = null;
    this.redraw();
  }

  /** The same cloud from elsewhere; `nearness` says how near to the eye each code is, from 0 to 1. */
  turnTo(places: Float32Array, nearness: Float32Array): void {
    this.places = places;
    this.nearness = nearness;
    this.outline = [];
    this.sheet = null;
    this.later(...LAYERS);
  }

  /** Which codes are chosen, all the same where none; and the shape around them, if it is of this map. */
  choose(outline: number[], chosen: ReadonlySet<number> | null): void {
    this.outline = outline;
    this.light = chosen && Float32Array.from(this.labels, (_, row) => Number(chosen.has(row)));
    this.later("points", "front");
  }

  get hasChoice(): boolean {
    return this.light !== null;
  }

  /** A shape that is being drawn. */
  sketch(shape: number[]): void {
    this.sketched = shape;
    this.later("front");
  }

  /** More of the images are here. */
  showImages(images: TestImages): void {
    this.images = images;
    this.later("points");
  }

  /** Lay an image behind the codes, over a piece of the map; or nothing. */
  lay(image: HTMLCanvasElement | null, box: Box = this.box): void {
    this.sheet = image && { image, box };
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

  /** Show another piece of the map, with the next frame; none that no address can name. */
  look(box: Box): void {
    if (!isNameable(box, this.home)) return;
    this.box = box;
    this.later(...LAYERS);
    this.gestures?.view();
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
    const layers = new Set(this.queued);
    this.queued.clear();
    if (layers.has("back")) this.drawBack();
    if (layers.has("points")) this.drawPoints();
    if (layers.has("front")) this.drawFront();
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.root;
    const ratio = (this.unit = Math.min(window.devicePixelRatio || 1, 2));
    for (const canvas of [this.back, this.middle, this.front]) {
      canvas.width = Math.max(1, Math.round(clientWidth * ratio));
      canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    }
    this.redraw();
  }

  private toScreen = (u: number, v: number): [number, number] => {
    const { left, right, bottom, top } = this.box;
    const { width, height } = this.front;
    return [((u - left) / (right - left)) * width, ((top - v) / (top - bottom)) * height];
  };

  private drawBack(): void {
    const pen = empty(this.back);
    if (!this.sheet || this.backdrop === "codes") return;
    const { image, box } = this.sheet;
    const [x0, y0] = this.toScreen(box.left, box.top);
    const [x1, y1] = this.toScreen(box.right, box.bottom);
    // Between two regions nothing is read that would have a colour between theirs.
    pen.imageSmoothingEnabled = this.backdrop !== "regions";
    pen.imageSmoothingQuality = "high";
    pen.drawImage(image, x0, y0, x1 - x0, y1 - y0);
  }

  private drawPoints(): void {
    const { width, height } = this.middle;
    const pen = empty(this.middle);
    if (this.backdrop === "decoded") return;
    const { places, labels, box, shown, images, unit } = this;
    const colourOf = this.colourOf ?? ofClasses(labels);
    const room = roomFor(width, height, unit);
    const isNear = this.home.right - this.home.left >= NEAR * (box.right - box.left);
    const rows = images ? fewRowsIn(box, places, labels, shown, isNear ? MOST_IN_VIEW : room) : [];
    if (!rows.length || rows.length > room) {
      const picture = new ImageData(width, height);
      const alpha = this.backdrop === "regions" || this.backdrop === "density" ? 0.4 : 0.75;
      const radius = dotRadius(Math.min(width, height), labels.length);
      const light = this.light ?? this.nearness;
      const ground = groundOf(this.root);
      scatter(picture, places, labels, box, shown, radius, alpha, light, colourOf, ground);
      pen.putImageData(picture, 0, 0);
      if (!this.colourOf) {
        drawNames(pen, this.names, middles(places, labels, shown), this.toScreen, ground, unit);
      }
    }
    if (images && rows.length) this.drawImages(pen, images, rows, room);
  }

  /** Draw images over dots: all where there is room for them, else those that lie by themselves. */
  private drawImages(
    pen: CanvasRenderingContext2D, images: TestImages, rows: number[], room: number,
  ): void {
    const { width, height } = this.middle;
    const { places, labels, light, nearness, unit } = this;
    const colourOf = this.colourOf ?? ofClasses(labels);
    const at = rows.map((row) => this.toScreen(places[2 * row], places[2 * row + 1]));
    const side = sideOf(Math.min(rows.length, room), images.shape[2], width, height, unit);
    const drawn = rows.length <= room ? [...rows.keys()] : apart(at.flat(), 1.2 * side).slice(0, room);
    if (nearness) drawn.sort((i, j) => nearness[rows[i]] - nearness[rows[j]]);
    for (const i of drawn) {
      pen.globalAlpha = light ? UNCHOSEN + (1 - UNCHOSEN) * light[rows[i]] : 1;
      drawThumbnail(pen, images, rows[i], colourOf(rows[i]), at[i], side);
    }
    pen.globalAlpha = 1;
  }

  private drawFront(): void {
    const pen = empty(this.front);
    const shape = this.sketched.length ? this.sketched : this.outline;
    if (shape.length) drawOutline(pen, cornersOf(shape), this.toScreen);
    if (this.marks) drawMarks(pen, this.marks, this.toScreen);
  }
}

/** The pen of a canvas, after all on it was wiped away. */
function empty(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const pen = canvas.getContext("2d")!;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  return pen;
}
