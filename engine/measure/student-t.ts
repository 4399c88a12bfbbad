/** How many standard errors a 95 % interval reaches to each side, when the deviation itself was estimated. */

/**
 * The 0.975 quantile of Student's t. Beyond the table it is the normal quantile with the first two terms of its expansion
 * in 1/freedom (M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions", 26.7.5), right to five digits there.
 */
export function studentT975(freedom: number): number {
  const listed = STUDENT_T_975[freedom];
  if (listed !== undefined) return listed;
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}

/** 0.975 quantile of Student's t by whole degrees of freedom (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2). */
const STUDENT_T_975: readonly number[] = [
  Number.POSITIVE_INFINITY,
  12.706,
  4.303,
  3.182,
  2.776,
  2.571,
  2.447,
  2.365,
  2.306,
  2.262,
  2.228,
  2.201,
  2.179,
  2.16,
  2.145,
  2.131,
  2.12,
  2.11,
  2.101,
  2.093,
  2.086,
  2.08,
  2.074,
  2.069,
  2.064,
  2.06,
  2.056,
  2.052,
  2.048,
  2.045,
  2.042,
  2.04,
  2.037,
  2.035,
  2.032,
  2.03,
  2.028,
  2.026,
  2.024,
  2.023,
  2.021,
];
