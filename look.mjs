import { chromium } from 'playwright-core';
const b = await chromium.launch({executablePath:'/usr/bin/chromium',args:'--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(' ')});
const [,, out, width='1400', scheme='light', frag='', height='900', script=''] = process.argv;
const c = await b.newContext({viewport:{width:+width,height:+height},colorScheme:scheme,offline:true});
const p = await c.newPage();
p.on('console',m=>console.log('console',m.type(),m.text())); p.on('pageerror',e=>console.log('ERR',e.stack));
p.on('request',r=>{ if(!/^(file|blob|data)/.test(r.url())) console.log('REQ',r.url()); });
const t0=Date.now();
await p.goto('file:///tmp/x/explorer.html'+frag);
for(let i=0;i<200;i++){ if(await p.evaluate("document.querySelector('#picture-throughput').dataset.state")==='settled') break; await new Promise(r=>setTimeout(r,100)); }
console.log('settled after',Date.now()-t0);
for(let i=0;i<50;i++){ if(await p.evaluate("document.querySelector('#life-picture').dataset.state")==='drawn') break; await new Promise(r=>setTimeout(r,100)); }
if(script) console.log(await p.evaluate(script));
await new Promise(r=>setTimeout(r,300));
console.log(await p.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight, document.querySelector('#same-numbers').textContent, document.querySelector('#problem-page').textContent].join(' | ')"));
await p.screenshot({path:out,fullPage: process.env.FULL==="1"});
await b.close();
