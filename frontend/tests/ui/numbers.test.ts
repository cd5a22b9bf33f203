import { expect, it } from "vitest";

import { codeText, threeDigits } from "../../src/ui/numbers";

it.each([
  [0, "0"], [0.0001, "0"], [0.354, "0.354"], [-1.5, "\u22121.50"], [12.345, "12.3"], [2345, "2345"],
])("writes %f with three significant digits", (value, text) => {
  expect(threeDigits(value)).toBe(text);
});

it("writes a code by its first numbers, and its class", () => {
  expect(codeText([1, 2], 2, null)).toBe("(1.00, 2.00)");
  expect(codeText([1, 2, 3, 4, 0, 1], 4, "b")).toBe("(1.00, 2.00, 3.00, …), class b");
});
