import { describe, expect, it } from "vitest";
import { isNameable, isPossible, pieceOf, region } from "../../src/map/map_state";

const HOME = { left: -2, right: 2, bottom: -1, top: 1 };

describe("a piece of the map", () => {
  it("comes back from its zoom and its middle", () => {
    const { zoom, middle } = region({ left: 0, right: 1, bottom: 0, top: 0.5 }, HOME);
    expect([zoom, middle]).toEqual([4, [0.625, 0.625]]);
    expect(pieceOf(HOME, zoom, middle)).toEqual({ left: 0, right: 1, bottom: 0, top: 0.5 });
  });

  it.each([[0.01, true], [1000, true], [0.0099, false], [1001, false], [0, false], [NaN, false]])(
    "at zoom %f has an address: %s", (zoom, nameable) => {
      expect(isNameable(pieceOf(HOME, zoom, []), HOME)).toBe(nameable);
    },
  );

  it("too far away has none", () => {
    expect(isNameable(pieceOf(HOME, 1, [1000, -1000]), HOME)).toBe(true);
    expect(isNameable(pieceOf(HOME, 1, [1001, 0]), HOME)).toBe(false);
  });
});

describe("what is set from outside", () => {
  it.each<object>([
    { zoom: 2, middle: [0.5, 0.25], hidden: [3], view: "density", grid: 10 },
    { z: [0.5, -0.5] }, { walk: [0, 0, 1, 1], way: "arc" }, { walk: [0, 0, 1, 1, 2, 0], curve: [0, 0, 1, 0.5] },
    { axes: [], turned: [], walk: [] }, { chosen: [0, 0, 1], plane: [] }, { chosen: [0, 0, 1, 1] },
    { chosen: Array(32).fill(1), plane: [0, 1] },
  ])("is possible: %o", (values) => expect(isPossible(values, 2)).toBe(true));

  it.each<object>([
    { zoom: 0 }, { zoom: "2" }, { zoom: Infinity }, { middle: [0.5] }, { hidden: 3 }, { hidden: [-1] },
    { grid: 12.5 }, { view: "moon" }, { way: "" }, { z: [0.5] }, { z: [NaN, 0] }, { z: [10_001, 0] },
    { walk: [0, 0] }, { walk: [0, 0, 1, 1, 2] }, { turned: [1, 0, 0, 0, 2, 0] }, { axes: [0] }, { chosen: [1, 2] },
    { chosen: [1, 2, 3, 4, 5] }, { chosen: Array(34).fill(1) }, { plane: [1] }, { model: "a" }, { toString: 1 },
  ])("is not possible, or nothing of the map's: %o", (values) => {
    expect(isPossible(values, 2)).toBe(false);
  });
});
