/** The player of one commit's life: which commit, where in it, and what holds at that instant. */
import { shortPlaceText, timeText } from '../../../analysis/chart-columns.js';
import { type CommitStep, commitSteps, threadText } from '../../../analysis/commit-steps.js';
import { type CommitTrace, TRACED_LOCKS } from '../../../engine/runtimes/virtual/commit-trace.js';
import { pointCell } from '../../../workloads/columns.js';
import type { Part, Point } from '../../../workloads/workload.js';
import type { Crew } from './crew.js';
import { byId, element, say } from './element.js';
import { drawLife, type LifePicture } from './life-picture.js';

/** A whole life takes so long to play. */
const PLAY_MS = 14_000;
/** Where motion is not wanted, playing goes from step to step. */
const STEP_MS = 1600;
const TICKS = 1000;

interface Shown {
  readonly trace: CommitTrace;
  readonly point: Point;
  readonly steps: readonly CommitStep[];
  picture: LifePicture;
}

export class Life {
  readonly #crew: Crew;
  #part: Part | undefined;
  #shown: Shown | undefined;
  #at = 0;
  /** The frame or timer that goes on playing. */
  #playing: { stop: () => void } | undefined;
  readonly #curve = byId('life-curve', HTMLSelectElement);
  readonly #place = byId('life-at', HTMLSelectElement);
  readonly #which = byId('life-which', HTMLSelectElement);
  readonly #time = byId('life-time', HTMLInputElement);
  readonly #picture = byId('life-picture');

