// Build the static files of the site: style sheet, title font, our scripts, the map's libraries.
// Usage: node build.mjs OUTPUT_FOLDER
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rollup } from "@rollup/wasm-node";
import * as sass from "sass";
import subsetFont from "subset-font";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "node_modules");
const output = process.argv[2];

// Letters of French, figures and the signs the site writes; nothing else is sent to the reader.
const LETTERS =
  " !\"#%&'()*+,-./0123456789:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" +
  "ÀÂÄÆÇÈÉÊËÎÏÔÖÙÛÜŒŸàâäæçèéêëîïñôöùûüœÿ«»·’“”…–—→\u00a0\u202f";

const LOGICAL = {
  "margin-left": "margin-inline-start", "margin-right": "margin-inline-end",
  "padding-left": "padding-inline-start", "padding-right": "padding-inline-end",
  "border-left": "border-inline-start", "border-right": "border-inline-end",
  "border-top-left-radius": "border-start-start-radius", "border-top-right-radius": "border-start-end-radius",
  "border-bottom-left-radius": "border-end-start-radius", "border-bottom-right-radius": "border-end-end-radius",
  left: "inset-inline-start", right: "inset-inline-end",
};

function logical(css) {
  // Bootstrap writes physical sides: turn them into logical ones, right for both reading directions.
  return css
    .replace(/([{;])(-?[a-z-]+):/g, (all, before, name) => `${before}${LOGICAL[name] ?? name}:`)
    .replace(/text-align:left/g, "text-align:start").replace(/text-align:right/g, "text-align:end")
    .replace(/float:left/g, "float:inline-start").replace(/float:right/g, "float:inline-end");
}

function unused(css) {
  // Drop the custom properties nothing reads, until none is left.
  for (;;) {
    const read = new Set([...css.matchAll(/var\((--[\w-]+)/g)].map((match) => match[1]));
    const kept = css.replace(/(?<=[{;])(--[\w-]+):[^;{}]*(;|(?=\}))/g, (all, name) => (read.has(name) ? all : ""));
    if (kept === css) return css.replace(/[^{}]+\{\}/g, "").replace(/;\}/g, "}");
    css = kept;
  }
}

function style(name) {
  const result = sass.compile(join(here, `scss/${name}.scss`), {
    style: "compressed", charset: false, loadPaths: [packages], quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  writeFileSync(join(output, `${name}.css`), unused(logical(result.css)));
}

async function font() {
  const family = join(packages, "@fontsource/bricolage-grotesque");
  const whole = readFileSync(join(family, "files/bricolage-grotesque-latin-700-normal.woff2"));
  const subset = await subsetFont(whole, LETTERS, { targetFormat: "woff2", noLayoutClosure: true });
  mkdirSync(join(output, "fonts"), { recursive: true });
  writeFileSync(join(output, "fonts/titres-700.woff2"), subset);
  cpSync(join(family, "LICENSE"), join(output, "fonts/LICENSE-bricolage-grotesque.txt"));
}

function copyText(from, to) {
  const text = readFileSync(from, "utf8").replace(/\n?\/[/*]# sourceMappingURL=.*$/gm, "");
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
}

function map() {
  const maplibre = join(packages, "maplibre-gl");
  const target = join(output, "vendor/maplibre-gl");
  for (const name of ["maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"])
    copyText(join(maplibre, "dist", name), join(target, name));
  cpSync(join(maplibre, "LICENSE.txt"), join(target, "LICENSE.txt"));
  copyText(join(packages, "pmtiles/dist/pmtiles.js"), join(output, "vendor/pmtiles/pmtiles.js"));
  cpSync(join(here, "licences/pmtiles.txt"), join(output, "vendor/pmtiles/LICENSE.txt"));
  cpSync(join(packages, "bootstrap/LICENSE"), join(output, "LICENSE-bootstrap.txt"));
}

async function bundle(name) {
  // One file for a page that must work without a network: our modules of js/NAME and the libraries they import.
  const libraries = {
    resolveId: (id) => (/^[./]/.test(id) ? null : fileURLToPath(import.meta.resolve(id))),
  };
  const made = await rollup({ input: join(here, "js", name, "main.js"), plugins: [libraries] });
  const { output: [whole] } = await made.generate({ format: "es" });
  const { code } = await minify(whole.code, { module: true });
  writeFileSync(join(output, "js", `${name}.js`), code);
}

function licences() {
  for (const name of ["@noble/ciphers", "@noble/hashes", "idb"])
    cpSync(join(packages, name, "LICENSE"), join(output, `js/LICENSE-${name.replace(/\W+/g, "-").replace(/^-/, "")}.txt`));
}

rmSync(output, { recursive: true, force: true });
mkdirSync(join(output, "js"), { recursive: true });
for (const name of ["portrea", "reach", "surveys", "action", "rights", "space", "opendata"]) style(name);
await font();
map();
for (const entry of readdirSync(join(here, "js"), { withFileTypes: true })) {
  if (existsSync(join(here, "js", entry.name, "main.js"))) await bundle(entry.name);
  else if (entry.isFile()) cpSync(join(here, "js", entry.name), join(output, "js", entry.name));
}
licences();
cpSync(join(here, "icon.svg"), join(output, "icon.svg"));
