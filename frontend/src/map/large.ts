// The map alone on the whole screen, as on a projector: a way out, and a key for each thing.

import { button, make } from "../ui/elements";
import { _ } from "../ui/texts";

/** What a key does there; `shown` is what stands for it on the screen. */
export interface KeyOfMap {
  keys: string[];
  shown: string;
  does: string;
  press(key: string): void;
}

export class Large {
  private out = button(_("leave"), _("Leave the large view"), () => this.leave());
  private list = make("p", { class: "keys" });
  readonly parts = [make("div", { class: "out" }, this.out), this.list];

  /** `keysOf` says what keys do by then. */
  constructor(private root: HTMLElement, private keysOf: () => KeyOfMap[]) {
    document.addEventListener("fullscreenchange", this.changed);
    window.addEventListener("keydown", this.key);
  }

  destroy(): void {
    document.removeEventListener("fullscreenchange", this.changed);
    window.removeEventListener("keydown", this.key);
  }

  get isOn(): boolean {
    return this.root.classList.contains("large");
  }

  toggle(): void {
    if (this.isOn) this.leave();
    else this.enter();
  }

  private enter(): void {
    const all = [...this.keysOf(), { shown: "Esc", does: _("leave") }];
    this.list.replaceChildren(...all.map(({ shown, does }) =>
      make("span", {}, make("kbd", { textContent: shown }), ` ${does}`)));
    this.root.classList.add("large");
    // Where a browser has no full screen, as on some phones, the page is covered.
    this.root.requestFullscreen?.().catch(() => {});
    this.out.focus();
  }

  private leave(): void {
    this.root.classList.remove("large");
    if (document.fullscreenElement) void document.exitFullscreen();
  }

  /** Escape has left the full screen by itself. */
  private changed = (): void => {
    if (!document.fullscreenElement) this.root.classList.remove("large");
  };

  private key = (event: KeyboardEvent): void => {
    const [at] = event.composedPath();
    const types = at instanceof HTMLSelectElement || (at instanceof HTMLInputElement && at.type === "search");
    if (!this.isOn || types || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "escape") this.leave();
    else {
      const found = this.keysOf().find(({ keys }) => keys.includes(key));
      if (!found || event.defaultPrevented) return;
      found.press(key);
    }
    event.preventDefault();
  };
}
