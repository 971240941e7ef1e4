// Answers requests below /api/v1 as the contract says, from memory.
import { PLURALS } from "../src/api/kinds";
import type { FormRequest, Kind, Scope, Values } from "../src/api/types";
import type { ChangeRequest } from "../src/api/types-change";
import { CARDS, ME, NOTIFICATIONS } from "./data";
import { planChange } from "./change";
import { answerForm } from "./form";
import type { AnyObject, Store } from "./store";

const KINDS = Object.fromEntries(Object.entries(PLURALS).map(([kind, plural]) => [plural, kind as Kind]));

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) => Response.json(body, { status, headers });
const problem = (status: number, code: string, detail: string, errors: unknown[] = []) =>
  new Response(JSON.stringify({ type: "about:blank", title: code, status, code, detail, errors, request_id: "req_mock0001" }), {
    status,
    headers: { "content-type": "application/problem+json" },
  });

export class MockApi {
  private signedIn = true;
  private preferences: Record<string, unknown> = {};
  private inbox = NOTIFICATIONS;
  private tokens = [{ id: "t1", name: "laptop", scopes: [] as string[], places: [] as string[], strong: false, created_at: new Date(Date.now() - 864e5).toISOString(), expires_at: new Date(Date.now() + 20 * 864e5).toISOString() }];
  constructor(readonly store: Store) {}

