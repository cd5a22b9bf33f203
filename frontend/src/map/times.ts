// How long things took in the browser, for the benchmark of the live map.

const KEPT = 2000;

/** Milliseconds: from a pointer's event to the picture, of that decoding, and of whole sheets. */
export interface Times {
  picture: number[];
  decode: number[];
  grid: number[];
  /** When the first picture stood there, on the page's clock. */
  ready: number;
}

/** Keep a time among the last ones. */
export function keep(times: number[], milliseconds: number): void {
  times.push(milliseconds);
  if (times.length > KEPT) times.shift();
}