  constructor(crew: Crew) {
    this.#crew = crew;
    for (const select of [this.#curve, this.#place, this.#which]) {
      select.addEventListener('change', () => this.#load());
    }
    this.#time.addEventListener('input', () => {
      this.#stop();
      this.#go((Number(this.#time.value) / TICKS) * this.#latency);
    });
    const on = (id: string, act: () => void): void => {
      byId(id).addEventListener('click', () => {
        if (id !== 'life-play') this.#stop();
        act();
      });
    };
    on('life-first', () => this.#go(0));
    on('life-back', () => this.#step(-1));
    on('life-play', () => (this.#playing ? this.#stop() : this.#play()));
    on('life-next', () => this.#step(1));
    on('life-last', () => this.#go(this.#latency));
    new ResizeObserver(() => this.#redraw()).observe(this.#picture);
  }

  get #latency(): number {
    return this.#shown?.trace.latency ?? 0;
  }

  clear(): void {
    this.#part = undefined;
    this.#nothing('There is nothing to follow as things are set.');
  }

  /** The curves have been measured: one of their points can be looked at from inside. What was chosen stays, if it can. */
  offer(part: Part): void {
    if (part === this.#part) return;
    this.#part = part;
    const column = part.charts[0]!.x;
    const text = (point: Point): string => {
      const cell = pointCell(point, column);
      return shortPlaceText(column, Number.isNaN(Number(cell)) ? cell : Number(cell));
    };
    this.#offerChoices(this.#curve, [...new Set(part.points.map(({ variant }) => variant))], -1);
    const places = [...new Set(part.points.map(text))];
    this.#offerChoices(this.#place, places, Math.floor((places.length - 1) / 2));
    this.#load();
  }

  /** One of this point, which somebody has pointed at. */
  follow(index: number): void {
    const point = this.#part?.points[index];
    if (point === undefined) return;
    this.#curve.value = point.variant;
    this.#place.selectedIndex = this.#ofCurve().indexOf(point);
    this.#load();
    byId('life-title').scrollIntoView();
  }

  #ofCurve(): Point[] {
    return (this.#part?.points ?? []).filter(({ variant }) => variant === this.#curve.value);
  }

  #offerChoices(select: HTMLSelectElement, texts: readonly string[], initial: number): void {
    const before = select.value;
    select.replaceChildren(...texts.map((text) => element('option', { value: text }, text)));
    select.value = texts.includes(before) ? before : (texts.at(initial) ?? '');
  }

  #load(): void {
    this.#follow().catch(() => this.#nothing('It could not be followed.'));
  }

  async #follow(): Promise<void> {
    const part = this.#part;
    if (part === undefined) return;
    this.#stop();
    const point = this.#ofCurve()[this.#place.selectedIndex];
    if (point === undefined) return;
    this.#crew.drop('trace');
    const task = { kind: 'trace' as const, settings: point.settings, quantile: Number(this.#which.value) };
    const answer = await this.#crew.trace(task, 'trace');
    if (answer === undefined || part !== this.#part) return;
    const { trace } = answer;
    if (trace === undefined) {
      this.#nothing('No commit was answered in this run.');
      return;
    }
    const steps = commitSteps(trace, point.settings);
    this.#shown = { trace, point, steps, picture: drawLife(this.#picture, trace, point.settings) };
    this.#describe(trace, point, steps);
    this.#go(0);
  }

  #describe(trace: CommitTrace, { settings }: Point, steps: readonly CommitStep[]): void {
    const rank = `the ${Math.round(trace.quantile * 100)}th percentile of ${trace.among}`;
    say(
      byId('life-summary'),
      `A commit of client ${trace.session + 1} of ${settings.clients}: ${timeText(trace.latency)}, ${rank}.`,
    );
    byId('life-steps').replaceChildren(
      ...steps.map(({ at, text }) =>
        element('li', {}, element('span', { class: 'number' }, timeText(at)), ' ', element('span', {}, text)),
      ),
    );
    this.#picture.dataset.state = 'drawn';
  }

  #nothing(why: string): void {
    this.#stop();
    this.#shown = undefined;
    this.#picture.replaceChildren();
    delete this.#picture.dataset.state;
    byId('life-steps').replaceChildren();
    byId('life-state').replaceChildren();
    say(byId('life-summary'), why);
    say(byId('life-now'), '');
    say(byId('life-clock'), '');
  }

  #redraw(): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    shown.picture = drawLife(this.#picture, shown.trace, shown.point.settings);
    shown.picture.showAt(this.#at);
  }

  /** The step that is the last one to have come. */
  #stepAt(at: number): number {
    return this.#shown?.steps.findLastIndex((step) => step.at <= at) ?? -1;
  }

  #step(direction: 1 | -1): void {
    const { steps } = this.#shown ?? {};
    if (steps === undefined) return;
    const now = this.#stepAt(this.#at);
    // Steps of one instant are passed together.
    const next =
      direction > 0
        ? steps.find(({ at }) => at > this.#at)
        : steps.slice(0, now + 1).findLast(({ at }) => at < this.#at);
    if (next) this.#go(next.at);
  }

  #go(at: number): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    this.#at = at;
    shown.picture.showAt(at);
    this.#time.value = String(Math.round((at / shown.trace.latency) * TICKS));
    this.#time.setAttribute('aria-valuetext', timeText(at));
    say(byId('life-clock'), `${timeText(at)} of ${timeText(shown.trace.latency)}`);
    const now = this.#stepAt(at);
    // Steps of one instant belong together.
    const texts = shown.steps.filter((step, index) => index <= now && step.at === shown.steps[now]!.at);
    say(byId('life-now'), texts.map(({ text }) => text).join(' '));
    for (const [index, item] of [...byId('life-steps').children].entries()) {
      if (index === now) item.setAttribute('aria-current', 'step');
      else item.removeAttribute('aria-current');
    }
    this.#describeState(shown, at);
  }

  /** Who holds what, and what is on its way. */
  #describeState({ trace }: Shown, at: number): void {
    const ofLocks = TRACED_LOCKS.filter((lock) => trace.holds.some((hold) => hold.lock === lock)).map((lock) => {
      const hold = trace.holds.find((one) => one.lock === lock && one.from <= at && at < one.to);
      const holder = hold ? `${threadText(hold.holder)}${hold.ours ? ', for this group' : ''}` : 'free';
      return [lock, holder] as const;
    });
    const flying = trace.flights.filter(({ from, to }) => from <= at && at < to);
    const count = (kind: string): number => flying.filter((flight) => flight.kind === kind).length;
    const own = flying.some(({ ours }) => ours) ? ', this commit’s among them' : '';
    const network = `${count('events')} of events, ${count('ACK')} of ACKs${own}`;
    const entries = [...ofLocks, ['Packets on their way', network] as const];
    byId('life-state').replaceChildren(
      ...entries.map(([name, text]) => element('div', {}, element('dt', {}, name), element('dd', {}, text))),
    );
  }

  #play(): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    if (this.#at >= this.#latency) this.#go(0);
    const button = byId('life-play');
    button.setAttribute('aria-label', 'Pause');
    button.setAttribute('aria-pressed', 'true');
    this.#playing = matchMedia('(prefers-reduced-motion: reduce)').matches ? this.#playSteps() : this.#playOn();
  }

  #playOn(): { stop: () => void } {
    let last: number | undefined;
    let frame = 0;
    const next = (now: number): void => {
      const passed = last === undefined ? 0 : now - last;
      last = now;
      this.#go(Math.min(this.#latency, this.#at + (passed / PLAY_MS) * this.#latency));
      if (this.#at >= this.#latency) this.#stop();
      else frame = requestAnimationFrame(next);
    };
    frame = requestAnimationFrame(next);
    return { stop: () => cancelAnimationFrame(frame) };
  }

  #playSteps(): { stop: () => void } {
    const timer = setInterval(() => {
      this.#step(1);
      if (this.#at >= this.#latency) this.#stop();
    }, STEP_MS);
    return { stop: () => clearInterval(timer) };
  }

  #stop(): void {
    this.#playing?.stop();
    this.#playing = undefined;
    const button = byId('life-play');
    button.setAttribute('aria-label', 'Play');
    button.setAttribute('aria-pressed', 'false');
  }
}
