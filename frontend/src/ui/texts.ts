// What people read, in the language of the page: see `ae_core/texts.py`, whose catalogue it is.

/** What each message is in the language of the page; of one with a count, for each count. */
export type Catalogue = Record<string, string | string[]>;

export type Values = Record<string, string | number>;

let catalogue: Catalogue = {};

/** From now on, sentences are in this language; in English where the catalogue has nothing. */
export function useCatalogue(found: Catalogue): void {
  catalogue = found;
}

/** The sentence in the language of the page, with these values put in: `_("{count} images", { count })`. */
export function _(message: string, values: Values = {}): string {
  const found = catalogue[message];
  return put(typeof found === "string" ? found : message, values);
}

/** The same where it depends on a count, which is put in too. */
export function ngettext(one: string, many: string, count: number, values: Values = {}): string {
  const found = catalogue[one];
  const forms = Array.isArray(found) ? found : null;
  const message = forms?.[count < forms.length ? count : 100 + (count % 100)];
  return put(message ?? (count === 1 ? one : many), { count, ...values });
}

/** A message that is translated where it is shown: `_(TITLE)`. */
export const N_ = (message: string) => message;

/** Whole sentences, one after the other; empty ones are left out. */
export const joined = (...sentences: string[]) => sentences.filter(Boolean).join(" ");

function put(message: string, values: Values): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
