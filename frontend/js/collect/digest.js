// What an answer is known by: an identifier drawn here, and the digest that the receipt must repeat.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

export function drawUuid() {
  // crypto.randomUUID does not exist over plain http; getRandomValues does.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytesToHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function ordered(value) {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, ordered(value[name])]));
}

// The same text, hence the same digest, as portrea.web.surveys.services.intake.digest_of.
export const digestOf = (answers) => bytesToHex(sha256(utf8ToBytes(JSON.stringify(ordered(answers)))));
