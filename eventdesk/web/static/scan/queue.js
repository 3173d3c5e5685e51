// One ordered pipe from a phone to the house: each scan is on the phone's disk before it is sent,
// a live one goes behind those that wait, and each is told exactly once, by its nonce.

import { ADMITTED, NEEDS_HOUSE, digestOf } from "./decide.js";
import { KeptList, NoListError, dropOld } from "./list.js";
import { answered, openStorage, read, write } from "./storage.js";

/** So long a guest waits for the house; then the phone decides. */
export const PATIENCE_MS = 800;

const LOCK = "eventdesk-pipe";
const TAB = "eventdesk-tab-";
const MOST_AT_ONCE = 100;
const DELIVERY_MS = 5000;
const AGAIN_MS = 2000;
const FETCH_MS = 60_000;
const FRESH_MS = 5 * 60 * 1000;
/** Verdicts of the house after which a ticket is in. */
const IN = new Set([ADMITTED, "already_in"]);
/** What says nothing of a scan, only that it was not the time for it. */
const LATER = new Set([408, 425, 429]);
/** So often the house may fail at one scan; then it is put aside, if the house answers else. */
const MOST_FAULTS = 5;

class NoAnswerError extends Error {}

/** The house has a mistake, which may lie in this scan or in all. */
class FaultError extends NoAnswerError {}

/** The house does not know this phone any more. */
class RefusedError extends Error {
  constructor(problem) {
    super("refused");
    this.problem = problem;
  }
}

export class Pipe {
  /**
   * @param given.db What `openStorage` opened.
   * @param given.kept The `KeptList` of the door.
   * @param given.ask Asks the house: `(method, path, {body, signal}) => Promise<Response>`.
   * @param given.device The number of this device, which stands beside each scan.
   * @param given.tell Called with the state whenever it changed.
   */
  constructor({ db, kept, ask, device, gateId = null, tell = () => {}, clock = Date.now }) {
    this.db = db;
    this.kept = kept;
    this.ask = ask;
    this.device = device;
    this.gateId = gateId;
    this.tell = tell;
    this.clock = clock;
    this.tab = crypto.randomUUID();
    this.isAway = false;
    this.isRefused = false;
    this.noList = "";
    this.conflicts = 0;
    this._faults = new Map();
    this._triedAt = -Infinity;
    this._ending = new AbortController();
  }

  /** Begin: say that this tab is there, and deliver what waits. */
  async start() {
    await new Promise((resolve) => {
      const held = () => (resolve(), new Promise((end) => this._on("abort", end)));
      navigator.locks.request(TAB + this.tab, held);
    });
    addEventListener("online", () => this._again(0), { signal: this._ending.signal });
    await this.kept.load();
    this._again(0);
  }

  _on(name, act) {
    this._ending.signal.addEventListener(name, act, { once: true });
  }

  /** End: another pipe of this phone takes over what waits. */
  stop() {
    clearTimeout(this._timer);
    this._ending.abort();
  }

  /**
   * Take one scan: ask the house, and decide alone where it does not answer in time.
   *
   * @param more What the house alone is told, such as answers; it is kept nowhere.
   * @returns `{by: "house", status, result}` with the house's answer or its problem, or
   *   `{by: "phone", outcome, type}`; the outcome `error` is "ask the desk".
   */
  async scan(text, { source = "camera", more = {} } = {}) {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const entry = await this._note(text, source);
    let answer = null;
    try {
      answer = await navigator.locks.request(LOCK, { signal }, () =>
        this._live(entry, more, signal),
      );
      this.isAway = answer === null;
      if (answer !== null) this.isRefused = false;
    } catch (error) {
      if (error instanceof RefusedError) {
        await this._refused();
        await this._shown(entry, NEEDS_HOUSE);
        answer = { by: "house", status: 401, result: error.problem };
      } else if (!isSilence(error)) throw error;
      this.isAway = !(error instanceof RefusedError);
    }
    answer ??= await this._alone(entry);
    await this._tell();
    if (this.isAway) this._again();
    return answer;
  }

