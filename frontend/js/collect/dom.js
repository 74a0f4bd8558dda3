// Small pieces of page, made without any text read as HTML.
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined && (value !== "" || name === "value")) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export const button = (text, onclick, look = "btn-line") =>
  el("button", { type: "button", class: `btn ${look}`, onclick }, text);

export const actions = (...buttons) => el("div", { class: "actions" }, ...buttons);

export const paragraphs = (text, look) =>
  text.split(/\n+/).filter(Boolean).map((one) => el("p", { class: look }, one));

// Put a screen in place of the one before, and tell it to who cannot see it change.
export function show(place, ...children) {
  place.replaceChildren(...children.filter(Boolean));
  const title = place.querySelector("h1");
  if (title) {
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
  window.scrollTo(0, 0);
}
