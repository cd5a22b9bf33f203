// The prior N(0, I) and the posterior of an image, as a map shows them.

import { type Numbers, type Plane, project } from "./planes";

/** The share of draws from the prior N(0, I) that lie nearer to the origin than `z`. */
export function nearerDraws(z: Numbers): number {
  let half = 0;
  for (let i = 0; i < z.length; i++) half += (z[i] * z[i]) / 2;
  // The lower incomplete gamma function P(d / 2, |z|^2 / 2), by its series.
  const a = z.length / 2;
  if (half === 0) return 0;
  if (half > 700 + a) return 1;
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > 1e-12 * sum && n < 10_000; n++) sum += term *= half / (a + n);
  return Math.min(1, Math.exp(a * Math.log(half) - half - logGamma(a)) * sum);
}

/** log Γ of whole and half numbers. */
function logGamma(a: number): number {
  let log = Number.isInteger(a) ? 0 : Math.log(Math.PI) / 2;
  for (let x = Number.isInteger(a) ? 1 : 0.5; x < a; x++) log += Math.log(x);
  return log;
}

/** An ellipse on the map: its middle, half its axes, and how far it is turned. */
export interface Ellipse {
  u: number;
  v: number;
  major: number;
  minor: number;
  angle: number;
}

/** Where the map meets a cloud of codes: the ellipse one standard deviation from its mean. */
export function shadow(plane: Plane, mean: Numbers, logVariance: Numbers): Ellipse {
  const [u, v] = project(plane, mean);
  let uu = 0;
  let uv = 0;
  let vv = 0;
  for (let i = 0; i < mean.length; i++) {
    const variance = Math.exp(logVariance[i]);
    const [a, b] = [plane.axes[0][i], plane.axes[1][i]];
    uu += variance * a * a;
    uv += variance * a * b;
    vv += variance * b * b;
  }
  const middle = (uu + vv) / 2;
  const spread = Math.hypot((uu - vv) / 2, uv);
  return {
    u,
    v,
    major: Math.sqrt(middle + spread),
    minor: Math.sqrt(Math.max(0, middle - spread)),
    angle: Math.atan2(2 * uv, uu - vv) / 2,
  };
}
