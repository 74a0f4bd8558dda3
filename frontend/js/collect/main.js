// The collection page, kept open: it holds the forms, keeps the answers and sends them when it can.
import { Asking, moment } from "./asking.js";
import { drawUuid } from "./digest.js";
import { el } from "./dom.js";
import { Home } from "./home.js";
import { Notices } from "./notices.js";
import { Queue } from "./queue.js";
import { Sender } from "./sending.js";
import { isFull, openStore } from "./store.js";
import { enter } from "./locking.js";
import { workAlone } from "./alone.js";

const LOOK_AGAIN = 60000;

class Page {
  asked = JSON.parse(document.getElementById("collecte").textContent);
  place = document.querySelector("[data-collect-screen]");
  notices = new Notices(document.querySelector("[data-collect-notices]"));
  looked = Date.now();
  held = null; // an answer that the phone could not keep

  async start() {
    this.queue = await new Queue(await openStore()).open();
    this.sender = new Sender(this.queue, new URL("..", location.href).pathname, (what, why) => this.told(what, why));
    this.home = new Home(this);
    if (!this.queue.store.lasts) this.notices.put("memory", "Ce navigateur refuse de garder vos réponses sur ce téléphone (fenêtre privée ?) : fermer cette page les perdrait. Ouvrez-la dans une fenêtre ordinaire.");
    await this.try(() => this.queue.keepForms(this.asked.forms));
    await enter(this.place, this.queue, this.asked.code);
    await this.state();
    this.listen();
    this.home.show();
    this.sender.wake();
    workAlone(this);
  }

  listen() {
    window.addEventListener("online", () => this.sender.wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.sender.wake());
    window.addEventListener("beforeunload", (event) => {
      if (this.kept || this.held) event.preventDefault();
    });
    setInterval(() => this.look(), LOOK_AGAIN);
  }

  // Do something that writes on the phone; say so when it cannot.
  async try(work) {
    try {
      await work();
      this.notices.drop("full");
      return true;
    } catch (error) {
      const why = isFull(error) ? "Ce téléphone n’a plus de place." : "Ce téléphone n’a pas pu garder cette réponse.";
      this.notices.put("full", `${why} Ne fermez pas cette page : libérez de la place (photos, autres onglets) puis recommencez, ou prenez le fichier des réponses et remettez-le à la ou au référent·e.`,
        ["Prendre le fichier", () => this.home.handOver()]);
      return false;
    }
  }

  async told(what, why) {
    await this.state(why);
    if (what === "sent") this.home.refresh();
    if (what === "refused") this.home.refresh();
    if (what === "sent") this.look();
  }

  async state(why = "") {
    const { kept, sent } = await this.queue.counts();
    this.kept = kept;
    const plural = (count, one, many) => `${count} ${count > 1 ? many : one}`;
    const said = `${plural(kept, "réponse gardée", "réponses gardées")} sur ce téléphone, ${plural(sent, "envoyée", "envoyées")}`;
    document.querySelector("[data-collect-state]").textContent = why && kept ? `${said}. ${why}` : `${said}.`;
  }

  // Ask whether the forms changed: what is begun keeps its version, the next answer takes the new one.
  async look() {
    if (Date.now() - this.looked < LOOK_AGAIN / 2) return;
    this.looked = Date.now();
    try {
      const answer = await fetch("formulaires.json", { credentials: "omit", cache: "no-cache" });
      const told = await answer.json();
      if (!answer.ok || told.state === this.asked.state) return;
      this.asked = told;
      await this.try(() => this.queue.keepForms(told.forms));
      this.notices.put("changed", "Le questionnaire a changé. Ce qui est commencé garde le sien ; la prochaine réponse suivra le nouveau.");
      this.home.redraw();
    } catch {
      // No network: the forms that are here go on.
    }
  }

  async begin(form, language) {
    const draft = {
      uuid: drawUuid(), to: form.to, kind: form.kind, version: form.version, language, given: {}, at: "",
      begun: moment(), table: (await this.queue.get("table")) ?? "",
    };
    this.notices.drop("changed");
    await this.try(() => this.queue.begin(draft));
    this.ask(draft, form.form);
  }

  async resume(draft) {
    const found = (await this.queue.form(draft.to, draft.version)) ?? this.asked.forms.find((one) => one.to === draft.to);
    if (found) this.ask(draft, found.form);
  }

  ask(draft, form) {
    this.home.away = true;
    new Asking(this.place, draft, form, {
      kept: (one) => this.try(() => this.queue.begin(one)),
      left: () => this.home.show(),
      done: (one, answers) => this.done(one, answers),
    }).start();
  }

  async done(draft, answers) {
    const { uuid, to, kind, version, table } = draft;
    const item = { uuid, to, kind, version, table, answers, answered: moment() };
    this.held = item;
    if (!(await this.try(() => this.queue.finish(item)))) return;
    this.held = null;
    await this.state();
    this.home.show(el("p", { class: "notice notice--done" }, "C’est gardé. Merci ! La réponse partira dès que possible."));
    this.sender.wake();
  }
}

new Page().start();
