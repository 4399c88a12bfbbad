import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { html } from '../../results/report/html.js';
import { writeReport } from '../../results/report/report.js';
import { reportInput } from './report-input.js';

/** Without measurements, which model-section.test.ts is about. */
const page = writeReport({ ...reportInput(), predictions: [] });

/** The page without the libraries, which a failing assertion should not print. */
const markup = (text: string): string => text.replaceAll(/<(script|style)>[\s\S]*?<\/\1>/g, '<$1></$1>');

/** What the page's policy allows, and what it holds, as hashes. */
function hashes(text: string): { allowed: string[]; present: string[] } {
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(text)![1]!.replaceAll('&#39;', "'");
  const hash = (content: string): string => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
  const blocks = [...text.matchAll(/<(script|style)>([\s\S]*?)<\/\1>/g)].map((match) => hash(match[2]!));
  return { allowed: policy.match(/'sha256-[^']+'/g)!, present: blocks };
}

describe('the policy', () => {
  it('allows exactly the scripts and the style that are there, by their hashes', () => {
    const { allowed, present } = hashes(page);
    expect(present).toHaveLength(5); // style, vega, vega-lite, vega-embed, the page's own script
    expect([...allowed].sort()).toEqual([...present].sort());
  });

  it('would not allow another', () => {
    const { allowed, present } = hashes(page.replace('</head>', '<script>alert(1)</script></head>'));
    expect(present.filter((hash) => !allowed.includes(hash))).toHaveLength(1);
  });

  it('forbids everything else', () => {
    expect(markup(page)).toContain('content="default-src &#39;none&#39;; script-src &#39;sha256-');
    expect(markup(page)).not.toMatch(/unsafe-(inline|eval)/);
    expect(markup(page)).not.toMatch(/<(link|img|iframe)\b|\son\w+="|\bstyle="|@import/);
  });
});

describe('the page', () => {
  it('has the finding above each chart, its question above the part, and its data in a table', () => {
    expect(markup(page)).toContain(
      '<h2 id="question-clients">How many clients does it take to hide the round trip?</h2>',
    );
    expect(markup(page)).toMatch(
      /<h3 id="finding-clients-throughput">At.5.ms round trip with.64.clients, MySQL.5\.7.commits/,
    );
    expect(markup(page).match(/<tr><td>/g)).toHaveLength(36 + 12); // 3 versions × 3 round trips × 4 clients, and a third of them
  });

  it('has the command, the seed and the parameters that give the same numbers again', () => {
    expect(markup(page)).toContain('acklab sweep clients --set replicas=1 --seed 42 --precision 0.02');
    expect(markup(page)).toContain('<th scope="row"><code>binlog_fsync</code></th><td>100us</td>');
  });

  it('holds each row once, for all downloads', () => {
    const data = JSON.parse(/id="report-data">(.*?)<\/script>/.exec(page)![1]!);
    expect(data.csvLines).toHaveLength(36);
    expect(data.csvHeader).toMatch(/^runtime,profile,/);
    const rows = data.charts[1].csv.map((place: number) => data.csvLines[place]);
    expect(rows).toHaveLength(12);
    for (const row of rows) expect(row).toContain(',1000,');
  });

  it('is small enough to send by mail: below a megabyte before the charts’ data', () => {
    expect(page.length).toBeLessThan(1_000_000);
  });

  it('says that a run is unfinished, and how to finish it', () => {
    const input = reportInput({ status: 'interrupted' });
    const half = writeReport({ ...input, rows: input.rows.slice(0, 18) });
    expect(markup(half)).toContain('18 of 36 points are here');
    expect(markup(page)).not.toContain('Unfinished run');
  });

  it('lists warnings with their points', () => {
    const warned = writeReport(reportInput({}, 'no steady state found'));
    expect(markup(warned)).toContain('1 of 36 points carries a warning');
    expect(markup(warned)).toMatch(/<li>no steady state found <span class="count">point 5<\/span>/);
    expect(markup(page)).not.toContain('id="warnings"');
  });

  it('draws what it can: a chart that the rows cannot fill says why in its place', () => {
    const input = reportInput();
    const { manifest } = input;
    const [first] = manifest.parts;
    const charts = [...first!.charts, { ...first!.charts[0]!, name: 'broken', where: { clients: 3 } }];
    const text = writeReport({ ...input, manifest: { ...manifest, parts: [{ ...first!, charts }] }, predictions: [] });
    expect(markup(text)).toContain('Not drawn: chart broken: none of the 36 rows has what it shows');
    expect(markup(text).match(/class="picture"/g)).toHaveLength(2);
  });

  it('takes nobody’s words for markup', () => {
    const evil = '</script><script>alert(1)</script><img src=x onerror=alert(1)>';
    const text = writeReport(
      reportInput({ workload: { name: 'evil', title: evil, description: evil, omitted: [] } }, evil),
    );
    const { allowed, present } = hashes(text);
    expect(present.filter((hash) => !allowed.includes(hash))).toEqual([]);
    expect(markup(text)).not.toContain('<img');
    expect(markup(text)).toContain('&lt;img src=x');
  });
});

it('markup is escaped unless it is markup already', () => {
  const inner = html`<b>${'a < b'}</b>`;
  expect(html`<p title="${'"'}">${[inner, '&']}${undefined}</p>`.text).toBe(
    '<p title="&quot;"><b>a &lt; b</b>&amp;</p>',
  );
});
