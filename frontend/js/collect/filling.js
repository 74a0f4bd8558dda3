// Fill a form on the phone as portrea.surveys.filling does on the server: the same cases are worked by both
// (tests/cases/surveys/xlsform.yaml). The form is the JSON of portrea.surveys.portable.
import { evaluate, holds, say } from "../expressions.js";
import { refused, tidy } from "./answering.js";

const REQUIRED = "Cette réponse est obligatoire.";
const NOT_ALLOWED = "Cette réponse n’est pas permise.";
const MOST_ROWS = 200;

export const said = (texts, language) => texts?.[language] || Object.values(texts ?? {}).find(Boolean) || "";

export const pathOf = (name, inside) => [...inside.map(([repeat, row]) => `${repeat}/${row}`), name].join("/");

function* every(items) {
  for (const item of items) {
    yield item;
    if (item.items) yield* every(item.items);
  }
}

export function fill(form, given, { now, language }) {
  const filler = { form, now, language: language || form.languages[0], label: labels(form, language) };
  let known = {};
  let filled;
  for (let pass = [...every(form.items)].length + 2; pass > 0; pass -= 1) {
    const entries = [];
    const answers = level(filler, form.items, given, known, [], entries);
    filled = { answers, entries };
    if (JSON.stringify(answers) === JSON.stringify(known)) break;
    known = answers;
  }
  return filled;
}

function labels(form, language) {
  const questions = new Map([...every(form.items)].map((item) => [item.name, item]));
  return (question, choice) => {
    const listed = form.lists[questions.get(question)?.choices] ?? [];
    return said(listed.find((one) => one.name === choice)?.label, language || form.languages[0]);
  };
}

function level(filler, items, given, known, inside, entries) {
  const kept = {};
  for (const item of items) {
    const scope = { answers: known, now: filler.now, inside, label: filler.label };
    if (item.relevant && !holds(item.relevant, scope)) Object.assign(kept, closed(item));
    else if (!item.items) kept[item.name] = asked(filler, item, given, scope, entries);
    else if (item.repeats) kept[item.name] = repeated(filler, item, given, scope, entries);
    else {
      entries.push({ item, inside, path: pathOf(item.name, inside), value: "", choices: [], fault: "" });
      Object.assign(kept, level(filler, item.items, given, known, inside, entries));
    }
  }
  return kept;
}

function asked(filler, item, given, scope, entries) {
  const answer = answered(item, given, scope);
  if (!item.asks) return answer;
  const choices = offered(filler, item, scope);
  const wrong = refused(item, answer, choices.map((one) => one.name));
  const required = Boolean(item.required) && holds(item.required, scope);
  let fault = wrong || forbidden(filler, item, answer, scope);
  if (!answer && required && item.kind !== "note") fault = said(item.required_message, filler.language) || REQUIRED;
  const path = pathOf(item.name, scope.inside);
  entries.push({ item, inside: scope.inside, path, value: answer, choices, required, fault });
  return wrong ? "" : answer;
}

function answered(item, given, scope) {
  const told = Object.hasOwn(given, item.name) ? given[item.name] : undefined;
  if (item.kind === "note") return "";
  if (item.calculation && (item.read_only || !item.asks))
    return say(item.calculation, { ...scope, value: typeof told === "string" ? told : "" });
  if (typeof told === "string") return tidy(item, told);
  return item.first ? say(item.first, scope) : (item.default ?? "");
}

function forbidden(filler, item, answer, scope) {
  if (!answer || !item.constraint || holds(item.constraint, { ...scope, value: answer })) return "";
  return said(item.constraint_message, filler.language) || NOT_ALLOWED;
}

function offered(filler, item, scope) {
  const listed = (item.choices && filler.form.lists[item.choices]) || [];
  if (!item.filter) return listed;
  return listed.filter((one) => holds(item.filter, { ...scope, columns: { name: one.name, ...one.columns } }));
}

function repeated(filler, group, given, scope, entries) {
  const told = Object.hasOwn(given, group.name) ? given[group.name] : [];
  let rows = Array.isArray(told) ? told.slice(0, MOST_ROWS) : [];
  if (group.count) {
    const wanted = evaluate(["call", "number", [group.count]], scope);
    const count = Number.isFinite(wanted) ? Math.min(MOST_ROWS, Math.max(0, Math.trunc(wanted))) : 0;
    rows = Array.from({ length: count }, (_none, at) => rows[at] ?? {});
  }
  const path = pathOf(group.name, scope.inside);
  entries.push({ item: group, inside: scope.inside, path, value: "", choices: [], fault: "", rows: rows.length });
  return rows.map((row, at) =>
    level(filler, group.items, row, scope.answers, [...scope.inside, [group.name, at]], entries));
}

function closed(item) {
  if (!item.items) return { [item.name]: "" };
  if (item.repeats) return { [item.name]: [] };
  return Object.assign({}, ...item.items.map(closed));
}
