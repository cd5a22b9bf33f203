// What a person has set on a map besides the code: the page keeps it, and its address has it.

import { WAYS, type Way } from "../codes/paths";
import type { Box } from "../codes/boxes";
import { MOST_CORNERS } from "../codes/shapes";
import { N_, _ } from "../ui/texts";

/** What the map shows: its codes, decoded images, or codes with something behind them. */
export const BACKDROPS = ["codes", "decoded", "both", "regions", "density"] as const;
export type Backdrop = (typeof BACKDROPS)[number];

const NAMES: Record<Backdrop, string> = {
  codes: N_("codes"), decoded: N_("decoded"), both: N_("both"), regions: N_("regions"),
  density: N_("density"),
};
export const nameOf = (option: Backdrop) => _(NAMES[option]);

/** Named as in `pages/ui/state/declared.py`. */
export interface MapState {
  view: Backdrop;
  /** How many images lie side by side behind the codes. */
  grid: number;
  /** The factor in whose colours the codes are; nothing for their classes. */
  colour: string;
  /** How many times the map is enlarged. */
  zoom: number;
  /** Where the middle of what is shown lies on the whole map: from 0 to 1 across and up. Nothing: amid. */
  middle: number[];
  /** The two numbers of the code across and up; nothing for those that come first. */
  axes: number[];
  /** To the right and up, as directions in space, where a cloud is turned; or nothing. */
  turned: number[];
  /** Classes that are not shown. */
  hidden: number[];
  /**
   * The codes of a walk, one after another: its two ends, or the three of a curve drawn by hand; or
   * nothing.
   */
  walk: number[];
  /** The shares that make the curve of these, see `codes/curves.ts`; or nothing. */
  curve: number[];
  way: Way;
  /** The shape that holds the chosen images, as in `codes/shapes.ts`; or nothing. */
  chosen: number[];
  /** The plane that it is on: nothing for that of the first axes, else as `axes` or `turned`. */
  plane: number[];
  /** What is on the drawing pad, as `drawing/strokes.ts` writes it. */
  drawing: number[];
}

/** Of a map that nobody has set anything on. */
export const FIRST_STATE: MapState = {
  view: "codes", grid: 20, colour: "", zoom: 1, middle: [], axes: [], turned: [], hidden: [], walk: [],
  curve: [], way: WAYS[0], chosen: [], plane: [], drawing: [],
};

/** Bounds of the page's declarations; a piece of a map that has none of these has no address. */
const ZOOM = [0.01, 1000], PLACE = 1000, AXES = 10_000, CODE = 10_000, GRID = [10, 30];

const isBetween = (low: number, high: number) => (value: unknown) =>
  typeof value === "number" && low <= value && value <= high;
const isWhole = (low: number, high: number) => (value: unknown) =>
  Number.isInteger(value) && isBetween(low, high)(value);
const isList = (fits: (value: unknown) => boolean, ...counts: number[]) => (value: unknown) =>
  Array.isArray(value) && (!counts.length || counts.includes(value.length)) && value.every(fits);

/** Whether a map with codes of `dim` numbers can show these values, which came from outside. */
export function isPossible(values: object, dim: number): boolean {
  const number = isBetween(-CODE, CODE);
  const fits: Record<string, (value: unknown) => boolean> = {
    view: (value) => BACKDROPS.includes(value as Backdrop),
    grid: isWhole(GRID[0], GRID[1]),
    colour: (value) => typeof value === "string",
    zoom: isBetween(ZOOM[0], ZOOM[1]),
    middle: isList(isBetween(-PLACE, PLACE), 0, 2),
    axes: isList(isWhole(0, AXES), 0, 2),
    turned: isList(isBetween(-1, 1), 0, 6),
    hidden: isList(isWhole(0, AXES)),
    walk: isList(number, 0, 2 * dim, 3 * dim),
    curve: isList(isBetween(-PLACE, PLACE)),
    way: (value) => WAYS.includes(value as Way),
    chosen: isList(number, 0, 3, ...Array.from({ length: MOST_CORNERS - 1 }, (_, i) => 2 * i + 4)),
    plane: isList(number, 0, 2, 6),
    drawing: isList(isWhole(-CODE, CODE)),
    z: isList(number, dim),
  };
  return Object.entries(values).every(([name, value]) => Object.hasOwn(fits, name) && fits[name](value));
}

const rounded = (value: number) => Math.round(value * 1e4) / 1e4;

/** Numbers as an address has them. */
export const short = (values: ArrayLike<number>) => Array.from(values, rounded);

/** Whether an address can say which part of the whole map `home` a piece is. */
export function isNameable(box: Box, home: Box): boolean {
  return isPossible(region(box, home), 0);
}

/** Which part of the whole map `home` a piece is. */
export function region(box: Box, home: Box): Pick<MapState, "zoom" | "middle"> {
  const [across, up] = [home.right - home.left, home.top - home.bottom];
  const zoom = rounded(across / (box.right - box.left));
  const middle = short([
    ((box.left + box.right) / 2 - home.left) / across,
    ((box.bottom + box.top) / 2 - home.bottom) / up,
  ]);
  return { zoom, middle: middle.every((share) => share === 0.5) ? [] : middle };
}

/** The piece of the whole map `home` that `region` named. */
export function pieceOf(home: Box, zoom: number, middle: number[]): Box {
  const [across, up] = middle.length === 2 ? middle : [0.5, 0.5];
  const half = { u: (home.right - home.left) / zoom / 2, v: (home.top - home.bottom) / zoom / 2 };
  const u = home.left + across * (home.right - home.left);
  const v = home.bottom + up * (home.top - home.bottom);
  return { left: u - half.u, right: u + half.u, bottom: v - half.v, top: v + half.v };
}
