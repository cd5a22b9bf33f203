import { afterEach, describe, expect, it, vi } from "vitest";
import { N_, _, joined, languageOfPage, ngettext, speak, useCatalogue } from "../../src/ui/texts";

afterEach(() => useCatalogue({}));

describe("a sentence", () => {
  it("is English without a catalogue, with its values put in", () => {
    expect(_("{a} of {b}, {c}", { a: 1, b: "two" })).toBe("1 of two, {c}");
    expect(_(N_("Stop"))).toBe("Stop");
    expect([0, 1, 2].map((count) => ngettext("{count} image", "{count} images", count)))
      .toEqual(["0 images", "1 image", "2 images"]);
  });

  it("is that of the catalogue, whatever the order of its values", () => {
    useCatalogue({ "{a} of {b}": "von {b}: {a}", Stop: "Halt" });
    expect(_("{a} of {b}", { a: 1, b: 2 })).toBe("von 2: 1");
    expect(_("Stop")).toBe("Halt");
    expect(_("Go on")).toBe("Go on");
  });

  it("has the form of its count, which the last two digits tell of a large one", () => {
    const of = Array.from({ length: 200 }, (_each, count) => (count % 10 === 1 ? "0" : "1")).join("");
    useCatalogue({ "{count} image": { forms: ["A {count}", "B {count}"], of } });
    const shown = [1, 2, 21, 199, 321, 1_000_002].map((n) => ngettext("{count} image", "{count} images", n));
    expect(shown).toEqual(["A 1", "B 2", "A 21", "B 199", "A 321", "B 1000002"]);
  });

  it("follows another, if there is one", () => expect(joined("One.", "", "Two.")).toBe("One. Two."));
});

describe("the language of the page", () => {
  const answers = (found: object) => vi.fn(async () => ({ json: async () => found }));

  it("is fetched once from its address", async () => {
    const fetched = answers({ Stop: "Halt" });
    vi.stubGlobal("fetch", fetched);
    await speak("de", "/live-texts/de/1");
    await speak("de", "/live-texts/de/1");
    expect([_("Stop"), languageOfPage(), fetched.mock.calls.length]).toEqual(["Halt", "de", 1]);
    await speak("en", "");
    expect([_("Stop"), languageOfPage(), fetched.mock.calls.length]).toEqual(["Stop", "en", 1]);
  });

  it("is asked for again where it did not come", async () => {
    vi.stubGlobal("fetch", vi.fn(() => Promise.reject(new Error("offline"))));
    vi.spyOn(console, "warn").mockImplementation(() => {});
    await speak("de", "/live-texts/de/2");
    expect(_("Stop")).toBe("Stop");
    vi.stubGlobal("fetch", answers({ Stop: "Halt" }));
    await speak("de", "/live-texts/de/2");
    expect(_("Stop")).toBe("Halt");
  });
});
