/**
 * The explorer: one HTML file that contains the virtual runtime and works from file:// with the network unplugged. What
 * stands here is the page as it is before its script begins; `page/` is that script.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capital, columnInfo } from '../../analysis/chart-columns.js';
import { PARAMETERS, type ParameterName, WAIT_POINTS } from '../../engine/protocol/parameters.js';
import { PROFILE_NAMES, PROFILES } from '../../engine/protocol/profiles.js';
import { InputError } from '../../workloads/input-error.js';
import { packageRoot } from '../../workloads/package-root.js';
import { Html, html, jsonScript } from '../report/html.js';
import { inlineScript, type Licensed, licences, policy, styleSheet } from '../report/offline-page.js';
import { AXIS_NAMES, CONTROL_GROUPS, choicesOf, MEASURES_SHOWN, OTHER_FIELDS, type Slider } from './controls.js';
import { type CostSet, columnOf, curveTitle } from './experiment.js';
import { lifeSection } from './life-section.js';
import type { PageData } from './page-data.js';
import { CURVES, curveKey, PRESETS } from './state.js';

/** What `cli/bundle.mjs` makes. */
interface Bundle {
  readonly page: string;
  readonly worker: string;
  readonly licences: readonly Licensed[];
  /** Digests of the compiled files it was made from, by their paths. */
  readonly madeFrom: Readonly<Record<string, string>>;
}

const BUNDLE = 'dist/results/explorer/bundle.json';

/** Throws `InputError` where the page's scripts are missing, or older than the code: their numbers would be another's. */
export function readBundle(root = packageRoot()): Bundle {
  const remedy = 'run npm run build in the folder of acklab';
  const file = join(root, BUNDLE);
  if (!existsSync(file)) throw new InputError(`${file}: missing; ${remedy}`);
  const bundle = JSON.parse(readFileSync(file, 'utf8')) as Bundle;
  const changed = Object.entries(bundle.madeFrom).find(([path, digest]) => digestOf(join(root, path)) !== digest);
  if (changed) throw new InputError(`${file}: older than ${changed[0]}; ${remedy}`);
  return bundle;
}

const digestOf = (file: string): string | undefined =>
  existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : undefined;

const options = (entries: readonly (readonly [string, string])[]): Html[] =>
  entries.map(([value, text]) => html`<option value="${value}">${text}</option>`);

/** A variable's name stays as it is. */
const begun = (text: string): string => (/^\w*_/.test(text) ? text : capital(text));

/** A row for each version, a column for each wait point. */
function curvePicker(): Html {
  const cell = (profile: string, waitPoint: string): Html => {
    const curve = CURVES.find((each) => each.profile === profile && each.wait_point === waitPoint);
    if (curve === undefined)
      return html`<td><span class="unseen">not in this version</span><span aria-hidden="true">–</span></td>`;
    return html`<td><label class="tick"><input type="checkbox" name="curve" value="${curveKey(curve)}"><span class="unseen">${curveTitle(curve)}</span></label></td>`;
  };
  const rows = PROFILE_NAMES.map(
    (name) =>
      html`<tr><th scope="row">${PROFILES[name].title}</th>${WAIT_POINTS.map((point) => cell(name, point))}</tr>\n`,
  );
  const heads = WAIT_POINTS.map((point) => html`<th scope="col">${point.replace('_', '_\u200b')}</th>`);
  return html`<fieldset class="group"><legend>Curves</legend>
<table class="picker"><thead><tr><td></td>${heads}</tr></thead><tbody>
${rows}</tbody></table>
<p class="problem" id="problem-curves" hidden></p>
</fieldset>\n`;
}

function sliderControl({ name, label, steps }: Slider): Html {
  const spelled = label === name ? html`<code>${name}</code>` : html`${label} <code>${name}</code>`;
  return html`<div class="slider" data-parameter="${name}">
<label for="slide-${name}">${spelled}</label>
<input type="text" id="text-${name}" aria-label="${label}, typed" aria-describedby="about-${name} problem-${name}" autocomplete="off" autocapitalize="off" spellcheck="false">
<input type="range" id="slide-${name}" min="0" max="${steps.length - 1}" step="1" aria-describedby="about-${name}">
<p class="about" id="about-${name}">${begun(PARAMETERS[name].about)}.</p>
<p class="problem" id="problem-${name}" hidden></p>
</div>\n`;
}

function fieldControl(name: ParameterName): Html {
  const choices = choicesOf(name);
  const described = html`aria-describedby="about-${name} problem-${name}"`;
  const field = choices
    ? html`<select id="text-${name}" ${described}><option value="">as the version has it</option>${options(choices.map((choice) => [choice, choice]))}</select>`
    : html`<input type="text" id="text-${name}" ${described} autocomplete="off" autocapitalize="off" spellcheck="false">`;
  return html`<div class="other" data-parameter="${name}">
<label for="text-${name}"><code>${name}</code></label>
${field}
<p class="about" id="about-${name}">${begun(PARAMETERS[name].about)}.</p>
<p class="problem" id="problem-${name}" hidden></p>
</div>\n`;
}

