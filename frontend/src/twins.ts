// Two maps under one cursor: where the hand is on one, the other is at the same place.

import type { Backdrop } from "./board";
import { Companions } from "./companion";
import type { Ellipse } from "./geometry";
import { Helper } from "./helper";
import style from "./live_map.css";
import type { Model } from "./model";
import { choice, make } from "./parts";

interface Data {
  models: Model[];
  runtime: string;
  worker: string;
}

export interface Args {
  data: Data;
  setStateValue(name: string, value: unknown): void;
}

/** Circles that hold 39 and 86 of 100 draws from the prior N(0, I) of two numbers. */
const PRIOR: Ellipse[] = [1, 2].map((radius) => ({ u: 0, v: 0, major: radius, minor: radius, angle: 0 }));

export class Twins {
  private helper: Helper;
  private companions: Companions;
  private place = make("div", { class: "twins" });
  private option: Backdrop = "codes";
  private at: [number, number] = [0.5, 0.5];

  constructor(root: HTMLElement, private args: Args) {
    this.helper = new Helper(args.data.worker, args.data.runtime);
    this.companions = new Companions(this.place, this.helper, {
      failed: (reason) => this.args.setStateValue("failed", reason.message.slice(0, 200)),
      moved: (place) => this.go(place),
      rings: PRIOR,
    });
    const backdrops: Backdrop[] = ["codes", "decoded", "both"];
    const backdrop = choice("Maps show", backdrops, this.option, (option) => {
      this.option = option;
      for (const each of this.companions.all) each.backdrop(option);
    });
    root.replaceChildren(make("style", { textContent: style }), backdrop, this.place);
    this.update(args);
  }

  destroy(): void {
    this.helper.destroy();
    this.companions.destroy();
  }

  /** What a rerun of the page brings: other models, or nothing new. */
  update(args: Args): void {
    this.args = args;
    if (!this.companions.show(args.data.models)) return;
    for (const each of this.companions.all) each.backdrop(this.option);
    this.go(this.at);
  }

  private go(place: [number, number]): void {
    this.at = place;
    for (const each of this.companions.all) each.follow({ place });
  }
}
