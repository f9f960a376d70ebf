// Stands in for @truto/truto-ts-sdk, which npm does not have: it makes the same requests, so that our TypeScript program can be run.

const written = (name, value) => {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item, place) => written(`${name}[${place}]`, item));
  if (value && typeof value === "object") return Object.entries(value).flatMap(([key, item]) => written(`${name}[${key}]`, item));
  return [`${encodeURIComponent(name)}=${encodeURIComponent(value ?? "")}`];
};

class TrutoError extends Error {
  constructor(response, data) {
    super(response.statusText);
    Object.assign(this, { statusCode: response.status, statusText: response.statusText, response, data });
  }
}

class UnifiedApi {
  constructor(options) {
    this.options = options;
  }

  get = (id, options, init) => this.asked("GET", id, undefined, options, init);
  update = (id, body, options, init) => this.asked("PATCH", id, body, options, init);

  async asked(method, id, body, { unified_model: model, resource, ...query }, init) {
    const headers = { Accept: "application/json", Authorization: `Bearer ${this.options.token}`, ...init?.headers };
    if (body) headers["Content-Type"] = "application/json";
    const pairs = Object.entries(query).flatMap(([name, value]) => written(name, value));
    const address = `${this.options.baseUrl}/unified/${model}/${resource}/${encodeURIComponent(id)}?${pairs.join("&")}`;
    const response = await fetch(address, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new TrutoError(response, await response.json());
    return response.json();
  }
}

export default class TrutoApi {
  constructor(options) {
    this.unifiedApi = new UnifiedApi(options);
  }
}
