// Two maps under one cursor: where it is on one, the other is at the same place.

import type { Ellipse } from "../codes/gaussians";
import { explained, isPossible } from "../map/background";
import { BACKDROPS, type Backdrop, nameOf } from "../map/map_state";
import { Companions } from "../map/companions";
import type { Model } from "../models/model";
import { WorkerClient } from "../models/worker_client";
import { choice, make } from "../ui/elements";
import { type Addresses, type Args, tellFailure } from "../ui/mounted";
import style from "../ui/style.css";
import { _ } from "../ui/texts";

interface Data extends Addresses {
  models: Model[];
}

/** Circles that hold 39 and 86 of 100 draws from the prior N(0, I) of two numbers. */
const PRIOR: Ellipse[] = [1, 2].map((radius) => ({ u: 0, v: 0, major: radius, minor: radius, angle: 0 }));

export class LinkedMaps {
  private worker: WorkerClient;
  private companions: Companions;
  private place = make("div", { class: "linked-maps" });
  private backdrops = make("div");
  private explanation = make("p", { class: "axes" });
  private option: Backdrop = "codes";
  private at: [number, number] = [0.5, 0.5];

  constructor(root: HTMLElement, private args: Args<Data>) {
    this.worker = new WorkerClient(args.data);
    this.companions = new Companions(this.place, this.worker, {
      failed: (reason) => tellFailure(this.args, reason),
      moved: (place) => this.go(place),
      rings: PRIOR,
    });
    root.replaceChildren(
      make("style", { textContent: style }), this.backdrops, this.place, this.explanation);
    this.update(args);
  }

  destroy(): void {
    this.worker.destroy();
    this.companions.destroy();
  }

  /** What a rerun of the page brings: other models, or nothing new. */
  update(args: Args<Data>): void {
    this.args = args;
    const { models } = args.data;
    if (!this.companions.show(models)) return;
    const possible = BACKDROPS.filter((option) => models.every((model) => isPossible(option, model)));
    this.look(possible.includes(this.option) ? this.option : "codes");
    this.backdrops.replaceChildren(
      choice(_("Maps show"), possible, nameOf, this.option, (option) => this.look(option)));
    this.go(this.at);
  }

  private look(option: Backdrop): void {
    this.option = option;
    this.companions.backdrop(option);
    this.explanation.textContent = explained(option, this.args.data.models[0]);
    this.explanation.hidden = !this.explanation.textContent;
  }

  private go(place: [number, number]): void {
    this.at = place;
    this.companions.follow({ place });
  }
}
