// The tools above a map: what it shows, how large, in which directions.

import type { Axes } from "../codes/planes";
import { takesDrawings } from "../drawing/drawing";
import type { Model } from "../models/model";
import { button, choice, make, select, setPressed, showChosen, toggle } from "../ui/elements";
import { isPossible } from "./background";
import { BACKDROPS, type Backdrop } from "./board";
import type { MapView } from "./map_view";

const SIZES = [10, 20, 30];
const MOST_PAIRS = 200;

/** What the tools ask for beyond the map itself. */
interface Requests {
  backdrop(option: Backdrop): void;
  enlarge(): void;
  /** Open or close the drawing pad; whether it is open now. */
  toggleDrawing(): boolean;
  /** The map shows other directions. */
  looked(): void;
}

/** The tools, and a way to show something else on the map. */
interface Tools {
  root: HTMLElement;
  show(option: Backdrop): void;
}

export function tools(view: MapView, model: Model, requests: Requests): Tools {
  const { board } = view;
  const sizes = select("Images on the map", SIZES.map((size) => `${size} x ${size}`));
  sizes.selectedIndex = SIZES.indexOf(view.size);
  sizes.addEventListener("change", () => {
    view.size = SIZES[sizes.selectedIndex];
    view.orderSheet(0);
  });
  const possible = BACKDROPS.filter((option) => isPossible(option, model));
  const backdrop = choice("Map", possible, view.backdrop, (option) => {
    show(option);
    requests.backdrop(option);
  });
  const show = (option: Backdrop) => {
    view.backdrop = possible.includes(option) ? option : "codes";
    showChosen(backdrop, view.backdrop);
    sizes.hidden = view.backdrop !== "decoded" && view.backdrop !== "both";
  };
  const root = make(
    "div", { class: "tools" }, backdrop,
    button("+", "Zoom in", () => board.zoom(0.7)),
    button("\u2212", "Zoom out", () => board.zoom(1 / 0.7)),
    button("reset", "Show the whole map", () => board.reset()),
    sizes,
    button("large", "Show this alone on the whole screen", requests.enlarge),
  );
  if (takesDrawings(model)) {
    const draw = toggle("draw", "Draw a digit, and see where it lies", () =>
      setPressed(draw, requests.toggleDrawing()));
    root.append(draw);
  }
  if (model.free === 3) root.append(view.turning.button);
  if (model.free > 2) {
    root.append(axesPicker(model.free, (axes) => {
      view.look(axes);
      requests.looked();
    }));
  }
  return { root, show };
}

function axesPicker(free: number, pick: (axes: Axes) => void): HTMLElement {
  const pairs: Axes[] = free > 3 ? ["principal"] : [];
  for (let i = 0; i < free; i++) {
    for (let j = i + 1; j < free && pairs.length < MOST_PAIRS; j++) pairs.push([i, j]);
  }
  const names = pairs.map((pair) =>
    pair === "principal" ? "principal axes" : `z[${pair[0]}], z[${pair[1]}]`);
  const picker = select("Axes of the map", names);
  picker.addEventListener("change", () => pick(pairs[picker.selectedIndex]));
  return picker;
}
