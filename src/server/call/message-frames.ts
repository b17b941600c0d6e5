/**
 * A shortcut for the messages of open streams. The protocol library passes each through five generators, which takes ten
 * times as long as writing it, and with hundreds of watchers that is the time an event takes. So the library opens and ends
 * every stream, errors included, and sends its first message; what comes between goes straight to the response, in the form
 * that gRPC, gRPC-Web and Connect share.
 */

import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { Call } from "./call.ts";

/** A message, or what one can be made from, as handlers give them. */
type Given = MessageInitShape<DescMessage>;
type NextMessage = () => Promise<IteratorResult<unknown>>;

/** Messages from this size on are worth compressing, which is left to the library. */
const compressedBytes = 1_024;
/** One byte of flags, four of length. */
const headBytes = 5;

/** Sends messages past the protocol library. Callers who are sent the same object one after the other share its bytes. */
export class MessageFrames {
  #given: Given | undefined;
  #frame: Buffer<ArrayBuffer> = Buffer.alloc(0);

  /** What the library sees of a server stream: its first message, messages that are to be compressed, and its end. */
  bypass(call: Call, next: NextMessage): NextMessage {
    if (!isProto(call.request.headers["content-type"])) return next;
    let opened = false;
    return async () => {
      for (;;) {
        const step = await next();
        if (step.done === true || !opened) {
          opened = true;
          return step;
        }
        const frame = this.#frameOf(call, step.value as Given);
        if (call.compresses && frame.length >= compressedBytes + headBytes) return step;
        await call.send(frame);
      }
    };
  }

  #frameOf({ method }: Call, given: Given): Buffer<ArrayBuffer> {
    if (given === this.#given) return this.#frame;
    const bytes = toBinary(method.output, create(method.output, given));
    const frame = Buffer.allocUnsafe(headBytes + bytes.length);
    frame.writeUInt8(0);
    frame.writeUInt32BE(bytes.length, 1);
    frame.set(bytes, headBytes);
    this.#given = given;
    this.#frame = frame;
    return frame;
  }
}

/** True for the binary codec, which gRPC means when it names none. */
function isProto(contentType = ""): boolean {
  return /^application\/(grpc(-web)?|(grpc|grpc-web|connect)\+proto)$/.test(contentType);
}
