// Ciphering what waits on the phone under a code, without crypto.subtle, which plain http refuses.
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

export const COST = { N: 2 ** 15, r: 8, p: 1 }; // 32 MB: a quarter of a second here, a second on a small phone
const LEAST = 6;
const NONCE = 24;

// Why a code is refused, in French; empty when it is good.
export function weak(code) {
  if (code.length < LEAST) return `Le code a ${LEAST} signes au moins (chiffres ou lettres).`;
  const steps = new Set([...code].slice(1).map((sign, at) => sign.codePointAt(0) - code.codePointAt(at)));
  return steps.size === 1 ? "Ce code se devine : évitez 111111 et 123456." : "";
}

export const draw = (size) => crypto.getRandomValues(new Uint8Array(size));

export async function secretOf(code, salt, cost = COST) {
  const key = await scryptAsync(utf8ToBytes(code.normalize("NFKC")), salt, { ...cost, dkLen: 32 });
  return {
    seal(name, value) {
      const nonce = draw(NONCE);
      const cipher = xchacha20poly1305(key, nonce, utf8ToBytes(name));
      return concatBytes(nonce, cipher.encrypt(utf8ToBytes(JSON.stringify(value))));
    },
    open(name, box) {
      const cipher = xchacha20poly1305(key, box.subarray(0, NONCE), utf8ToBytes(name));
      return JSON.parse(new TextDecoder().decode(cipher.decrypt(box.subarray(NONCE))));
    },
  };
}
