// The code of the phone: chosen once when the référent asks for one, then asked at each opening.
import { actions, button, el, paragraphs, show } from "./dom.js";
import { weak } from "./secret.js";

const LOST = "Un code oublié ne se retrouve pas : les réponses gardées sur ce téléphone seraient illisibles, pour tout le monde.";

// Return when what the phone holds can be read.
export async function enter(place, queue, wanted) {
  if (queue.locked) await ask(place, queue);
  else if (wanted && !queue.lock) await choose(place, queue);
}

function field(label, name) {
  const input = el("input", { class: "form-control", type: "password", name, id: name, autocomplete: "off", required: true });
  return [el("label", { for: name, class: "form-label" }, label), input];
}

function form(work, fault, ...children) {
  const send = el("button", { class: "btn btn-primary" }, "Continuer");
  return el("form", {
    class: "sheet",
    onsubmit: async (event) => {
      event.preventDefault();
      send.disabled = true;
      fault.textContent = "Un instant…";
      fault.textContent = await work(event.target.elements);
      send.disabled = false;
    },
  }, ...children, fault, actions(send));
}

const alert = () => el("p", { role: "alert", class: "collect__fault" });

export function choose(place, queue) {
  return new Promise((resolve) => {
    const work = async ({ code, again }) => {
      const why = weak(code.value) || (code.value === again.value ? "" : "Les deux codes ne sont pas les mêmes.");
      if (why) return why;
      await queue.protect(code.value);
      resolve();
      return "";
    };
    show(place, el("h1", {}, "Choisissez le code de ce téléphone"),
      ...paragraphs(`Il chiffre ce que ce téléphone garde. Six signes au moins ; il sera redemandé à chaque ouverture de la page.\n${LOST}`, ""),
      form(work, alert(), ...field("Code", "code"), ...field("Le même, encore une fois", "again")));
  });
}

function ask(place, queue) {
  return new Promise((resolve) => {
    const work = async ({ code }) => {
      if (!(await queue.unlock(code.value))) return "Ce n’est pas le code de ce téléphone.";
      resolve();
      return "";
    };
    const forget = async () => {
      const { kept } = await queue.counts();
      if (!window.confirm(`Effacer ce qui est illisible sans le code : ${kept} réponse(s) gardée(s) sur ce téléphone ?`)) return;
      await queue.forget();
      resolve();
    };
    show(place, el("h1", {}, "Le code de ce téléphone"), form(work, alert(), ...field("Code", "code")),
      el("details", {}, el("summary", {}, "J’ai oublié le code"), ...paragraphs(LOST, ""),
        actions(button("Tout effacer et recommencer", forget))));
  });
}
