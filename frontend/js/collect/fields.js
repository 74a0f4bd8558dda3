// The field of a question: what is shown, and the text it gives.
import { clean } from "./answering.js";
import { button, el } from "./dom.js";
import { said } from "./filling.js";

const MANY = 15;
const NATIVE = { date: "date", time: "time", dateTime: "datetime-local" };
const KEYS = { integer: "numeric", decimal: "decimal", range: "decimal" };

// Return { nodes, read, single }: `single` when one control is named by the title of the question.
export function fieldOf({ item, value, choices }, language) {
  if (item.kind === "note") return { nodes: [], read: () => "" };
  if (item.kind === "acknowledge") return ticks([{ name: "OK", label: { "": "J’ai lu et j’accepte" } }], value, "checkbox", language);
  if (item.kind === "select_multiple") return ticks(choices, value, "checkbox", language);
  if (item.kind === "rank") return ranks(choices, value, language);
  if (item.kind === "select_one")
    return choices.length > MANY ? list(choices, value, language) : ticks(choices, value, "radio", language);
  return line(item, value);
}

function ticks(choices, value, type, language) {
  const chosen = value.split(" ");
  const boxes = choices.map((one) =>
    el("input", { class: "check__box", type, name: "value", value: one.name, checked: chosen.includes(one.name) }));
  const nodes = boxes.map((box, at) =>
    el("label", { class: "collect__choice" }, box, el("span", {}, said(choices[at].label, language) || choices[at].name)));
  if (type === "radio") nodes.push(erase(boxes));
  return { nodes, read: () => boxes.filter((box) => box.checked).map((box) => box.value).join(" ") };
}

function erase(boxes) {
  const eraser = button("Effacer mon choix", () => {
    for (const box of boxes) box.checked = false;
    eraser.hidden = true;
    boxes[0].focus();
  }, "btn-link collect__erase");
  eraser.hidden = !boxes.some((box) => box.checked);
  for (const box of boxes) box.addEventListener("change", () => (eraser.hidden = false));
  return eraser;
}

function options(choices, value, language) {
  const first = el("option", { value: "" }, "Choisissez…");
  return [first, ...choices.map((one) =>
    el("option", { value: one.name, selected: one.name === value }, said(one.label, language) || one.name))];
}

function list(choices, value, language) {
  const field = el("select", { class: "form-select", name: "value" }, ...options(choices, value, language));
  return { nodes: [field], read: () => field.value, single: field };
}

function ranks(choices, value, language) {
  const chosen = value.split(" ");
  const fields = choices.map((_one, at) =>
    el("select", { class: "form-select", name: "value" }, ...options(choices, chosen[at], language)));
  const nodes = fields.map((field, at) => el("label", { class: "collect__rank" }, `${at + 1}.`, field));
  return { nodes, read: () => [...new Set(fields.map((field) => field.value).filter(Boolean))].join(" ") };
}

function line(item, value) {
  const long = item.appearance?.includes("multiline");
  const field = el(long ? "textarea" : "input", {
    class: "form-control", name: "value", rows: long ? "4" : "", type: long ? "" : (NATIVE[item.kind] ?? "text"),
    inputmode: KEYS[item.kind] ?? "", autocomplete: "off", readonly: Boolean(item.read_only), maxlength: "10000",
  });
  field.value = value;
  const nodes = [field];
  if (item.kind === "geopoint" && window.isSecureContext && navigator.geolocation) nodes.push(here(field));
  return { nodes, read: () => clean(field.value), single: field };
}

function here(field) {
  const place = button("Je suis sur place", () => {
    place.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.latitude.toFixed(5)} ${coords.longitude.toFixed(5)}`;
        place.disabled = false;
      },
      () => (place.textContent = "Le téléphone ne dit pas où il est : écrivez-le."),
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
  return place;
}
