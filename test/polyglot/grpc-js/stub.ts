/** Clients of @grpc/grpc-js whose services come from proto/ at run time: nothing is generated. */

import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import {
  type CallOptions,
  type ChannelCredentials,
  type Client,
  type ClientOptions,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { BadRequestSchema, ErrorInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import { StatusSchema } from "../../../gen/google/rpc/status_pb.ts";
import type { Finding } from "../scenario.ts";
import { repository } from "../toolchain.ts";

/** What is sent: fields that are absent are empty. */
export type PlainRequest = Readonly<Record<string, unknown>>;

/** The answers of a stream; breaking off is `cancel`. */
export type Frames<Frame> = AsyncIterable<Frame> & Pick<ClientReadableStream<Frame>, "cancel" | "on" | "toArray">;

/** Of one call. */
export interface UnaryOptions {
  /** In place of the stub's own; none when it is empty. */
  readonly token?: string;
  /** While there is no connection, waits for one until the deadline. */
  readonly waitForReady?: boolean;
}

/** Where a client calls, and as whom. */
export interface StubOptions {
  /** "127.0.0.1:1234". */
  readonly target: string;
  readonly token: string;
  /** PEM of the one certificate to trust; absent without TLS. */
  readonly certificate?: Buffer;
  readonly channel?: ClientOptions;
}

const services = loadServices();

/** One service on one channel. Failed calls reject with a ServiceError. */
export class Stub {
  readonly #client: Client;
  readonly #token: string;

  /** `service` is the full name: "openclaw.gateway.v1.RunService". */
  constructor(service: string, { target, token, certificate, channel }: StubOptions) {
    const Service = services.get(service);
    if (Service === undefined) throw new Error(`there is no ${service} in proto/`);
    this.#client = new Service(target, channelCredentials(certificate), channel);
    this.#token = token;
  }

  /** One request, one answer, of the type the caller says. */
  unary<Answer>(method: string, request: PlainRequest, options: UnaryOptions = {}): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const call = this.#method<UnaryCall<Answer>>(method);
    const { token, waitForReady = false } = options;
    call(request, this.#metadata(token, waitForReady), { deadline: Date.now() + 20_000 }, (error, answer) => {
      if (error !== null || answer === undefined) reject(error);
      else resolve(answer);
    });
    return promise;
  }

  /** One request, many answers. */
  stream<Frame>(method: string, request: PlainRequest, options: CallOptions = {}): Frames<Frame> {
    return this.#method<StreamCall<Frame>>(method)(request, this.#metadata(), {
      deadline: Date.now() + 30_000,
      ...options,
    });
  }

  /** Ends the connection. */
  close(): void {
    this.#client.close();
  }

  #method<Call>(name: string): Call {
    const method = (this.#client as unknown as Record<string, Call>)[name];
    if (method === undefined) throw new Error(`there is no method ${name}`);
    return (method as (this: Client, ...rest: never[]) => unknown).bind(this.#client) as Call;
  }

  #metadata(token = this.#token, waitForReady = false): Metadata {
    const metadata = new Metadata({ waitForReady });
    if (token !== "") metadata.set("authorization", `Bearer ${token}`);
    return metadata;
  }
}

type Answered<Answer> = (error: ServiceError | null, answer?: Answer) => void;
type UnaryCall<Answer> = (
  request: PlainRequest,
  metadata: Metadata,
  options: CallOptions,
  answered: Answered<Answer>,
) => unknown;
type StreamCall<Frame> = (request: PlainRequest, metadata: Metadata, options: CallOptions) => Frames<Frame>;

/** What a failed call says; code OK when it did not fail. */
export async function failureOf(calling: Promise<unknown>): Promise<Finding> {
  try {
    await calling;
    return { code: "OK" };
  } catch (error) {
    return explain(error as ServiceError);
  }
}

/** Code, message and details of a failed call. */
function explain(error: ServiceError): Finding {
  const found: Record<string, unknown> = { code: status[error.code], message: error.details };
  const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
  for (const detail of bytes instanceof Buffer ? fromBinary(StatusSchema, bytes).details : []) {
    const info = anyUnpack(detail, ErrorInfoSchema);
    if (info !== undefined) {
      const { reason, domain, metadata } = info;
      Object.assign(found, { reason, domain, metadata });
    }
    const wrong = anyUnpack(detail, BadRequestSchema);
    if (wrong !== undefined) found.fields = wrong.fieldViolations.map(({ field }) => field);
  }
  return found;
}

function channelCredentials(certificate: Buffer | undefined): ChannelCredentials {
  return certificate === undefined ? credentials.createInsecure() : credentials.createSsl(certificate);
}

function loadServices(): Map<string, ServiceClientConstructor> {
  const names = ["gateway", "session", "run", "event"].map((noun) => `openclaw/gateway/v1/${noun}_service.proto`);
  const modules = ["proto", "node_modules/google-gax/build/protos", "node_modules/grpc-health-check/proto"];
  const definition = loadSync([...names, "health/v1/health.proto"], {
    includeDirs: modules.map((module) => join(repository, module)),
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  });
  const found = new Map<string, ServiceClientConstructor>();
  collect(loadPackageDefinition(definition), "", found);
  return found;
}

function collect(level: object, prefix: string, found: Map<string, ServiceClientConstructor>): void {
  for (const [name, value] of Object.entries(level)) {
    if (typeof value === "function") found.set(prefix + name, value as ServiceClientConstructor);
    else if (!("format" in value)) collect(value, `${prefix}${name}.`, found);
  }
}
