// What the page says of a run that is to be trained in this browser.

import type { Shape } from "../models/model";
import type { Asked, Changeable } from "./run";

/** Something that can be changed on the way, the values that it can have, and its present one. */
export interface Change {
  what: Changeable;
  label: string;
  now: number;
  values: number[];
}

export interface Begun {
  /** A name that no other run has. */
  turn: string;
  title: string;
  /** What was asked for, for the server. */
  spec: object;
  asked: Asked;
  shape: Shape;
  /** Where its images lie: `_0of24` and so on behind it, and `_tested`. */
  images: string;
  parts: number;
  /** What each part of the loss is called; `total` is there where they add up to something. */
  losses: Record<string, string>;
  /** Losses of other models, by what they are called. */
  baselines: Record<string, number>;
  changes: Change[];
}

/** The name of the sum of all parts of a loss. */
export const TOTAL = "nelbo";
