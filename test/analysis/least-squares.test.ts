import { describe, expect, test } from 'vitest';
import { deviations, type Evaluate, fitRobustly, refitWithout, type Unknown } from '../../analysis/least-squares.js';

const TIMES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const SD = 0.01;
/** Residuals of a decay a·exp(−b·t) against what a = 2, b = 0.5 give; the unknowns are the logarithms of a and b. */
const against =
  (measured: readonly number[]): Evaluate =>
  async (vectors) =>
    vectors.map(([a, b]) => TIMES.map((t, i) => (Math.exp(a!) * Math.exp(-Math.exp(b!) * t) - measured[i]!) / SD));
const exact = TIMES.map((t) => 2 * Math.exp(-0.5 * t));
const unknown = (prior: number, deviation = 3, low = -5, high = 5): Unknown => ({ prior, deviation, low, high });
const options = { step: 0.01, iterations: 12 };

describe('a robust fit', () => {
  test('finds what made the data', async () => {
    const { at } = await fitRobustly([unknown(0), unknown(-2)], against(exact), options);
    expect(Math.exp(at[0]!)).toBeCloseTo(2, 3);
    expect(Math.exp(at[1]!)).toBeCloseTo(0.5, 3);
  });

  test('is not led astray by one wrong value of ten, as plain least squares would be', async () => {
    const spoilt = exact.map((value, i) => (i === 4 ? value + 1 : value));
    const { at } = await fitRobustly([unknown(0), unknown(-2)], against(spoilt), options);
    expect(Math.abs(Math.exp(at[0]!) - 2)).toBeLessThan(0.02);
    expect(Math.abs(Math.exp(at[1]!) - 0.5)).toBeLessThan(0.02);
  });

  test('stays within bounds, and the others adapt', async () => {
    const { at } = await fitRobustly([unknown(0, 3, -5, Math.log(1.5)), unknown(-2)], against(exact), options);
    expect(Math.exp(at[0]!)).toBeCloseTo(1.5, 9);
    expect(Math.exp(at[1]!)).toBeLessThan(0.5);
  });

  test('leaves an unknown that no residual depends on at its guess, and says that it is not pinned', async () => {
    const unknowns = [unknown(0), unknown(-2), unknown(1.5, 0.7)];
    const fitted = await fitRobustly(unknowns, against(exact), options);
    expect(fitted.at[2]).toBeCloseTo(1.5, 9);
    const [a, b, free] = deviations(unknowns, fitted);
    expect(free).toBeCloseTo(0.7, 9);
    expect(a).toBeLessThan(0.02);
    expect(b).toBeLessThan(0.02);
  });

  test('without some residuals goes where the others alone lead, and predicts those left out', async () => {
    const spoilt = exact.map((value, i) => (i === 0 ? value + 0.02 : value));
    const unknowns = [unknown(0), unknown(-2)];
    const evaluate = against(spoilt);
    const whole = await fitRobustly(unknowns, evaluate, options);
    const [residuals] = await refitWithout(unknowns, evaluate, whole, [(residual) => residual === 0], 4);
    // Without the spoilt value the fit is exact: what is left at it is all of the 0.02, two deviations of 0.01.
    expect(residuals![0]).toBeCloseTo(-2, 1);
    expect(Math.abs(whole.residuals[0]!)).toBeLessThan(1.5);
  });

  test('asks for the same vectors each time', async () => {
    const asked = async (): Promise<string> => {
      const vectors: unknown[] = [];
      const evaluate: Evaluate = (wanted) => {
        vectors.push(...wanted);
        return against(exact)(wanted);
      };
      await fitRobustly([unknown(0), unknown(-2)], evaluate, options);
      return JSON.stringify(vectors);
    };
    expect(await asked()).toBe(await asked());
  });
});
