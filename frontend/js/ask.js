// The flow works without this file. It adds suggestions as one types, as ordinary links, and
// « près de moi » : on tap only, the position goes once to this site in the address, rounded.
const WAIT = 150;
const LEAST = 2;
const MOST = 6;

function address(form, field, changes) {
  const data = new FormData(form);
  data.delete(field.name);
  for (const [name, value] of Object.entries(changes)) data.set(name, value);
  for (const [name, value] of [...data]) if (!value) data.delete(name);
  return `${form.action.split("#")[0]}?${new URLSearchParams(data)}#question`;
}

function chosen(form, field, one) {
  const changes = { ...one.set };
  const need = new FormData(form).get("besoin");
  if (one.need && (!need || need === "aide")) changes.besoin = one.need;
  if (field.name === "ou") changes.lon = changes.lat = "";
  return address(form, field, changes);
}

function listed(form, field, found) {
  const list = document.createElement("ul");
  list.className = "doors";
  for (const one of found.slice(0, MOST)) {
    const link = document.createElement("a");
    link.href = chosen(form, field, one);
    const label = document.createElement("b");
    label.textContent = one.label;
    link.append(label);
    if (one.detail) {
      const detail = document.createElement("small");
      detail.textContent = ` ${one.detail}`;
      link.append(detail);
    }
    const line = document.createElement("li");
    line.append(link);
    list.append(line);
  }
  return list;
}

function suggest(field) {
  const form = field.form;
  const box = field.parentElement.querySelector("[data-ask-found]");
  const status = form.querySelector("[data-ask-count]");
  let timer;
  let last = 0;
  async function ask() {
    const text = field.value.trim();
    const mine = (last += 1);
    if (text.length < LEAST) {
      box.replaceChildren();
      return;
    }
    const query = new URLSearchParams({ [field.name]: text });
    const answer = await fetch(`${field.dataset.askSuggest}?${query}`);
    if (!answer.ok || mine !== last) return;
    const { found } = await answer.json();
    if (mine !== last) return;
    box.replaceChildren(...(found.length ? [listed(form, field, found)] : []));
    if (!status) return;
    const count = Math.min(found.length, MOST);
    status.textContent = count === 1 ? status.dataset.one : `${count} ${status.dataset.many}`;
  }
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask().catch(() => box.replaceChildren()), WAIT);
  });
}

function near(frame) {
  const button = frame.querySelector("button");
  const status = frame.querySelector("[role=status]");
  const form = document.querySelector(".ask__form");
  const field = form.elements.namedItem("ou");
  function found({ coords }) {
    const point = { lon: coords.longitude.toFixed(3), lat: coords.latitude.toFixed(3), commune: "" };
    window.location.assign(address(form, field, point));
  }
  function refused(error) {
    button.disabled = false;
    status.textContent = error.code === error.PERMISSION_DENIED ? frame.dataset.refused : frame.dataset.failed;
  }
  frame.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    status.textContent = frame.dataset.searching;
    navigator.geolocation.getCurrentPosition(found, refused, { timeout: 10000, maximumAge: 600000 });
  });
}

for (const field of document.querySelectorAll("[data-ask-suggest]")) suggest(field);
const frame = document.querySelector("[data-ask-near]");
if (frame && "geolocation" in navigator) near(frame);
