// The page that scans: the camera sees, the house decides, and this shows what it said.

import { Api, Refused, filled, forgetDevice, keptDevice, newNonce, words } from "./api.js";
import { Camera, NoCamera } from "./camera.js";
import { bestDecoder } from "./decoder.js";
import { Verdict } from "./verdict.js";
import { Lists } from "./lists.js";
import * as sound from "./sound.js";

const SOON_MS = 800; // an answer that takes longer is told to take longer
const PLACE = "eventdesk-place";

const at = (id) => document.getElementById(id);

class Page {
  constructor(api, device) {
    this.api = api;
    this.device = device;
    this.place = null; // { event, list, gate, title }
    this.asking = null;
    this.camera = new Camera(at("video"), (text) => this.seen(text));
    this.verdict = new Verdict(this);
    this.lists = new Lists(this);
    this.counting = false;
    this.lock = null;
  }

  async open() {
    if (this.device) {
      const { profile, event_id: event, event: name, list, gate } = this.device;
      if (profile.list_id) {
        const title = [name, list, gate].filter(Boolean).join(" · ");
        this.work({ event, list: profile.list_id, gate: profile.gate_id, title });
        return;
      }
    }
    await this.choose();
  }

  async choose() {
    const doors = (await this.api.ask("GET", "/me/doors")).filter((each) => each.lists.length);
    if (!doors.length) {
      this.unpaired(words.no_lists);
      return;
    }
    const list = at("list");
    const gate = at("gate");
    for (const each of doors) {
      const group = document.createElement("optgroup");
      group.label = each.event.name;
      group.append(...each.lists.map((one) => new Option(one.name, one.id)));
      list.append(group);
    }
    const doorOf = (id) => doors.find((each) => each.lists.some((one) => one.id === id));
    const gates = () => {
      const here = doorOf(list.value).gates.map((one) => new Option(one.name, one.id));
      gate.replaceChildren(new Option(words.no_gate, ""), ...here);
    };
    const before = JSON.parse(sessionStorage.getItem(PLACE) || "null");
    if (before && doorOf(before.list)) list.value = before.list;
    gates();
    if (before) gate.value = before.gate || "";
    if (gate.selectedIndex < 0) gate.value = "";
    list.addEventListener("change", gates);
    at("choice").addEventListener("submit", (event) => {
      event.preventDefault();
      at("choice").hidden = true;
      const door = doorOf(list.value);
      const texts = [door.event.name, list.selectedOptions[0].text];
      if (gate.value) texts.push(gate.selectedOptions[0].text);
      const place = { event: door.event.id, list: list.value, gate: gate.value || null };
      sessionStorage.setItem(PLACE, JSON.stringify(place));
      this.work({ ...place, title: texts.join(" · ") });
    });
    at("choice").hidden = false;
  }

  work(place) {
    this.place = place;
    at("where").textContent = place.title;
    at("door").hidden = false;
    document.body.classList.add("working");
    at("start").addEventListener("click", () => this.start());
    at("pause").addEventListener("click", () => (this.camera.runs ? this.pause() : this.start()));
    at("torch").addEventListener("click", () => this.torch());
    at("find").addEventListener("click", () => this.lists.find());
    at("last").addEventListener("click", () => this.lists.last());
    document.addEventListener("visibilitychange", () => this.stayAwake());
    this.count();
    const followed = this.api.follow((isThere) => {
      this.line(isThere);
      if (isThere) this.count();
    });
    followed.catch((error) => this.failed(error));
    this.decoding = bestDecoder({ ...document.body.dataset, house: (picture) => this.readAtHouse(picture) });
    this.decoding.then((decoder) => {
      this.camera.decoder = decoder;
      document.body.dataset.reads = decoder ? decoder.name : "";
      if (!decoder) this.trouble(words.no_decoder, words.camera_missing_hint);
    });
  }

  // The camera.

  async start() {
    sound.begin();
    this.trouble("");
    this.paused("");
    try {
      await this.camera.start();
    } catch (error) {
      const why = error instanceof NoCamera ? error.message : "missing";
      this.trouble(words[`camera_${why}`], words[`camera_${why}_hint`]);
      this.paused("");
      return;
    }
    at("start").hidden = true;
    at("pause").hidden = false;
    at("pause").textContent = words.pause;
    at("torch").hidden = !this.camera.hasTorch;
    this.stayAwake();
  }

  pause() {
    this.camera.stop();
    at("torch").hidden = true;
    at("torch").setAttribute("aria-pressed", "false");
    at("pause").textContent = words.go_on;
    this.paused(words.paused);
    this.lock?.release().catch(() => {});
    this.lock = null;
  }

  paused(text) {
    at("stopped").textContent = text;
  }

  async torch() {
    const on = at("torch").getAttribute("aria-pressed") !== "true";
    try {
      await this.camera.torch(on);
      at("torch").setAttribute("aria-pressed", String(on));
    } catch {
      at("torch").hidden = true;
    }
  }

