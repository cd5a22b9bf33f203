// Two maps under one cursor: where the hand is on one, the other is at the same place.

import type { Backdrop } from "../map/board";
import { Companions } from "../map/companion";
import type { Ellipse } from "../codes/geometry";
import { WorkerClient } from "../models/worker_client";
import style from "../ui/style.css";
import type { Model } from "../models/model";
import { choice, make } from "../ui/elements";

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

export class LinkedMaps {
  private worker: WorkerClient;
  private companions: Companions;
  private place = make("div", { class: "linked-maps" });
  private option: Backdrop = "codes";
  private at: [number, number] = [0.5, 0.5];

  constructor(root: HTMLElement, private args: Args) {
    this.worker = new WorkerClient(args.data.worker, args.data.runtime);
    this.companions = new Companions(this.place, this.worker, {
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
    this.worker.destroy();
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
