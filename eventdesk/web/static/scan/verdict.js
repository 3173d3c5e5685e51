// What the house said of one scan, over the whole screen: colour, sign and word, and what to do next.

import { filled, newNonce, words } from "./api.js";

const at = (id) => document.getElementById(id);

function say(id, text) {
  at(id).textContent = text || "";
  at(id).hidden = !text;
}

export class Verdict {
  constructor(page) {
    this.page = page;
    this.result = null;
    this.scanned = null;
    at("next").addEventListener("click", () => this.close());
    at("undo").addEventListener("click", () => this.undo());
    at("badge").addEventListener("click", () => this.print());
    at("questions").addEventListener("submit", (event) => {
      event.preventDefault();
      this.answer();
    });
    at("cash").addEventListener("click", () => this.takeCash());
    at("by-force").addEventListener("click", () => this.askForce());
    at("force").addEventListener("submit", (event) => {
      event.preventDefault();
      this.force();
    });
  }

  /** Whether something is asked that would be lost if the next code were taken. */
  get asks() {
    return !at("verdict").hidden && !(at("questions").hidden && at("force").hidden);
  }

  get tone() {
    return at("verdict").dataset.tone;
  }

  look(tone, sign, word) {
    at("verdict").dataset.tone = tone;
    at("sign").textContent = sign;
    at("word").textContent = word;
    for (const id of ["questions", "force", "by-force", "cash", "undo", "badge"]) at(id).hidden = true;
    for (const id of ["kind", "note", "staff", "more", "did"]) say(id, "");
    at("guest").firstElementChild.textContent = "";
    at("verdict").hidden = false;
  }

  /** No answer yet: nothing is decided. */
  wait(word) {
    this.result = null;
    this.look("wait", "…", word);
    at("verdict").dataset.outcome = "";
    at("next").hidden = true;
  }

  show(result, scanned) {
    const { tone, sign, word, staff } = words.outcomes[`${result.kind}:${result.outcome}`];
    const isFull = result.rule === "Full" && result.outcome === "rules" && result.capacity !== null;
    this.look(tone, sign, isFull ? words.full : word);
    this.result = result;
    this.scanned = scanned;
    at("next").hidden = false;
    at("verdict").dataset.outcome = result.outcome;
    at("verdict").dataset.nonce = result.nonce;
    at("guest").firstElementChild.textContent = result.name || "";
    const thing = `${result.item} ${result.choice}`.trim();
    say("kind", [result.ticket_type, result.line_two, result.seat, thing].filter(Boolean).join(" · "));
    say("note", result.attention);
    const passes = ["admitted", "exited"].includes(result.outcome);
    const isUnpaidHere = result.outcome === "unpaid" && this.page.device;
    say("staff", passes ? "" : isUnpaidHere ? words.unpaid_device : staff);
    say("more", result.reason);
    at("undo").hidden = !passes;
    at("by-force").hidden = passes || !result.ticket_id || result.outcome === "incomplete";
    at("badge").hidden = !(passes && result.ticket_id && result.kind === "arrive");
    if (result.delivery_id) say("did", words.badge_queued);
    if (result.outcome === "unpaid" && !this.page.device) this.askPayment(result);
    if (result.outcome === "incomplete" && result.questions.length) this.ask(result.questions);
    else at("next").focus({ preventScroll: true });
  }

  close() {
    at("verdict").hidden = true;
    this.result = null;
  }

  ask(questions) {
    at("asked").replaceChildren(...questions.map((each, place) => field(each, `answer-${place}`)));
    at("questions").hidden = false;
    at("next").hidden = false;
    at("asked").querySelector("input, select")?.focus();
  }

  answer() {
    const answers = {};
    for (const each of at("asked").querySelectorAll("input, select")) {
      if (each.value.trim()) answers[each.dataset.question] = each.value;
    }
    const { text, source } = this.scanned;
    at("questions").hidden = true;
    this.page.scan(text, source, { answers });
  }

