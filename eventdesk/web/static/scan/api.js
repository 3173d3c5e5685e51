// What pages of a phone ask the house: as a paired device, or with the cookie of who is signed in.

const ROOT = "/api/v1";
const STORE = "device";
const KEY = "this";
const SILENCE_MS = 40_000; // the house says something every 15 seconds where nothing changes

/** An answer that tells an error, in the language of the page. */
export class Refused extends Error {
  constructor(status, told) {
    super(told.title || "");
    this.status = status;
    this.code = told.code || "";
    this.hint = told.hint || "";
  }
}

/** No answer came: the network or the house is gone, or took too long. */
export class Unreachable extends Error {}

function opened() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("eventdesk-phone", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function stored(mode, act) {
  const base = await opened();
  try {
    return await new Promise((done, failed) => {
      const transaction = base.transaction(STORE, mode);
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => done(asked.result);
      transaction.onabort = transaction.onerror = () => failed(transaction.error);
    });
  } finally {
    base.close();
  }
}

/** The device that this phone was paired as, with its secret; null where it was not. */
export async function keptDevice() {
  try {
    return (await stored("readonly", (store) => store.get(KEY))) || null;
  } catch {
    return null; // such as in a private window
  }
}

export const keepDevice = (device) => stored("readwrite", (store) => store.put(device, KEY));
export const forgetDevice = () => stored("readwrite", (store) => store.delete(KEY));

/** A name for one attempt, which no other has: 32 hexadecimal digits. */
export function newNonce() {
  const drawn = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(drawn, (each) => each.toString(16).padStart(2, "0")).join("");
}

/** JSON as a header may hold it. */
function ascii(json) {
  return json.replace(/[^\x20-\x7e]/g, (sign) => "\\u" + sign.charCodeAt(0).toString(16).padStart(4, "0"));
}

/** Calls the API. */
export class Api {
  /** secret: of the device; "" asks with the cookie of the session. */
  constructor(secret = "") {
    this.secret = secret;
  }

  headers(more = {}) {
    const language = { "accept-language": document.documentElement.lang };
    const by = this.secret ? { authorization: `Bearer ${this.secret}` } : {};
    return { ...language, ...by, ...more };
  }

  /** Asks once, for at most patience milliseconds. Throws Refused or Unreachable. */
  async ask(method, path, body, { key = "", patience = 8000, approval = null } = {}) {
    const more = key ? { "idempotency-key": key } : {};
    if (approval) more.approval = ascii(JSON.stringify(approval));
    if (body !== undefined) more["content-type"] = "application/json";
    let answer, said;
    try {
      answer = await fetch(ROOT + path, {
        method,
        headers: this.headers(more),
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: this.secret ? "omit" : "same-origin",
        cache: "no-store",
        signal: AbortSignal.timeout(patience),
      });
      said = await answer.text();
    } catch (error) {
      throw new Unreachable(String(error));
    }
    if (answer.ok) return said ? JSON.parse(said) : null;
    let told = {};
    try {
      told = JSON.parse(said);
    } catch {
      // from something between us and the house
    }
    if (answer.status >= 500 || answer.status === 429) throw new Unreachable(told.title || "");
    throw new Refused(answer.status, told);
  }

  /** Asks with the same key again and again until an answer comes. */
  async askOn(method, path, body, { key, approval = null, onTrouble = () => {}, whenTrouble }) {
    for (let pause = 300; ; pause = Math.min(pause * 2, 3000)) {
      try {
        return await this.ask(method, path, body, { key, approval, patience: 5000 });
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        onTrouble(error);
        await whenTrouble(pause);
      }
    }
  }

  /** Follows what changes: told(true) for each change, told(false) when the line is cut. Throws Refused. */
  async follow(told) {
    for (;;) {
      try {
        await this.listen(told);
      } catch (error) {
        if (error instanceof Refused) throw error;
      }
      told(false);
      await new Promise((done) => setTimeout(done, 2000));
    }
  }

  async listen(told) {
    const line = new AbortController();
    let silence = setTimeout(() => line.abort(), SILENCE_MS);
    try {
      const answer = await fetch(`${ROOT}/changes`, {
        headers: this.headers({ accept: "text/event-stream" }),
        credentials: this.secret ? "omit" : "same-origin",
        cache: "no-store",
        signal: line.signal,
      });
      if (answer.status === 401) throw new Refused(401, await answer.json());
      if (!answer.ok) return;
      const reader = answer.body.getReader();
      const decoder = new TextDecoder();
      let unread = "";
      for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
        clearTimeout(silence);
        silence = setTimeout(() => line.abort(), SILENCE_MS);
        unread += decoder.decode(value, { stream: true });
        if (unread.includes("event: changes")) told(true);
        unread = unread.slice(unread.lastIndexOf("\n") + 1);
      }
    } finally {
      clearTimeout(silence);
    }
  }
}

/** The words of this page in its language. */
export const words = JSON.parse(document.getElementById("words").textContent);

/** A sentence with its values in place. */
export function filled(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
