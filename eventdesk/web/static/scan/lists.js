// Two dialogs of the page that scans: finding a guest by name or code, and the last ten scans.

import { words } from "./api.js";

const at = (id) => document.getElementById(id);
const PAUSE_MS = 250;
// As this phone tells the time, where it speaks the language of the page.
const spoken = document.documentElement.lang;
const CLOCK = new Intl.DateTimeFormat(navigator.language.startsWith(spoken) ? navigator.language : spoken, {
  hour: "2-digit",
  minute: "2-digit",
});

export class Lists {
  constructor(page) {
    this.page = page;
    this.typing = 0;
    this.number = 0;
    for (const each of document.querySelectorAll("dialog .closes")) {
      each.addEventListener("click", () => each.closest("dialog").close());
    }
    at("typed").addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.search(), PAUSE_MS);
    });
    at("search").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = at("typed").value.trim();
      if (text) this.take(text);
    });
  }

  get isOpen() {
    return at("finding").open || at("lasting").open;
  }

  find() {
    at("typed").value = "";
    at("found").replaceChildren();
    at("found-none").textContent = "";
    at("finding").showModal();
    at("typed").focus();
  }

  take(text) {
    at("finding").close();
    this.page.scan(text, "typed");
  }

  async search() {
    const typed = at("typed").value.trim();
    const number = ++this.number;
    if (!typed) {
      at("found").replaceChildren();
      at("found-none").textContent = "";
      return;
    }
    const query = new URLSearchParams({ typed, list_id: this.page.place.list, limit: "20" });
    const [done, tickets] = await this.page.does(
      () => this.page.api.ask("GET", `/events/${this.page.place.event}/tickets?${query}`),
      (why) => (at("found-none").textContent = why),
    );
    if (!done || number !== this.number) return;
    at("found-none").textContent = tickets.length ? "" : words.nobody_found;
    at("found").replaceChildren(...tickets.map((each) => this.ticket(each)));
  }

  ticket(each) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.append(isolated(each.name), line(about(each)));
    button.addEventListener("click", () => this.take(each.code));
    return item(button);
  }

  async last() {
    at("lasts").replaceChildren();
    at("last-none").textContent = "";
    at("lasting").showModal();
    const query = new URLSearchParams({ limit: "10" });
    if (this.page.place.gate) query.set("gate_id", this.page.place.gate);
    const [done, scans] = await this.page.does(
      () => this.page.api.ask("GET", `/lists/${this.page.place.list}/scans?${query}`),
      (why) => (at("last-none").textContent = why),
    );
    if (!done) return;
    at("last-none").textContent = scans.length ? "" : words.no_scans;
    at("lasts").replaceChildren(...scans.map((each) => scanned(each)));
  }
}

function about(ticket) {
  const told = [ticket.ticket_type, ticket.seat, ticket.code];
  if (ticket.cancelled) told.push(words.is_cancelled);
  else if (!ticket.paid) told.push(words.is_unpaid);
  if (ticket.admitted_at) told.push(words.was_in);
  return told.filter(Boolean).join(" · ");
}

function scanned(scan) {
  const { tone, sign, word } = words.outcomes[`${scan.kind}:${scan.outcome}`];
  const mark = document.createElement("span");
  mark.className = "mark";
  mark.dataset.tone = tone;
  mark.textContent = sign;
  const when = CLOCK.format(new Date(scan.recorded_at));
  const told = [when, word, scan.annulled ? words.undone : "", scan.ticket_type, scan.gate, scan.operator];
  const text = document.createElement("span");
  text.append(isolated(scan.name || scan.ticket_code || "–"), line(told.filter(Boolean).join(" · ")));
  const whole = item(mark, text);
  whole.className = "scanned";
  return whole;
}

function isolated(text) {
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}

function line(text) {
  const element = document.createElement("span");
  element.className = "help";
  element.textContent = text;
  return element;
}

function item(...parts) {
  const element = document.createElement("li");
  element.append(...parts);
  return element;
}
