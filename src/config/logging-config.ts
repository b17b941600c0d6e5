/** What the configuration says about logs and traces, and what a gateway without a file uses. */

/** Least important kind of line. */
type Level = "debug" | "info" | "warn" | "error" | "silent";

/** `logging`. */
export interface LoggingConfig {
  /** Of the lines that are kept. */
  readonly level: Level;
  /** Of the lines on standard error; as `level` when it is not set. */
  readonly consoleLevel?: Level;
  /** As it is written; relative to the configuration file. Not set: in the state folder. */
  readonly file?: string;
  readonly maxFileBytes: number;
  readonly maxFiles: number;
}

/** `diagnostics`. */
export interface DiagnosticsConfig {
  readonly otel: TraceConfig;
}

/** `diagnostics.otel`. */
export interface TraceConfig {
  readonly enabled: boolean;
  /** Base address of an OTLP/HTTP receiver; traces go to "/v1/traces" below it. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** Part of all messages that is traced, 0 to 1. */
  readonly sampleRate: number;
}

/** Every default of `logging`. */
export const defaultLogging: LoggingConfig = { level: "info", maxFileBytes: 20_971_520, maxFiles: 5 };

/** Every default of `diagnostics`. */
export const defaultDiagnostics: DiagnosticsConfig = {
  otel: {
    enabled: false,
    endpoint: "http://127.0.0.1:4318",
    headers: {},
    serviceName: "openclaw-gateway",
    sampleRate: 1,
  },
};
