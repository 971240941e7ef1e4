// The one way to the server. Every address is relative to <base href>, so that a path prefix needs no configuration.
import { ApiError } from "./error";

export type Query = Record<string, string | number | boolean | string[] | undefined>;

export interface RequestOptions {
  query?: Query;
  body?: unknown;
  /** A body that is sent as it is, such as YAML; `contentType` goes with it. */
  rawBody?: string | Blob;
  contentType?: string;
  ifMatch?: number;
  /** The server does what has the same key once; see `once.ts`. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** The absolute address of `path` below `/api/v1`. */
export function apiUrl(path: string, query?: Query): string {
  const url = new URL(`api/v1${path}`, document.baseURI);
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(key, String(one));
  }
  return url.toString();
}

/** The address of a WebSocket below `/api/v1`. */
export function socketUrl(path: string, query?: Query): string {
  return apiUrl(path, query).replace(/^http/, "ws");
}

/** Sends a request and gives the response, or throws an `ApiError`. */
export async function send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json" };
  let body: string | Blob | undefined;
  if (options.rawBody !== undefined) {
    body = options.rawBody;
    headers["content-type"] = options.contentType ?? "text/plain";
  } else if (options.body !== undefined) {
    body = JSON.stringify(options.body);
    headers["content-type"] = "application/json";
  }
  if (options.ifMatch !== undefined) headers["if-match"] = `"${options.ifMatch}"`;
  if (options.idempotencyKey !== undefined) headers["idempotency-key"] = options.idempotencyKey;
  let response: Response;
  try {
    response = await fetch(apiUrl(path, options.query), {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(options.signal ? { signal: options.signal } : {}),
      credentials: "same-origin",
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw ApiError.unreachable();
  }
  if (!response.ok) throw await ApiError.from(response);
  return response;
}

/** Sends a request and reads the JSON of its answer; `undefined` for an empty one. */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    request<T>("GET", path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) }),
  post: <T>(path: string, body?: unknown, query?: Query) => request<T>("POST", path, { body, ...(query ? { query } : {}) }),
  put: <T>(path: string, body: unknown, ifMatch?: number) =>
    request<T>("PUT", path, { body, ...(ifMatch === undefined ? {} : { ifMatch }) }),
  delete: <T>(path: string) => request<T>("DELETE", path),
};
