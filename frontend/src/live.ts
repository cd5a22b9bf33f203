// What the page imports: each part by its name; and for tests what has to agree with Python.

import { type Args as DialArgs, Dial } from "./compare/dial";
import { type Args as LinkedMapsArgs, LinkedMaps } from "./compare/linked_maps";
import { type Args as DenoisingArgs, LiveDenoising } from "./denoise/live_denoising";
import { type Args as DrawingArgs, LiveDrawing } from "./drawing/live_drawing";
import { type Args as MapArgs, LiveMap } from "./map/live_map";
import { type Args as DownloadsArgs, Downloads } from "./ui/downloads";
import { mounted } from "./ui/mounted";

export { formOf } from "./drawing/digit";
export { network } from "./models/model";

export const map = mounted<MapArgs>((root, args) => new LiveMap(root, args));

export const downloads = mounted<DownloadsArgs>((root, args) => new Downloads(root, args));

export const drawing = mounted<DrawingArgs>((root, args) => new LiveDrawing(root, args));

export const dial = mounted<DialArgs>((root, args) => new Dial(root, args));

export const denoising = mounted<DenoisingArgs>((root, args) => new LiveDenoising(root, args));

export const linkedMaps = mounted<LinkedMapsArgs>((root, args) => new LinkedMaps(root, args));
