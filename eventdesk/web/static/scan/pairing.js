// Pairs this phone: with the code behind the # of the address, which no server is ever sent, or typed.

import { Api, Refused, keepDevice, keptDevice, newNonce, words } from "./api.js";

const form = document.getElementById("pairing");
const state = document.getElementById("state");
const problem = document.getElementById("problem");
const typed = document.getElementById("code");

function show(element, text) {
  element.textContent = text;
  element.hidden = !text;
}

async function pair(code, name) {
  const button = document.getElementById("pair");
  button.disabled = true;
  show(problem, "");
  show(state, words.pairing);
  try {
    // Asked before the code is spent: what comes for it must be kept.
    if (!(await canKeep())) throw new Refused(0, { title: words.no_storage });
    const made = await new Api().ask("POST", "/devices", { code, name }, { key: newNonce() });
    await keepDevice(made);
    location.replace("/scan");
  } catch (error) {
    show(state, "");
    show(problem, error instanceof Refused ? `${error.message} ${error.hint}`.trim() : words.unreachable);
    typed.value = code;
    button.disabled = false;
  }
}

async function canKeep() {
  try {
    const before = await keptDevice();
    await keepDevice(before);
    return true;
  } catch {
    return false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  pair(typed.value.trim(), document.getElementById("name").value.trim());
});

function fromAddress() {
  const code = decodeURIComponent(location.hash.slice(1));
  if (!code) return;
  history.replaceState(null, "", location.pathname); // nobody finds it in the history
  pair(code, "");
}

window.addEventListener("hashchange", fromAddress);
fromAddress();
