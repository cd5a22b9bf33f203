// Runs that are under way in this browser, or could not be sent: kept over a page that is closed.

import type { Begun } from "./begun";

const NAME = "training";
const STORE = "runs";
const DAY_MS = 86_400_000;

/** A page says so often that it still trains, and is gone where it was silent for so long. */
export const ALIVE_MS = 2000;
export const SILENT_MS = 3 * ALIVE_MS;

/** `file` is what was learned so far; where `over`, it is all. Times are in milliseconds since 1970. */
export interface KeptRun {
  turn: string;
  run: Begun;
  file: Uint8Array<ArrayBuffer> | null;
  done: number;
  over: boolean;
  alive: number;
}

/** Whether the page that trained it is closed. */
export const isLeft = ({ alive }: KeptRun) => Date.now() - alive > SILENT_MS;

/** Where the browser keeps nothing, as in some private windows, runs end with their page. */
export class KeptRuns {
  private readonly opened = new Promise<IDBDatabase | null>((done) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "turn" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => done(null);
  }).catch(() => null);

  async put(run: KeptRun): Promise<void> {
    await this.ask("readwrite", (store) => store.put(run));
  }

  async get(turn: string): Promise<KeptRun | null> {
    return (await this.ask<KeptRun>("readonly", (store) => store.get(turn))) ?? null;
  }

  async delete(turn: string): Promise<void> {
    await this.ask("readwrite", (store) => store.delete(turn));
  }

  /** All that are kept; those of days before are forgotten. */
  async all(): Promise<KeptRun[]> {
    const found = (await this.ask<KeptRun[]>("readonly", (store) => store.getAll())) ?? [];
    const isOld = ({ alive }: KeptRun) => Date.now() - alive > DAY_MS;
    for (const { turn } of found.filter(isOld)) void this.delete(turn);
    return found.filter((run) => !isOld(run));
  }

  private async ask<T = unknown>(
    mode: IDBTransactionMode, question: (store: IDBObjectStore) => IDBRequest,
  ): Promise<T | null> {
    const database = await this.opened;
    if (!database) return null;
    return new Promise((done) => {
      try {
        const asked = question(database.transaction(STORE, mode).objectStore(STORE));
        asked.onsuccess = () => done(asked.result as T);
        asked.onerror = () => done(null);
      } catch {
        done(null);
      }
    });
  }
}
