// Takes a chart of the page along: as the drawing it is, as pixels, and as the numbers behind it.

import style from "../ui/style.css";
import { button, make } from "./elements";

/** `chart` is the class of the chart's place on the page; `csv` the numbers, where there are any. */
interface Data {
  chart: string;
  name: string;
  csv: string;
}

export interface Args {
  data: Data;
}

const SCALE = 2;
const SVG = "http://www.w3.org/2000/svg";

export class Downloads {
  constructor(root: HTMLElement, private args: Args) {
    root.replaceChildren(
      make("style", { textContent: style }),
      make(
        "div", { class: "downloads" },
        button("PNG", "Download this figure as pixels", () => void this.png()),
        button("SVG", "Download this figure as a drawing", () => void this.svg()),
        button("CSV", "Download the numbers behind this figure", () => this.csv()),
      ),
    );
  }

  destroy(): void {}

  update(args: Args): void {
    this.args = args;
  }

  private csv(): void {
    this.give(new Blob([this.args.data.csv], { type: "text/csv" }), "csv");
  }

  private async svg(): Promise<void> {
    const drawing = await this.drawing();
    if (drawing) this.give(blobOf(drawing), "svg");
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
    canvas.toBlob((pixels) => pixels && this.give(pixels, "png"), "image/png");
  }

  /** The layers of the chart as one drawing on the ground of the page, with its letters. */
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
    const ground = document.createElementNS(SVG, "rect");
    ground.setAttribute("width", "100%");
    ground.setAttribute("height", "100%");
    const app = document.querySelector<HTMLElement>("[data-testid=stApp]") ?? document.body;
    ground.setAttribute("fill", getComputedStyle(app).backgroundColor);
    const letters = document.createElementNS(SVG, "style");
    letters.textContent = await fontOf(layers[0]);
    whole.append(letters, ground, ...layers.map((layer) => layer.cloneNode(true)));
    return whole;
  }

  private give(blob: Blob, ending: string): void {
    const link = make("a", { href: URL.createObjectURL(blob), download: `${this.args.data.name}.${ending}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
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
