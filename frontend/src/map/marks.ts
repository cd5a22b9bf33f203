// What lies over a map at a moment: the code, its nearest neighbour, the way back, a walk.

import type { Ellipse } from "../codes/gaussians";
import { HERE } from "../images/colours";

type Place = [u: number, v: number];

/** `returned` is where the image of the code `here` is encoded to; `way` is a walk. */
export interface Marks {
  here: Place;
  nearest?: Place;
  clouds?: Ellipse[];
  returned?: Place;
  way?: Place[];
}

export function drawMarks(
  pen: CanvasRenderingContext2D, { here, nearest, clouds = [], returned, way = [] }: Marks,
  toScreen: (u: number, v: number) => [number, number],
): void {
  const unit = Math.min(pen.canvas.width, pen.canvas.height) / 100;
  const stroke = (colour: string, thickness: number) => {
    pen.lineWidth = thickness * unit;
    pen.strokeStyle = colour;
    pen.stroke();
  };
  const circle = (place: Place, radius: number) => {
    pen.beginPath();
    pen.arc(...toScreen(...place), radius * unit, 0, 2 * Math.PI);
  };
  const line = (places: Place[]) => {
    pen.beginPath();
    for (const place of places) pen.lineTo(...toScreen(...place));
  };

  if (way.length) {
    line(way);
    stroke("#fff", 1.1);
    stroke(HERE, 0.5);
    for (const end of [way[0], way[way.length - 1]]) {
      circle(end, 0.9);
      pen.fillStyle = HERE;
      pen.fill();
      stroke("#fff", 0.4);
    }
  }
  for (const cloud of clouds) {
    line(outline(cloud));
    stroke(HERE, 0.4);
  }
  if (nearest) {
    circle(nearest, 1.3);
    stroke("#fff", 0.9);
    stroke("#000", 0.45);
  }
  const [x, y] = toScreen(...here);
  if (returned) {
    const [rx, ry] = toScreen(...returned);
    const length = Math.hypot(rx - x, ry - y);
    if (length > 2 * unit) {
      const [dx, dy] = [(rx - x) / length, (ry - y) / length];
      const head = Math.min(2.2 * unit, length / 2);
      pen.beginPath();
      pen.moveTo(x, y);
      pen.lineTo(rx, ry);
      pen.moveTo(rx - head * (dx + 0.5 * dy), ry - head * (dy - 0.5 * dx));
      pen.lineTo(rx, ry);
      pen.lineTo(rx - head * (dx - 0.5 * dy), ry - head * (dy + 0.5 * dx));
      stroke("#fff", 1.1);
      stroke("#000", 0.55);
    }
  }
  pen.beginPath();
  for (const [dx, dy] of [[2.4 * unit, 0], [0, 2.4 * unit]]) {
    pen.moveTo(x - dx, y - dy);
    pen.lineTo(x + dx, y + dy);
  }
  stroke("#fff", 1.7);
  stroke(HERE, 1);
}

/** Draw the shape that holds the chosen codes. */
export function drawOutline(
  pen: CanvasRenderingContext2D, corners: Place[], toScreen: (u: number, v: number) => [number, number],
): void {
  const unit = Math.min(pen.canvas.width, pen.canvas.height) / 100;
  pen.beginPath();
  for (const corner of corners) pen.lineTo(...toScreen(...corner));
  pen.closePath();
  pen.fillStyle = "rgb(255 45 120 / 8%)";
  pen.fill("evenodd");
  for (const [colour, thickness] of [["#fff", 0.9], [HERE, 0.45]] as const) {
    pen.lineWidth = thickness * unit;
    pen.strokeStyle = colour;
    pen.stroke();
  }
}

/** Places along an ellipse, all the way round. */
function outline({ u, v, major, minor, angle }: Ellipse): Place[] {
  return Array.from({ length: 61 }, (_, i) => {
    const turn = (2 * Math.PI * i) / 60;
    const [a, b] = [major * Math.cos(turn), minor * Math.sin(turn)];
    return [
      u + a * Math.cos(angle) - b * Math.sin(angle), v + a * Math.sin(angle) + b * Math.cos(angle),
    ];
  });
}
