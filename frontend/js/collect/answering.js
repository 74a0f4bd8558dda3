// What an answer to one question may be, as portrea.surveys.answering says it on the server.
const LONGEST = 10000;
const DECIMAL = /^-?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})$/;
const words = (text) => text.split(/\s+/).filter(Boolean);

// What a database or a digest refuses: control signs, halves of letters.
export const clean = (text) =>
  [...text.replace(/\r\n?/g, "\n")].filter((one) => /[\t\n]|[^\0-\x1f\ud800-\udfff]/u.test(one)).join("");

export function tidy(question, given) {
  const text = given.replace(/\r\n/g, "\n").trim();
  if (["integer", "decimal", "range"].includes(question.kind)) return text.replace(/\s/g, "").replace(/,/g, ".");
  if (question.kind === "time") {
    const found = /^(\d{1,2})[:hH](\d{2})?(:\d{2}(\.\d+)?)?$/.exec(text);
    return found ? `${found[1].padStart(2, "0")}:${found[2] ?? "00"}` : text;
  }
  return ["select_multiple", "rank"].includes(question.kind) ? [...new Set(words(text))].join(" ") : text;
}

function steps(question, answer) {
  const [start, end, step] = [["start", 0], ["end", 10], ["step", 1]].map(([key, otherwise]) =>
    Number(question.parameters?.[key] ?? otherwise));
  const told = `Choisissez un nombre de ${start} à ${end}, de ${step} en ${step}.`;
  if (!DECIMAL.test(answer)) return told;
  const gone = step ? (Number(answer) - start) / step : 0;
  const inside = Math.min(start, end) <= Number(answer) && Number(answer) <= Math.max(start, end);
  return inside && Math.abs(gone - Math.round(gone)) < 1e-9 ? "" : told;
}

function isDay(text) {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!found || found[1] === "0000") return false;
  const [year, month, day] = found.slice(1).map(Number);
  const moment = new Date(Date.UTC(2000, month - 1, day));
  moment.setUTCFullYear(year, month - 1, day);
  return moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day;
}

const isHour = (text) => /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$/.test(text);

function isMoment(text) {
  const [day, hour, ...rest] = text.split(/[T ]/);
  if (rest.length || !isDay(day)) return false;
  return hour === undefined || isHour(hour.replace(/(Z|[+-]\d{2}:\d{2})$/, ""));
}

function point(_question, answer) {
  const numbers = words(answer);
  const read = [2, 3, 4].includes(numbers.length) && numbers.every((one) => DECIMAL.test(one));
  const inside = read && Math.abs(Number(numbers[0])) <= 90 && Math.abs(Number(numbers[1])) <= 180;
  return inside ? "" : "Un lieu s’écrit « latitude longitude », par exemple 49.44 1.09.";
}

const line = (question, answer) =>
  answer.split(";").filter((one) => one.trim()).map((one) => point(question, one)).find(Boolean) ?? "";

const unless = (right, why) => (_question, answer) => (right(answer) ? "" : why);

const REFUSALS = {
  integer: unless((answer) => /^-?\d{1,15}$/.test(answer), "Écrivez un nombre entier, par exemple 12."),
  decimal: unless((answer) => DECIMAL.test(answer), "Écrivez un nombre, par exemple 3,5."),
  range: steps,
  date: unless(isDay, "Écrivez une date : jour, mois, année."),
  time: unless(isHour, "Écrivez une heure, par exemple 14:30."),
  dateTime: unless(isMoment, "Écrivez une date et une heure."),
  geopoint: point,
  geotrace: line,
  geoshape: line,
  acknowledge: unless((answer) => answer === "OK", "Cochez la case, ou laissez-la vide."),
};

export function refused(question, answer, offered) {
  if (!answer) return "";
  const long = [...answer].length;
  if (long > LONGEST) return `Cette réponse a ${long} caractères ; ${LONGEST} au plus.`;
  if (question.choices) {
    const strange = words(answer).some((name) => !offered.includes(name));
    return strange ? "Ce choix n’est pas (ou plus) proposé : choisissez de nouveau." : "";
  }
  return REFUSALS[question.kind]?.(question, answer) ?? "";
}
