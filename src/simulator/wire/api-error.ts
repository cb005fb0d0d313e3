/** The refusals of the API: an HTTP status with a `{code, message}` body. */

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  static invalid(message: string): ApiError {
    return new ApiError(400, 'invalid_argument', message);
  }

  static unauthenticated(message: string): ApiError {
    return new ApiError(401, 'unauthenticated', message);
  }

  /** Names the id, as clients rely on to say what is missing. */
  static missing(kind: string, id: string): ApiError {
    return new ApiError(404, 'not_found', `${kind} ${id} was not found`);
  }

  static conflict(message: string): ApiError {
    return new ApiError(409, 'failed_precondition', message);
  }

  /** A long poll that ran out. Official clients take it as "ask again". */
  static pollTimeout(message: string): ApiError {
    return new ApiError(408, 'deadline_exceeded', message);
  }
}
