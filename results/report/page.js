/*
 * The report's script: draws each chart when it comes near the window, in the layout that fits its width; the legend's
 * buttons hide and show series; the download buttons put together CSV from the page's own data.
 */
(() => {
  const report = JSON.parse(document.getElementById('report-data').textContent);
  const charts = new Map(report.charts.map((chart) => [chart.name, chart]));
  /** What is drawn, by chart: the Vega view, its layout, and the width it was drawn for. */
  const drawn = new Map();
  /** From this width on, in pixels, small multiples stand side by side. */
  const WIDE_FROM = 620;

  const hiddenSeries = (article) =>
    [...article.querySelectorAll('.legend button[aria-pressed="false"]')].map((button) => button.dataset.series);

  /** Gives the plots what axes, labels and gaps leave of the room. */
  async function fillRoom(view, spec, room) {
    const svg = view.container().querySelector('svg');
    const facetted = spec.facet !== undefined;
    const signal = facetted ? 'child_width' : 'width';
    const columns = facetted ? Math.min(spec.columns, spec.facet.sort.length) : 1;
    const plot = view.signal(signal);
    const spare = room - svg.getBoundingClientRect().width;
    const wanted = Math.max(120, Math.floor(plot + spare / columns));
    if (wanted !== plot) await view.signal(signal, wanted).resize().runAsync();
  }

  async function draw(picture) {
    const chart = charts.get(picture.dataset.chart);
    const room = picture.clientWidth;
    const layout = room >= WIDE_FROM ? 'wide' : 'narrow';
    let entry = drawn.get(chart.name);
    if (entry !== undefined && entry.room === room) return;
    if (entry === undefined || entry.layout !== layout) {
      entry?.result.finalize();
      entry = { layout, room };
      drawn.set(chart.name, entry);
      const spec = { ...chart[layout], config: report.config, data: { values: chart.values } };
      entry.result = await vegaEmbed(picture, spec, {
        mode: 'vega-lite',
        renderer: 'svg',
        ast: true,
        actions: false,
        defaultStyle: false,
        tooltip: { disableDefaultStyle: true, theme: 'report' },
      });
      const { view } = entry.result;
      const hidden = hiddenSeries(picture.closest('article'));
      if (hidden.length > 0) await view.signal('hidden', hidden).runAsync();
    }
    entry.room = room;
    await fillRoom(entry.result.view, chart[layout], room);
    picture.dataset.state = 'drawn';
  }

  /** Drawings of one chart follow each other: a window being resized asks faster than they are done. */
  const queues = new Map();
  function drawInTurn(picture) {
    const before = queues.get(picture) ?? Promise.resolve();
    const next = before.then(() => draw(picture));
    queues.set(picture, next);
    return next;
  }

  function download(name) {
    const chart = charts.get(name);
    const lines = () => (chart === undefined ? report.csvLines : chart.csv.map((place) => report.csvLines[place]));
    // What is not of this run comes as a text of its own.
    const texts = typeof chart?.csv === 'string' ? [chart.csv] : [report.csvHeader, ...lines()];
    const blob = new Blob(texts, { type: 'text/csv;charset=utf-8' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${chart === undefined ? report.run : name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  async function toggle(button) {
    button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
    const article = button.closest('article');
    const picture = article.querySelector('.picture');
    await drawInTurn(picture);
    await drawn.get(picture.dataset.chart).result.view.signal('hidden', hiddenSeries(article)).runAsync();
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button === null) return;
    if (button.dataset.csv !== undefined) download(button.dataset.csv);
    if (button.dataset.series !== undefined) toggle(button);
  });

  const pictures = [...document.querySelectorAll('.picture')];
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) drawInTurn(target);
    },
    { rootMargin: '600px' },
  );
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) if (drawn.has(target.dataset.chart)) drawInTurn(target);
  });
  for (const picture of pictures) {
    near.observe(picture);
    sizes.observe(picture);
  }
  window.addEventListener('beforeprint', () => {
    for (const picture of pictures) drawInTurn(picture);
  });
})();
