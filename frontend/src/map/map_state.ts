// What a person has set on a map besides the code: the page keeps it, and its address has it.

import type { Way } from "../codes/paths";
import type { Box } from "../codes/boxes";
import type { Backdrop } from "./board";

/** Named as in `pages/ui/state/declared.py`. */
export interface MapState {
  view: Backdrop;
  /** How many images lie side by side behind the codes. */
  grid: number;
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
  /** The codes at the two ends of a walk, one after the other; or nothing. */
  walk: number[];
  way: Way;
}

const rounded = (value: number) => Math.round(value * 1e4) / 1e4;

/** Numbers as an address has them. */
export const short = (values: ArrayLike<number>) => Array.from(values, rounded);

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
