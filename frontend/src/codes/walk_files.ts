// A walk as a file: an animated GIF, or its film strip as a PNG.

import { GIFEncoder, applyPalette, quantize } from "gifenc";

import { make } from "../ui/elements";
import { save } from "../ui/save";
import { SECONDS } from "./walk_player";

const GIF_SIDE = 196;

/** The frames there and back again, enlarged by a whole number. */
export function saveGif(frames: ImageData[]): void {
  const { width, height } = frames[0];
  const times = Math.max(1, Math.floor(GIF_SIDE / Math.max(width, height)));
  const large = make("canvas", { width: times * width, height: times * height });
  const small = make("canvas", { width, height });
  const pen = large.getContext("2d", { willReadFrequently: true })!;
  pen.imageSmoothingEnabled = false;
  const file = GIFEncoder();
  for (const frame of [...frames, ...frames.slice(1, -1).reverse()]) {
    small.getContext("2d")!.putImageData(frame, 0, 0);
    pen.drawImage(small, 0, 0, large.width, large.height);
    const { data } = pen.getImageData(0, 0, large.width, large.height);
    const palette = quantize(data, 256);
    file.writeFrame(applyPalette(data, palette), large.width, large.height, {
      palette, delay: (1000 * SECONDS) / frames.length,
    });
  }
  file.finish();
  save(new Blob([file.bytes() as BlobPart], { type: "image/gif" }), "walk.gif");
}

export function savePng(strip: HTMLCanvasElement): void {
  strip.toBlob((blob) => blob && save(blob, "walk.png"), "image/png");
}
