// Conditions of a questionnaire, evaluated on the phone as portrea.surveys.expressions does on the server:
// the same trees, the same cases (tests/cases/surveys/expressions.yaml).
const DAY = 86400000;
const MONTHS = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
const DAYS = ["jeu.", "ven.", "sam.", "dim.", "lun.", "mar.", "mer."];

const textOf = (value) => {
  if (Array.isArray(value)) return value[0] ?? "";
  return typeof value === "number" && Object.is(value, -0) ? "0" : String(value);
};

function daysOf(text) {
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?)?/.exec(text);
  if (!found) return NaN;
  const [year, month, day, hour, minute, second] = found.slice(1).map((part) => Number(part ?? 0));
  const moment = Date.UTC(year, month - 1, day, hour, minute, second);
  const real = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && hour < 24 && minute < 60;
  return real ? moment / DAY : NaN;
}

const numberOf = (value) => {
  if (typeof value === "boolean" || typeof value === "number") return Number(value);
  const text = textOf(value);
  return /^\s*-?(\d+(\.\d*)?|\.\d+)\s*$/.test(text) ? Number(text) : daysOf(text);
};

const truthOf = (value) => {
  if (typeof value === "number") return !Number.isNaN(value) && value !== 0;
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
};

const each = (value) => (Array.isArray(value) ? (value.length ? value : [""]) : [value]);
const listed = (value) => (Array.isArray(value) ? value : [textOf(value)]);
const numbers = (values) => values.flatMap((value) => (Array.isArray(value) ? value.map(numberOf) : [numberOf(value)]));
const words = (value) => textOf(value).split(/\s+/).filter(Boolean);

function same(left, right) {
  if (typeof left === "boolean" || typeof right === "boolean") return truthOf(left) === truthOf(right);
  const as = typeof left === "number" || typeof right === "number" ? numberOf : (one) => one;
  return each(left).some((a) => each(right).some((b) => as(a) === as(b)));
}

function dateOf(days) {
  const moment = new Date(Math.floor(days) * DAY);
  return Number.isNaN(moment.getTime()) ? "" : moment.toISOString().slice(0, 10);
}

function dateTold(value, format) {
  const days = numberOf(value);
  if (!Number.isFinite(days) || !dateOf(days)) return "";
  const [year, month, day] = dateOf(days).split("-");
  const seconds = Math.round((days - Math.floor(days)) * 86400);
  const two = (number) => String(number).padStart(2, "0");
  const hour = Math.floor(seconds / 3600);
  const minute = Math.floor(seconds / 60) % 60;
  const told = {
    Y: year, y: year.slice(2), m: month, n: String(Number(month)), d: day, e: String(Number(day)),
    H: two(hour), h: String(hour), M: two(minute), S: two(seconds % 60), 3: "000", "%": "%",
    b: MONTHS[Number(month) - 1], a: DAYS[((Math.floor(days) % 7) + 7) % 7],
  };
  return format.replace(/%(.)/gs, (all, letter) => told[letter] ?? all);
}

function rounded(number, digits = 0) {
  const scale = 10 ** Math.trunc(digits);
  return Math.floor(number * scale + 0.5) / scale;
}

function matches(text, pattern) {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(text);
  } catch {
    return false;
  }
}

const within = (values, total) => {
  const [least, most] = [numberOf(values[0]), numberOf(values[1])];
  return (least === -1 || total >= least) && (most === -1 || total <= most);
};

const finite = (operation) => (...values) => {
  const told = values.map(numberOf);
  return told.every(Number.isFinite) ? operation(...told) : NaN;
};

const known = (operation) => (...values) => {
  const told = numbers(values);
  return told.some(Number.isNaN) ? NaN : operation(told);
};

const part = (text, start, end) => {
  const [from, to] = [numberOf(start), end === undefined ? Infinity : numberOf(end)];
  if (Number.isNaN(from) || Number.isNaN(to)) return "";
  return textOf(text).slice(Math.max(0, Math.trunc(from)), to === Infinity ? undefined : Math.max(0, Math.trunc(to)));
};

const translated = (text, out, into) =>
  [...textOf(text)].map((letter) => {
    const at = [...textOf(out)].lastIndexOf(letter);
    return at < 0 ? letter : ([...textOf(into)][at] ?? "");
  }).join("");

