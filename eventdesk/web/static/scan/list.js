// The signed list of a door: fetched, checked, kept while it is good, and dropped after that.

import { DoorList } from "./decide.js";
import { answered, read, write } from "./storage.js";

const LABEL = "eventdesk offline list 1";
/** By so much the phone may misjudge the house's clock. */
const SKEW_MS = 5000;
/** What answers mean after which a phone has no list any more. */
const ENDS = { 400: "not_allowed", 401: "refused", 403: "gone", 404: "gone", 422: "not_allowed" };

/** Why there is no list, in a word that a page has words for. */
export class NoListError extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

function unspelled(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
}

/** Whether the house signed a payload. */
export async function isSigned(publicKey, signature, payload) {
  const algorithm = { name: "Ed25519" };
  const key = await crypto.subtle.importKey("raw", unspelled(publicKey), algorithm, false, ["verify"]);
  const text = new TextEncoder().encode(`${LABEL}\0${payload}`);
  return crypto.subtle.verify(algorithm, key, unspelled(signature), text);
}

export class KeptList {
  /**
   * @param db What `openStorage` opened.
   * @param ask Asks the house: `(method, path, {body, signal}) => Promise<Response>`.
   */
  constructor(db, listId, ask, { clock = Date.now, origin = location.origin } = {}) {
    this.db = db;
    this.listId = listId;
    this.ask = ask;
    this.clock = clock;
    this.origin = origin;
    this.offset = 0;
    this.list = null;
    this.signature = null;
  }

  /** The house's clock, as far as the phone knows it. */
  now() {
    return this.clock() + this.offset;
  }

  /**
   * Fetch a fresh list; what is there stays where the house does not answer.
   *
   * @throws NoListError Where there is none, or it is not what the house signed.
   */
  async fetch({ signal } = {}) {
    const path = `/lists/${this.listId}`;
    const terms = await this._asked(`${path}/offline-terms`, signal);
    if (!terms.allowed) return this._end("not_allowed");
    await this._needSameKey(terms);
    const untold = await this._untold();
    const began = this.clock();
    const listed = await this._asked(`${path}/offline-list`, signal);
    const ended = this.clock();
    const isOurs =
      listed.key_id === terms.key_id &&
      (await isSigned(terms.public_key, listed.signature, listed.payload));
    if (!isOurs) throw new NoListError("not_signed");
    const made = new DoorList(JSON.parse(listed.payload));
    if (made.payload.list_id !== this.listId) throw new NoListError("not_signed");
    const offset = made.payload.made_at - (began + ended) / 2;
    const row = {
      list_id: this.listId,
      payload: listed.payload,
      signature: listed.signature,
      public_key: terms.public_key,
      good_until: made.payload.good_until,
      offset,
    };
    await write(this.db, ["lists", "entered"], (transaction) =>
      this._keep(transaction, row, made.payload.made_at, untold),
    );
    this._use(made, row);
    return made;
  }

  /** Keep a list; what this phone saw come in is in it, but for what it has not told of yet. */
  async _keep(transaction, row, madeAt, untold) {
    transaction.objectStore("lists").put(row);
    const entered = transaction.objectStore("entered");
    for (const each of await answered(entered.getAll(this._ofList()))) {
      const isTold = each.at < madeAt - SKEW_MS && !untold.has(each.digest);
      if (isTold) entered.delete([each.list_id, each.digest]);
    }
  }

  /** Who came in here and the house had not heard of when it began to make a list. */
  async _untold() {
    const waiting = await read(this.db, ["queue"], (each) =>
      answered(each.objectStore("queue").getAll()),
    );
    return new Set(waiting.map((each) => each.digest));
  }

  _ofList() {
    return IDBKeyRange.bound([this.listId], [this.listId, []]);
  }

  async _asked(path, signal) {
    const answer = await this.ask("GET", path, { signal });
    if (answer.ok) return answer.json();
    if (answer.status in ENDS) return this._end(ENDS[answer.status]);
    throw new NoListError("no_answer");
  }

  async _end(why) {
    await this.drop();
    throw new NoListError(why);
  }

  /** The key of a house stays as it was first seen here; another one is not believed. */
  async _needSameKey(terms) {
    const known = await write(this.db, ["houses"], async (transaction) => {
      const houses = transaction.objectStore("houses");
      const seen = await answered(houses.get(this.origin));
      if (!seen) houses.put({ origin: this.origin, public_key: terms.public_key });
      return seen?.public_key ?? terms.public_key;
    });
    if (known !== terms.public_key) throw new NoListError("other_key");
  }

  _use(list, row) {
    this.list = list;
    this.signature = row.signature;
    this.offset = row.offset;
  }

  /** The list that is kept, read anew where another tab fetched one; null where there is none. */
  async load() {
    const row = await read(this.db, ["lists"], (each) =>
      answered(each.objectStore("lists").get(this.listId)),
    );
    if (!row) {
      this.list = this.signature = null;
      return null;
    }
    if (row.signature !== this.signature) {
      if (!(await isSigned(row.public_key, row.signature, row.payload))) {
        await this.drop();
        return null;
      }
      this._use(new DoorList(JSON.parse(row.payload)), row);
    }
    if (this.now() >= row.good_until) {
      await this.drop();
      return null;
    }
    return this.list;
  }

  /** How old the list is, in milliseconds; null where there is none. */
  get age() {
    return this.list === null ? null : Math.max(0, this.now() - this.list.payload.made_at);
  }

  /** Forget the list and who came in by it; what the house was not told of yet stays. */
  async drop() {
    this.list = this.signature = null;
    await write(this.db, ["lists", "entered"], (transaction) => {
      transaction.objectStore("lists").delete(this.listId);
      transaction.objectStore("entered").delete(this._ofList());
    });
  }
}

/** Forget all lists that are too old, whatever door they are for. */
export async function dropOld(db, now = Date.now()) {
  await write(db, ["lists", "entered"], async (transaction) => {
    const lists = transaction.objectStore("lists");
    for (const each of await answered(lists.getAll())) {
      if (now + each.offset < each.good_until) continue;
      lists.delete(each.list_id);
      const its = IDBKeyRange.bound([each.list_id], [each.list_id, []]);
      transaction.objectStore("entered").delete(its);
    }
  });
}
