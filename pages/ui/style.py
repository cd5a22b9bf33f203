"""The style sheet of all pages, for both themes: crisp pixels, and rows that line up.

It stands in the head of every page, before Streamlit's own styles: what both set is set here for a
part inside of `.stApp`, which counts for more. What comes late finds its place kept: parts that run
in the browser have a height here, and whatever is below a part that Streamlit still loads is shown
once it is there. Charts are painted in layers of their own: a picture beside one then changes 10 ms
earlier.
"""

from __future__ import annotations

from ae_core import palette
from pages.ui import reachable

COLOURS = (
    f":root {{ --ae-here: {palette.HERE}; --ae-positive: {palette.POSITIVE};"
    f" --ae-bar: {palette.BLUE}; }}"
)
STYLE = (
    COLOURS
    + reachable.STYLE
    + """
[data-testid="stPlotlyChart"] { contain: content; will-change: transform; }
.st-key-page-state { display: none; }
.stApp [data-testid="stLayoutWrapper"]:has(> .st-key-language) { position: fixed; top: .65rem;
  right: 8.4rem; width: auto; z-index: 999990; }
.stApp [data-testid="stMainBlockContainer"] { padding: 4.2rem clamp(1rem, 3vw, 3rem) 2rem;
  max-width: none; }
.stApp [data-testid="stHeading"] { margin-bottom: -.6rem; }
.stVerticalBlock > :not([data-stale="true"]) { transition: opacity .15s .05s; }
.stApp .stVerticalBlock > :has([data-testid="stSkeleton"]) ~ * { opacity: 0; transition: none;
  animation: ae-shown 0s 2s forwards; }
@keyframes ae-shown { to { opacity: 1; } }
.st-key-map-place { min-height: calc(min(max(340px, 100vh - 350px), 46vw - 200px) + 200px); }
.st-key-played { min-height:
  calc(min(31vw - 140px, clamp(230px, 100vh - 470px, 420px)) + 87px); }
.st-key-bench-place { min-height: 442px; }
.st-key-dial-place { min-height: 372px; }
.st-key-strip-place { min-height: 325px; }
.st-key-numbers-place { min-height: 131px; }
.st-key-digit-row { min-height: 72px; }
.st-key-model-list { min-height: calc(clamp(250px, 100vh - 300px, 640px) + 100px); }
.st-key-round-trip { min-height: 271px; }
.st-key-round-trip:not(:has(.stHtml)) { border-radius: .5rem;
  background: color-mix(in srgb, currentColor 6%, transparent); }
.stApp [class*="st-key-terms-"] { gap: .1rem .4rem; margin-top: -.6rem; }
.stApp [class*="st-key-terms-"] button { min-height: 1.6rem; padding: 0 .3rem; }
.stApp [class*="st-key-terms-"] button p { font-size: .8rem; text-decoration: underline dotted; }
.ae-strip { container-type: inline-size; margin-bottom: .5rem; }
.ae-columns { --gap: 6px; --label: 112px; display: flex; gap: var(--gap);
  --tile: min(112px, calc((100cqw - var(--label)) / var(--count) - var(--gap))); }
.ae-column { display: flex; flex-direction: column; gap: var(--gap); margin: 0; }
.ae-column img, .ae-column .ae-empty { width: var(--tile); height: var(--tile); display: block; }
.ae-column small { display: block; font-size: .75rem; line-height: 1.1rem; text-align: center;
  font-variant-numeric: tabular-nums; white-space: nowrap; min-height: 1.1rem; }
.ae-labels { width: var(--label); flex: none; font-size: .875rem; line-height: 1.2; }
.ae-labels span { display: flex; align-items: center; height: var(--tile); }
.ae-legend { display: none; font-size: .8rem; margin-bottom: .4rem; }
.ae-pixel, .ae-film { image-rendering: pixelated; background-color: #000; border-radius: 2px; }
.ae-big { width: min(100%, 260px); aspect-ratio: 1; object-fit: contain; display: block; }
.ae-wide { width: 100%; height: auto; display: block; }
.ae-film { background-size: calc(100% * var(--frames)) 100%; aspect-ratio: 1;
  width: min(100%, var(--width, 260px));
  animation: ae-film var(--seconds) steps(var(--frames), jump-none) infinite alternate; }
@keyframes ae-film { from { background-position: 0 0; } to { background-position: 100% 0; } }
.ae-tiles { display: flex; flex-wrap: wrap; gap: 6px; margin-bottom: .5rem; }
.ae-tiles img { width: max(56px, var(--tile)); aspect-ratio: 1; display: block; }
.stHtml .ae-found dl, .stHtml dl.ae-balance, .stHtml dl.ae-refused { padding: 0; margin: 0;
  font-size: .875rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
.stHtml .ae-found dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
.stHtml .ae-found dt, .stHtml .ae-balance dt { margin: 0; font-weight: 400; opacity: .75; }
.stHtml .ae-found dd { margin: 0; overflow-wrap: anywhere; }
.stHtml dl.ae-balance { display: grid; grid-template-columns: minmax(3rem, max-content) 1fr;
  gap: .15rem .6rem; font-size: .8rem; }
.ae-balance dt { max-width: 10rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.stHtml .ae-balance dd { margin: 0; display: flex; align-items: center; gap: .4rem; }
.ae-balance i { height: .7rem; background: var(--ae-bar); border-radius: 2px; min-width: 1px; }
.stHtml dl.ae-refused { max-height: 14rem; overflow-y: auto; font-size: .8rem; }
.stHtml .ae-refused dt { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.stHtml .ae-refused dd { margin: 0 0 .5rem; }
@container (max-width: 640px) {
  .ae-columns { --tile: 76px; overflow-x: auto; }
  .ae-labels { display: none; }
  .ae-legend { display: block; }
}
@media (max-width: 640px) {
  .stApp [data-testid="stHeading"] :is(h1, h2) { font-size: 1.75rem; }
  .stHorizontalBlock > * { transition: opacity .15s .05s; }
  .stApp .stHorizontalBlock > :has([data-testid="stSkeleton"]) ~ * { opacity: 0; transition: none;
    animation: ae-shown 0s 2s forwards; }
  .st-key-map-place { min-height: 1000px; }
  .st-key-played { min-height: calc(303px + max(240px, 100vh - 570px)); }
  .st-key-bench-place { min-height: 900px; }
  .st-key-strip-place { min-height: 405px; }
  .st-key-numbers-place { min-height: 240px; }
  .st-key-cost-place { min-height: 45px; }
  .st-key-model-list { min-height: 362px; }
  .st-key-round-trip { min-height: 478px; }
  [class*="st-key-ae-last-first"] > div > [data-testid="stHorizontalBlock"] >
    [data-testid="stColumn"]:last-child { order: -1; }
  .stApp [class*="st-key-ae-last-first"] .stVerticalBlock { gap: .7rem; }
  .stApp .st-key-ae-short-on-phones { flex-wrap: nowrap; }
  .stApp .st-key-ae-short-on-phones [data-testid="stPopover"] button { min-height: 1.75rem;
    padding: 0 .5rem; }
  .stApp .st-key-ae-short-on-phones [data-testid="stPopover"] p { font-size: 0; }
}
@media (pointer: coarse) {
  .stApp [class*="st-key-terms-"] button { min-height: 44px; }
}
@media (prefers-reduced-motion: reduce) { .ae-film { animation: none; } }
"""
)

BESIDE_SIDEBAR = """
@media (min-width: 769px) {
  .stApp:not(:has(.stSidebar, .stHeading)) .stAppViewContainer > div { margin-left: 300px; }
}
"""
"""Room for a sidebar as wide as Streamlit makes it, until it is there; for the pages with one."""
