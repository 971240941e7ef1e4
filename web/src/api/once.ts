// A POST that people may send again after it got no answer: it keeps its Idempotency-Key until it is answered, so that the server does
// it once, and answers the second time what it would have answered the first.
import { useState } from "react";
import { request } from "./client";
import { ApiError } from "./error";

/** Not `randomUUID`: browsers have that on secure addresses only. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Nobody knows whether it was done: there was no answer, or one from a gateway in between or of a server in trouble. */
const isOpen = (error: unknown) => error instanceof ApiError && (error.status === 0 || error.status >= 500);

export type PostOnce = <T>(path: string, body: unknown) => Promise<T>;

export function postOnce(): PostOnce {
  const keys = new Map<string, string>();
  return async <T>(path: string, body: unknown) => {
    const what = `${path}\n${JSON.stringify(body)}`;
    const key = keys.get(what) ?? newKey();
    keys.set(what, key);
    try {
      const answer = await request<T>("POST", path, { body, idempotencyKey: key });
      keys.delete(what);
      return answer;
    } catch (error) {
      // Refused, it is asked anew: what stood against it may be gone.
      if (!isOpen(error)) keys.delete(what);
      throw error;
    }
  };
}

/** One for a form: what it sends again is known again. */
export function usePostOnce(): PostOnce {
  return useState(postOnce)[0];
}
