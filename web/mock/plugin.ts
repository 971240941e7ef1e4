// Lets the development server answer from the mock: requests, the watch stream and a terminal that echoes.
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { Plugin } from "vite";
import { type WebSocket, WebSocketServer } from "ws";
import { seed } from "./data";
import { MockApi } from "./handler";
import type { Store } from "./store";

export function mockServer(): Plugin {
  const api = new MockApi(seed());
  return {
    name: "warpyard-mock",
    configureServer(server) {
      server.middlewares.use("/api/v1", (req, res) => {
        void toRequest(req).then(async (request) => {
          const response = await api.handle(request);
          res.writeHead(response.status, Object.fromEntries(response.headers));
          if (!response.body) return res.end();
          const stream = Readable.fromWeb(response.body as never);
          res.on("close", () => stream.destroy());
          return stream.pipe(res);
        });
      });
      const sockets = new WebSocketServer({ noServer: true });
      server.httpServer?.on("upgrade", (request: IncomingMessage, socket, head) => {
        const path = new URL(request.url ?? "", "http://mock").pathname;
        if (!path.startsWith("/api/v1")) return;
        sockets.handleUpgrade(request, socket, head, (ws) => (path.endsWith("/watch") ? watch(ws, api.store) : terminal(ws)));
      });
    },
  };
}

async function toRequest(req: IncomingMessage & { originalUrl?: string }): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(req.headers).map(([key, value]) => [key, String(value)]));
  const body = chunks.length > 0 ? { body: new Uint8Array(Buffer.concat(chunks)) } : {};
  return new Request(`http://mock${req.originalUrl ?? req.url}`, { method: req.method ?? "GET", headers, ...body });
}

function watch(ws: WebSocket, store: Store): void {
  const subscriptions = new Map<number, { kinds?: string[]; org?: string; project?: string; workspace?: string }>();
  ws.on("message", (data) => {
    const message = JSON.parse(String(data)) as { id: number; watch?: object; unwatch?: boolean };
    const inbox = (message.watch as { notifications?: boolean } | undefined)?.notifications;
    if (inbox) ws.send(JSON.stringify({ id: message.id, type: "synced", resource_version: 0 }));
    else if (message.unwatch) subscriptions.delete(message.id);
    else {
      subscriptions.set(message.id, message.watch ?? {});
      ws.send(JSON.stringify({ id: message.id, type: "synced", resource_version: store.version }));
    }
  });
  const stop = store.onEvent((event) => {
    for (const [id, where] of subscriptions) {
      const { kind, metadata } = event.object;
      const inside = (["org", "project", "workspace"] as const).every((level) => !where[level] || where[level] === metadata[level]);
      if (inside && (!where.kinds || where.kinds.includes(kind))) ws.send(JSON.stringify({ id, ...event }));
    }
  });
  ws.on("close", stop);
}

function terminal(ws: WebSocket): void {
  const prompt = "\x1b[32mana@notebook\x1b[0m:\x1b[34m~\x1b[0m$ ";
  ws.send(Buffer.from(`Welcome.\r\n${prompt}`));
  ws.on("message", (data, binary) => {
    if (!binary) return;
    const text = String(data);
    if (text === "\x04") {
      ws.send(JSON.stringify({ exit_code: 0 }));
      ws.close();
    } else ws.send(Buffer.from(text === "\r" ? `\r\n${prompt}` : text));
  });
}