function controls(costs: readonly CostSet[]): Html {
  const groups = CONTROL_GROUPS.map(
    ({ title, sliders, fields = [] }) =>
      html`<fieldset class="group"><legend>${title}</legend>\n${sliders.map(sliderControl)}${fields.map(fieldControl)}</fieldset>\n`,
  );
  const presets = options(PRESETS.map(({ title }, index) => [String(index), title]));
  const axes = options(AXIS_NAMES.map((name) => [name, `${columnInfo(columnOf(name)).noun} (${name})`]));
  return html`<form class="controls" aria-label="Parameters" autocomplete="off">
<div class="field"><label for="preset">Preset</label><select id="preset"><option value="">as set below</option>${presets}</select></div>
<div class="field"><label for="costs">Costs</label><select id="costs">${options(costs.map(({ name, title }) => [name, title]))}</select></div>
${curvePicker()}<fieldset class="group"><legend>Along</legend>
<div class="field"><label for="along">Parameter</label><select id="along">${axes}</select></div>
<div class="field"><label for="at">Values</label><input type="text" id="at" aria-describedby="problem-at" autocomplete="off" autocapitalize="off" spellcheck="false"></div>
<p class="problem" id="problem-at" hidden></p>
</fieldset>
${groups}<details class="group others"><summary>Every other parameter <span class="count">the choices that make a version, CPU costs, cores of other hosts</span></summary>
${OTHER_FIELDS.map(fieldControl)}</details>
<p><button type="button" id="reset">Begin anew</button></p>
</form>\n`;
}

const chart = (id: string): Html => html`<article class="chart" aria-labelledby="finding-${id}">
<h2 class="finding" id="finding-${id}"></h2>
<p class="conditions" id="conditions-${id}"></p>
<figure><div class="picture" id="picture-${id}" aria-hidden="true"></div>
<figcaption class="unseen">The numbers of this picture are in the table below.</figcaption></figure>
</article>\n`;

function results(): Html {
  const measures = options(MEASURES_SHOWN.map((column) => [column, capital(columnInfo(column).noun)]));
  return html`<div class="curves">
${chart('throughput')}<p class="field measure"><label for="measure">Below</label><select id="measure">${measures}</select></p>
${chart('measure')}<ul class="legend" id="legend" aria-label="Curves"></ul>
<p class="progress"><span id="progress"></span></p>
<p class="unseen" role="status" id="status"></p>
<p class="problem" id="problem-page" role="alert" hidden></p>
</div>\n`;
}

const output = (): Html => html`<section class="part" aria-labelledby="take-away">
<h2 id="take-away">Take it along</h2>
<p class="buttons"><button type="button" id="copy-yaml">Copy as YAML</button> <button type="button" id="save-yaml">Save explored.yaml</button> <button type="button" id="save-csv">Save the numbers as CSV</button> <button type="button" id="copy-link">Copy a link to this</button></p>
<p class="notice" id="same-numbers"></p>
<details><summary>The workload file</summary><pre id="yaml" tabindex="0" role="region" aria-label="The workload file"></pre></details>
<details class="data" open><summary>The numbers <span class="count" id="table-count"></span></summary>
<div class="scroll" tabindex="0" role="region" aria-label="The numbers"><table id="table"></table></div></details>
</section>\n`;

export interface ExplorerInput {
  readonly bundle: Bundle;
  readonly data: PageData;
}

export function writeExplorer({ bundle, data }: ExplorerInput): string {
  const style = styleSheet('../report/page.css', '../explorer/page.css');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy([bundle.page], style, ['worker-src blob:'])}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${GENERATOR}">
<title>Explorer · acklab</title>
<style>${new Html(style)}</style>
</head>
<body class="explorer">
<a class="skip" href="#bench">Skip to the curves</a>
<header>
<p class="eyebrow">acklab ${data.acklab} · explorer</p>
<h1>What does waiting for a replica cost?</h1>
<p class="lead">Every curve is simulated while you drag, in this page, by the model that <code>acklab sweep</code> runs. Nothing leaves this file, and nothing is loaded into it.</p>
</header>
<noscript><p class="notice">This page simulates with its own script, which is switched off.</p></noscript>
<main id="bench" tabindex="-1">
<div class="bench">
${results()}${controls(data.costs)}</div>
${output()}${lifeSection()}</main>
<footer>
${licences(bundle.licences)}</footer>
${jsonScript('explorer-data', { ...data, worker: bundle.worker })}${inlineScript(bundle.page)}</body>
</html>
`;
  return page.text;
}

export const GENERATOR = 'acklab explorer';
