// What must stay said on top of the page until it is mended.
import { actions, button, el } from "./dom.js";

export class Notices {
  shown = new Map();

  constructor(place) {
    this.place = place;
  }

  put(name, text, ...acts) {
    this.drop(name);
    const made = el("div", { class: "notice", role: "alert" }, el("p", {}, text),
      acts.length ? actions(...acts.map(([label, act]) => button(label, act))) : null);
    this.shown.set(name, made);
    this.place.append(made);
  }

  drop(name) {
    this.shown.get(name)?.remove();
    this.shown.delete(name);
  }
}
