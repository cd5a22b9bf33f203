// What a scene is made from, and what is around it.

import type { Codes, Model } from "../models/model";
import type { Network } from "../models/network";
import type { WorkerClient } from "../models/worker_client";
import type { Backdrop, MapState } from "./map_state";
import type { Times } from "./times";

/** What is loaded before anything can move. */
export interface Loaded {
  model: Model;
  decoder: Network;
  codes: Codes;
}

/** What is around a scene. */
export interface SceneHost {
  worker: WorkerClient;
  runtime: string;
  /** Whether there is only what a first visitor needs: picture, map and pad. */
  simple: boolean;
  times: Times;
  /** Tell the server where a gesture ended. */
  tell(z: number[]): void;
  failed(reason: unknown): void;
  /** The first picture stands there. */
  shown(): void;
  /** Other models may follow: the present image, or its place on the map. */
  follow(image: () => Float32Array, place: () => [number, number]): void;
  /** What the map shows is another thing. */
  backdrop(option: Backdrop): void;
  /** Tell the server how the map is looked at, once that has come to rest. */
  looked(state: MapState): void;
  /** The code or the map moves under the hand; `look` says how all of it lies. */
  moved(look: () => MapState & { z: number[] }): void;
  enlarge(): void;
}
