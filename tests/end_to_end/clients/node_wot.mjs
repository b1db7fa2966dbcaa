// node-wot, told what to do by JSON lines; see thing_client.py for how they look.
//
//   node node_wot.mjs FOLDER    where tools/foreign-clients has installed it

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { createHash } from "node:crypto";
import { join } from "node:path";

const require = createRequire(join(process.argv[2], "package.json"));
const { Servient } = require("@node-wot/core");
const { HttpClientFactory } = require("@node-wot/binding-http");

const servient = new Servient();
servient.addClientFactory(new HttpClientFactory());
const wot = await servient.start();

let thing;
const heard = new Map();

const parsed = async (output) => JSON.parse(Buffer.from(await output.arrayBuffer()).toString());

/** The form of an action for an operation, by its number. */
function formFor(name, operation) {
    return thing.getThingDescription().actions[name].forms.findIndex((form) => form.op.includes(operation));
}

const requests = {
    async consume({ url }) {
        thing = await wot.consume(await wot.requestThingDescription(url));
        const { properties, actions, events } = thing.getThingDescription();
        return { properties: Object.keys(properties), actions: Object.keys(actions), events: Object.keys(events) };
    },
    async read({ name }) {
        return await (await thing.readProperty(name)).value();
    },
    async readAll({ names }) {
        const values = {};
        for (const [name, output] of await thing.readMultipleProperties(names)) values[name] = await output.value();
        return values;
    },
    async write({ name, value }) {
        await thing.writeProperty(name, value);
    },
    async invoke({ name, input }) {
        return await parsed(await thing.invokeAction(name, input));
    },
    async query({ name, id }) {
        const options = { formIndex: formFor(name, "queryaction"), uriVariables: { id } };
        return await parsed(await thing.invokeAction(name, undefined, options));
    },
    async cancel({ name, id }) {
        const options = { formIndex: formFor(name, "cancelaction"), uriVariables: { id } };
        return await parsed(await thing.invokeAction(name, undefined, options));
    },
    async fetch({ href, media_type }) {
        const client = servient.getClientFor("http");
        const content = await client.readResource({ href, contentType: media_type });
        const bytes = await content.toBuffer();
        const sha256 = createHash("sha256").update(bytes).digest("hex");
        return { media_type: content.type, size: bytes.length, sha256 };
    },
    async observe({ name }) {
        const one = { values: [], waiting: [] };
        heard.set(name, one);
        const listener = async (output) => {
            one.values.push(await output.value());
            one.waiting.splice(0).forEach((wake) => wake());
        };
        const subscribe = name in thing.getThingDescription().events ? "subscribeEvent" : "observeProperty";
        one.subscription = await thing[subscribe](name, listener);
    },
    async observed({ name, count }) {
        const { values, waiting } = heard.get(name);
        while (values.length < count) await new Promise((wake) => waiting.push(wake));
        return values;
    },
    async unobserve({ name }) {
        await heard.get(name).subscription.stop();
    },
};

for await (const line of createInterface({ input: process.stdin })) {
    const { no, do: name, ...more } = JSON.parse(line);
    requests[name](more).then(
        (value) => console.log(JSON.stringify({ no, value })),
        (error) => console.log(JSON.stringify({ no, kind: error.constructor.name, message: error.message ?? String(error) })),
    );
}
process.exit(0);
