/** Descriptors of the services a server has, found by file, symbol or extension. */

import { type DescExtension, type DescFile, type DescService, toBinary } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/** Everything about a set of services that reflection can be asked for. Built at the first question. */
export class DescriptorIndex {
  readonly #services: () => readonly DescService[];
  #files: Map<string, DescFile> | undefined;
  readonly #symbols = new Map<string, DescFile>();
  readonly #extensions = new Map<string, Map<number, DescFile>>();

  /** `services` is asked once. */
  constructor(services: () => readonly DescService[]) {
    this.#services = services;
  }

  /** Names of the services, sorted. */
  serviceNames(): string[] {
    return this.#services()
      .map((service) => service.typeName)
      .sort();
  }

  /** The file of this name, as an import statement names it. */
  fileByName(name: string): DescFile | undefined {
    return this.#load().get(name);
  }

  /** The file that declares a message, enum, enum value, field, extension, service or method of this full name. */
  fileBySymbol(symbol: string): DescFile | undefined {
    this.#load();
    return this.#symbols.get(symbol);
  }

  /** The file that declares the extension of a message. */
  fileByExtension(messageName: string, fieldNumber: number): DescFile | undefined {
    this.#load();
    return this.#extensions.get(messageName)?.get(fieldNumber);
  }

  /** Field numbers of all extensions of a message, ascending; undefined when there is no such message. */
  extensionNumbers(messageName: string): number[] | undefined {
    this.#load();
    const numbers = this.#extensions.get(messageName);
    if (numbers === undefined) return this.#symbols.has(messageName) ? [] : undefined;
    return [...numbers.keys()].sort((a, b) => a - b);
  }

  #load(): Map<string, DescFile> {
    if (this.#files !== undefined) return this.#files;
    this.#files = new Map();
    for (const service of this.#services()) this.#addFile(service.file, this.#files);
    return this.#files;
  }

  #addFile(file: DescFile, files: Map<string, DescFile>): void {
    const name = fileName(file);
    if (files.has(name)) return;
    files.set(name, file);
    for (const dependency of file.dependencies) this.#addFile(dependency, files);
    for (const type of nestedTypes(file)) {
      switch (type.kind) {
        case "message":
          this.#symbols.set(type.typeName, file);
          for (const { name: field } of type.fields) this.#symbols.set(`${type.typeName}.${field}`, file);
          break;
        case "enum":
          this.#symbols.set(type.typeName, file);
          // The values of an enum are siblings of the enum, not its children.
          for (const { name: value } of type.values) this.#symbols.set(siblingName(type.typeName, value), file);
          break;
        case "service":
          this.#symbols.set(type.typeName, file);
          for (const method of type.methods) this.#symbols.set(`${type.typeName}.${method.name}`, file);
          break;
        case "extension":
          this.#addExtension(type, file);
      }
    }
  }

  #addExtension(extension: DescExtension, file: DescFile): void {
    this.#symbols.set(extension.typeName, file);
    const extendee = extension.extendee.typeName;
    const numbers = this.#extensions.get(extendee) ?? new Map<number, DescFile>();
    this.#extensions.set(extendee, numbers.set(extension.number, file));
  }
}

/** The name an import statement uses: "openclaw/gateway/v1/run.proto". */
function fileName(file: DescFile): string {
  return file.proto.name;
}

/** The file and everything it needs, itself first, as serialized google.protobuf.FileDescriptorProto by name. */
export function closureOf(file: DescFile, into = new Map<string, Uint8Array>()): Map<string, Uint8Array> {
  if (into.has(fileName(file))) return into;
  into.set(fileName(file), toBinary(FileDescriptorProtoSchema, file.proto));
  for (const dependency of file.dependencies) closureOf(dependency, into);
  return into;
}

function siblingName(typeName: string, name: string): string {
  const dot = typeName.lastIndexOf(".");
  return dot < 0 ? name : `${typeName.slice(0, dot)}.${name}`;
}