  async stayAwake() {
    if (document.hidden || !this.camera.runs) return;
    try {
      this.lock = await navigator.wakeLock?.request("screen");
    } catch {
      // the phone saves its battery
    }
  }

  // Scans.

  seen(text) {
    if (this.asking || this.verdict.asks || this.lists.isOpen) return false;
    this.scan(text, "camera");
    return true;
  }

  /** Checks a text in. The house decides; no answer is told as that, and asked for on and on. */
  async scan(text, source, { answers = null, force = "", approval = null } = {}) {
    if (this.asking) return;
    const nonce = newNonce();
    const scan = { text, nonce, seen_at: new Date().toISOString(), source, gate_id: this.place.gate };
    Object.assign(scan, answers ? { answers } : { asks: true }, force ? { force_reason: force } : {});
    const late = setTimeout(() => this.verdict.wait(words.still_asking), SOON_MS);
    this.asking = nonce;
    document.body.classList.add("asking");
    try {
      const result = await this.api.askOn("POST", `/lists/${this.place.list}/scans`, scan, {
        key: nonce,
        approval,
        onTrouble: () => this.line(false),
        whenTrouble: (pause) => this.waitFor(pause),
      });
      clearTimeout(late);
      this.line(true);
      this.asking = null;
      this.verdict.show(result, { text, source });
      sound.tell(this.verdict.tone);
      this.count();
    } catch (error) {
      clearTimeout(late);
      this.asking = null;
      this.failed(error);
    } finally {
      document.body.classList.remove("asking");
    }
  }

  waitFor(pause) {
    return new Promise((done) => {
      const soon = () => {
        clearTimeout(late);
        window.removeEventListener("online", soon);
        done();
      };
      const late = setTimeout(soon, pause);
      window.addEventListener("online", soon);
    });
  }

  /** Does something that a person asked for; says what the house refuses. Gives whether it was done. */
  async does(act, say) {
    try {
      return [true, await act()];
    } catch (error) {
      if (error instanceof Refused && error.status === 401) this.failed(error);
      else say(error instanceof Refused ? `${error.message} ${error.hint}`.trim() : words.unreachable);
      return [false, null];
    }
  }

  async readAtHouse(picture) {
    const answer = await fetch("/scan/frames", {
      method: "POST",
      headers: this.api.headers({ "content-type": "image/jpeg" }),
      body: picture,
      credentials: this.api.secret ? "omit" : "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(3000),
    });
    return answer.ok ? (await answer.json()).texts : [];
  }

  // What the page says.

  failed(error) {
    if (error instanceof Refused && error.status === 401) {
      this.camera.stop();
      this.verdict.close();
      if (this.device) forgetDevice().catch(() => {});
      this.unpaired(`${error.message} ${error.hint}`.trim());
      return;
    }
    this.verdict.close();
    this.trouble(error.message || words.unreachable, error.hint || "");
    sound.tell("care");
  }

  unpaired(why) {
    at("door").hidden = at("choice").hidden = true;
    document.body.classList.remove("working");
    at("bar").hidden = true;
    at("why").textContent = why;
    at("why").hidden = !why;
    at("unpaired").hidden = false;
  }

  trouble(title, hint = "") {
    const [first, second] = at("trouble").children;
    first.textContent = title;
    second.textContent = hint;
    at("trouble").hidden = !title;
  }

  line(isThere) {
    at("line").textContent = isThere ? "" : words.offline;
    document.body.classList.toggle("cut", !isThere);
  }

  async count() {
    if (this.counting) {
      this.countAgain = true;
      return;
    }
    this.counting = true;
    try {
      do {
        this.countAgain = false;
        const counts = await this.api.ask("GET", `/lists/${this.place.list}/counters`);
        const texts = [filled(words.counted, counts)];
        if (counts.capacity !== null) texts.push(filled(words.room, counts));
        else if (counts.inside !== counts.admitted) texts.push(filled(words.inside, counts));
        at("counts").textContent = texts.join(" · ");
        await new Promise((done) => setTimeout(done, 250));
      } while (this.countAgain);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) this.failed(error);
    } finally {
      this.counting = false;
    }
  }
}

async function begin() {
  const kept = await keptDevice();
  const page = new Page(new Api(kept?.secret || ""), kept?.device || null);
  if (!kept && !document.body.dataset.staff) {
    page.unpaired("");
    return;
  }
  try {
    if (kept) page.device = await page.api.ask("GET", "/device");
  } catch (error) {
    if (error instanceof Refused) {
      page.failed(error);
      return;
    }
    page.line(false); // what it was paired for is kept, and the house answers later
  }
  try {
    await page.open();
  } catch (error) {
    if (error instanceof Refused && error.status === 401) page.failed(error);
    else page.unpaired(error instanceof Refused ? error.message : words.unreachable);
  }
}

begin();
