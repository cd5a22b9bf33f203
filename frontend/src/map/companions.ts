// The models beside a map or a pad, and what they follow.

import type { Model } from "../models/model";
import type { WorkerClient } from "../models/worker_client";
import { choice, make } from "../ui/elements";
import { N_, _ } from "../ui/texts";
import type { Backdrop } from "./map_state";
import { Companion, type Options, type Target } from "./companion";

const FOLLOWED = { image: N_("same image"), place: N_("same place") };

/** Companions in one place of the page. */
export class Companions {
  private all: Companion[] = [];

  constructor(private place: HTMLElement, private worker: WorkerClient, private options: Options = {}) {}

  get count(): number {
    return this.all.length;
  }

  /** Show these after what stands `before` them; whether they were not shown yet. */
  show(models: Model[], ...before: Node[]): boolean {
    const names = (some: Model[]) => some.map(({ decoder }) => decoder).join();
    if (names(models) === names(this.all.map(({ model }) => model))) return false;
    this.destroy();
    this.all = models.map((model) => new Companion(model, this.worker, this.options));
    this.place.replaceChildren(...before, ...this.all.map(({ root }) => root));
    return true;
  }

  /** Follow this, or show nothing. */
  follow(target: Target | null): void {
    for (const each of this.all) {
      if (target) each.follow(target);
      else each.empty();
    }
  }

  backdrop(option: Backdrop): void {
    for (const each of this.all) each.backdrop(option);
  }

  destroy(): void {
    for (const each of this.all) each.destroy();
  }
}

/** Up to three companions of a map, and the choice of what they follow. */
export class CompanionsOfMap {
  readonly root = make("div", { class: "beside", role: "group", "aria-label": _("Other models") });
  private companions: Companions;
  private follows: keyof typeof FOLLOWED = "image";
  private target: (() => Target) | null = null;
  private option: Backdrop = "codes";
  private picker = choice(
    _("Follow"), ["image", "place"], (option) => _(FOLLOWED[option]), this.follows, (option) => {
      this.follows = option;
      this.pass();
    });

  constructor(worker: WorkerClient) {
    this.companions = new Companions(this.root, worker);
  }

  /** Show these, as far as they are not shown yet. */
  show(models: Model[]): void {
    if (!this.companions.show(models, this.picker)) return;
    this.root.hidden = !models.length;
    this.backdrop(this.option);
    this.pass();
  }

  /** The code is elsewhere; the functions tell where, if anyone wants to know. */
  follow(image: () => Float32Array, place: () => [number, number]): void {
    this.target = () => (this.follows === "image" ? { image: image() } : { place: place() });
    this.pass();
  }

  backdrop(option: Backdrop): void {
    this.option = option;
    this.companions.backdrop(option);
  }

  destroy(): void {
    this.companions.destroy();
  }

  private pass(): void {
    if (this.target && this.companions.count) this.companions.follow(this.target());
  }
}
