// The part of gifenc that is used here; the package has no types of its own.
declare module "gifenc" {
  type Palette = number[][];
  interface Encoder {
    writeFrame(
      pixels: Uint8Array, width: number, height: number,
      options: { palette: Palette; delay: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  }
  export function GIFEncoder(): Encoder;
  export function quantize(rgba: Uint8ClampedArray, colours: number): Palette;
  export function applyPalette(rgba: Uint8ClampedArray, palette: Palette): Uint8Array;
}
