// Errors of the API: problem documents (RFC 9457) with field errors and the request's id.
import type { FieldError } from "./types";

interface Problem {
  title?: string;
  status?: number;
  code?: string;
  detail?: string;
  errors?: FieldError[];
  request_id?: string;
}

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly fields: FieldError[];
  readonly requestId: string | undefined;

  constructor(problem: Problem & { status: number }) {
    super(problem.detail ?? problem.title ?? `The server answered with status ${problem.status}.`);
    this.name = "ApiError";
    this.status = problem.status;
    this.code = problem.code ?? "unknown";
    this.title = problem.title ?? "";
    this.fields = problem.errors ?? [];
    this.requestId = problem.request_id;
  }

  /** The message at one field, if there is one. */
  field(path: string): string | undefined {
    return this.fields.find((error) => error.path === path)?.message;
  }

  /** Reads a failed response, whatever its body is. */
  static async from(response: Response): Promise<ApiError> {
    let problem: Problem = {};
    if (response.headers.get("content-type")?.includes("json")) {
      problem = ((await response.json().catch(() => ({}))) as Problem | null) ?? {};
    }
    const requestId = problem.request_id ?? response.headers.get("x-request-id") ?? undefined;
    return new ApiError({ title: response.statusText, ...problem, status: response.status, request_id: requestId });
  }

  /** An error for a request that got no answer at all. */
  static unreachable(): ApiError {
    return new ApiError({ status: 0, code: "unreachable", detail: "The server does not answer. Check the connection and try again." });
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