  /** Write a scan down, before anybody is asked. */
  async _note(text, source) {
    const entry = {
      nonce: crypto.randomUUID(),
      device: this.device,
      tab: this.tab,
      list_id: this.kept.listId,
      gate_id: this.gateId,
      text,
      source,
      seen_at: new Date(this.clock()).toISOString(),
      shown: null,
    };
    entry.no = await write(this.db, ["queue"], (each) =>
      answered(each.objectStore("queue").add(entry)),
    );
    return entry;
  }

  /** Ask the house now, behind all that waits; null where some of it still waits. */
  async _live(entry, more, signal) {
    await this._deliver(signal, entry.no);
    if ((await this._waiting()).some((each) => each.no < entry.no)) return null;
    const { text, nonce, seen_at, gate_id, source } = entry;
    const body = { ...more, text, nonce, seen_at, gate_id, source };
    const answer = await this._asked(`/lists/${entry.list_id}/scans`, body, signal);
    const result = await answer.json().catch(silent);
    if (answer.ok && !result?.outcome) throw new NoAnswerError("no verdict");
    if (answer.ok) await this._heard(entry, result);
    else await this._putAside([entry], problemOf(result));
    return { by: "house", status: answer.status, result };
  }

  async _asked(path, body, signal) {
    let answer;
    try {
      answer = await this.ask("POST", path, { body, signal });
    } catch (error) {
      throw isSilence(error) ? error : new NoAnswerError(String(error));
    }
    if (answer.status === 500) throw new FaultError("fault");
    if (answer.status >= 500 || LATER.has(answer.status)) throw new NoAnswerError(answer.status);
    if (answer.status === 401) throw new RefusedError(await answer.json().catch(() => ({})));
    return answer;
  }

  /** The house decided: nothing waits any more, and the list learns who is in. */
  async _heard(entry, result) {
    const row = await this._row(await this.kept.load(), entry);
    await write(this.db, ["queue", "entered"], (transaction) => {
      transaction.objectStore("queue").delete(entry.no);
      if (typeof row === "string" || !IN.has(result.outcome)) return;
      const at = this.kept.now();
      transaction.objectStore("entered").put({ list_id: entry.list_id, digest: row[0], at });
    });
  }

  async _row(list, entry) {
    if (list === null) return "unknown";
    return list.find(entry.text, await digestOf(entry.text), { typed: entry.source === "typed" });
  }

  /** Decide by the list; in one transaction, so that two tabs do not let in one ticket. */
  async _alone(entry) {
    const list = await this.kept.load();
    const row = await this._row(list, entry);
    const digest = typeof row === "string" ? null : row[0];
    const outcome = await write(this.db, ["queue", "entered"], async (transaction) => {
      const entered = transaction.objectStore("entered");
      const now = this.kept.now();
      const key = [entry.list_id, digest ?? ""];
      const own = await answered(entered.get(key));
      const shown = list === null ? NEEDS_HOUSE : list.decide(row, now, own?.at ?? null);
      if (shown === ADMITTED) entered.put({ list_id: entry.list_id, digest, at: now });
      transaction.objectStore("queue").put(this._decided(entry, shown, digest));
      return shown;
    });
    return { by: "phone", outcome, type: list === null ? "" : list.typeOf(row) };
  }

  _decided(entry, shown, digest = null) {
    return { ...entry, shown, digest, clock_offset_s: this.kept.offset / 1000 };
  }

  async _shown(entry, shown) {
    await write(this.db, ["queue"], (each) => {
      each.objectStore("queue").put(this._decided(entry, shown));
    });
  }

  /** What was decided and the house was not told of, in order. */
  async _waiting() {
    const all = await read(this.db, ["queue"], (each) =>
      answered(each.objectStore("queue").getAll()),
    );
    return all.filter((each) => each.shown !== null);
  }

