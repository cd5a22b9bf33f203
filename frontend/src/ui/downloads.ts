// Downloads a chart of the page: as SVG, as PNG, and as a table of the numbers behind it.

import { button, make } from "./elements";
import type { Args } from "./mounted";
import { save } from "./save";
import style from "./style.css";
import { _ } from "./texts";

/** `chart` is the class of the chart's place on the page; `csv` the numbers, where there are any. */
interface Data {
  chart: string;
  name: string;
  csv: string;
}

const SCALE = 2;
const SVG = "http://www.w3.org/2000/svg";

export class Downloads {
  constructor(root: HTMLElement, private args: Args<Data>) {
    root.replaceChildren(
      make("style", { textContent: style }),
      make(
        "div", { class: "downloads" },
        button("PNG", _("Download this figure as an image"), () => void this.png()),
        button("SVG", _("Download this figure as a vector drawing"), () => void this.svg()),
        button("CSV", _("Download the numbers behind this figure"), () => this.csv()),
      ),
    );
  }

  destroy(): void {}

  update(args: Args<Data>): void {
    this.args = args;
  }

  private csv(): void {
    this.save(new Blob([this.args.data.csv], { type: "text/csv" }), "csv");
  }

  private async svg(): Promise<void> {
    const drawing = await this.drawing();
    if (drawing) this.save(blobOf(drawing), "svg");
  }

  private async png(): Promise<void> {
    const drawing = await this.drawing();
    if (!drawing) return;
    const picture = new Image();
    const address = URL.createObjectURL(blobOf(drawing));
    picture.src = address;
    await picture.decode();
    URL.revokeObjectURL(address);
    const [width, height] = sizeOf(drawing).map((side) => side * SCALE);
    const canvas = make("canvas", { width, height });
    canvas.getContext("2d")!.drawImage(picture, 0, 0, width, height);
    canvas.toBlob((pixels) => pixels && this.save(pixels, "png"), "image/png");
  }

  /** The layers of the chart as one drawing, with the page's background and font. */
  private async drawing(): Promise<SVGSVGElement | null> {
    const chart = document.querySelector(`.${this.args.data.chart} .js-plotly-plot`);
    const layers = [...(chart?.querySelectorAll<SVGSVGElement>("svg.main-svg") ?? [])];
    if (!layers.length) return null;
    const [width, height] = sizeOf(layers[0]);
    const whole = document.createElementNS(SVG, "svg");
    whole.setAttribute("xmlns", SVG);
    whole.setAttribute("width", String(width));
    whole.setAttribute("height", String(height));
    whole.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const background = document.createElementNS(SVG, "rect");
    background.setAttribute("width", "100%");
    background.setAttribute("height", "100%");
    const app = document.querySelector<HTMLElement>("[data-testid=stApp]") ?? document.body;
    background.setAttribute("fill", getComputedStyle(app).backgroundColor);
    const font = document.createElementNS(SVG, "style");
    font.textContent = await fontOf(layers[0]);
    whole.append(font, background, ...layers.map((layer) => layer.cloneNode(true)));
    return whole;
  }

  private save(blob: Blob, ending: string): void {
    save(blob, `${this.args.data.name}.${ending}`);
  }
}

const blobOf = (drawing: SVGSVGElement) =>
  new Blob([new XMLSerializer().serializeToString(drawing)], { type: "image/svg+xml" });

/** The font that the chart is written in, as it came with the page: a drawing alone cannot fetch it. */
async function fontOf(layer: SVGSVGElement): Promise<string> {
  const text = layer.querySelector("text") ?? layer;
  const [family] = getComputedStyle(text).fontFamily.split(",").map((name) => name.replaceAll('"', "").trim());
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSFontFaceRule) || rule.style.fontStyle === "italic") continue;
      const source = rule.style.getPropertyValue("src").match(/url\("?([^")]+)/)?.[1];
      if (rule.style.getPropertyValue("font-family").replaceAll('"', "") !== family || !source) continue;
      const blob = await (await fetch(new URL(source, sheet.href ?? document.baseURI))).blob();
      const inside = await new Promise<string>((done) => {
        const reader = new FileReader();
        reader.onload = () => done(String(reader.result));
        reader.readAsDataURL(blob);
      });
      return `@font-face { font-family: "${family}"; font-weight: 200 900; src: url("${inside}"); }`;
    }
  }
  return "";
}

const sizeOf = (drawing: SVGSVGElement) => ["width", "height"].map((side) => Number(drawing.getAttribute(side)));
