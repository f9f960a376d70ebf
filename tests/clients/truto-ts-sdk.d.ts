// What our programs use of @truto/truto-ts-sdk 2.0.12, declared from what its repository shows of its signatures.
// Source: https://github.com/trutohq/truto-ts-sdk (src/index.ts, src/resources/unifiedApi.ts, src/apiClient.ts, src/pagination.ts)

declare module "@truto/truto-ts-sdk" {
  export type TrutoApiOptions = { baseUrl?: string; token: string };
  export type Options = {
    limit?: number;
    unified_model: string;
    resource: string;
    integrated_account_id: string;
    [key: string]: any;
  };
  export type RequestOptions = {
    retryStatusCodes?: number[];
    defaultRetryAfter?: number;
    maxRetries?: number;
    timeout?: number;
    headers?: Record<string, string>;
    onRetry?: (retryCount: number, statusCode?: number) => void;
    onRateLimited?: (retryAfter: number, retryCount: number) => void;
    noRetry?: boolean;
  };
  export class Cursor<T> {
    first(): Promise<T>;
    next(): Promise<{ items: T[]; nextCursor: string | undefined }>;
    toArray(): Promise<T[]>;
    [Symbol.asyncIterator](): AsyncIterator<T>;
  }
  export class UnifiedApi {
    list(options: Options, init?: RequestOptions): Cursor<any>;
    get(id: string, options: Options, init?: RequestOptions): Promise<any>;
    update(id: string, body: Partial<any>, options: Options, init?: RequestOptions): Promise<any>;
    create(body: Partial<any>, options: Options, init?: RequestOptions): Promise<any>;
    delete(id: string, options: Options, init?: RequestOptions): Promise<any>;
    meta(method: string, options: Options, init?: RequestOptions): Promise<any>;
  }
  export default class TrutoApi {
    unifiedApi: UnifiedApi;
    constructor(options: TrutoApiOptions);
  }
}

// What they use of Node, so that no types of it have to be installed.
declare const process: { env: Record<string, string | undefined>; exit(code: number): never };
declare const console: { log(...what: unknown[]): void; error(...what: unknown[]): void };
