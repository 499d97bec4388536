// What docs/clients.md shows of the client in TypeScript: node dist/scenarios.js <scenario>.
import { Mesh, Refusal, newRequestId, type Schema } from "./mesh.js";

// region connect
const mesh = new Mesh(process.env.MESH_URL!, { token: process.env.MESH_TOKEN });
// endregion

const order = (id: string) => mesh.must(mesh.api.GET("/v1/orders/{order}", { params: { path: { order: id } } }));

const scenarios: Record<string, () => Promise<object>> = {
  async read() {
    // region read
    const order = await mesh.must(mesh.api.GET("/v1/orders/{order}", { params: { path: { order: "1" } } }));
    const price = order.lines[0]!.unitPrice!; // exact: units and billionths of them
    // endregion
    return { number: order.number, lines: order.lines.length, price: money(price) };
  },

  async filter() {
    // region filter
    const newest = mesh.pages("/v1/orders", { filter: "state = CONFIRMED", orderBy: "number desc", pageSize: 3 });
    const { value: page } = await newest.next();
    // endregion
    return { numbers: (page as Schema<"mesh.order.v1.ListOrdersResponse">).orders.map((o) => o.number).join(",") };
  },

  async page() {
    // region page
    const names: string[] = [];
    for await (const product of mesh.list("/v1/products", { pageSize: 100, readMask: "name,sku" })) names.push(product.name);
    // endregion
    return { records: names.length, distinct: new Set(names).size };
  },

  async watch() {
    const seen: string[] = [];
    // region watch
    for await (const change of mesh.watch("/v1/products:watch", { filter: 'name = "products/1"', includeCurrent: true })) {
      if (change.product) {
        console.error(change.changeType, change.product.displayName, "until", change.position);
        // endregion
        const kind = change.changeType.replace("CHANGE_TYPE_", "");
        seen.push(kind === "CURRENT" ? kind : `${kind} ${change.product.displayName.split(" ").at(-1)}`);
        console.log(JSON.stringify({ change: seen.at(-1) }));
        if (seen.length === 3) break;
      }
    }
    return { seen: seen.join(",") };
  },

  async write() {
    const { supplier } = await order("1");
    // region write
    const wish = newRequestId();
    const create = () => mesh.must(mesh.api.POST("/v1/orders", {
      params: { header: { "Idempotency-Key": wish } },
      body: { supplier, currencyCode: "EUR", lines: [{ product: "products/1", quantity: { value: "10" }, unitPrice: { currencyCode: "EUR", units: "3", nanos: 50_000_000 } }] },
    }));
    const made = await create();
    const again = await create(); // such as after a crash: nothing is ordered twice
    // endregion
    return { same: made.order!.name === again.order!.name, state: made.order!.state };
  },

  async stale() {
    // region stale
    const impatient = new Mesh(process.env.MESH_URL!, { token: process.env.MESH_TOKEN, patience: 0 });
    try {
      await impatient.must(impatient.api.GET("/v1/orders/{order}", { params: { path: { order: "1" }, query: { "readMode.maxStaleness": "0s" } } }));
    } catch (error) {
      if (!(error instanceof Refusal) || error.reason !== "STALE") throw error;
      const copy = await order("1"); // as it was, and copy.provenance says when that was
      // endregion
      if (!copy.provenance?.verifiedTime) throw new Error("no time");
      return { reason: error.reason, retry: error.retry };
    }
    throw new Error("it was fresh");
  },

  async owner() {
    // region owner
    try {
      await mesh.must(mesh.api.PATCH("/v1/products/{product}", {
        params: { path: { product: "2" }, header: { "Idempotency-Key": newRequestId() } },
        body: { gtin: "04006381333931" },
      }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { reason: error.reason, retry: error.retry, field: Object.keys(error.fields).join(",") };
    }
    // endregion
    throw new Error("it was written");
  },
};

const money = (m: Schema<"google.type.Money">) => `${m.currencyCode} ${m.units}.${String(m.nanos).padStart(9, "0").replace(/0+$/, "").padEnd(1, "0")}`;

console.log(JSON.stringify(await scenarios[process.argv[2]!]!()));
