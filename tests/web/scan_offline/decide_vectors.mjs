// Says of each vector what the page says of it: vectors come as JSON, outcomes go out so.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const scripts = pathToFileURL(`${process.argv[2]}/`);
const { DoorList, digestOf } = await import(new URL("decide.js", scripts));

const said = [];
for (const { payload, text, now, typed, entered = null } of JSON.parse(readFileSync(0, "utf8"))) {
  const list = new DoorList(payload);
  const row = list.find(text, await digestOf(text), { typed });
  said.push(list.decide(row, now, entered));
}
process.stdout.write(JSON.stringify(said));
