// What a page holds in itself: the parts of a file that was taken home, which has no server.

/** How the address of such a part begins. */
const SCHEME = "embedded:";
const IMAGES = `${SCHEME}images`;

let parts = new Map<string, ArrayBuffer>();

/** Take these parts over, each by its address. */
export function embed(found: Map<string, ArrayBuffer>): void {
  parts = found;
}

/** Whether this lies in the page itself, so that nothing is asked for. */
export const isEmbedded = (address: string) => address.startsWith(SCHEME) || address.startsWith("blob:");

/** The parts that a worker of the page needs: it cannot look into the page. */
export const forWorker = () => new Map([...parts].filter(([address]) => !address.startsWith(IMAGES)));

/** The address of images of `size` bytes each, of which single rows are asked for. */
export const imagesOf = (size: number) => `${IMAGES}-${size}`;

/** The bytes at an address of this page; of images "…/3,17,45" those rows. */
export function embeddedAt(address: string): ArrayBuffer {
  const [name, rows] = address.split("/");
  const found = parts.get(name);
  if (!found) throw new Error(address);
  if (!rows) return found;
  const size = Number(name.slice(IMAGES.length + 1));
  const all = new Uint8Array(found);
  const numbers = rows.split(",").map(Number);
  const some = new Uint8Array(numbers.length * size);
  numbers.forEach((row, i) => some.set(all.subarray(row * size, (row + 1) * size), i * size));
  return some.buffer;
}
