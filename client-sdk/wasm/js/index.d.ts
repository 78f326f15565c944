import type { Jisr } from "./jisr_client_sdk_wasm.js";

export * from "./jisr_client_sdk_wasm.js";

/** A device in a worker: what the SDK's own class has, each answered by a promise. */
export type Device = {
  [Name in Exclude<keyof Jisr, "free" | symbol>]: Jisr[Name] extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Promise<Awaited<Answer>>
    : never;
} & { terminate(): void };

/** Opens the database `name`, which is made when it is not there, in a worker of its own. */
export function open(name: string, options?: { autoSync?: boolean }): Promise<Device>;
