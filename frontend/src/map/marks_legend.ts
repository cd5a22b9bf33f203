// What the marks on the map stand for: a line below it.

import type { Model } from "../models/model";
import { make } from "../ui/elements";
import { _ } from "../ui/texts";

const HALO = 'fill="none" stroke-linecap="round"';
const CROSS = `<path d="M10 3v14M3 10h14" ${HALO} stroke="var(--ae-here)" stroke-width="3"/>`;
const CIRCLE = `<circle cx="10" cy="10" r="5" ${HALO} stroke="currentColor" stroke-width="2"/>`;
const ARROW = `<path d="M2 10h15m-5-5l5 5-5 5" ${HALO} stroke="currentColor" stroke-width="2"/>`;
const RING = `<ellipse cx="10" cy="10" rx="8" ry="5" ${HALO} stroke="var(--ae-here)" stroke-width="1.5"/>`;

export function marksLegend({ variational }: Pick<Model, "variational">): HTMLElement {
  const marks: [sign: string, means: string][] = [
    [CROSS, _("this code")],
    [CIRCLE, _("nearest test image")],
    [ARROW, _("encoded again")],
    ...(variational ? [[RING, _("spread of the encoder")] as [string, string]] : []),
  ];
  return make("p", { class: "marks" }, ...marks.map(([sign, means]) => {
    const picture = make("span", { "aria-hidden": "true" });
    picture.innerHTML = `<svg viewBox="0 0 20 20" width="14" height="14">${sign}</svg>`;
    return make("span", {}, picture, means);
  }));
}
