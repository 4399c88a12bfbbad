/** The controls: what they show of the state, and what turning them makes of it. */
import {
  type Distribution,
  PARAMETERS,
  type ParameterName,
  type Settings,
} from '../../../engine/protocol/parameters.js';
import { formatValue, parseValue } from '../../../workloads/units.js';
import type { Part } from '../../../workloads/workload.js';
import { AXES, FIELDS, SLIDERS, type Slider } from '../controls.js';
import { noSamples, type Problem } from '../experiment.js';
import { CURVES, curveKey, type ExplorerState, INITIAL, PRESETS, splitList } from '../state.js';
import { byId, showProblem } from './element.js';

/** Where a value lies among others; no limit lies beyond all of them. */
function magnitude(name: ParameterName, value: unknown): number {
  const one = Array.isArray(value) ? value[0] : value;
  const number = typeof one === 'object' ? (one as Distribution).mean : Number(one);
  return PARAMETERS[name].kind === 'bandwidth' && number === 0 ? Number.MAX_VALUE : number;
}

const magnitudeOf = (name: ParameterName, text: string): number => magnitude(name, parseValue(name, text, noSamples));

/** The step that is nearest in proportion, since that is how steps are spaced; the same text wherever there is one. */
function nearestStep({ name, steps }: Slider, text: string): number {
  const same = steps.indexOf(text);
  if (same >= 0) return same;
  const wanted = Math.log1p(magnitudeOf(name, text));
  const distances = steps.map((step) => Math.abs(Math.log1p(magnitudeOf(name, step)) - wanted));
  return distances.indexOf(Math.min(...distances));
}

export class Form {
  readonly #onChange: (state: ExplorerState) => void;
  #state: ExplorerState = INITIAL;
  readonly #curves = [...document.querySelectorAll<HTMLInputElement>('input[name="curve"]')];
  readonly #preset = byId('preset', HTMLSelectElement);
  readonly #costs = byId('costs', HTMLSelectElement);
  readonly #along = byId('along', HTMLSelectElement);
  readonly #at = byId('at', HTMLInputElement);
  readonly #measure = byId('measure', HTMLSelectElement);

