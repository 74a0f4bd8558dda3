// The first screen: what can be filled, what was begun, what this phone holds.
import { actions, button, el, paragraphs, show } from "./dom.js";
import { download } from "./handover.js";
import { choose } from "./locking.js";

export class Home {
  away = false;
  open = false; // whether « Ce téléphone » is unfolded
  turn = 0; // which drawing was asked last
  looked = 0; // and which look at what the phone holds

  constructor(page) {
    this.page = page;
  }

  // What there is to fill changed: drawn again if it is what is shown; a question being answered is left alone.
  redraw() {
    if (!this.away && document.activeElement?.id !== "table") this.show(this.said);
  }

  // What the phone holds changed: only that part is drawn again, nothing moves under the finger.
  async refresh() {
    const turn = (this.looked += 1);
    const phone = await this.phone(await this.page.queue.waiting());
    if (turn !== this.looked || !this.holds?.isConnected) return;
    const focused = this.holds.contains(document.activeElement);
    this.holds.replaceWith(phone);
    this.holds = phone;
    if (focused) phone.querySelector("summary").focus({ preventScroll: true });
  }

  async show(said = null) {
    this.away = false;
    this.said = said;
    const turn = (this.turn += 1);
    const { looked } = this;
    const { page } = this;
    const [drafts, waiting] = await Promise.all([page.queue.drafts(), page.queue.waiting()]);
    const [table, phone] = await Promise.all([this.table(), this.phone(waiting)]);
    if (this.away || turn !== this.turn) return; // meanwhile, a question was opened or something newer drawn
    this.holds = phone;
    const { title, purpose, forms } = page.asked;
    show(page.place, said, el("h1", {}, title), ...paragraphs(purpose, ""),
      ...(forms.length ? forms.flatMap((one) => this.toFill(one, forms.length > 1)) : [el("p", {}, "Rien à remplir : cette collecte est close. Ce que ce téléphone garde partira quand même.")]),
      drafts.length ? this.begun(drafts) : null, table, phone);
    if (looked !== this.looked) this.refresh(); // something was sent meanwhile
  }

  toFill(form, several) {
    const { languages } = form.form;
    const look = several ? "btn-line" : "btn-primary";
    const label = several ? form.title : "Commencer une réponse";
    const starts = languages.map((one) =>
      button(languages.length > 1 ? `${label} – ${one.replace(/ \(.*\)$/, "")}` : label, () => this.page.begin(form, one), look));
    return [actions(...starts)];
  }

  begun(drafts) {
    const lines = drafts.map((draft) => {
      const hour = draft.begun.slice(11, 16).replace(":", " h ");
      return el("li", {}, el("span", {}, `Commencée à ${hour}`),
        button("Reprendre", () => this.page.resume(draft)),
        button("Effacer", () => this.erase(draft), "btn-link"));
    });
    return el("section", {}, el("h2", {}, "À finir"), el("ul", { class: "plain" }, ...lines));
  }

  async erase(draft) {
    if (!window.confirm("Effacer cette réponse commencée ?")) return;
    await this.page.queue.drop(draft.uuid);
    this.show();
  }

  async table() {
    const field = el("input", { id: "table", class: "form-control collect__table", maxlength: "40", autocomplete: "off" });
    field.value = (await this.page.queue.get("table")) ?? "";
    field.addEventListener("change", () => this.page.try(() => this.page.queue.set("table", field.value.trim())));
    return el("div", { class: "collect__aside" },
      el("label", { for: "table", class: "form-label" }, "Table ou appareil (facultatif)"), field);
  }

  async phone(waiting) {
    const { queue } = this.page;
    const refused = waiting.filter((one) => one.why);
    const handed = (await queue.get("handed")) ?? [];
    const gone = waiting.filter((one) => handed.includes(one.uuid)).map((one) => one.uuid);
    const alone = window.isSecureContext ? "" : "Gardez cette page ouverte : sans le portable de la salle, elle ne se rouvre pas. Ce qui est gardé reste sur ce téléphone.";
    return el("details", { class: "collect__aside", open: Boolean(refused.length) || this.open, ontoggle: ({ target }) => (this.open = target.open) }, el("summary", {}, "Ce téléphone"),
      ...paragraphs(alone, ""), el("p", { "data-collect-alone": true }, this.page.alone ?? ""), ...refused.map((one) => el("p", { class: "notice" }, `Réponse refusée par le serveur, gardée ici : ${one.why}`)),
      actions(waiting.length ? button("Envoyer maintenant", () => this.again(refused)) : null,
        waiting.length ? button("Prendre le fichier des réponses", () => this.handOver()) : null,
        gone.length ? button("Effacer ce qui a été remis en fichier", () => this.discard(gone)) : null,
        queue.lock ? null : button("Protéger ce téléphone par un code", () => this.protect())));
  }

  async again(refused) {
    for (const { why, ...one } of refused) await this.page.try(() => this.page.queue.finish(one));
    this.page.sender.wake();
  }

  async handOver() {
    const { queue, held } = this.page;
    const waiting = await queue.waiting();
    const items = held && !waiting.some((one) => one.uuid === held.uuid) ? [...waiting, held] : waiting;
    download(items, queue);
    await this.page.try(() => queue.set("handed", items.map((one) => one.uuid)));
    this.refresh();
  }

  async discard(uuids) {
    if (!window.confirm(`La ou le référent·e a bien chargé le fichier ? Effacer ${uuids.length} réponse(s) de ce téléphone ?`)) return;
    await this.page.queue.discard(uuids);
    await this.page.state();
    this.show();
  }

  async protect() {
    this.away = true;
    await choose(this.page.place, this.page.queue);
    this.show();
  }
}
