// The test images that somebody has chosen on a map: which, of which classes, and a sheet of them.

import type { Numbers } from "../codes/planes";
import { circleOf, rounded, rowsIn, strip } from "../codes/shapes";
import { PALETTE, css } from "../images/colours";
import { imageCanvas, showImage } from "../images/pixels";
import type { TestImages } from "../images/test_images";
import type { Codes, Model } from "../models/model";
import { button, make, setPressed, toggle } from "../ui/elements";
import { _, ngettext } from "../ui/texts";
import type { MapState } from "./map_state";
import type { MapView } from "./map_view";

/** How many images the sheet shows at first, and how many more at a time. */
const SHOWN = 40;
const NEAREST = 50;
/** Further up or down than any place of a map of one number. */
const REACH = 10_000;

type ChoiceState = Pick<MapState, "chosen" | "plane">;

interface Requests {
  /** Go to the code of an image. */
  go(z: Float32Array): void;
  /** Other images are chosen. */
  changed(): void;
  /** The present code. */
  here(): Numbers;
  /** Hide all classes but one. */
  showOnly(label: number): void;
}

export class Choice {
  readonly button = toggle(_("choose"), _("Choose images: draw a line around their codes"), () =>
    this.open(!this.opened));
  readonly root = make("div", { class: "chosen", hidden: true });
  private shape: number[] = [];
  /** The plane that the shape is on, as the state names it. */
  private on: number[] = [];
  private rows: number[] = [];
  private opened = false;
  private most = SHOWN;
  /** The canvases of images that are not here yet. */
  private awaited = new Map<number, HTMLCanvasElement>();
  private said = make("p", { class: "hint", role: "status" });
  private counts = make("p", { class: "counts" });
  private sheet = make("div", { class: "images", role: "group", "aria-label": _("The chosen images") });
  private more = button(_("more"), _("Show more of the chosen images"), () => {
    this.most += SHOWN;
    this.fill();
  });
  private none = button(_("none"), _("Choose no images"), () => this.choose([]));

  private search = make("input", {
    type: "search", placeholder: _("class, or # and number"), size: 18,
    "aria-label": _("Find a class, or an image by # and its number"),
  });

  constructor(
    private model: Model, private codes: Codes, private images: TestImages, private view: MapView,
    private requests: Requests,
  ) {
    const near = ngettext("{count} nearest", "{count} nearest", NEAREST);
    this.root.append(
      make("div", { class: "tools" },
        button(near, _("Choose the images nearest to the code on the map"), () => this.chooseNearest()),
        button(_("all in view"), _("Choose all images that the map shows"), () => this.chooseInView()),
        this.none, this.search),
      this.said, this.counts, this.sheet, this.more);
    this.search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.findNamed(this.search.value.trim());
    });
    this.show();
  }

  get state(): ChoiceState {
    return { chosen: this.shape, plane: this.on };
  }

  set state({ chosen, plane }: ChoiceState) {
    [this.shape, this.on] = [chosen, chosen.length ? plane : []];
    this.find();
  }

  /** Choose what a shape on the map holds. */
  choose(shape: number[]): void {
    this.shape = rounded(this.model.free === 1 ? strip(shape, REACH) : shape);
    this.on = this.shape.length ? this.view.planeNumbers : [];
    this.most = SHOWN;
    if (this.shape.length) this.open(true);
    this.find();
    this.requests.changed();
  }

  /** Other classes are shown, or the map shows other directions. */
  find(): void {
    const { shape, on, codes, view } = this;
    const places = shape.length ? view.placesOn(on) : null;
    this.rows = places ? rowsIn(shape, places, codes.labels, view.board.shown) : [];
    const isHere = String(on) === String(view.planeNumbers);
    view.board.choose(isHere ? shape : [], places && new Set(this.rows));
    this.show();
  }

  /** More of the images are here. */
  imagesCame(): void {
    for (const [row, canvas] of [...this.awaited]) this.paint(row, canvas);
  }

  private open(opened: boolean): void {
    this.opened = opened;
    this.view.board.isLassoing = opened;
    setPressed(this.button, opened);
    this.show();
  }

  /** Choose a class, or go to an image. */
  private findNamed(text: string): void {
    const { classes } = this.model;
    const label = classes.findIndex((name) => name.toLowerCase() === text.toLowerCase());
    const number = /^#?\d+$/.test(text) ? Number(text.replace("#", "")) : -1;
    if (label >= 0) {
      this.requests.showOnly(label);
      this.choose([-REACH, -REACH, REACH, REACH]);
    } else if (number >= 0 && number < this.codes.labels.length) this.goTo(number);
    else {
      this.said.textContent = _("There is no class {text}, and the images are #0 to #{last}.",
        { text, last: this.codes.labels.length - 1 });
    }
  }

  private goTo(row: number): void {
    const { dim } = this.model;
    this.requests.go(this.codes.codes.slice(row * dim, (row + 1) * dim));
  }

  private chooseNearest(): void {
    const { board } = this.view;
    const at = this.view.placeOf(Float32Array.from(this.requests.here()));
    this.choose(circleOf(NEAREST, at, board.places, board.labels, board.shown));
  }

  private chooseInView(): void {
    const { left, bottom, right, top } = this.view.board.box;
    this.choose([left, bottom, right, top]);
  }

  private show(): void {
    const { rows, shape, model } = this;
    this.root.hidden = !this.opened && !shape.length;
    this.none.disabled = !shape.length;
    this.said.textContent = shape.length
      ? ngettext("{count} image is chosen.", "{count} images are chosen.", rows.length)
      : model.free === 3
        ? _("Draw a line around some codes.")
        : _("Draw a line around some codes, or a box with Shift.");
    this.counts.replaceChildren(...(model.classes.length > 1 ? this.classes() : []));
    this.fill();
  }

  /** How many images of each class are chosen, those with most first. */
  private classes(): HTMLElement[] {
    const found = new Map<number, number>();
    for (const row of this.rows) {
      const label = this.codes.labels[row];
      found.set(label, (found.get(label) ?? 0) + 1);
    }
    return [...found].sort((a, b) => b[1] - a[1]).map(([label, count]) => {
      const name = this.model.classes[label];
      const each = make("span", { textContent: _("{name}: {count}", { name, count }) });
      each.style.setProperty("--class", css(PALETTE[label % PALETTE.length]));
      return each;
    });
  }

  private fill(): void {
    const rows = this.rows.slice(0, this.most);
    this.awaited.clear();
    this.sheet.hidden = !this.model.images || !rows.length;
    this.more.hidden = this.sheet.hidden || rows.length === this.rows.length;
    if (!this.sheet.hidden) this.sheet.replaceChildren(...rows.map((row) => this.thumbnail(row)));
  }

  private thumbnail(row: number): HTMLElement {
    const { model, codes } = this;
    const label = codes.labels[row];
    const name = model.classes[label];
    const title = model.classes.length > 1
      ? _("Go to image {number}: a {name}", { number: row, name })
      : _("Go to image {number}", { number: row });
    const each = button("", title, () => this.goTo(row));
    const canvas = imageCanvas("small", model.shape);
    each.append(canvas);
    each.style.setProperty("--class", css(PALETTE[label % PALETTE.length]));
    this.paint(row, canvas);
    return each;
  }

  private paint(row: number, canvas: HTMLCanvasElement): void {
    const image = this.images.at(row);
    if (!image) return void this.awaited.set(row, canvas);
    this.awaited.delete(row);
    showImage(canvas, image, this.model.shape, { scale: 1 });
  }
}
