// The form of a question: only what fits its kind is shown, and how it will look stands beside it.
// Without JavaScript, every field is shown.
const form = document.querySelector("[data-kinds]");
const kind = form?.querySelector("[name=kind]");
const preview = document.querySelector("[data-preview]");
const shown = preview?.querySelector("[data-shown]");
const CHOSEN = ["select_one", "select_multiple", "rank"];

function value(name) {
  return form.querySelector(`[name=${name}]`)?.value.trim() ?? "";
}

function ticked(name) {
  return form.querySelector(`[name=${name}]`)?.checked ?? false;
}

function line(text, style) {
  const made = document.createElement("p");
  made.className = style;
  made.textContent = text;
  return made;
}

function fitting() {
  for (const part of form.querySelectorAll("[data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(kind.value);
  }
}

// Rows of conditions: those that are filled, and one more.
function rows() {
  const tests = [...form.querySelectorAll(".draft-test")];
  const filled = tests.findLastIndex((one) => one.querySelector("select").value);
  tests.forEach((one, rank) => { one.hidden = rank > filled + 1; });
}

function look() {
  const parts = [line(value("label") || "…", "draft-preview__question")];
  if (value("hint")) parts.push(line(value("hint"), "small quiet"));
  if (CHOSEN.includes(kind.value)) {
    const words = value("choices").split("\n").map((one) => one.trim()).filter(Boolean);
    for (const name of ["unknown", "other"]) {
      if (ticked(name)) words.push(form.querySelector(`[name=${name}]`).dataset.adds);
    }
    const style = kind.value === "select_one" ? " draft-preview__choice--one" : "";
    parts.push(...words.slice(0, 30).map((one) => line(one, `draft-preview__choice${style}`)));
  } else if (kind.value === "acknowledge") {
    parts[0].className = "draft-preview__choice";
  } else if (kind.value !== "note") {
    parts.push(line("", "draft-preview__blank"));
  }
  shown.replaceChildren(...parts);
}

if (kind) {
  const all = () => { fitting(); rows(); look(); };
  form.addEventListener("input", all);
  form.addEventListener("change", all);
  preview.hidden = false;
  all();
}
