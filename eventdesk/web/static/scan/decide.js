// What a phone says of a code without the house, by its signed list alone; docs/door.md says how.
// It touches neither network nor storage, so node runs it as a browser does.

export const NEEDS_HOUSE = "error";
export const ADMITTED = "admitted";

const FORMAT = 1;
const SLACK_MS = 5 * 60 * 1000;
const DIGEST_BYTES = 16;
const TOKEN = /^A[E-H][A-Z2-7]{58}[ACEGIKMOQSUWY246]$/;
// What Python takes for space, which is not quite what `trim` does.
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const AROUND = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");
const ANY_SPACE = new RegExp(SPACE, "g");
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** The one spelling of a scanned text: our tokens as they are, others in small letters. */
export function canonical(text) {
  const bare = text.replace(AROUND, "");
  return TOKEN.test(bare) ? bare : bare.replace(/[A-Z]/g, (sign) => sign.toLowerCase());
}

/** The digest by which a ticket is found in a list. */
export async function digestOf(text) {
  const bytes = new TextEncoder().encode(canonical(text).replace(LONE_SURROGATE, "?"));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const binary = String.fromCharCode(...digest.subarray(0, DIGEST_BYTES));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** A typed code in its one spelling: capitals, without spaces and dashes. */
export function readCode(typed) {
  return typed.replace(ANY_SPACE, "").replaceAll("-", "").toUpperCase();
}

/** A list made ready to be looked up in, from its payload. */
export class DoorList {
  constructor(payload) {
    if (payload.format !== FORMAT) throw new Error(`a list of format ${payload.format}`);
    this.payload = payload;
    this.rows = payload.tickets;
    this.byDigest = new Map(this.rows.map((row, at) => [row[0], at]));
    this.byCode = new Map(this.rows.map((row, at) => [row[1], at]));
    for (const [digest, at] of payload.foreign) this.byDigest.set(digest, at);
    this.replaced = new Set(payload.replaced);
    this.cancelled = new Set(payload.cancelled);
  }

  /** Whether it may still decide, by the house's clock. */
  isGoodAt(now) {
    const { made_at: madeAt, good_until: goodUntil } = this.payload;
    return madeAt - SLACK_MS <= now && now < goodUntil;
  }

  /** The row of a ticket, or the outcome that there is none. */
  find(text, digest, { typed = false } = {}) {
    const ofCode = typed ? this.byCode.get(readCode(text)) : undefined;
    if (ofCode !== undefined) return this.rows[ofCode];
    if (this.replaced.has(digest)) return "revoked";
    if (this.cancelled.has(digest)) return "cancelled";
    const at = this.byDigest.get(digest);
    return at === undefined ? "unknown" : this.rows[at];
  }

  /**
   * Decide by the list alone.
   *
   * @param row What `find` found.
   * @param now By the house's clock, in milliseconds.
   * @param enteredAt When this phone itself saw the ticket come in; null where it did not.
   */
  decide(row, now, enteredAt = null) {
    const list = this.payload;
    if (list.needs_hub || !this.isGoodAt(now)) return NEEDS_HOUSE;
    if (typeof row === "string") return row;
    const [, , kind, state = 0, told = null, validFrom = null, validUntil = null] = row;
    if (state && state !== "hub") return state;
    if (validFrom !== null && now < validFrom) return "not_yet_valid";
    if (validUntil !== null && now >= validUntil) return "expired";
    if (list.opens_at !== null && now < list.opens_at) return "list_closed";
    if (list.closes_at !== null && now >= list.closes_at) return "list_closed";
    const type = list.types[kind];
    if (!type.taken) return "wrong_list";
    if (state === "hub" || !type.plain) return NEEDS_HOUSE;
    const entered = told === null ? enteredAt : Math.max(told, enteredAt ?? told);
    if (entered === null || list.entry_policy === "any") return ADMITTED;
    if (list.entry_policy === "once") return "already_in";
    if (list.entry_policy !== "once_per_day") return NEEDS_HOUSE;
    const begun = list.days.filter((day) => day <= now);
    return begun.length === 0 || entered >= Math.max(...begun) ? "already_in" : ADMITTED;
  }

  /** What the ticket type of a row is called; "" of none. */
  typeOf(row) {
    return typeof row === "string" ? "" : this.payload.types[row[2]].name;
  }
}
