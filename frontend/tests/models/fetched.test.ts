import { expect, it } from "vitest";

import { once } from "../../src/models/fetched";

it("loads each address once, and again after a failure", async () => {
  const loads: string[] = [];
  const load = once(async (url: string) => {
    loads.push(url);
    if (url === "b" && loads.length < 3) throw new Error("offline");
    return `what lies at ${url}`;
  });
  expect(await Promise.all([load("a"), load("a")])).toEqual(["what lies at a", "what lies at a"]);
  await expect(load("b")).rejects.toThrow("offline");
  expect(await load("b")).toBe("what lies at b");
  expect(loads).toEqual(["a", "b", "b"]);
});
