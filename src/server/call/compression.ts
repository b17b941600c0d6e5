/** gzip and brotli for messages, with a bound on what a small message may become. */

import { promisify } from "node:util";
import { type BrotliOptions, brotliCompress, brotliDecompress, constants, gunzip, gzip } from "node:zlib";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";

type Bytes = Uint8Array<ArrayBuffer>;
type Compress = (bytes: Uint8Array) => Promise<Bytes>;
type Decompress = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Bytes>;

const brotli = promisify(brotliCompress) as (bytes: Uint8Array, options: BrotliOptions) => Promise<Bytes>;

/** The default, 11, takes a hundred times longer to save a few bytes more. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** What callers may send and be sent, the preferred one first. */
export const compressions: Compression[] = [
  compression("gzip", promisify(gzip) as Compress, promisify(gunzip) as Decompress),
  compression("br", (bytes) => brotli(bytes, brotliOptions), promisify(brotliDecompress) as Decompress),
];

function compression(name: string, compress: Compress, decompress: Decompress): Compression {
  return {
    name,
    compress,
    decompress: async (bytes, maxBytes) => {
      if (bytes.byteLength === 0) return new Uint8Array();
      try {
        return await decompress(bytes, { maxOutputLength: maxBytes });
      } catch (error) {
        throw decompressionError(name, maxBytes, error as NodeJS.ErrnoException);
      }
    },
  };
}

function decompressionError(name: string, maxBytes: number, cause: NodeJS.ErrnoException): ConnectError {
  return cause.code === "ERR_BUFFER_TOO_LARGE"
    ? new ConnectError(`the message is larger than ${maxBytes} bytes when decompressed`, Code.ResourceExhausted)
    : new ConnectError(`the message is not valid ${name}`, Code.InvalidArgument);
}