  /**
   * The next scans to deliver, of one list, from the head of the queue.
   *
   * What a tab that is gone was asking about, nobody was shown: it is told as "ask the desk".
   */
  async _next(before) {
    const { held } = await navigator.locks.query();
    const tabs = new Set(held.map((each) => each.name));
    return write(this.db, ["queue"], async (transaction) => {
      const queue = transaction.objectStore("queue");
      const batch = [];
      for (let each of await answered(queue.getAll())) {
        if (each.no >= before || batch.length === MOST_AT_ONCE) break;
        if (batch.length > 0 && batch[0].list_id !== each.list_id) break;
        if (each.shown === null) {
          if (tabs.has(TAB + each.tab)) break;
          each = this._decided(each, NEEDS_HOUSE);
          queue.put(each);
        }
        batch.push(each);
      }
      return batch;
    });
  }

  /** Deliver what waits, in order, until nothing does; only who holds the lock may. */
  async _deliver(signal, before = Infinity) {
    for (;;) {
      const batch = await this._next(before);
      if (batch.length === 0) return;
      await this._deliverThese(batch, signal);
      await this._tell();
    }
  }

  async _deliverThese(batch, signal) {
    const path = `/lists/${batch[0].list_id}/offline-scans`;
    let answer;
    try {
      answer = await this._asked(path, { scans: batch.map(asTold) }, signal);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      return this._atFault(batch, signal, error);
    }
    const said = await answer.json().catch(silent);
    if (answer.ok && !Array.isArray(said)) throw new NoAnswerError("no answers");
    if (answer.ok) {
      await this._settle(batch, said);
    } else if (batch.length > 1 && answer.status !== 403 && answer.status !== 404) {
      for (const each of batch) await this._deliverThese([each], signal);
    } else {
      await this._putAside(batch, problemOf(said));
    }
  }

  async _settle(batch, told) {
    const answers = new Map(told.map((each) => [each.nonce, each]));
    await write(this.db, ["queue", "aside"], (transaction) => {
      for (const entry of batch) {
        const answer = answers.get(entry.nonce);
        if (answer === undefined) continue;
        transaction.objectStore("queue").delete(entry.no);
        if (answer.state === "bad") {
          transaction.objectStore("aside").put({ ...entry, problem: answer.problem });
        }
        if (answer.conflict) this.conflicts += 1;
      }
    });
    if (batch.some((each) => !answers.has(each.nonce))) throw new NoAnswerError("not all");
  }

  /** Find the one scan at which the house fails, and put it aside where it answers else. */
  async _atFault(batch, signal, error) {
    if (batch.length > 1) {
      for (const each of batch) await this._deliverThese([each], signal);
      return;
    }
    const [entry] = batch;
    const times = (this._faults.get(entry.no) ?? 0) + 1;
    this._faults.set(entry.no, times);
    if (times < MOST_FAULTS) throw error;
    const other = await this.ask("GET", `/lists/${entry.list_id}/offline-terms`, { signal });
    if (!other.ok) throw error;
    this._faults.delete(entry.no);
    await this._putAside(batch, "500");
  }

  /** What the house will never take is kept beside the queue, where it holds up nothing. */
  async _putAside(batch, problem) {
    await write(this.db, ["queue", "aside"], (transaction) => {
      for (const entry of batch) {
        transaction.objectStore("queue").delete(entry.no);
        transaction.objectStore("aside").put({ ...entry, problem });
      }
    });
  }

  /** The scans that the house would not take, with the reason. */
  aside() {
    return read(this.db, ["aside"], (each) => answered(each.objectStore("aside").getAll()));
  }

  /** Try to deliver one of them again, in its old place. */
  async retryAside(no) {
    await write(this.db, ["queue", "aside"], async (transaction) => {
      const aside = transaction.objectStore("aside");
      const { problem, ...entry } = (await answered(aside.get(no))) ?? {};
      if (entry.no === undefined) return;
      aside.delete(no);
      transaction.objectStore("queue").put({ ...entry, shown: entry.shown ?? NEEDS_HOUSE });
    });
    this._again(0);
  }

