// Pieces of a map: which one holds the codes, and how it is zoomed and moved.

/** A piece of the map. */
export interface Box {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

/** The piece of a map that holds almost all codes: ends without the last half percent, widened. */
export function boxOf(places: Float32Array): Box {
  const ends = (start: number): [number, number] => {
    const values = Float32Array.from({ length: places.length / 2 }, (_, i) => places[2 * i + start]);
    values.sort();
    const cut = Math.floor(0.005 * (values.length - 1));
    const [low, high] = [values[cut] ?? -1, values[values.length - 1 - cut] ?? 1];
    const margin = high > low ? 0.1 * (high - low) : 0.5;
    return [low - margin, high + margin];
  };
  const [left, right] = ends(0);
  const [bottom, top] = ends(1);
  return { left, right, bottom, top };
}

/** Where codes of a single number lie: on a line for each class, over the line of all codes. */
export function byClass(places: Float32Array, labels: ArrayLike<number>, box: Box): Float32Array {
  let classes = 1;
  for (let row = 0; row < labels.length; row++) classes = Math.max(classes, labels[row] + 1);
  const upper = (box.top - box.bottom) / 2;
  return places.map((value, i) =>
    i % 2 ? value + (upper * (classes - labels[(i - 1) / 2] - 0.2)) / (classes + 0.5) : value,
  );
}

/** Where a row of `columns` square images lies: under the line of all codes. */
export function rowUnder(box: Box, columns: number): Box {
  const middle = (box.top + box.bottom) / 2;
  const gap = (box.top - box.bottom) / 20;
  return { ...box, top: middle - gap, bottom: middle - gap - (box.top - box.bottom) / columns };
}

/** A smaller or larger piece; the place (u, v) stays where it is on the screen. */
export function zoomed(box: Box, factor: number, u: number, v: number): Box {
  return {
    left: u + (box.left - u) * factor,
    right: u + (box.right - u) * factor,
    bottom: v + (box.bottom - v) * factor,
    top: v + (box.top - v) * factor,
  };
}

/** The same piece somewhere else. */
export function moved(box: Box, du: number, dv: number): Box {
  const { left, right, bottom, top } = box;
  return { left: left + du, right: right + du, bottom: bottom + dv, top: top + dv };
}
