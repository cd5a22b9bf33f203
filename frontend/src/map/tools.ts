// The tools above a map: what it shows, how large, in which directions.

import type { Axes } from "../codes/planes";
import { takesDrawings } from "../drawing/drawing";
import type { Model } from "../models/model";
import { button, choice, make, select, setPressed, lessonPart, showChosen, toggle } from "../ui/elements";
import { _ } from "../ui/texts";
import { isPossible } from "./background";
import { BACKDROPS, type Backdrop, nameOf } from "./map_state";
import type { MapView } from "./map_view";

const SIZES = [10, 20, 30];
const MOST_PAIRS = 200;

/** What the tools ask for beyond the map itself. */
interface Requests {
  /** What the map shows is another thing. */
  backdrop(option: Backdrop): void;
  enlarge(): void;
  /** The drawing pad, which opens and closes. */
  drawing: { isOpen: boolean; toggle(): void };
  /** The map shows other directions. */
  looked(): void;
}

/** The tools, and a way to show on them what the map shows. */
interface Tools {
  root: HTMLElement;
  show(): void;
}

export function tools(view: MapView, model: Model, requests: Requests): Tools {
  const { board } = view;
  const sizes = select(_("Images on the map"), SIZES.map((size) => `${size} x ${size}`));
  sizes.addEventListener("change", () => {
    view.size = SIZES[sizes.selectedIndex];
    view.orderSheet(0);
    requests.looked();
  });
  const possible = BACKDROPS.filter((option) => isPossible(option, model));
  const backdrop = choice(_("Map"), possible, nameOf, view.backdrop, (option) => {
    view.backdrop = option;
    show();
    requests.backdrop(option);
  });
  const axes = model.free > 2 ? axesPicker(model.free, (chosen) => {
    view.look(chosen);
    requests.looked();
  }) : null;
  const colours = view.colouring.picker(requests.looked);
  const draw = toggle(_("draw"), _("Draw a digit, and see where it lies"), () => {
    requests.drawing.toggle();
    show();
  });
  const show = () => {
    if (!possible.includes(view.backdrop)) view.backdrop = "codes";
    showChosen(backdrop, view.backdrop);
    sizes.hidden = view.backdrop !== "decoded" && view.backdrop !== "both";
    sizes.selectedIndex = Math.max(0, SIZES.indexOf(view.size));
    axes?.show(view.state.axes);
    colours?.show();
    setPressed(draw, requests.drawing.isOpen);
  };
  const zooming = [
    button("+", _("Zoom in"), () => board.zoom(0.7)),
    button("\u2212", _("Zoom out"), () => board.zoom(1 / 0.7)),
    button(_("reset"), _("Show the whole map"), () => board.reset()),
  ];
  const large = button(_("large"), _("Show this alone on the whole screen"), requests.enlarge);
  const root = make(
    "div", { class: "tools" }, backdrop,
    ...zooming,
    sizes,
    large,
  );
  lessonPart("view", backdrop);
  lessonPart("zoom", ...zooming);
  lessonPart("grid", sizes);
  lessonPart("large", large);
  lessonPart("drawing", draw);
  if (axes) lessonPart("axes", axes.root);
  if (colours) lessonPart("colour", colours.root);
  if (takesDrawings(model)) root.append(draw);
  if (model.free === 3) root.append(view.turning.button);
  if (axes) root.append(axes.root);
  if (colours) root.append(colours.root);
  show();
  return { root, show };
}

function axesPicker(
  free: number, pick: (axes: Axes) => void,
): { root: HTMLElement; show(axes: number[]): void } {
  const pairs: Axes[] = free > 3 ? ["principal"] : [];
  for (let i = 0; i < free; i++) {
    for (let j = i + 1; j < free && pairs.length < MOST_PAIRS; j++) pairs.push([i, j]);
  }
  const names = pairs.map((pair) =>
    pair === "principal" ? _("principal axes") : `z[${pair[0]}], z[${pair[1]}]`);
  const picker = select(_("Axes of the map"), names);
  picker.addEventListener("change", () => pick(pairs[picker.selectedIndex]));
  const show = (axes: number[]) => {
    picker.selectedIndex = Math.max(0, pairs.findIndex((pair) => String(pair) === String(axes)));
  };
  return { root: picker, show };
}
