import { resolve } from 'node:path';
import { readFailure, readInputFile } from './input-file.js';
import { parseTime, type SampleReader, ValueError } from './units.js';

/** More samples than this add nothing to a distribution and would be copied to every worker with every point. */
const MAX_SAMPLES = 1_000_000;

function sampleOf(line: string, place: string): number {
  try {
    const time_us = Number(line) >= 0 ? Number(line) : parseTime(line);
    if (time_us >= 0 && Number.isFinite(time_us)) return time_us;
  } catch {
    // Said below, with the place.
  }
  throw new ValueError(`${place}: ${JSON.stringify(line)} is not a time; write one per line, in µs or with its unit`);
}

/** Reads files of samples, one time a line, relative to `folder`. Empty lines and lines that begin with # are skipped. */
export function sampleReader(folder: string): SampleReader {
  return (source) => {
    let text: string;
    try {
      text = readInputFile(resolve(folder, source));
    } catch (error) {
      throw new ValueError(`samples ${source}: ${readFailure(error)}`);
    }
    const samples: number[] = [];
    for (const [index, line] of text.split('\n').entries()) {
      const trimmed = line.trim();
      if (trimmed === '' || trimmed.startsWith('#')) continue;
      samples.push(sampleOf(trimmed, `samples ${source}:${index + 1}`));
    }
    if (samples.length === 0) throw new ValueError(`samples ${source}: the file holds no times`);
    if (samples.length > MAX_SAMPLES) {
      throw new ValueError(`samples ${source}: ${samples.length} times are too many; keep ${MAX_SAMPLES} at most`);
    }
    return samples;
  };
}
