// Where a code lies among those of the test images, in a sentence to be heard.

import { type Neighbour, nearest, vote, voters } from "../codes/neighbours";
import type { Codes, Model } from "../models/model";
import { _ } from "../ui/texts";

/** So many times the usual distance away, another class is still near. */
const NEAR = 3;

/** The class of the codes around this one, and that of the nearest other ones, if they are near. */
export function classesAround(
  codes: Codes, z: Float32Array, usual: number | null, shown: ReadonlySet<number>,
): { among: number; near: number | null } {
  const around = nearest(codes, z, voters(codes.labels.length), shown);
  const among = around.length ? vote(around, codes.labels) : -1;
  const others = new Set([...shown].filter((label) => label !== among));
  const [other]: Neighbour[] = others.size ? nearest(codes, z, 1, others) : [];
  const isNear = other && usual !== null && other.distance <= NEAR * usual;
  return { among, near: isNear ? codes.labels[other.row] : null };
}

/** The sentence; `off` is how many times farther than usual the nearest code is. */
export function whereabouts(
  { classes, usual }: Pick<Model, "classes" | "usual">, codes: Codes, z: Float32Array, off: number,
  shown: ReadonlySet<number>,
): string {
  const isInside = off <= 1;
  if (classes.length < 2) {
    return isInside ? _("You are inside the cloud.") : _("You are outside the cloud.");
  }
  const { among, near } = classesAround(codes, z, usual, shown);
  if (among < 0) return "";
  const [name, other] = [classes[among], near === null ? "" : classes[near]];
  if (!isInside) return _("You are outside the cloud, nearest to the {name}s.", { name });
  return other
    ? _("You are among the {name}s, near the {other}s, inside the cloud.", { name, other })
    : _("You are among the {name}s, inside the cloud.", { name });
}
