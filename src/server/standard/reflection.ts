/** grpc.reflection: lets generic clients find out what the gateway can do. Versions v1 and v1alpha are the same service. */

import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import type {
  ServerReflectionRequest,
  ServerReflectionResponseSchema,
} from "../../../gen/grpc/reflection/v1/reflection_pb.ts";
import type { ServerReflectionRequest as AlphaRequest } from "../../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { closureOf, type DescriptorIndex } from "./descriptor-index.ts";

/** One answer; the same shape in both versions. */
type Answer = MessageInitShape<typeof ServerReflectionResponseSchema>;
type AnswerBody = NonNullable<Answer["messageResponse"]>;
type Question = ServerReflectionRequest["messageRequest"] | AlphaRequest["messageRequest"];

/** Answers questions about the descriptors of an index. */
export class ReflectionService {
  readonly #index: DescriptorIndex;

  constructor(index: DescriptorIndex) {
    this.#index = index;
  }

  /** Answers each question in turn. A file comes with the files it imports, unless the stream carried them already. */
  async *answer(
    requests: AsyncIterable<ServerReflectionRequest | AlphaRequest>,
  ): AsyncGenerator<Answer & { messageResponse: AnswerBody }> {
    const sent = new Set<string>();
    for await (const request of requests) {
      const { host, messageRequest } = request;
      const messageResponse = this.#answer(messageRequest, sent);
      yield {
        validHost: host,
        originalRequest: { host, messageRequest } as Answer["originalRequest"],
        messageResponse,
      };
    }
  }

  #answer(question: Question, sent: Set<string>): AnswerBody {
    const index = this.#index;
    switch (question.case) {
      case "fileByFilename":
        return fileAnswer(index.fileByName(question.value), `file ${question.value}`, sent);
      case "fileContainingSymbol":
        return fileAnswer(index.fileBySymbol(question.value), `symbol ${question.value}`, sent);
      case "fileContainingExtension": {
        const { containingType, extensionNumber } = question.value;
        const file = index.fileByExtension(containingType, extensionNumber);
        return fileAnswer(file, `extension ${extensionNumber} of ${containingType}`, sent);
      }
      case "allExtensionNumbersOfType": {
        const extensionNumber = index.extensionNumbers(question.value);
        if (extensionNumber === undefined) return notFound(`message ${question.value}`);
        return { case: "allExtensionNumbersResponse", value: { baseTypeName: question.value, extensionNumber } };
      }
      case "listServices":
        return {
          case: "listServicesResponse",
          value: { service: index.serviceNames().map((name) => ({ name })) },
        };
      default:
        return errorAnswer(Code.InvalidArgument, "the request asks nothing; set one of its fields");
    }
  }
}

function fileAnswer(file: ReturnType<DescriptorIndex["fileByName"]>, what: string, sent: Set<string>): AnswerBody {
  if (file === undefined) return notFound(what);
  const fileDescriptorProto: Uint8Array[] = [];
  for (const [name, bytes] of closureOf(file)) {
    // What was asked for comes first, and comes again when asked for again; the rest is sent once.
    if (fileDescriptorProto.length > 0 && sent.has(name)) continue;
    sent.add(name);
    fileDescriptorProto.push(bytes);
  }
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
}

function notFound(what: string): AnswerBody {
  return errorAnswer(Code.NotFound, `${what} is not known here`);
}

function errorAnswer(errorCode: Code, errorMessage: string): AnswerBody {
  return { case: "errorResponse", value: { errorCode, errorMessage } };
}
