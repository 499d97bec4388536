// What docs/clients.md shows of /mesh.js: node scenarios.mjs watch. A page imports it from
// the mesh; node cannot, so that it is read from there first.
const script = await (await fetch(`${process.env.MESH_URL}/mesh.js`)).text();
const { watch } = await import(`data:text/javascript,${encodeURIComponent(script.replace("new URL(import.meta.url).origin", JSON.stringify(process.env.MESH_URL)))}`);
const token = process.env.MESH_TOKEN;
const seen = [];

// region watch
// import { watch } from "https://mesh.example:8080/mesh.js";
for await (const change of watch("/v1/products:watch", { token, query: { filter: 'name = "products/1"', include_current: true } })) {
  if (change.product) {
    console.error(change.changeType, change.product.displayName, "until", change.position);
    // endregion
    const kind = change.changeType.replace("CHANGE_TYPE_", "");
    seen.push(kind === "CURRENT" ? kind : `${kind} ${change.product.displayName.split(" ").at(-1)}`);
    console.log(JSON.stringify({ change: seen.at(-1) }));
    if (seen.length === 3) break;
  }
}
console.log(JSON.stringify({ seen: seen.join(",") }));
process.exit();
