// A file of what waits on the phone, to be given by hand: readable, or ciphered when the phone has a code.
import { told } from "./sending.js";

const FORMAT = "portrea-collecte";
const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const bytesOf = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

export function fileOf(items, { secret, lock }) {
  const inside = items.map((one) => ({ to: one.to, ...told(one) }));
  const made = new Date().toISOString().slice(0, 16);
  if (!secret) return { format: FORMAT, made, answers: inside };
  return {
    format: FORMAT, made, salt: base64(lock.salt), cost: lock.cost, count: items.length,
    box: base64(secret.seal(FORMAT, inside)),
  };
}

// Return what a ciphered file holds; throws when the code is not the right one.
export async function openFile(file, code, secretOf) {
  const secret = await secretOf(code, bytesOf(file.salt), file.cost);
  return secret.open(FORMAT, bytesOf(file.box));
}

export function download(items, queue) {
  const content = new Blob([JSON.stringify(fileOf(items, queue))], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = `collecte-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, "-")}.json`;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