  constructor(onChange: (state: ExplorerState) => void) {
    this.#onChange = onChange;
    byId('preset').addEventListener('change', () => this.#takePreset());
    byId('reset').addEventListener('click', () => this.#change(INITIAL));
    for (const box of this.#curves) box.addEventListener('change', () => this.#takeCurves(box));
    this.#costs.addEventListener('change', () => this.#change({ costs: this.#costs.value }));
    this.#measure.addEventListener('change', () => {
      this.#change({ measure: this.#measure.value as ExplorerState['measure'] });
    });
    this.#along.addEventListener('change', () => {
      const along = this.#along.value as ParameterName;
      this.#change({ along, at: AXES[along]! });
    });
    this.#at.addEventListener('change', () => this.#change({ at: splitList(this.#at.value) }));
    for (const slider of SLIDERS) this.#connect(slider);
    for (const name of FIELDS) {
      this.#text(name).addEventListener('change', () => this.#set(name, this.#text(name).value));
    }
    // Enter in a text field is done with typing, not a form to be sent.
    document.querySelector('form')?.addEventListener('submit', (event) => event.preventDefault());
  }

  show(state: ExplorerState): void {
    this.#state = state;
    const keys = state.curves.map(curveKey);
    for (const box of this.#curves) box.checked = keys.includes(box.value);
    const preset = PRESETS.findIndex((each) => JSON.stringify(each.state) === JSON.stringify(state));
    this.#preset.value = preset < 0 ? '' : String(preset);
    this.#costs.value = state.costs;
    this.#along.value = state.along;
    this.#at.value = state.at.join(', ');
    this.#measure.value = state.measure;
    for (const slider of SLIDERS) this.#showText(slider.name);
    for (const name of FIELDS) this.#showText(name);
  }

  /** What holds where nothing is set, which the curves' versions and costs decide. */
  showDefaults(part: Part | undefined): void {
    for (const slider of SLIDERS) {
      const texts = this.#resolved(slider.name, part);
      const swept = this.#state.along === slider.name;
      const text = this.#text(slider.name) as HTMLInputElement;
      if (swept || part) text.placeholder = swept ? 'swept' : texts.join(' or ');
      const range = byId(`slide-${slider.name}`, HTMLInputElement);
      text.disabled = swept;
      range.disabled = swept;
      const shown = swept ? undefined : (this.#state.values[slider.name] ?? texts[0]);
      this.#showStep(slider, range, shown);
    }
    for (const name of FIELDS) {
      const text = this.#text(name);
      if (part === undefined) continue;
      if (text instanceof HTMLInputElement) text.placeholder = this.#resolved(name, part).join(' or ');
      else text.options[0]!.textContent = `as the version has it${this.#asItHas(name, part)}`;
    }
  }

  showProblems(problems: readonly Problem[]): void {
    for (const where of document.querySelectorAll<HTMLElement>('.controls .problem')) {
      const at = where.id.slice('problem-'.length);
      const found = problems.filter((problem) => problem.at === at).map(({ message }) => message);
      showProblem(where, found.length > 0 ? found.join('. ') : undefined);
      const field = document.getElementById(at === 'at' ? 'at' : `text-${at}`);
      field?.setAttribute('aria-invalid', String(found.length > 0));
    }
  }

  #asItHas(name: ParameterName, part: Part | undefined): string {
    const texts = this.#resolved(name, part);
    return this.#state.values[name] === undefined && texts.length > 0 ? ` (${texts.join(' or ')})` : '';
  }

  /** The values that the points have, each once. */
  #resolved(name: ParameterName, part: Part | undefined): string[] {
    const texts = (part?.points ?? []).map(({ settings }) => formatValue(name, (settings as Settings)[name]));
    return [...new Set(texts)];
  }

  #text(name: ParameterName): HTMLInputElement | HTMLSelectElement {
    return byId<HTMLInputElement | HTMLSelectElement>(`text-${name}`);
  }

  #showText(name: ParameterName): void {
    const text = this.#text(name);
    if (text !== document.activeElement || text instanceof HTMLSelectElement)
      text.value = this.#state.values[name] ?? '';
  }

  #showStep(slider: Slider, range: HTMLInputElement, text: string | undefined): void {
    if (text !== undefined) {
      try {
        range.value = String(nearestStep(slider, text));
      } catch {
        // What cannot be read is told beside the field it was typed into.
      }
    }
    range.setAttribute('aria-valuetext', text ?? 'swept');
  }

  #connect(slider: Slider): void {
    const { name, steps } = slider;
    const text = this.#text(name) as HTMLInputElement;
    const range = byId(`slide-${name}`, HTMLInputElement);
    range.addEventListener('input', () => {
      text.value = steps[Number(range.value)]!;
      this.#set(name, text.value);
    });
    text.addEventListener('change', () => this.#set(name, text.value));
  }

  #set(name: ParameterName, typed: string): void {
    const { [name]: _, ...others } = this.#state.values;
    const text = typed.trim();
    this.#change({ values: text === '' ? others : { ...others, [name]: text } });
  }

  #takePreset(): void {
    const preset = PRESETS[Number(this.#preset.value)];
    if (this.#preset.value !== '' && preset) this.#change(preset.state);
  }

  /** The last curve stays: without any there is nothing to look at. */
  #takeCurves(box: HTMLInputElement): void {
    const keys = this.#curves.filter(({ checked }) => checked).map(({ value }) => value);
    if (keys.length === 0) box.checked = true;
    else this.#change({ curves: CURVES.filter((curve) => keys.includes(curveKey(curve))) });
  }

  #change(changes: Partial<ExplorerState>): void {
    this.show({ ...this.#state, ...changes });
    this.#onChange(this.#state);
  }
}
