// A drawing as numbers, as an address has it; `ae_core/images/strokes.py` reads the same.

export type Point = [x: number, y: number];

/** A line of a width through some points, all in whole pixels of the pad. */
export interface Stroke {
  width: number;
  points: Point[];
}

/** Of each stroke its width, how many points it has, the first, and the steps from each to the next. */
export function toNumbers(strokes: Stroke[]): number[] {
  return strokes.flatMap(({ width, points }) => [
    width, points.length,
    ...points.flatMap(([x, y], i) => (i ? [x - points[i - 1][0], y - points[i - 1][1]] : [x, y])),
  ]);
}

/** The strokes that `toNumbers` wrote. */
export function fromNumbers(numbers: number[]): Stroke[] {
  const strokes: Stroke[] = [];
  for (let at = 0; at < numbers.length; ) {
    const [width, count] = numbers.slice(at, at + 2);
    let [x, y] = [0, 0];
    at += 2;
    const points = Array.from({ length: count }, (__, i): Point => [
      (x += numbers[at + 2 * i]), (y += numbers[at + 2 * i + 1]),
    ]);
    at += 2 * count;
    strokes.push({ width, points });
  }
  return strokes;
}