  async handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.replace(/^.*?\/api\/v1/, "").split("/").filter(Boolean).map(decodeURIComponent);
    const body = ["POST", "PUT"].includes(request.method) ? ((await request.json().catch(() => ({}))) as Record<string, unknown>) : {};
    if (path[0] === "setup") return json({ required: false });
    if (path[0] === "password-strength") {
      const score = Math.min(4, Math.floor(String(body.password).length / 4));
      return json(score >= 3 ? { score, acceptable: true } : { score, acceptable: false, message: "this password is too easy to guess. Add another word or two." });
    }
    if (path[0] === "session") {
      if (request.method === "DELETE") this.signedIn = false;
      else if (body.password === "wrong") return problem(401, "unauthenticated", "Mail address or password is wrong.");
      else this.signedIn = true;
      return request.method === "DELETE" ? new Response(null, { status: 204 }) : json(ME);
    }
    if (!this.signedIn) return problem(401, "unauthenticated", "Sign in first.");
    if (path[0] === "me") return this.me(request.method, path.slice(1), body);
    if (path[0] === "icons") return new Response(ICON, { headers: { "content-type": "image/svg+xml" } });
    return this.resources(request.method, path, url.searchParams, body, request.headers);
  }

  private me(method: string, path: string[], body: Record<string, unknown>): Response {
    if (path.length === 0) return json(ME);
    if (path[0] === "permissions") return json({ permissions: PERMISSIONS });
    if (path[0] === "preferences") {
      if (method === "PUT") this.preferences = body;
      return json(this.preferences);
    }
    if (path[0] === "second-factors")
      return json({ items: [{ id: "f1", type: "totp", name: "Telephone", created_at: new Date(Date.now() - 9e8).toISOString(), last_used_at: new Date().toISOString() }], recovery_codes_left: 9, has_password: true, passkeys_available: true });
    if (path[0] === "notifications") return this.notifications(path[1] === "read", body);
    if (path[0] === "password")
      return body.current_password === "wrong"
        ? problem(400, "invalid", "The current password is wrong.", [{ path: "current_password", message: "is not your current password" }])
        : new Response(null, { status: 204 });
    if (path[0] === "sessions")
      return json({ items: [{ id: "s1", created_at: new Date().toISOString(), seen_at: new Date().toISOString(), agent: "Firefox 141 on Linux", address: "10.0.0.7", current: true }, { id: "s2", created_at: new Date(Date.now() - 3e8).toISOString(), seen_at: new Date(Date.now() - 9e7).toISOString(), agent: "Safari on iPad", address: "10.0.0.9" }] });
    if (method === "POST") {
      const token = { id: `t${this.tokens.length + 1}`, name: String(body.name), scopes: (body.scopes ?? []) as string[], places: (body.places ?? []) as string[], strong: false, created_at: new Date().toISOString(), expires_at: new Date(Date.now() + Number(body.expires_in_seconds) * 1000).toISOString() };
      this.tokens.push(token);
      return json({ ...token, token: "wyd_3q2p8f7x6c5v4b3n2m1k" }, 201);
    }
    if (method === "DELETE") this.tokens = this.tokens.filter((token) => token.id !== path[1]);
    return json({ items: this.tokens });
  }

  private notifications(read: boolean, body: Record<string, unknown>): Response {
    if (!read) return json({ items: this.inbox, unread: this.inbox.filter((item) => !item.read).length });
    const ids = body.ids as string[] | undefined;
    for (const item of this.inbox) if (!ids || ids.includes(item.id)) item.read = true;
    return new Response(null, { status: 204 });
  }

  private resources(method: string, path: string[], query: URLSearchParams, body: Record<string, unknown>, headers: Headers): Response {
    const scope: Scope = {};
    let rest = path;
    for (const [plural, level] of [["orgs", "org"], ["projects", "project"], ["workspaces", "workspace"]] as const) {
      // A further word after the name means that the path goes below that object.
      if (rest[0] === plural && rest.length > 2 && !ACTIONS.has(rest[2] ?? "")) {
        scope[level] = rest[1];
        rest = rest.slice(2);
      }
    }
    if (rest[0] === "catalogue") return json({ items: CARDS });
    const kind = KINDS[rest[0] ?? ""];
    if (!kind) return problem(404, "not_found", `There is nothing at ${path.join("/")}.`);
    const name = rest[1];
    if (name === undefined) return method === "POST" ? this.create(kind, scope, body) : this.list(kind, scope, path.length === 1, query);
    if (rest[2] === "form") {
      const answer = answerForm(this.store, kind as "ComputeProfile", name, { inputs: {}, compute_inputs: {}, ...body } as FormRequest);
      return answer ? json(answer) : problem(404, "not_found", `There is no ${kind} named ${name}.`);
    }
    const object = this.store.get(kind, scope, name);
    if (!object) return problem(404, "not_found", `There is no ${kind} named ${name} in this place.`);
    if (rest[2] === "change-plan") return json(planChange(object, body as ChangeRequest));
    if (rest[2] === "change") return this.change(object, body as unknown as ChangeRequest & { plan_action: string });
    if (rest[2] === "transfer") return json(this.store.change(object, (o) => Object.assign(o.spec, { owner: body.owner })));
    if (rest[2]) return this.action(object, rest.slice(2), method);
    if (method === "DELETE") return this.remove(object);
    if (method === "PUT") {
      const match = headers.get("if-match");
      if (match && match !== `"${object.metadata.resource_version}"`) return problem(412, "precondition_failed", "Somebody else changed it meanwhile. Reload and try again.");
      this.store.change(object, (o) => {
        Object.assign(o.metadata, body.metadata);
        o.spec = body.spec as never;
        o.metadata.generation += 1;
      });
    }
    return json(object, 200, { etag: `"${object.metadata.resource_version}"` });
  }

  private list(kind: Kind, scope: Scope, deep: boolean, query: URLSearchParams): Response {
    const where: Scope = { ...scope };
    if (deep) for (const level of ["org", "project", "workspace"] as const) if (query.get(level)) where[level] = query.get(level)!;
    const search = query.get("search")?.toLowerCase();
    const phase = query.get("phase");
    let items = this.store.list(kind, where, deep).filter((o) => !search || `${o.metadata.name} ${o.metadata.display_name ?? ""}`.toLowerCase().includes(search));
    const owner = query.get("owner");
    if (owner) items = items.filter((o) => o.spec.owner === owner);
    if (phase) items = items.filter((o) => o.status.phase === phase);
    const sort = query.get("sort");
    if (sort) {
      const key = sort.replace(/^-/, "") as "name" | "created_at";
      items = [...items].sort((a, b) => String(a.metadata[key]).localeCompare(String(b.metadata[key])) * (sort.startsWith("-") ? -1 : 1));
    }
    const start = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit") ?? 50);
    const more = start + limit < items.length ? { next_cursor: String(start + limit) } : {};
    return json({ items: items.slice(start, start + limit), total: items.length, ...more });
  }

  private create(kind: Kind, scope: Scope, body: Record<string, unknown>): Response {
    const metadata = body.metadata as { name: string };
    if (this.store.get(kind, scope, metadata.name)) return problem(409, "already_exists", `There is already one named ${metadata.name}.`, [{ path: "metadata.name", message: "is taken" }]);
    const instance = kind === "ServiceInstance" || kind === "ComputeInstance";
    const spec = { desired_state: "running", owner: "ana", owns_compute: false, ...(body.spec as object) };
    const status = { phase: "pending", timeline: [], endpoints: [], outputs: [], restarts: 0, observed_generation: 1, size: { cpu_millis: 4000, memory_bytes: 2 ** 34, gpu_count: 0 } };
    const object = this.store.add(kind, scope, metadata, instance ? spec : (body.spec as object), instance ? status : {});
    if (instance) this.play(object);
    return json(object, 201);
  }

  /** Walks a new instance through its phases. */
  private play(object: AnyObject): void {
    const now = () => new Date().toISOString();
    const steps = [["queue", "Wait for capacity", "queued"], ["prepare:venv", "Make the Python environment", "provisioning"], ["start", "Start", "starting"], ["ready", "Wait until it answers", "starting"]];
    const timeline: Record<string, unknown>[] = [];
    steps.forEach(([id, title, phase], index) => {
      setTimeout(() => {
        const last = timeline.at(-1);
        if (last) Object.assign(last, { state: "done", ended_at: now(), progress: undefined });
        timeline.push({ id, title, state: "running", started_at: now(), progress: index === 1 ? 0.3 : undefined });
        this.store.change(object, (o) => Object.assign(o.status, { phase, timeline }));
      }, index * 2500);
    });
    setTimeout(() => {
      Object.assign(timeline.at(-1)!, { state: "done", ended_at: now() });
      this.store.change(object, (o) => Object.assign(o.status, { phase: "running", running_since: now(), timeline, endpoints: object.kind === "ServiceInstance" ? [{ name: "lab", title: "JupyterLab", url: "http://lab--0123456789ab.apps.localhost/", access: "owner", usual: "owner", share: "workspace", ready: true }] : undefined }));
    }, steps.length * 2500);
  }

  private remove(object: AnyObject): Response {
    if (object.kind !== "ServiceInstance" && object.kind !== "ComputeInstance") {
      this.store.remove(object);
      return new Response(null, { status: 204 });
    }
    this.store.change(object, (o) => Object.assign(o.status, { phase: "deleting" }));
    setTimeout(() => this.store.remove(object), 2000);
    return json(object, 202);
  }

  private change(object: AnyObject, body: ChangeRequest & { plan_action: string }): Response {
    const plan = planChange(object, body);
    if (plan.action !== body.plan_action) return problem(409, "conflict", "The plan is another by now. Look at it again.");
    this.store.change(object, (o) => {
      const inputs = { ...(o.spec.inputs as Values), ...body.inputs };
      o.spec.inputs = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== null));
      o.metadata.generation += 1;
      if (body.generation) delete o.status.update;
    });
    return json(object);
  }

  private action(object: AnyObject, words: string[], method: string): Response {
    const [word] = words;
    if (word === "events")
      return json({ items: [{ at: new Date(Date.now() - 6e5).toISOString(), severity: "normal", reason: "Started", message: "The process started." }, { at: new Date(Date.now() - 3e5).toISOString(), severity: "warning", reason: "Slow", message: "Readiness took longer than expected." }] });
    if (word === "activity")
      return json({ items: [["launched", "ServiceInstance", "notebook"], ["invited", "RoleBinding", "bo"], ["changed the notes of", "Workspace", "research"]].map(([what, kind, name], index) => ({ at: new Date(Date.now() - index * 36e5).toISOString(), actor: "ana", what, kind, name })) });
    if (word === "revisions") return json({ items: [{ generation: 1, at: object.metadata.created_at, by: "ana", spec: object.spec }] });
    if (word === "logs") return new Response(logStream(), { headers: { "content-type": "text/plain; charset=utf-8" } });
    if (word === "metrics")
      return json({ cpu_used_millis: Math.round(Date.now() - 1.7e12 + 4000 * Math.sin(Date.now() / 9000)), memory_bytes: Math.round(2 ** 32 + 2 ** 30 * Math.sin(Date.now() / 20000)), processes: 7 });
    if (word === "endpoints") return json({ url: "http://lab--0123456789ab.apps.localhost:8080/?code=once" });
    if (method === "POST" && (word === "stop" || word === "start" || word === "retry")) {
      const down = word === "stop";
      this.store.change(object, (o) => {
        o.spec.desired_state = down ? "stopped" : "running";
        o.status.phase = down ? "stopping" : "starting";
      });
      setTimeout(() => this.store.change(object, (o) => Object.assign(o.status, { phase: down ? "stopped" : "running", running_since: down ? undefined : new Date().toISOString() })), 2500);
      return json(object);
    }
    return problem(404, "not_found", `There is no action ${word}.`);
  }
}

const ACTIONS = new Set(["revisions", "events", "activity"]);
const PERMISSIONS = Object.values(PLURALS)
  .map((plural) => plural.replace(/-/g, "_").replace(/s$/, "").replace(/^org$/, "organization"))
  .flatMap((kind) => ["view", "create", "update", "delete", "publish", "operate", "exec", "logs", "connect", "transfer"].map((verb) => `${kind}.${verb}`));
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"><rect x="4.5" y="3" width="15" height="18" rx="2"/><path d="M8 3v18M11.5 7.5h5M11.5 10.5h5"/></svg>`;

function logStream(): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let line = 0;
  let timer: ReturnType<typeof setInterval>;
  const text = () => `[I 2026-01-01 12:00:${String(line % 60).padStart(2, "0")} ServerApp] ${line % 7 === 3 ? "WARNING slow kernel start" : `GET /api/kernels 200 ${line}ms`}\n`;
  return new ReadableStream({
    start(controller) {
      for (; line < 60; line += 1) controller.enqueue(encoder.encode(text()));
      timer = setInterval(() => {
        line += 1;
        controller.enqueue(encoder.encode(text()));
      }, 800);
    },
    cancel: () => clearInterval(timer),
  });
}
