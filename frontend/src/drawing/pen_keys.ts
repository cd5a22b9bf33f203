// Paper that is drawn on with the keyboard, too: a cursor that moves a pen, puts it down and lifts it.

import { make } from "../ui/elements";
import { _, joined } from "../ui/texts";

type Place = [x: number, y: number];

/** What the keys do with the pen, at places of the paper. */
export interface Pen {
  down(at: Place): void;
  move(at: Place): void;
  up(): void;
  clear(): void;
}

const STEPS: Record<string, Place> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  Home: [-1, -1], PageUp: [1, -1], End: [-1, 1], PageDown: [1, 1],
};

/** So many steps lead across the paper, and with Shift so many times as many. */
const STEPS_ACROSS = 28, FINER = 4;

/** Paper with a canvas of `width` x `height` places, called by `label`; `active` says whether keys draw. */
export function keyed(
  canvas: HTMLCanvasElement, label: string, [width, height]: [number, number], pen: Pen,
): { root: HTMLElement; active(on: boolean): void } {
  const cursor = make("span", { class: "cursor", hidden: true });
  const said = make("span", { class: "said", role: "status" });
  const root = make("div", { class: "keyed", role: "application", "aria-label": joined(label, _(
    "Arrow keys move the pen, Home, End, Page up and Page down slantwise, with Shift less far;" +
    " Space puts it down or lifts it, Delete clears."),
  ) }, canvas, cursor, said);
  let [x, y] = [width / 2, height / 2];
  let isDown = false, isActive = true;

  const show = () => {
    cursor.hidden = false;
    cursor.classList.toggle("down", isDown);
    cursor.style.left = `${(100 * x) / width}%`;
    cursor.style.top = `${(100 * y) / height}%`;
  };
  const lift = () => {
    if (!isDown) return;
    isDown = false;
    pen.up();
  };
  root.addEventListener("keydown", (event) => {
    if (!isActive || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) {
      const far = width / STEPS_ACROSS / (event.shiftKey ? FINER : 1);
      x = Math.max(0, Math.min(width, x + far * step[0]));
      y = Math.max(0, Math.min(height, y + far * step[1]));
      if (isDown) pen.move([x, y]);
    } else if (event.key === " " || event.key === "Enter") {
      if (isDown) lift();
      else {
        isDown = true;
        pen.down([x, y]);
      }
      const at = { across: Math.round((100 * x) / width), down: Math.round((100 * y) / height) };
      said.textContent = isDown
        ? _("Pen down, {across}% across and {down}% down.", at)
        : _("Pen lifted, {across}% across and {down}% down.", at);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      lift();
      pen.clear();
      said.textContent = _("Cleared.");
    } else {
      if (event.key === "Escape") lift();
      return;
    }
    show();
    event.preventDefault();
    event.stopPropagation();
  });
  root.addEventListener("focus", () => {
    if (isActive && root.matches(":focus-visible")) show();
  });
  for (const gone of ["blur", "pointerdown"]) {
    root.addEventListener(gone, () => {
      lift();
      cursor.hidden = true;
    });
  }
  const active = (on: boolean) => {
    if (!on) lift();
    isActive = on;
    cursor.hidden = true;
    if (on) root.tabIndex = 0;
    else root.removeAttribute("tabindex");
    root.setAttribute("role", on ? "application" : "presentation");
  };
  active(true);
  return { root, active };
}
