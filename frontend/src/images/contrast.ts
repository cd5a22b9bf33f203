// How a colour stands out from what lies behind it, and what makes it stand out.

import type { Colour } from "./colours";

/** What the contrast of graphics is at least (WCAG 2.2, 1.4.11), and a little more for rounding. */
const LEAST = 3.1;
/** What WCAG adds to a luminance, for the light that every screen reflects. */
const GLARE = 0.05;

const linear = (byte: number) => {
  const share = byte / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

const byte = (light: number) =>
  Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));

const luminance = (light: number[]) => 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];

/** The contrast of two colours, 1 to 21. */
export function contrast(a: Colour, b: Colour): number {
  const [more, less] = [a, b].map((each) => luminance(each.map(linear)) + GLARE).sort((x, y) => y - x);
  return more / less;
}

/** The colour, darker or lighter as far as it must be to be seen on this ground. */
export function seenOn(ground: Colour, colour: Colour): Colour {
  if (contrast(colour, ground) >= LEAST) return colour;
  const behind = luminance(ground.map(linear)) + GLARE;
  const light = colour.map(linear);
  const now = luminance(light);
  const darker = behind / LEAST - GLARE;
  if (darker > 0) return light.map((each) => byte((each * darker) / now)) as Colour;
  const share = (behind * LEAST - GLARE - now) / (1 - now);
  return light.map((each) => byte(each + share * (1 - each))) as Colour;
}

/** The colour behind an element that has one. */
export function groundOf(element: Element): Colour {
  const found = getComputedStyle(element).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
  return found.length === 3 ? (found as Colour) : [255, 255, 255];
}
