// What the present code decodes to, in pictures and words.

import { nearerDraws } from "../codes/gaussians";
import { nearest, vote, voters } from "../codes/neighbours";
import { described, imageCanvas, showImage } from "../images/pixels";
import type { TestImages } from "../images/test_images";
import { type Likeliest, inWords } from "../models/likeliest";
import type { Codes, Model } from "../models/model";
import { button, make } from "../ui/elements";
import { codeText, threeDigits } from "../ui/numbers";
import { _, joined, ngettext } from "../ui/texts";
import type { Board } from "./board";
import { whereabouts } from "./whereabouts";

/** The test image whose code is nearest; `image` is 0 to 255, where the images are here. */
export interface NearestImage {
  code: Float32Array;
  image: Uint8Array | null;
}

export class Readout {
  /** What the code decodes to, and the test image whose code is nearest. */
  readonly pictures: HTMLElement;
  /** Where the code lies, in words and numbers. */
  readonly words: HTMLElement[];
  /** What a screen reader says once the code rests. */
  readonly spoken = make("p", { class: "said", "aria-live": "polite" });
  /** Gets the class that a code is like, and how many times farther than usual all others are. */
  heard: (label: number, off: number) => void = () => {};
  private near: NearestImage | null = null;
  /** Where the present code lies. */
  private rested = () => "";
  private picture: HTMLCanvasElement;
  private nearest: HTMLCanvasElement;
  private nearestText = make("figcaption");
  private nearestFrame: HTMLElement;
  private frame: HTMLElement;
  private place = make("p", { class: "place" });
  private meter = make("div", { class: "meter" });
  private verdict = make("p", { class: "verdict" });
  private reading = make("p", { class: "reading" });

  /** `go` gets the code of the nearest test image, when that image is pressed. */
  constructor(
    private model: Model, private codes: Codes, private images: TestImages, private board: Board,
    go: (z: Float32Array) => void,
  ) {
    this.picture = imageCanvas("big", model.shape);
    this.nearest = imageCanvas("small", model.shape);
    this.frame = make("figure", { class: "main" }, this.picture);
    const toNearest = button("", _("Go to this image's own code"), () => this.near && go(this.near.code));
    toNearest.append(this.nearest);
    this.nearestFrame = make("figure", { class: "near", hidden: true }, toNearest, this.nearestText);
    this.pictures = make("div", { class: "pictures" }, this.frame, this.nearestFrame);
    this.words = [this.place, this.meter, this.verdict, this.reading];
  }

  /** Show what the code decodes to. */
  show(pixels: Float32Array): void {
    showImage(this.picture, pixels, this.model.shape);
  }

  /** Say what a code is like, and how far from all others. */
  explain(z: Float32Array): NearestImage {
    const { model } = this;
    const { codes, labels } = this.codes;
    const { shown } = this.board;
    const all = nearest(this.codes, z, voters(labels.length));
    // Hidden classes are left out, but how far is far does not depend on what is shown.
    const some = shown.size < model.classes.length ? nearest(this.codes, z, all.length, shown) : all;
    const neighbours = some.length ? some : all;
    const { row } = neighbours[0];
    const { distance } = all[0];
    const label = vote(neighbours, labels);
    const name = model.classes[label];
    // So few codes do not tell what distance is usual.
    const off = model.usual === null ? 0 : distance / Math.max(model.usual, 1e-9);
    const image = this.images.at(row);
    if (image) this.showNearest(image, row, model.classes[labels[row]]);
    this.place.textContent = `z = ${codeText(z, model.free, this.className(z))}`;
    described(this.picture, this.hasClasses
      ? _("What the code decodes to: something like {name}", { name })
      : _("What the code decodes to"));
    this.frame.style.setProperty("--off", String(Math.max(0, Math.min(1, off - 1))));
    this.meter.hidden = model.usual === null;
    this.meter.style.setProperty("--off", String(Math.min(off / 3, 1)));
    this.meter.classList.toggle("outside", off > 1);
    this.verdict.textContent = this.verdictOn(z, name, off);
    this.rested = () => whereabouts(model, this.codes, z, off, shown);
    this.heard(label, off);
    return (this.near = { code: codes.slice(row * model.dim, (row + 1) * model.dim), image });
  }

  /** Say what a classifier takes the image for. */
  read(found: Likeliest | null): void {
    const reading = inWords(found, this.model.classes);
    this.reading.textContent = reading && _("The classifier: {reading}", { reading });
  }

  /** Put the present code into words for a screen reader. */
  speak(): void {
    const { place, reading } = this;
    this.spoken.textContent = joined(this.rested(), reading.textContent, `${place.textContent}.`);
  }

  private showNearest(image: Uint8Array, number: number, name: string): void {
    showImage(this.nearest, image, this.model.shape, { scale: 1 });
    described(this.nearest, this.hasClasses
      ? _("Nearest test image: {name}, number {number}", { name, number })
      : _("Nearest test image, number {number}", { number }));
    this.nearestText.textContent = this.hasClasses
      ? _("nearest test image: {name}", { name })
      : _("nearest test image");
    this.nearestFrame.hidden = false;
  }

  private get hasClasses(): boolean {
    return this.model.classes.length > 1;
  }

  private className(z: Float32Array): string | null {
    const { model } = this;
    if (model.free === model.dim) return null;
    const label = z.subarray(model.free).indexOf(1);
    return model.classes[label] ?? String(label);
  }

  /** Where a code lies among those of test images, and what it is like where they have classes. */
  private placeOf(name: string, off: number): string {
    if (this.model.usual === null) {
      const few = ngettext("The code of {count} test image does not tell where their cloud ends.",
        "The codes of {count} test images do not tell where their cloud ends.",
        this.codes.labels.length);
      return joined(this.hasClasses ? _("Like {name}.", { name }) : "", few);
    }
    if (off > 1) {
      return _("Off the map: {times} times farther from every test image than usual." +
        " The decoder makes something up.", { times: threeDigits(off) });
    }
    return this.hasClasses
      ? _("Like {name}: inside the cloud of test images.", { name })
      : _("Inside the cloud of test images.");
  }

  private verdictOn(z: Float32Array, name: string, off: number): string {
    const farther = Math.round(100 * (1 - nearerDraws(z.subarray(0, this.model.free))));
    return joined(
      this.placeOf(name, off),
      this.model.variational
        ? _("Nearer to the middle than {percent}% of the prior.", { percent: farther })
        : "",
    );
  }
}
