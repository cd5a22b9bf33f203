// The present code, as every control that moves it sees it.

export interface CodeControl {
  /** Where the code is. */
  here(): Float32Array;
  /** Show another one; `since` is when the pointer moved, on the page's clock. */
  go(z: Float32Array, since: number): void;
  /** The gesture is over: the server may know. */
  rest(): void;
}
