// Says of each [key, signature, payload] whether the page believes it.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const scripts = pathToFileURL(`${process.argv[2]}/`);
const { isSigned } = await import(new URL("list.js", scripts));

const asked = JSON.parse(readFileSync(0, "utf8"));
const said = await Promise.all(asked.map((each) => isSigned(...each)));
process.stdout.write(JSON.stringify(said));
