// Shows openapi.json of this server: every operation, what it takes and answers, and a way to try it.
// Whatever comes from the bench is set as text, never as markup.

const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text ?? "" });

/** Part of the document with its references replaced by what they stand for. */
function resolved(part, whole) {
    if (Array.isArray(part)) return part.map((item) => resolved(item, whole));
    if (part === null || typeof part !== "object") return part;
    if (part.$ref) return resolved(part.$ref.split("/").slice(1).reduce((found, key) => found[key], whole), whole);
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, resolved(value, whole)]));
}

/** A body to begin with: the defaults, and something of the right type where there is none. */
function example(schema) {
    if (schema === undefined) return undefined;
    if ("default" in schema) return schema.default;
    if ("const" in schema) return schema.const;
    if (schema.enum) return schema.enum[0];
    if (schema.oneOf) return example(schema.oneOf[0]);
    if (schema.type === "object") {
        const fields = Object.entries(schema.properties ?? {});
        return Object.fromEntries(fields.map(([name, field]) => [name, example(field)]));
    }
    if (schema.type === "array") return (schema.prefixItems ?? []).map(example);
    return { integer: schema.minimum ?? 0, number: schema.minimum ?? 0, string: "", boolean: false }[schema.type] ?? null;
}

function contentBlock(content) {
    const block = document.createDocumentFragment();
    for (const [mediaType, { schema }] of Object.entries(content ?? {})) {
        const shown = schema === undefined ? "" : "\n" + JSON.stringify(schema, null, 2);
        block.append(element("pre", mediaType + shown));
    }
    return block;
}

async function shownAnswer(answer, output) {
    output.replaceChildren(element("pre", `${answer.status} ${answer.statusText}`));
    const kind = answer.headers.get("content-type") ?? "";
    if (kind.startsWith("image/")) {
        const picture = document.createElement("img");
        picture.src = URL.createObjectURL(await answer.blob());
        picture.onload = () => URL.revokeObjectURL(picture.src);
        output.append(picture);
    } else if (kind.includes("json")) {
        output.append(element("pre", JSON.stringify(await answer.json(), null, 2)));
    } else if (kind.startsWith("text/event-stream") || kind.startsWith("multipart/")) {
        output.append(element("pre", `${kind}: this answer never ends; open its address instead.`));
        await answer.body.cancel();
    } else {
        output.append(element("pre", (await answer.text()).slice(0, 10000)));
    }
}

function trying(form, fields, method, path, bodyType) {
    const output = form.querySelector("output");
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        let address = path;
        const query = new URLSearchParams();
        for (const { parameter, input } of fields) {
            if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
            else if (input.value) query.append(parameter.name, input.value);
        }
        const text = form.querySelector(".body").value;
        const sent = bodyType && text.trim() ? { body: text, headers: { "content-type": bodyType } } : {};
        try {
            const asked = query.size ? `${address}?${query}` : address;
            await shownAnswer(await fetch(asked, { method: method.toUpperCase(), ...sent }), output);
        } catch (error) {
            output.replaceChildren(element("pre", String(error)));
        }
    });
}

function operationCard(path, method, operation) {
    const card = document.getElementById("operation").content.firstElementChild.cloneNode(true);
    const part = (name) => card.querySelector(name);
    part(".method").textContent = method.toUpperCase();
    part(".path").textContent = path;
    part(".short").textContent = operation.summary;
    part(".text").textContent = operation.description ?? "";
    const fields = (operation.parameters ?? []).map((parameter) => {
        const label = element("label", parameter.name);
        const input = document.createElement("input");
        label.append(input, element("small", parameter.description));
        part(".fields").append(label);
        return { parameter, input };
    });
    const content = operation.requestBody?.content;
    part(".takes").append(content ? contentBlock(content) : element("p", "Nothing."));
    for (const [status, answer] of Object.entries(operation.responses)) {
        part(".answers").append(element("p", `${status}: ${answer.description}`), contentBlock(answer.content));
    }
    const json = content?.["application/json"];
    part(".body").hidden = json === undefined;
    if (json) part(".body").value = JSON.stringify(example(json.schema) ?? null, null, 2);
    trying(part(".try"), fields, method, path, json && "application/json");
    return card;
}

function show(described) {
    document.title = described.info.title;
    document.getElementById("title").textContent = described.info.title;
    document.getElementById("about").textContent = described.info.description;
    const main = document.getElementById("operations");
    main.replaceChildren();
    for (const tag of described.tags) {
        const section = document.createElement("section");
        section.append(element("h2", tag.name), element("p", tag.description));
        for (const [path, methods] of Object.entries(described.paths)) {
            for (const [method, operation] of Object.entries(methods)) {
                if (operation.tags.includes(tag.name)) {
                    section.append(operationCard(path, method, resolved(operation, described)));
                }
            }
        }
        main.append(section);
    }
}

function filtering() {
    const wanted = document.getElementById("filter").value.toLowerCase();
    for (const section of document.querySelectorAll("section")) {
        let any = false;
        for (const card of section.querySelectorAll(".operation")) {
            card.hidden = !card.firstElementChild.textContent.toLowerCase().includes(wanted);
            any ||= !card.hidden;
        }
        section.hidden = !any;
    }
}

document.getElementById("filter").addEventListener("input", filtering);
fetch("openapi.json")
    .then((answer) => answer.json())
    .then(show)
    .catch((error) => document.getElementById("operations").replaceChildren(element("pre", String(error))));
