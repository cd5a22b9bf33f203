// One model's map: its codes on a board in some directions, the images behind them, and the marks.

import { boxOf, byClass } from "../codes/boxes";
import type { CodeControl } from "../codes/code_control";
import { shadow } from "../codes/gaussians";
import {
  type Axes, type Plane, firstAxes, lift, planeOf, project, projectAll,
} from "../codes/planes";
import { type View, boxOfSpace, depths, middleOf, planeOfView, viewOf } from "../codes/turned_views";
import type { TestImages } from "../images/test_images";
import type { Codes, Model } from "../models/model";
import type { WorkerClient } from "../models/worker_client";
import { make } from "../ui/elements";
import { _, joined } from "../ui/texts";
import { Background, explained } from "./background";
import { Board } from "./board";
import { Colouring } from "./colouring";
import { type Backdrop, type MapState, pieceOf, region } from "./map_state";
import { Turning } from "./turning";

const REST_MS = 250;
const ZOOM_REST_MS = 60;

/** What a pointer or a key asks for, as codes of which some may be none that an image can have. */
export interface CodeGestures {
  hover(z: Float32Array, since: number): void;
  leave(): void;
  move(z: Float32Array, final: boolean, since: number): void;
  /** Another piece of the map is shown, or it is shown otherwise. */
  looked(): void;
  scrolls: boolean;
  /** A shape was drawn around codes; nothing where none are chosen any more. */
  choose(shape: number[]): void;
}

/** What of a map's state its view has. */
export type ViewState = Omit<MapState, "walk" | "curve" | "way" | "chosen" | "plane" | "drawing">;

/** What is marked: codes, and of `encoded` means and log-variances, one after another. */
export interface MarkedCodes {
  here: Float32Array;
  nearest: Float32Array;
  encoded?: Float32Array;
  way?: Float32Array[];
}

export class MapView {
  readonly board: Board;
  readonly axisNames = make("p", { class: "axes" });
  readonly explanation = make("p", { class: "axes" });
  readonly colouring: Colouring;
  readonly turning = new Turning((view, first) => this.showTurned(view, first));
  /** How many images lie side by side behind the codes. */
  size = 20;
  private plane!: Plane;
  private axes: Axes;
  private background: Background;
  private marked: Partial<MarkedCodes> = {};

  /** `told` gets the milliseconds that the images behind the codes took, or why there are none. */
  constructor(
    private model: Model, private codes: Codes, private control: Pick<CodeControl, "here">,
    gestures: CodeGestures, worker: WorkerClient, told: (took: number | Error) => void,
  ) {
    const at = (u: number, v: number) => lift(this.plane, control.here(), u, v);
    this.board = new Board({
      hover: (u, v, since) => gestures.hover(at(u, v), since),
      leave: () => gestures.leave(),
      move: (u, v, final, since) => gestures.move(at(u, v), final, since),
      step: (du, dv, final, since) => {
        const [u, v] = project(this.plane, control.here());
        gestures.move(at(u + du, v + dv), final, since);
      },
      view: () => {
        this.orderSheet(ZOOM_REST_MS);
        gestures.looked();
      },
      turn: (sideways, upwards) => {
        if (model.free !== 3) return false;
        this.turning.turn(sideways, upwards);
        gestures.looked();
        return true;
      },
      turns: model.free === 3,
      scrolls: gestures.scrolls,
      choose: (shape) => gestures.choose(shape),
    });
    this.board.shown = new Set(model.classes.keys());
    this.board.names = model.classes;
    this.colouring = new Colouring(model, this.board);
    this.background = new Background(worker, this.board, model, told);
    this.axes = firstAxes(model);
    this.look(this.axes);
  }

  /** What is shown, and how. */
  get state(): ViewState {
    const { board, model, axes, size } = this;
    const first = firstAxes(model);
    return {
      view: board.backdrop, grid: size, colour: this.colouring.factor, ...region(board.box, board.home),
      axes: axes === "principal" || String(axes) === String(first) ? [] : axes,
      turned: this.turning.directions,
      hidden: [...model.classes.keys()].filter((label) => !board.shown.has(label)),
    };
  }

  set state({ view, grid, colour, zoom, middle, axes, turned, hidden }: ViewState) {
    const { board, model } = this;
    const [i, j] = axes;
    const possible = axes.length === 2 && i !== j && axes.every((axis) => axis < model.free);
    const wanted: Axes = possible ? [i, j] : firstAxes(model);
    const turns = turned.length === 6 && model.free === 3;
    const flattened = !turns && this.turning.directions.length > 0;
    if (flattened || String(wanted) !== String(this.axes)) this.look(wanted);
    if (turns) this.turning.see(turned);
    this.size = grid;
    this.colouring.factor = colour;
    board.shown = new Set([...model.classes.keys()].filter((label) => !hidden.includes(label)));
    board.look(pieceOf(board.home, zoom, middle));
    this.backdrop = view;
  }

