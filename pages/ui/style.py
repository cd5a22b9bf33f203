"""The style sheet of all pages, for both themes: crisp pixels, and rows that line up.

Charts are painted in layers of their own: a picture beside one then changes 10 ms earlier.
"""

from __future__ import annotations

from ae_core import palette

COLOURS = (
    f":root {{ --ae-here: {palette.HERE}; --ae-positive: {palette.POSITIVE};"
    f" --ae-bar: {palette.BLUE}; }}"
)
STYLE = (
    COLOURS
    + """
[data-testid="stPlotlyChart"] { contain: content; will-change: transform; }
[data-testid="stMainBlockContainer"] { padding: 4.2rem clamp(1rem, 3vw, 3rem) 2rem; }
[data-testid="stHeading"] { margin-bottom: -.6rem; }
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
  [class*="st-key-ae-last-first"] > div > [data-testid="stHorizontalBlock"] >
    [data-testid="stColumn"]:last-child { order: -1; }
  .st-key-ae-short-on-phones { flex-wrap: nowrap; }
  .st-key-ae-short-on-phones [data-testid="stPopover"] p { font-size: 0; }
}
@media (prefers-reduced-motion: reduce) { .ae-film { animation: none; } }
"""
)
