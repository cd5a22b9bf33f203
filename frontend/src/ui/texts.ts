// What people read, in the language of the page: see `ae_core/texts.py`, whose catalogue it is.

/** The forms of a message with a count, and which of them is that of each count below 200. */
interface Counted {
  forms: string[];
  of: string;
}

/** What each message is in the language of the page. */
export type Catalogue = Record<string, string | Counted>;

export type Values = Record<string, string | number>;

let catalogue: Catalogue = {};
let language = "en";
let spoken: Promise<void> = Promise.resolve();
let address = "";

/** From now on, sentences are in this language; in English where the catalogue has nothing. */
export function useCatalogue(found: Catalogue, name = "en"): void {
  catalogue = found;
  language = name;
}

/** The language of the page, as `Intl` calls it. */
export const languageOfPage = () => language;

/** Be in this language once this is done; its catalogue lies at an address, that of English at none.
 *  A browser that does not get it is told so, and goes on in English. */
export function speak(name: string, at: string): Promise<void> {
  if (at === address && name === language) return spoken;
  address = at;
  spoken = (at ? fetch(at).then((answer) => answer.json()) : Promise.resolve({})).then(
    (found) => useCatalogue(found, name),
    (failure) => {
      console.warn(`The catalogue of ${name} did not come: ${failure}`);
      useCatalogue({}, name);
      address = "";
    },
  );
  return spoken;
}

/** The sentence in the language of the page, with these values put in: `_("{count} images", { count })`. */
export function _(message: string, values: Values = {}): string {
  const found = catalogue[message];
  return put(typeof found === "string" ? found : message, values);
}

/** The same where it depends on a count, which is put in too. */
export function ngettext(one: string, many: string, count: number, values: Values = {}): string {
  const found = catalogue[one];
  const { forms, of } = typeof found === "object" ? found : { forms: [one, many], of: "10" };
  const form = of[count < of.length ? count : 100 + (count % 100)] ?? "1";
  return put(forms[Number(form)], { count, ...values });
}

/** A message that is translated where it is shown: `_(TITLE)`. */
export const N_ = (message: string) => message;

/** Whole sentences, one after the other; empty ones are left out. */
export const joined = (...sentences: string[]) =>
  sentences.filter(Boolean).reduce((text0, text1) => (text0 ? _("{text0} {text1}", { text0, text1 }) : text1), "");

function put(message: string, values: Values): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