  destroy(): void {
    this.board.destroy();
    this.background.stop();
    this.turning.stop();
  }

  /** What lies behind the codes, or instead of them. */
  set backdrop(option: Backdrop) {
    this.board.backdrop = option;
    this.board.redraw();
    this.explanation.textContent = explained(option, this.model);
    this.explanation.hidden = !this.explanation.textContent;
    this.orderSheet(0);
  }

  get backdrop(): Backdrop {
    return this.board.backdrop;
  }

  /** Show the map in these directions. */
  look(axes: Axes): void {
    this.axes = axes;
    this.turning.reset();
    this.plane = planeOf(this.model, axes);
    const { labels } = this.codes;
    const places = projectAll(this.plane, this.codes);
    const box = boxOf(places);
    this.board.show(this.model.free === 1 ? byClass(places, labels, box) : places, labels, box);
    const [across, up] = this.plane.names;
    this.axisNames.textContent = up
      ? _("across: {across} · up: {up}", { across, up })
      : _("across: {across} · up: the classes", { across });
    this.board.front.setAttribute("aria-label", joined(
      up
        ? _("Map of codes, {across} across, {up} up.", { across, up })
        : _("Map of codes, {across} across.", { across }),
      _("Arrow keys move the code, with Shift faster; plus and minus zoom, 0 shows all again."),
    ));
    this.orderSheet(0);
  }

  /** Draw these instead of points, where there is room for them; more of them are here. */
  showImages(images: TestImages): void {
    this.board.showImages(images);
  }

  /** Order what lies behind the codes, after a wait in milliseconds. */
  orderSheet(wait = REST_MS): void {
    this.background.order(this.plane, this.control.here(), this.size, wait);
  }

  /** How far across the whole map, and up, a code is. */
  shares(z: Float32Array): [number, number] {
    return this.board.shares(...project(this.plane, z));
  }

  /** Where a code lies on the map. */
  placeOf(z: Float32Array): [number, number] {
    return project(this.plane, z);
  }

  /** The plane of the map as a few numbers: see `MapState.plane`. */
  get planeNumbers(): number[] {
    return this.turning.directions.length ? this.turning.directions : this.state.axes;
  }

  /** Where the codes lie on a plane that such numbers name; nothing where they name none. */
  placesOn(numbers: number[]): Float32Array | null {
    if (String(numbers) === String(this.planeNumbers)) return this.board.places;
    const { model, codes } = this;
    const [i, j] = numbers;
    if (numbers.length === 6) {
      if (model.free !== 3) return null;
      return projectAll(planeOfView([...viewOf(numbers)] as View, middleOf(model)), codes);
    }
    if (numbers.some((axis) => !Number.isInteger(axis) || axis < 0 || axis >= model.free)) return null;
    return projectAll(planeOf(model, numbers.length ? [i, j] : firstAxes(model)), codes);
  }

  /** Mark other codes; what is not named stays marked. */
  mark(changes: Partial<MarkedCodes> = {}): void {
    Object.assign(this.marked, changes);
    const { plane, model } = this;
    const { here, nearest, encoded, way = [] } = this.marked;
    if (!here) return;
    const place = (z: Float32Array) => project(plane, z);
    const codes: Float32Array[] = [];
    for (let at = 0; encoded && at < encoded.length; at += model.dim) {
      codes.push(encoded.subarray(at, at + model.dim));
    }
    const [mean, logVariance, nearestMean, nearestLogVariance] = codes;
    const clouds = !model.variational ? [] : [[mean, logVariance], [nearestMean, nearestLogVariance]];
    this.board.mark({
      here: place(here),
      nearest: nearest && place(nearest),
      clouds: clouds.filter(([at]) => at).map(([at, spread]) => shadow(plane, at, spread)),
      returned: mean && place(mean),
      way: way.map(place),
    });
  }

  /** The map is the plane across the view. */
  private showTurned(view: View, first: boolean): void {
    const { model, codes } = this;
    this.plane = planeOfView(view, middleOf(model));
    const places = projectAll(this.plane, codes);
    if (first) {
      this.board.show(places, codes.labels, boxOfSpace(model));
      this.axisNames.textContent = _("The cloud in space: drag with Shift to turn it.");
    }
    this.board.turnTo(places, depths(codes, view));
    this.mark();
    this.orderSheet();
  }
}
