// A drawing pad, and beside it what a model sees of the drawing.

import { imageCanvas, showImage } from "../images/pixels";
import type { Model, Shape } from "../models/model";
import { make } from "../ui/elements";
import { _ } from "../ui/texts";
import { type Pad, pad } from "./pad";

const SHAPE: Shape = [1, 28, 28];

/** Whether drawn digits have the form of this model's images. */
export const takesDrawings = ({ shape, digits }: Pick<Model, "shape" | "digits">) =>
  digits && shape.join() === SHAPE.join();

/**
 * `changed` gets what a model sees, (1, 28, 28) of 0 to 1, at every move of the pen, or null of an
 * empty pad; `lifted` the drawing as numbers, once the pen is lifted.
 */
export function drawing(
  changed: (image: Float32Array | null) => void, lifted: (drawing: number[]) => void,
): Pad {
  const seen = imageCanvas("small", SHAPE, _("The drawing as the model sees it"));
  const paper = pad((image) => {
    if (image) showImage(seen, image, SHAPE);
    else seen.getContext("2d")!.clearRect(0, 0, seen.width, seen.height);
    changed(image);
  }, lifted);
  const root = make(
    "div", { class: "drawing" }, paper.root,
    make("figure", { class: "near" }, seen, make("figcaption", { textContent: _("what the model sees") })),
  );
  return { root, show: paper.show };
}
