// Two maps under one cursor: where the hand is on one, the other is at the same place.

import type { Backdrop } from "./board";
import { Companion } from "./companion";
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
  private companions: Companion[] = [];
  private place = make("div", { class: "twins" });
  private option: Backdrop = "codes";
  private at: [number, number] = [0.5, 0.5];

  constructor(root: HTMLElement, private args: Args) {
    this.helper = new Helper(args.data.worker, args.data.runtime);
    const backdrops: Backdrop[] = ["codes", "decoded", "both"];
    const backdrop = choice("Maps show", backdrops, this.option, (option) => {
      this.option = option;
      for (const each of this.companions) each.backdrop(option);
    });
    root.replaceChildren(make("style", { textContent: style }), backdrop, this.place);
    this.update(args);
  }

  destroy(): void {
    this.helper.destroy();
    for (const each of this.companions) each.destroy();
  }

  /** What a rerun of the page brings: other models, or nothing new. */
  update(args: Args): void {
    this.args = args;
    const { models } = args.data;
    const names = (some: Model[]) => some.map(({ decoder }) => decoder).join();
    if (names(models) === names(this.companions.map(({ model }) => model))) return;
    for (const each of this.companions) each.destroy();
    const failed = (reason: Error) => this.args.setStateValue("failed", reason.message.slice(0, 200));
    const moved = (place: [number, number]) => this.go(place);
    this.companions = models.map(
      (model) => new Companion(model, this.helper, { failed, moved, rings: PRIOR }),
    );
    this.place.replaceChildren(...this.companions.map(({ root }) => root));
    for (const each of this.companions) each.backdrop(this.option);
    this.go(this.at);
  }

  private go(place: [number, number]): void {
    this.at = place;
    for (const each of this.companions) each.follow({ place });
  }
}
