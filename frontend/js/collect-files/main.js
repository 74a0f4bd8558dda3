// Opens here, in the browser of the référent, the files that phones ciphered: the code is not sent.
import { openFile } from "../collect/handover.js";
import { secretOf } from "../collect/secret.js";

const form = document.querySelector("[data-collect-files]");
const input = form.querySelector("input[type=file]");
const secret = form.querySelector("[data-collect-secret]");
const code = secret.querySelector("input");
const fault = form.querySelector("[data-collect-fault]");

async function readable(file) {
  let told = null;
  try {
    told = JSON.parse(await file.text());
  } catch {
    return file; // the server says why it cannot be read
  }
  if (!told?.box) return file;
  if (!code.value) throw new Error(fault.dataset.needed);
  try {
    const answers = await openFile(told, code.value, secretOf);
    return new File([JSON.stringify({ format: told.format, made: told.made, answers })], file.name, { type: "application/json" });
  } catch {
    throw new Error(`${file.name} : ${fault.dataset.wrong}`);
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const held = new DataTransfer();
  try {
    for (const file of input.files) held.items.add(await readable(file));
    input.files = held.files;
    form.submit();
  } catch (error) {
    secret.hidden = false;
    fault.textContent = error.message;
    code.focus();
  }
});
