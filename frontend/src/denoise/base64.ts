// Images as the page and the browser send them to each other: bytes, as text.

/** Values from 0 to 1. */
export function fromBase64(text: string): Float32Array {
  return Float32Array.from(atob(text), (character) => character.charCodeAt(0) / 255);
}

/** The text of values from 0 to 1. */
export function toBase64(values: Float32Array): string {
  let text = "";
  for (const value of values) text += String.fromCharCode(Math.round(255 * value));
  return btoa(text);
}
