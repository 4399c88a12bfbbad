/** A chart's specification as a picture: SVG by Vega without a browser, PNG by resvg with a font that comes along. */
import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { FONT_FAMILY, FONT_FILES, textWidth } from './text-width.js';

/** Vega's own seam for this is a mutable object that its typings leave out. */
const { textMetrics } = vega as unknown as { textMetrics: { width: (item: TextItem, text?: string) => number } };
interface TextItem {
  readonly text: string | undefined;
  readonly fontSize: number | undefined;
  readonly fontWeight: number | string | undefined;
}
textMetrics.width = (item, text) => textWidth(String(text ?? item.text ?? ''), item.fontSize ?? 11, item.fontWeight);

/** Compiles Vega-Lite to Vega. What Vega-Lite would only warn about is a mistake in our specification: it throws. */
export function compileChart(spec: TopLevelSpec): vega.Spec {
  const warnings: string[] = [];
  const logger = vega.logger();
  logger.warn = (...messages: readonly unknown[]) => {
    warnings.push(messages.join(' '));
    return logger;
  };
  const compiled = compile(spec, { logger }).spec;
  if (warnings.length > 0) throw new Error(`Vega-Lite warns: ${warnings.join('; ')}`);
  return compiled;
}

export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const view = new vega.View(vega.parse(compileChart(spec)), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** Pixels as wide as `width`; twice the SVG's own width, for dense screens, when it is left out. */
export function renderPng(svg: string, width?: number): Buffer {
  const image = new Resvg(svg, {
    font: { loadSystemFonts: false, fontFiles: [...FONT_FILES], defaultFontFamily: FONT_FAMILY },
    fitTo: width === undefined ? { mode: 'zoom', value: 2 } : { mode: 'width', value: width },
  });
  return image.render().asPng();
}
