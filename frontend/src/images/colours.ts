// The colours of the maps, which are those of the server's charts.

export type Colour = [number, number, number];

/** Ten colours of classes that colour-blind eyes tell apart (Petroff 2021, arXiv:2107.02270). */
export const PALETTE: Colour[] = [
  [63, 144, 218], [255, 169, 14], [189, 31, 1], [148, 164, 162], [131, 45, 182],
  [169, 107, 89], [231, 99, 0], [185, 172, 112], [113, 117, 129], [146, 218, 221],
];

/** The mark of the present code. */
export const HERE = "#ff2d78";

export const css = ([r, g, b]: Colour) => `rgb(${r} ${g} ${b})`;

/** What a point is coloured by: the number of its row. */
export type ColourOf = (row: number) => Colour;

/** The colours of the classes of rows. */
export const ofClasses = (labels: ArrayLike<number>): ColourOf =>
  (row) => PALETTE[labels[row] % PALETTE.length];

/** The ends of a scale of amounts, which both stand out on white and on black. */
export const ENDS: [Colour, Colour] = [PALETTE[0], PALETTE[1]];

/** The colours of the amounts of rows, from `low` to `high`. */
export function ofAmounts(amounts: ArrayLike<number>, low: number, high: number): ColourOf {
  const [from, to] = ENDS;
  return (row) => {
    const share = Math.min(1, Math.max(0, (amounts[row] - low) / (high - low)));
    return from.map((value, i) => Math.round(value + share * (to[i] - value))) as Colour;
  };
}
