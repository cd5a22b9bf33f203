// What the page imports: each part by its name; and for tests what has to agree with Python.

import { Dial } from "./compare/dial";
import { LinkedMaps } from "./compare/linked_maps";
import { LiveDenoising } from "./denoise/live_denoising";
import { LiveDrawing } from "./drawing/live_drawing";
import { LiveMap } from "./map/live_map";
import { Downloads } from "./ui/downloads";
import { watchForLeaving } from "./ui/leaving";
import { mounted } from "./ui/mounted";

export { formOf } from "./drawing/digit";
export { network } from "./models/network";
export { speak } from "./ui/texts";

watchForLeaving();

export const map = mounted(LiveMap);
export const downloads = mounted(Downloads);
export const drawing = mounted(LiveDrawing);
export const dial = mounted(Dial);
export const denoising = mounted(LiveDenoising);
export const linkedMaps = mounted(LinkedMaps);
