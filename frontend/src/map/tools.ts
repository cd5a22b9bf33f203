// The tools above a map: what it shows, how large, in which directions.

import type { Axes } from "../codes/planes";
import type { Model } from "../models/model";
import { button, choice, lessonPart, make, select, showChosen } from "../ui/elements";
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
  /** The map shows other directions. */
  looked(): void;
}

/** The tools, those that lie on the map, and a way to show on them what it shows. */
interface Tools {
  root: HTMLElement;
  zoom: HTMLElement;
  /** What is done with the map, beside the choice of what it shows. */
  actions: HTMLElement;
  /** What the map can show. */
  options: Backdrop[];
  /** Show one of these. */
  pick(option: Backdrop): void;
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
  const pick = (option: Backdrop) => {
    view.backdrop = option;
    show();
    requests.backdrop(option);
  };
  const backdrop = choice(_("Map"), possible, nameOf, view.backdrop, pick);
  const axes = model.free > 2 ? axesPicker(model.free, (chosen) => {
    view.look(chosen);
    requests.looked();
  }) : null;
  const colours = view.colouring.picker(requests.looked);
  const show = () => {
    if (!possible.includes(view.backdrop)) view.backdrop = "codes";
    showChosen(backdrop, view.backdrop);
    sizes.hidden = view.backdrop !== "decoded" && view.backdrop !== "both";
    sizes.selectedIndex = Math.max(0, SIZES.indexOf(view.size));
    axes?.show(view.state.axes);
    colours?.show();
  };
  const zoom = make(
    "div", { class: "zoom" },
    button("+", _("Zoom in"), () => board.zoom(0.7)),
    button("\u2212", _("Zoom out"), () => board.zoom(1 / 0.7)),
    button(_("reset"), _("Show the whole map"), () => board.reset()),
  );
  const large = button(_("large"), _("Show this alone on the whole screen"), requests.enlarge);
  const actions = make(
    "div", { class: "actions" },
    large, sizes,
  );
  if (model.free === 3) actions.append(view.turning.button);
  if (axes) actions.append(axes.root);
  if (colours) actions.append(colours.root);
  lessonPart("view", backdrop);
  lessonPart("zoom", zoom);
  lessonPart("grid", sizes);
  lessonPart("large", large);
  if (axes) lessonPart("axes", axes.root);
  if (colours) lessonPart("colour", colours.root);
  const root = make("div", { class: "tools of-map" }, backdrop, actions);
  show();
  return { root, zoom, actions, options: possible, pick, show };
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
