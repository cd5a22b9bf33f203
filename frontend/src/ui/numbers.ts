// Numbers as text, as the language of the page writes them.

import { _, languageOfPage } from "./texts";

const formats = new Map<string, Intl.NumberFormat>();

/** A number with so many decimals. */
export function decimals(value: number, digits: number): string {
  return written(value, digits, languageOfPage());
}

/** A number with three significant digits and a real minus sign. */
export function threeDigits(value: number, language = languageOfPage()): string {
  if (Math.abs(value) < 5e-4) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return written(value, Math.min(digits, 3), language).replace("-", "\u2212");
}

function written(value: number, digits: number, language: string): string {
  const key = `${language} ${digits}`;
  let format = formats.get(key);
  if (!format) {
    const exactly = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
    formats.set(key, (format = new Intl.NumberFormat(language, exactly)));
  }
  return format.format(value);
}

/** A time in the unit in which it is a short number, as `duration` in `ae_core/wording.py`. */
export function duration(seconds: number): string {
  if (seconds < 1) return _("less than a second");
  if (seconds < 120) return _("{seconds} s", { seconds: Math.round(seconds) });
  return _("{minutes} min", { minutes: Math.round(seconds / 60) });
}

/** A code as text: its first numbers as an address has them, and its class where it names one. */
export function codeText(z: ArrayLike<number>, free: number, name: string | null): string {
  const first = Array.from({ length: Math.min(free, 3) }, (_, i) => threeDigits(z[i], "en"));
  const code = `(${first.join(", ")}${free > 3 ? ", …" : ""})`;
  return name === null ? code : _("{code}, class {name}", { code, name });
}