  /** What is due, and a key to take it where who is signed in has a drawer open. */
  async askPayment(shown) {
    const { api, place } = this.page;
    const [done, told] = await this.page.does(
      () =>
        Promise.all([
          api.ask("GET", `/lists/${place.list}/guests/${shown.ticket_id}`),
          api.ask("GET", `/events/${place.event}/me/shift`),
        ]),
      (why) => this.result === shown && say("did", why),
    );
    if (!done || this.result !== shown || !told[0].due) return;
    const [guest, shift] = told;
    const amount = spelled(guest.due);
    this.booking = guest.booking_id;
    at("cash").hidden = !shift;
    at("cash").textContent = filled(words.cash, { amount });
    say("more", filled(shift ? words.due : words.due_no_drawer, { amount }));
  }

  async takeCash() {
    const shown = this.result;
    const { text, source } = this.scanned;
    at("cash").hidden = true;
    const [done] = await this.page.does(
      () =>
        this.page.api.ask("POST", `/bookings/${this.booking}/payments`, { method: "cash" }, { key: newNonce() }),
      (why) => this.result === shown && say("did", why),
    );
    if (done && this.result === shown) this.page.scan(text, source);
  }

  askForce() {
    at("by-force").hidden = true;
    at("force").reset();
    at("force").hidden = false;
    at("reason").focus();
  }

  /** Lets in against the rules: by the word of a supervisor, who types a PIN here or is signed in. */
  async force() {
    const { text, source } = this.scanned;
    const shown = this.result;
    const reason = at("reason").value.trim();
    const pin = at("pin").value;
    at("pin").value = "";
    let approval = null;
    if (pin) {
      const body = { pin, what: "force" };
      try {
        approval = await this.page.api.ask("POST", `/events/${this.page.place.event}/approvals`, body);
      } catch (error) {
        if (this.result === shown) say("did", `${error.message} ${error.hint || ""}`.trim() || words.unreachable);
        return;
      }
    }
    if (this.result === shown) this.page.scan(text, source, { force: reason, approval });
  }

  async undo() {
    const shown = this.result;
    at("undo").hidden = true;
    const [done] = await this.page.does(
      () => this.page.api.ask("POST", `/scans/${shown.scan_id}/undo`, {}, { key: newNonce() }),
      (why) => this.result === shown && say("did", why),
    );
    if (done && this.result === shown) {
      this.look("care", "↶", words.undone);
      at("guest").firstElementChild.textContent = shown.name || "";
      at("verdict").dataset.outcome = "undone";
    }
    if (done) this.page.count();
  }

  async print() {
    const shown = this.result;
    const body = { reason: words.badge_reason, gate_id: this.page.place.gate };
    at("badge").hidden = true;
    const [done] = await this.page.does(
      () => this.page.api.ask("POST", `/tickets/${shown.ticket_id}/badges`, body, { key: newNonce() }),
      (why) => this.result === shown && say("did", why),
    );
    if (done && this.result === shown) say("did", words.badge_queued);
  }
}

/** An amount as the language of the page writes it. */
function spelled({ minor, currency, exponent }) {
  const digits = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency, ...digits });
  return format.format(minor / 10 ** exponent);
}

function field(question, id) {
  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = question.required ? question.text : `${question.text} ${words.optional}`;
  let input;
  if (question.kind === "choice" || question.kind === "yes_no") {
    input = document.createElement("select");
    const choices =
      question.kind === "choice"
        ? question.choices.map((each) => [each, each])
        : [[words.yes, "yes"], [words.no, "no"]];
    input.append(new Option("", ""), ...choices.map(([text, value]) => new Option(text, value)));
  } else {
    input = document.createElement("input");
    if (question.kind === "number") input.inputMode = "decimal";
  }
  input.id = id;
  input.required = question.required;
  input.dataset.question = question.id;
  const whole = document.createElement("div");
  whole.className = "field";
  whole.append(label, input);
  return whole;
}
