/** What the server answered instead of success, or that it did not answer at all (status 0). */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail);
    this.status = status;
    this.code = problem.code;
    this.remedy = problem.remedy;
    this.signIn = problem.signIn;
    this.field = problem.field;
  }

  /** Whether the same request may get through later. */
  get isTransient() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500 && this.status !== 501;
  }
}

const NoConnection = { detail: "The server does not answer.", code: "no-connection", remedy: "Check the connection." };

/** A function that calls the API with these headers: (method, path, body, options) → parsed JSON, or null. */
export function createApi(headers) {
  return async (method, path, body, options = {}) => {
    const init = { cache: "no-store", ...options, method, headers: { ...headers, ...options.headers } };
    if (body instanceof Blob) init.body = body;
    else if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers["Content-Type"] = "application/json";
    }
    let response;
    try {
      response = await fetch(path, init);
    } catch {
      throw new ApiError(0, NoConnection);
    }
    if (!response.ok) throw new ApiError(response.status, await problemOf(response));
    if (options.raw) return response;
    const text = await response.text();
    return text === "" ? null : JSON.parse(text);
  };
}

async function problemOf(response) {
  try {
    return await response.json();
  } catch {
    return { detail: `The server answered ${response.status}.`, code: "unreadable-answer", remedy: "Try again." };
  }
}
