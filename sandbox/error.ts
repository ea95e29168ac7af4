/** A refusal in a service's own words: the code and message that AWS would answer. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  /** Members of the error beside code and message, where a service has them. */
  readonly details: Readonly<Record<string, string>>;

  constructor(code: string, message: string, status = 400, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.details = details;
  }
}
