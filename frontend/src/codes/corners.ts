// The corners of a curve: those of its points that a line needs to stay near all of them.

type Numbers = ArrayLike<number>;

/**
 * The fewest points that Ramer (1972) and Douglas and Peucker (1973) find, so that no point is farther
 * than `tolerance` from the line through them; both ends are kept.
 */
export function corners<T extends Numbers>(points: readonly T[], tolerance: number): T[] {
  if (points.length < 3) return points.slice();
  const [first, last] = [points[0], points[points.length - 1]];
  const away = points.map((point) => fromLine(point, first, last));
  const farthest = away.indexOf(Math.max(...away));
  if (!(away[farthest] > tolerance)) return [first, last];
  return [
    ...corners(points.slice(0, farthest + 1), tolerance).slice(0, -1),
    ...corners(points.slice(farthest), tolerance),
  ];
}

/** How far a point is from the line between two others. */
function fromLine(point: Numbers, a: Numbers, b: Numbers): number {
  let [along, length] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    along += (point[i] - a[i]) * (b[i] - a[i]);
    length += (b[i] - a[i]) ** 2;
  }
  const share = length ? Math.max(0, Math.min(1, along / length)) : 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (point[i] - a[i] - share * (b[i] - a[i])) ** 2;
  return Math.sqrt(sum);
}
