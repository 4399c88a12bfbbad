import { chromium } from 'playwright-core';
const b = await chromium.launch({executablePath:'/usr/bin/chromium',args:'--no-sandbox --disable-gpu'.split(' ')});
const [,, out, width, scheme, frag='', tops='0', height='900'] = process.argv;
const c = await b.newContext({viewport:{width:+width,height:+height},colorScheme:scheme,offline:true});
const p = await c.newPage();
p.on('console',m=>console.log('console',m.type(),m.text())); p.on('pageerror',e=>console.log('ERR',e.stack));
await p.goto('file:///tmp/x/explorer.html'+frag);
for(let i=0;i<300;i++){ if(await p.evaluate("document.querySelector('#picture-throughput').dataset.state==='settled' && document.querySelector('#life-picture').dataset.state==='drawn'")) break; await new Promise(r=>setTimeout(r,100)); }
console.log(await p.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"));
for (const [i,t] of tops.split(',').entries()) { await p.evaluate(isNaN(t)?`document.querySelector('${t}').scrollIntoView()`:`scrollTo(0,${t})`); await new Promise(r=>setTimeout(r,400)); await p.screenshot({path:`${out}-${i}.png`}); }
await b.close();
