import { afterEach, describe, expect, it } from "vitest";
import { codeText, decimals, threeDigits } from "../../src/ui/numbers";
import { useCatalogue } from "../../src/ui/texts";

afterEach(() => useCatalogue({}));

describe("a number", () => {
  it("has three digits, and at most three decimals", () => {
    expect([0, 1e-4, -0.277, 1.02, 12.34, 1234.5].map((value) => threeDigits(value)))
      .toEqual(["0", "0", "\u22120.277", "1.02", "12.3", "1235"]);
    expect([decimals(0.5, 2), decimals(NaN, 1)]).toEqual(["0.50", "NaN"]);
  });

  it("is written as the language of the page does, but for a code, which addresses have", () => {
    useCatalogue({}, "de");
    expect([threeDigits(-0.277), decimals(0.5, 2)]).toEqual(["\u22120,277", "0,50"]);
    expect(codeText([0.277, 1.02], 2, null)).toBe("(0.277, 1.02)");
    useCatalogue({}, "en-XA");
    expect(threeDigits(0.277)).toBe("0.277");
  });
});
