// Read the page aloud with the voices of the browser, in the language of each passage.
// Nothing is sent by us; the buttons stay hidden where the browser cannot speak.
const controls = document.querySelector("[data-portrea-aloud-controls]");
const article = document.querySelector("[data-portrea-aloud]");
const LONGEST = 180; // some browsers stop in the middle of a longer passage
const PASSAGES = "h1, h2, h3, p, li";
const UNHEARD = "[data-portrea-silent], .no-print, [hidden]";

function language(element) {
  return element.closest("[lang]").lang;
}

function cut(text) {
  // A phone number is said pair by pair, a long passage sentence by sentence.
  const said = text.replace(/\s+/g, " ").trim().replace(/(\d\d) (?=\d\d\b)/g, "$1, ");
  const parts = said.match(/[^.;:!?]+[.;:!?]*/g) ?? [];
  return parts.flatMap((part) => part.match(new RegExp(`.{1,${LONGEST}}(?:\\s|$)`, "g")) ?? [part]);
}

function heard(element) {
  const copy = element.cloneNode(true);
  for (const part of copy.querySelectorAll(`${UNHEARD}, ul`)) part.remove();
  return copy.textContent;
}

function passages() {
  return [...article.querySelectorAll(PASSAGES)]
    .filter((element) => !element.closest(UNHEARD) && !element.parentElement.closest("p, li"))
    .flatMap((element) => cut(heard(element)).map((text) => ({ text, lang: language(element) })));
}

function voice(lang) {
  const main = lang.slice(0, 2);
  return speechSynthesis.getVoices().find((one) => one.lang.slice(0, 2) === main);
}

function start(buttons) {
  speechSynthesis.cancel();
  const all = passages().map(({ text, lang }) => {
    const said = new SpeechSynthesisUtterance(text);
    said.lang = lang;
    said.voice = voice(lang) ?? null;
    said.rate = 0.9;
    return said;
  });
  if (!all.length) return;
  all.at(-1).addEventListener("end", () => show(buttons, false));
  show(buttons, true);
  for (const said of all) speechSynthesis.speak(said);
}

function show({ begin, stop }, speaking) {
  const moved = document.activeElement === (speaking ? begin : stop);
  begin.hidden = speaking;
  stop.hidden = !speaking;
  if (moved) (speaking ? stop : begin).focus();
}

if (controls && article && "speechSynthesis" in window && "SpeechSynthesisUtterance" in window) {
  const begin = controls.querySelector("[data-portrea-aloud-start]");
  const stop = controls.querySelector("[data-portrea-aloud-stop]");
  controls.hidden = false;
  begin.addEventListener("click", () => start({ begin, stop }));
  stop.addEventListener("click", () => {
    speechSynthesis.cancel();
    show({ begin, stop }, false);
  });
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
}
