// Reads a JSON array of mednum lines on standard input, gives each to the ANCT's parser, and prints
// the JSON array of what it refuses: {index, key, message}.
import { readFileSync } from "node:fs";
import { fromSchemaLieuDeMediationNumerique } from "@gouvfr-anct/lieux-de-mediation-numerique";

const refused = [];
JSON.parse(readFileSync(0, "utf8")).forEach((line, index) => {
    try {
        fromSchemaLieuDeMediationNumerique(line);
    } catch (error) {
        refused.push({ index, key: error.key ?? null, message: error.message || error.name });
    }
});
process.stdout.write(JSON.stringify(refused));
