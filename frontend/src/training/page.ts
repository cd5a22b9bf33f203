// What the page Train imports: a run in this browser.

import { watchForLeaving } from "../ui/leaving";
import { mounted } from "../ui/mounted";
import { LiveTraining } from "./live_training";

export { speak } from "../ui/texts";

watchForLeaving();

export const training = mounted(LiveTraining);
