import { expect, it } from "vitest";

import { verdict } from "../../src/denoise/scores";

const NAMES = { trained_on_noise: "the model trained on noise", median: "the median filter" };

it.each([
  [{ noisy: 12, median: 17.5, trained_on_noise: 20 },
    "The model trained on noise restores best here: 20.0 dB, 2.5 dB better than the median filter."],
  [{ noisy: 12, median: 19.95, trained_on_noise: 20 },
    "The model trained on noise restores best here: 20.0 dB, and the median filter is as good."],
  [{ noisy: 9, median: 12, trained_on_noise: NaN },
    "The median filter restores best here: 12.0 dB, 3.0 dB better than the noisy images."],
  [{ noisy: 25, median: 20 },
    "Nothing helps here: the noisy images are as near to the clean ones as anything, at 25.0 dB."],
])("says which restores best: %o", (psnr, sentence) => expect(verdict(psnr, NAMES)).toBe(sentence));
