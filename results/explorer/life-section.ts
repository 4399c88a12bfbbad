/** The part of the page in which one commit can be followed, as it is before the script begins. */
import { type Html, html } from '../report/html.js';

const QUANTILES = [
  [0.5, 'a typical one (median)'],
  [0.95, 'a slow one (95th percentile)'],
  [0.05, 'a quick one (5th percentile)'],
] as const;

const icon = (path: string): Html =>
  html`<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d="${path}" fill="currentColor"/></svg>`;

const ICONS = {
  first: 'M3 2h2v12H3zM14 2v12L6 8z',
  back: 'M12 2v12L4 8z',
  play: 'M3 1.5v13L14 8z',
  next: 'M4 2v12l8-6z',
  last: 'M11 2h2v12h-2zM2 2v12l8-6z',
};

export function lifeSection(): Html {
  const button = (id: keyof typeof ICONS, label: string): Html =>
    html`<button type="button" id="life-${id}" aria-label="${label}">${icon(ICONS[id])}</button>\n`;
  const which = QUANTILES.map(([quantile, text]) => html`<option value="${quantile}">${text}</option>`);
  return html`<section class="part life" aria-labelledby="life-title">
<p class="eyebrow">From the events of the simulation itself</p>
<h2 id="life-title">One commit's life</h2>
<p class="choose"><span class="field"><label for="life-curve">Curve</label><select id="life-curve"></select></span>
<span class="field"><label for="life-at">At</label><select id="life-at"></select></span>
<span class="field"><label for="life-which">Commit</label><select id="life-which">${which}</select></span></p>
<p class="conditions" id="life-summary"></p>
<figure><div class="picture" id="life-picture" aria-hidden="true"></div>
<figcaption class="unseen">What this picture shows stands as a list of steps below it.</figcaption></figure>
<ul class="legend life-legend" aria-hidden="true">
<li><span class="swatch ours"></span>this commit</li>
<li><span class="swatch waits"></span>it waits</li>
<li><span class="swatch others"></span>others’ turn</li>
<li><span class="swatch reader"></span>… of a dump reader or the ACK receiver</li>
<li><span class="swatch fsync"></span>a relay log's fsync</li>
<li><span class="swatch flight"></span>its events on their way</li>
<li><span class="swatch ack"></span>its ACK</li>
</ul>
<div class="player" role="group" aria-label="Player">
${button('first', 'To the beginning')}${button('back', 'One step back')}${button('play', 'Play')}${button('next', 'One step on')}${button('last', 'To the end')}
<label class="unseen" for="life-time">Time</label><input type="range" id="life-time" min="0" max="1000" step="1" value="0">
<output id="life-clock" for="life-time"></output>
</div>
<p class="now" id="life-now" aria-live="polite"></p>
<dl class="facts state" id="life-state"></dl>
<details open><summary>All steps</summary><ol class="steps" id="life-steps"></ol></details>
</section>\n`;
}
