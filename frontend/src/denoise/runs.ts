// A mask as numbers, as an address has it.

/** How many places have a 0, then how many a 1, and so on in turn; nothing where none has a 1. */
export function runsOf(mask: Uint8Array): number[] {
  const runs = [0];
  for (const bit of mask) {
    if (bit === runs.length % 2) runs.push(0);
    runs[runs.length - 1] += 1;
  }
  return runs.length > 1 ? runs : [];
}

/** The mask of `length` places that `runsOf` told of. */
export function maskOf(runs: number[], length: number): Uint8Array {
  const mask = new Uint8Array(length);
  let at = 0;
  runs.forEach((run, i) => mask.fill(i % 2, at, (at += run)));
  return mask;
}