const FUNCTIONS = {
  abs: finite(Math.abs),
  boolean: truthOf,
  "boolean-from-string": (text) => ["1", "true"].includes(textOf(text)),
  ceiling: finite(Math.ceil),
  checklist: (...values) => within(values, values.slice(2).filter(truthOf).length),
  coalesce: (first, second) => textOf(first) || second,
  concat: (...values) => values.map(textOf).join(""),
  contains: (text, piece) => textOf(text).includes(textOf(piece)),
  count: (value) => listed(value).length,
  "count-non-empty": (value) => listed(value).filter(Boolean).length,
  "count-selected": (value) => words(value).length,
  date: (value) => (Number.isFinite(numberOf(value)) ? dateOf(numberOf(value)) : ""),
  "decimal-date-time": numberOf,
  "ends-with": (text, piece) => textOf(text).endsWith(textOf(piece)),
  false: () => false,
  floor: finite(Math.floor),
  "format-date": (value, format) => dateTold(value, textOf(format)),
  "format-date-time": (value, format) => dateTold(value, textOf(format)),
  if: (condition, then, otherwise) => (truthOf(condition) ? then : otherwise),
  "indexed-repeat": (value) => value,
  int: finite(Math.trunc),
  join: (between, value) => listed(value).join(textOf(between)),
  max: known((all) => (all.length ? all.reduce((a, b) => Math.max(a, b)) : NaN)),
  min: known((all) => (all.length ? all.reduce((a, b) => Math.min(a, b)) : NaN)),
  "normalize-space": (text) => words(text).join(" "),
  not: (value) => !truthOf(value),
  number: numberOf,
  pow: finite((base, power) => base ** power),
  regex: (text, pattern) => matches(textOf(text), textOf(pattern)),
  round: finite(rounded),
  selected: (value, name) => words(value).includes(textOf(name)),
  "selected-at": (value, at) => words(value)[numberOf(at) >= 0 ? Math.trunc(numberOf(at)) : -1] ?? "",
  "starts-with": (text, piece) => textOf(text).startsWith(textOf(piece)),
  string: textOf,
  "string-length": (text) => [...textOf(text)].length,
  substr: part,
  "substring-after": (text, piece) => textOf(text).split(textOf(piece)).slice(1).join(textOf(piece)),
  "substring-before": (text, piece) => (textOf(text).includes(textOf(piece)) ? textOf(text).split(textOf(piece))[0] : ""),
  sum: known((all) => all.reduce((a, b) => a + b, 0)),
  translate: translated,
  true: () => true,
  "weighted-checklist": (...values) => {
    let total = 0;
    for (let at = 2; at + 1 < values.length; at += 2) total += truthOf(values[at]) ? numberOf(values[at + 1]) : 0;
    return within(values, total);
  },
};

const OF_SCOPE = {
  now: (scope) => scope.now,
  once: (scope, value) => scope.value || value,
  position: (scope) => (scope.inside?.length ? scope.inside.at(-1)[1] + 1 : 0),
  today: (scope) => scope.now.slice(0, 10),
};

const OPERATORS = {
  "=": same,
  "!=": (left, right) => !same(left, right),
  "<": (left, right) => numberOf(left) < numberOf(right),
  "<=": (left, right) => numberOf(left) <= numberOf(right),
  ">": (left, right) => numberOf(left) > numberOf(right),
  ">=": (left, right) => numberOf(left) >= numberOf(right),
  "+": (left, right) => numberOf(left) + numberOf(right),
  "-": (left, right) => numberOf(left) - numberOf(right),
  "*": (left, right) => numberOf(left) * numberOf(right),
  div: (left, right) => numberOf(left) / numberOf(right),
  mod: (left, right) => numberOf(left) % numberOf(right),
};

function everywhere(level, name) {
  return Object.entries(level).flatMap(([key, value]) => {
    if (typeof value === "string") return key === name ? [value] : [];
    return value.flatMap((row) => everywhere(row, name));
  });
}

function answer(scope, name) {
  const levels = [scope.answers];
  for (const [repeat, row] of scope.inside ?? []) levels.push(levels.at(-1)[repeat]?.[row] ?? {});
  for (const level of levels.reverse()) {
    const found = Object.hasOwn(level, name) ? level[name] : undefined;
    if (typeof found === "string") return found;
    if (found !== undefined) return found.map((_row, at) => String(at + 1));
  }
  return everywhere(scope.answers, name);
}

function call(name, inputs, scope) {
  if (name === "indexed-repeat" && inputs[0][0] === "answer") {
    const at = numberOf(evaluate(inputs[2], scope));
    return everywhere(scope.answers, inputs[0][1])[Math.trunc(at) - 1] ?? "";
  }
  if (name === "jr:choice-name") {
    const question = textOf(evaluate(inputs[1], scope)).replace(/^\s*\$\{\s*|\s*\}\s*$/g, "");
    return scope.label?.(question, textOf(evaluate(inputs[0], scope))) ?? "";
  }
  const values = inputs.map((one) => evaluate(one, scope));
  return OF_SCOPE[name] ? OF_SCOPE[name](scope, ...values) : FUNCTIONS[name](...values);
}

export function evaluate(tree, scope) {
  const [kind, ...rest] = tree;
  switch (kind) {
    case "number": case "text": return rest[0];
    case "answer": return answer(scope, rest[0]);
    case "column": return scope.columns?.[rest[0]] ?? "";
    case "self": return scope.value ?? "";
    case "parent": return "";
    case "minus": return -numberOf(evaluate(rest[0], scope));
    case "or": return rest.some((one) => holds(one, scope));
    case "and": return rest.every((one) => holds(one, scope));
    case "call": return call(rest[0], rest[1], scope);
    default: return OPERATORS[kind](evaluate(rest[0], scope), evaluate(rest[1], scope));
  }
}

export function holds(tree, scope) {
  return truthOf(evaluate(tree, scope));
}

export function say(tree, scope) {
  const value = evaluate(tree, scope);
  return Number.isNaN(value) ? "" : textOf(value);
}