  /** Forget one of them, once somebody has seen to it. */
  async forgetAside(no) {
    await write(this.db, ["aside"], (each) => {
      each.objectStore("aside").delete(no);
    });
    await this._tell();
  }

  /** Forget that a ticket came in, when letting it in was taken back. */
  async forgetEntry(text, { source = "camera" } = {}) {
    const row = await this._row(await this.kept.load(), { text, source });
    if (typeof row === "string") return;
    await write(this.db, ["entered"], (each) => {
      each.objectStore("entered").delete([this.kept.listId, row[0]]);
    });
  }

  /** Deliver what waits and keep the list fresh, unless another tab does. */
  async drain() {
    try {
      await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
        if (lock === null || this._ending.signal.aborted) return;
        const signal = AbortSignal.timeout(DELIVERY_MS);
        await this._deliver(signal);
        this.isAway = false;
      });
      const isOld = (this.kept.age ?? Infinity) > FRESH_MS;
      if (isOld && this.clock() - this._triedAt > FRESH_MS) await this._fetch();
    } catch (error) {
      if (error instanceof RefusedError) await this._refused();
      else if (isSilence(error)) this.isAway = true;
      else throw error;
    }
    await this._tell();
  }

  /** Fetch a list; scans go on meanwhile, for a long one takes its time. */
  async _fetch() {
    try {
      await this.kept.fetch({ signal: AbortSignal.timeout(FETCH_MS) });
      this.noList = "";
    } catch (error) {
      if (!(error instanceof NoListError)) throw new NoAnswerError(String(error));
      if (error.why === "no_answer") throw new NoAnswerError(error.why);
      this.noList = error.why;
      this.isRefused = error.why === "refused";
    }
    this._triedAt = this.clock();
  }

  async _refused() {
    this.isRefused = true;
    await this.kept.drop();
  }

  _again(after = AGAIN_MS) {
    clearTimeout(this._timer);
    if (this._ending.signal.aborted) return;
    this._timer = setTimeout(async () => {
      try {
        await this.kept.load();
        if (!this.isRefused) await this.drain();
      } finally {
        this._again();
      }
    }, after);
  }

  /** What a page shows: how many wait, how old the list is, whether the house is away. */
  async state() {
    const waiting = await this._waiting();
    const aside = await this.aside();
    return {
      waiting: waiting.length,
      aside: aside.length,
      conflicts: this.conflicts,
      isAway: this.isAway,
      isRefused: this.isRefused,
      age: this.kept.age,
      needsHub: this.kept.list?.payload.needs_hub ?? "",
      noList: this.noList,
    };
  }

  async _tell() {
    this.tell(await this.state());
  }
}

/**
 * Open the pipe of a phone at one door, and begin to deliver what waits.
 *
 * @param ask What `asking` made.
 * @param listId The door's list.
 * @param more What else a `Pipe` takes: `device`, `gateId`, `tell`, `clock`.
 */
export async function openPipe(ask, listId, { clock = Date.now, ...more } = {}) {
  const db = await openStorage();
  await dropOld(db, clock());
  const kept = new KeptList(db, listId, ask, { clock });
  const pipe = new Pipe({ db, kept, ask, clock, ...more });
  await pipe.start();
  return pipe;
}

function asTold(entry) {
  const { nonce, text, seen_at, shown, clock_offset_s, gate_id, source } = entry;
  return { nonce, text, seen_at, shown, clock_offset_s, gate_id, source };
}

function problemOf(said) {
  return said?.detail || said?.title || "";
}

function silent(error) {
  throw new NoAnswerError(String(error));
}

function isSilence(error) {
  return error instanceof NoAnswerError || ["AbortError", "TimeoutError"].includes(error?.name);
}
