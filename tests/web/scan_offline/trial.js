// The least page that uses the modules: a test calls what it puts on the window.

import { asking } from "./ask.js";
import { keepPage } from "./offline.js";
import { openPipe } from "./queue.js";

const KEY = "trial";
const states = [];
let pipe;

async function begin(given) {
  localStorage.setItem(KEY, JSON.stringify(given));
  const ask = asking(() => ({ authorization: `Bearer ${given.secret}` }));
  const clock = () => Date.now() + (window.aheadMs ?? 0);
  const tell = (state) => states.push(state);
  const { device, gate } = given;
  pipe = await openPipe(ask, given.list, { device, gateId: gate, tell, clock });
}

async function scan(text, more = {}) {
  const began = performance.now();
  const { by, outcome, type, status, result } = await pipe.scan(text, more);
  const ms = performance.now() - began;
  return { by, outcome: outcome ?? result.outcome, type, status, ms };
}

function rows(name) {
  return new Promise((resolve, reject) => {
    const all = pipe.db.transaction(name).objectStore(name).getAll();
    all.onsuccess = () => resolve(all.result);
    all.onerror = () => reject(all.error);
  });
}

async function edit(name, work) {
  const transaction = pipe.db.transaction(name, "readwrite");
  work(transaction.objectStore(name));
  await new Promise((resolve) => (transaction.oncomplete = resolve));
}

Object.assign(window, { begin, scan, rows, edit, keepPage, states, its: () => pipe });
if (localStorage.getItem(KEY)) await begin(JSON.parse(localStorage.getItem(KEY)));
window.isReady = true;
