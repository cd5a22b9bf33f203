// What the page imports: each part by its name, and the networks for tests.

import { type Args as DrawingArgs, LiveDrawing } from "./live_drawing";
import { LiveMap, type Args as MapArgs } from "./live_map";
import { mounted } from "./mounted";

export { network } from "./model";

export const map = mounted<MapArgs>((root, args) => new LiveMap(root, args));

export const drawing = mounted<DrawingArgs>((root, args) => new LiveDrawing(root, args));
