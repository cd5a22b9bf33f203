// Shapes on a map that hold the codes which somebody has chosen: circles, boxes, outlines.
//
// A shape is a few numbers, which an address can have: middle and radius of a circle; left, bottom,
// right and top of a box; the corners of an outline one after another, at least three of them.

type Place = [u: number, v: number];

export const MOST_CORNERS = 16;
const DIGITS = 4;

/** Whether a shape holds a place; an outline that crosses itself by the even-odd rule. */
export function holds(shape: readonly number[], u: number, v: number): boolean {
  if (shape.length === 3) return Math.hypot(u - shape[0], v - shape[1]) <= shape[2];
  if (shape.length === 4) return u >= shape[0] && v >= shape[1] && u <= shape[2] && v <= shape[3];
  let inside = false;
  for (let i = 0, j = shape.length - 2; i < shape.length; j = i, i += 2) {
    const [u0, v0, u1, v1] = [shape[i], shape[i + 1], shape[j], shape[j + 1]];
    if (v0 > v !== v1 > v && u < ((u1 - u0) * (v - v0)) / (v1 - v0) + u0) inside = !inside;
  }
  return inside;
}

/** The rows of the shown places that a shape holds. */
export function rowsIn(
  shape: readonly number[], places: Float32Array, labels: ArrayLike<number>, shown: ReadonlySet<number>,
): number[] {
  const rows = [];
  for (let row = 0; row < labels.length; row++) {
    if (shown.has(labels[row]) && holds(shape, places[2 * row], places[2 * row + 1])) rows.push(row);
  }
  return rows;
}

/** The corners of a shape, to be drawn. */
export function cornersOf(shape: readonly number[]): Place[] {
  if (shape.length === 3) {
    const [u, v, radius] = shape;
    return Array.from({ length: 48 }, (_, i) => [
      u + radius * Math.cos((i * Math.PI) / 24), v + radius * Math.sin((i * Math.PI) / 24),
    ]);
  }
  if (shape.length === 4) {
    const [left, bottom, right, top] = shape;
    return [[left, bottom], [left, top], [right, top], [right, bottom]];
  }
  return Array.from({ length: shape.length / 2 }, (_, i) => [shape[2 * i], shape[2 * i + 1]]);
}

/** The box between two corners. */
export const boxBetween = ([u0, v0]: Place, [u1, v1]: Place) =>
  [Math.min(u0, u1), Math.min(v0, v1), Math.max(u0, u1), Math.max(v0, v1)];

/** A line drawn by hand as an outline of few corners: those go first whose triangle with their
 * neighbours is smallest (Visvalingam & Whyatt 1993). Nothing where it holds no place. */
export function outline(line: Place[]): number[] {
  const corners = line.filter(([u, v], i) => !i || u !== line[i - 1][0] || v !== line[i - 1][1]);
  const area = (i: number) => {
    const [[u0, v0], [u1, v1], [u2, v2]] = [-1, 0, 1].map((step) => corners.at((i + step) % corners.length)!);
    return Math.abs((u1 - u0) * (v2 - v0) - (u2 - u0) * (v1 - v0));
  };
  while (corners.length > MOST_CORNERS) {
    let least = 0;
    for (let i = 1; i < corners.length; i++) if (area(i) < area(least)) least = i;
    corners.splice(least, 1);
  }
  return corners.length < 3 ? [] : corners.flat();
}

/** The circle about a place that holds so many of the shown places; fewer where they are fewer. */
export function circleOf(
  count: number, [u, v]: Place, places: Float32Array, labels: ArrayLike<number>,
  shown: ReadonlySet<number>,
): number[] {
  const distances: number[] = [];
  for (let row = 0; row < labels.length; row++) {
    if (shown.has(labels[row])) distances.push(Math.hypot(places[2 * row] - u, places[2 * row + 1] - v));
  }
  if (!distances.length) return [];
  distances.sort((a, b) => a - b);
  const last = distances[Math.min(count, distances.length) - 1];
  return [u, v, (last + (distances[count] ?? 1.01 * last + 1e-6)) / 2];
}

/** A shape on a map of codes of one number: all that lies above and below it. */
export function strip(shape: readonly number[], reach: number): number[] {
  if (!shape.length) return [];
  const across = cornersOf(shape).map(([u]) => u);
  return [Math.min(...across), -reach, Math.max(...across), reach];
}

/** A shape with as many digits as an address keeps. */
export const rounded = (shape: number[]) => shape.map((value) => Number(value.toPrecision(DIGITS)));
