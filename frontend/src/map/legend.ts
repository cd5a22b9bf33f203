// The classes of a map: a button for each, coloured as its points.

import { PALETTE, css } from "../images/colours";
import { make, setPressed, toggle } from "../ui/elements";
import { _ } from "../ui/texts";
import type { Board } from "./board";

/** Buttons that show their class while they are down, and a way to show which are. */
export function legend(
  classes: string[], board: Board, changed: () => void,
): { root: HTMLElement; show(): void; tint(coloured: boolean): void } {
  const buttons = classes.map((name, label) => {
    const each = toggle(name, _("Show or hide {name} on the map", { name }), () => {
      if (!board.shown.delete(label)) board.shown.add(label);
      show();
      changed();
      board.look(board.box); // what lies behind the codes may count the classes
    });
    return each;
  });
  /** Whether the points have the colours of their classes. */
  const tint = (coloured: boolean) => buttons.forEach((each, label) => {
    if (coloured) each.style.setProperty("--class", css(PALETTE[label % PALETTE.length]));
    else each.style.removeProperty("--class");
  });
  tint(true);
  const show = () => buttons.forEach((each, label) => setPressed(each, board.shown.has(label)));
  show();
  const root = make(
    "div", { class: "legend", role: "group", "aria-label": _("Classes on the map") }, ...buttons);
  return { root, show, tint };
}
