// One answer being given: where one is in the form, what comes next, one question a screen.
import { button, el, paragraphs, actions, show } from "./dom.js";
import { fieldOf } from "./fields.js";
import { fill, said } from "./filling.js";

const FILES = ["image", "audio", "video", "file"];
const END = "fin";
const TYPING = 400; // thousandths of a second after the last letter, a word being written is kept
const FREE = "N’écrivez ni nom, ni téléphone, ni détail de santé.";

// The moment as the server reads it: local hour, and how far it is from universal time.
export function moment(now = new Date()) {
  const off = -now.getTimezoneOffset();
  const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");
  const local = new Date(now.getTime() + off * 60000).toISOString().slice(0, 16);
  return `${local}${off < 0 ? "-" : "+"}${two(off / 60)}:${two(off % 60)}`;
}

export const asks = ({ item }) => (item.items ? item.repeats && !item.count : !FILES.includes(item.kind));

export const fillOf = (draft, form) => fill(form, draft.given, { now: moment(), language: draft.language });

function levelOf(given, inside) {
  let level = given;
  for (const [repeat, row] of inside) {
    level[repeat] ??= [];
    while (level[repeat].length <= row) level[repeat].push({});
    level = level[repeat][row];
  }
  return level;
}

export class Asking {
  // `kept(draft)` keeps it on the phone, `done(draft, answers)` ends it, `left()` goes back to the first screen.
  constructor(place, draft, form, { kept, done, left }) {
    Object.assign(this, { place, draft, form, kept, done, left });
  }

  get screens() {
    return fillOf(this.draft, this.form).entries.filter(asks);
  }

  start() {
    const screens = this.screens;
    if (this.draft.at === END) return this.end();
    const at = Math.max(0, screens.findIndex((one) => one.path === this.draft.at));
    return screens.length ? this.ask(screens, at) : this.end();
  }

  // One move at a time: a second tap while the phone writes is the same tap.
  async once(move) {
    if (this.moving) return;
    this.moving = true;
    try {
      await move();
    } finally {
      this.moving = false;
    }
  }

  async step(path, by) {
    const screens = this.screens;
    const at = screens.findIndex((one) => one.path === path) + by;
    this.draft.at = at < screens.length ? (screens[at]?.path ?? "") : END;
    await this.kept(this.draft);
    if (at < 0) return this.left();
    return at < screens.length ? this.ask(screens, at) : this.end();
  }

  ask(screens, at, tried = false) {
    const entry = screens[at];
    this.draft.at = entry.path;
    if (entry.item.items) return this.rows(entry, screens, at);
    const field = fieldOf(entry, this.draft.language);
    const fault = tried && entry.fault ? el("p", { id: "fault", class: "fault collect__fault", role: "alert" }, entry.fault) : null;
    let typing;
    const keep = () => {
      clearTimeout(typing);
      levelOf(this.draft.given, entry.inside)[entry.item.name] = field.read();
      return this.kept(this.draft);
    };
    const soon = () => {
      clearTimeout(typing);
      typing = setTimeout(keep, TYPING);
    };
    const next = async () => {
      await keep();
      const found = this.screens.find((one) => one.path === entry.path);
      if (found?.fault) return this.ask(this.screens, this.screens.findIndex((one) => one.path === entry.path), true);
      return this.step(entry.path, 1);
    };
    const back = async () => {
      await keep();
      return this.step(entry.path, -1);
    };
    const leave = async () => {
      await keep();
      return this.left();
    };
    const submit = (event) => {
      event.preventDefault();
      return this.once(next);
    };
    const form = el("form", { novalidate: true, onsubmit: submit, onchange: keep, oninput: soon }, ...this.question(entry, field, fault),
      this.buttons(back, el("button", { class: "btn btn-primary" }, "Continuer"), leave));
    show(this.place, this.progress(entry, screens, at), form);
    if (fault) (field.single ?? form.elements[0])?.focus();
    return entry;
  }

  question(entry, field, fault) {
    const { item } = entry;
    const hint = [said(item.hint, this.draft.language), item.kind === "text" && !item.appearance?.includes("public") ? FREE : ""].filter(Boolean).join(" ");
    const look = item.kind === "note" ? "collect__question collect__question--note" : "collect__question";
    const told = el("h1", { class: look }, said(item.label, this.draft.language) || item.name,
      entry.required || item.kind === "note" ? "" : el("small", {}, " (facultatif)"));
    const after = [hint ? el("p", { id: "hint", class: "quiet" }, hint) : null, fault];
    const by = [hint && "hint", fault && "fault"].filter(Boolean).join(" ");
    if (!field.single) return [el("fieldset", { class: "ticks", "aria-describedby": by }, el("legend", {}, told), ...after.filter(Boolean), ...field.nodes)];
    field.single.id = "value";
    if (by) field.single.setAttribute("aria-describedby", by);
    if (fault) field.single.setAttribute("aria-invalid", "true");
    return [el("label", { for: "value" }, told), ...after, ...field.nodes];
  }

  rows(entry, screens, at) {
    const title = said(entry.item.label, this.draft.language) || entry.item.name;
    const level = levelOf(this.draft.given, entry.inside);
    const rows = (level[entry.item.name] ??= []);
    const change = (act) => this.once(async () => {
      act();
      await this.kept(this.draft);
      this.ask(this.screens, this.screens.findIndex((one) => one.path === entry.path));
    });
    show(this.place, this.progress(entry, screens, at), el("h1", { class: "collect__question" }, title),
      el("p", {}, rows.length ? `Noté : ${rows.length}.` : "Rien de noté pour l’instant."),
      actions(button("Ajouter", () => change(() => rows.push({}))),
        rows.length ? button("Enlever le dernier", () => change(() => rows.pop())) : null),
      this.buttons(() => this.step(entry.path, -1), button("Continuer", () => this.once(() => this.step(entry.path, 1)), "btn-primary")));
    return entry;
  }

  progress(entry, screens, at) {
    const group = this.form.items.find((one) => one.items && holds(one, entry.item.name));
    const rows = entry.inside.map(([, row]) => ` – n° ${row + 1}`).join("");
    const name = group ? `${said(group.label, this.draft.language)}${rows} · ` : "";
    return el("div", { class: "collect__progress" },
      el("p", {}, `${name}Question ${at + 1} sur ${screens.length}`),
      el("progress", { max: String(screens.length), value: String(at + 1), "aria-hidden": "true" }));
  }

  buttons(back, go, leave = () => this.left()) {
    return actions(go, button("Revenir", () => this.once(back)), button("Finir plus tard", () => this.once(leave), "btn-link"));
  }

  end() {
    const { entries, answers } = fillOf(this.draft, this.form);
    const screens = entries.filter(asks);
    const wrong = screens.findIndex((one) => one.fault);
    if (wrong >= 0) return this.ask(screens, wrong, true);
    show(this.place, el("h1", {}, "C’est fini"),
      ...paragraphs("Vous pouvez relire vos réponses avec «\u00a0Revenir\u00a0», ou les confier.", ""),
      actions(button("Confier mes réponses", () => this.once(() => this.done(this.draft, answers)), "btn-primary"),
        button("Revenir", () => this.ask(screens, screens.length - 1))));
    return null;
  }
}

const holds = (group, name) => group.items.some((one) => one.name === name || (one.items && holds(one, name)));
