// A drawing pad, and beside it what a model sees of the drawing.

import type { Model } from "../models/model";
import { pad } from "./pad";
import { make } from "../ui/elements";
import { paint } from "../images/pixels";

const SIDE = 28;

/** Whether drawn digits have the form of this model's images. */
export const takesDrawings = ({ shape }: Pick<Model, "shape">) => shape.join() === `1,${SIDE},${SIDE}`;

/**
 * `changed` gets what a model sees, (1, 28, 28) of 0 to 1, at every move of the pen, or null of an
 * empty pad; `lifted` the drawing as an address, once the pen is lifted. `before` is such an address.
 */
export function drawing(
  changed: (form: Float32Array | null) => void, lifted: (drawing: string) => void, before = "",
): HTMLElement {
  const seen = make("canvas", { class: "small", role: "img", width: SIDE, height: SIDE });
  seen.setAttribute("aria-label", "The drawing as the model sees it");
  const paper = pad((form) => {
    const picture = new ImageData(SIDE, SIDE);
    if (form) paint(picture, form, [1, SIDE, SIDE]);
    seen.getContext("2d")!.putImageData(picture, 0, 0);
    changed(form);
  }, lifted, before);
  return make(
    "div", { class: "drawing" }, paper,
    make("figure", { class: "near" }, seen, make("figcaption", { textContent: "what the model sees" })),
  );
}
