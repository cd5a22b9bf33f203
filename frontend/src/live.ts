// What the page imports: each part by its name; and for tests what has to agree with Python.

import { type Args as DialArgs, Dial } from "./dial";
import { type Args as BenchArgs, Bench } from "./denoise";
import { Downloads, type Args as DownloadsArgs } from "./downloads";
import { type Args as DrawingArgs, LiveDrawing } from "./live_drawing";
import { LiveMap, type Args as MapArgs } from "./live_map";
import { mounted } from "./mounted";
import { type Args as TwinsArgs, Twins } from "./twins";

export { formOf } from "./digit";
export { network } from "./model";

export const map = mounted<MapArgs>((root, args) => new LiveMap(root, args));

export const downloads = mounted<DownloadsArgs>((root, args) => new Downloads(root, args));

export const drawing = mounted<DrawingArgs>((root, args) => new LiveDrawing(root, args));

export const dial = mounted<DialArgs>((root, args) => new Dial(root, args));

export const bench = mounted<BenchArgs>((root, args) => new Bench(root, args));

export const twins = mounted<TwinsArgs>((root, args) => new Twins(root, args));
